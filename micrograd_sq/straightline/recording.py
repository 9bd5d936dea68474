"""The engine's own forward and backward pass, once more, with symbols in place of numbers."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from micrograd_sq.engine import Value
from micrograd_sq.straightline.backends import Backend
from micrograd_sq.straightline.symbols import Operand, Program, Symbol

_OPERATORS: dict[str, Callable[..., Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
}


@dataclass
class Recording:
    """Both passes through a graph as lines of a program, and which of them belongs to which Value.

    `gradients` and `local_derivatives` tell only of what depends on a parameter; all others count as 0.
    """

    program: Program
    arguments: list[Symbol]
    data: dict[Value, Operand]
    gradients: dict[Value, Operand]
    local_derivatives: dict[Value, tuple[Operand, ...]]
    backward: int  # how many lines there are before the backward pass
    comments: dict[int, str]  # by how many lines there are before them


def record(
    order: list[Value], parameters: Sequence[Value], inputs: Sequence[Value], backend: Backend
) -> Recording:
    """Let the engine make a graph again, with symbols for parameters and inputs, and go backward through it.

    Args:
        order: the graph in topological order, the root last.
        parameters: what to differentiate by.
        inputs: what else stays open; all other leaves are constants, with the numbers that they have now.
        backend: what the lines are written for.
    """
    program = Program(backend)
    again: dict[Value, Value] = {}
    for value in (*parameters, *inputs):
        again[value] = leaf_of(program.argument(value.label or "p"), value.label)
    arguments = list(program.lines)

    variable = set(again)  # what is made from an argument: all else is constant
    differentiated = frozenset(parameters)
    dependent = set(parameters)
    comments: dict[int, str] = {}
    leaves = [value for value in order if not value.operands and value not in again]
    labels = Counter(value.label for value in leaves if value.label)
    for value in order:
        if value in again:
            continue
        if not value.operands:
            again[value] = leaf_of(value.data, value.label)
            if labels[value.label] > 1:  # it tells one group from the next
                comment = f"{value.label} = {value.data:g}"
                earlier = comments.get(len(program.lines))
                comments[len(program.lines)] = f"{earlier}, {comment}" if earlier else comment
            continue
        if not dependent.isdisjoint(value.operands):
            dependent.add(value)
        program.origin = value.operation
        again[value] = made = replay(value, [again[operand] for operand in value.operands])
        made.label = value.label
        if variable.isdisjoint(value.operands):
            again[value] = leaf_of(
                made._number, value.label
            )  # so that nothing goes backward through it
            continue
        variable.add(value)
        if isinstance(made._number, Symbol):
            made._number.name = made._number.name or value.label or "v"

    backward, program.origin = len(program.lines), ""
    again[order[-1]].backward()
    for value in reversed(order):
        if value in dependent:
            _name_gradient(again[value], value in differentiated)
    return Recording(
        program,
        arguments,
        {value: made._number for value, made in again.items()},
        {value: again[value].grad for value in dependent},
        {
            value: tuple(
                derivative if operand in dependent else 0.0
                for operand, derivative in zip(value.operands, made.local_derivatives, strict=True)
            )
            for value, made in again.items()
            if value in dependent and made.operands
        },
        backward,
        comments,
    )


def _name_gradient(value: Value, is_parameter: bool) -> None:
    """Let a gradient's line know what it is the gradient of, if it has no name yet."""
    data, gradient = value._number, value.grad
    if not isinstance(data, Symbol) or not isinstance(gradient, Symbol):
        return
    # A Value that only equals a parameter, as dosage x w1 + b1 does b1 at dosage 0, gives it no name.
    named = gradient.name or gradient.gradient_of is not None
    if not named and (is_parameter or data.operation != "argument"):
        gradient.gradient_of = data


def leaf_of(number: Operand, label: str) -> Value:
    """A leaf with a symbol for its number."""
    leaf = Value(0.0, label)
    leaf._number = number  # type: ignore[assignment]  # a symbol stands in for a float
    return leaf


def replay(value: Value, operands: list[Value]) -> Value:
    """The operation that made a Value, on other operands."""
    if callable(value.operation):  # one of the user's
        made: Value = value.operation(*operands)
        return made
    name, *numbers = value.operation if isinstance(value.operation, tuple) else [value.operation]
    method = _OPERATORS.get(name) or getattr(Value, name)
    return method(*operands, *numbers)
