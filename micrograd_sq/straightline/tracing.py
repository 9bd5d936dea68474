"""The forward and backward pass of the engine, run again with tracers in place of numbers."""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_sq.engine import Value
from micrograd_sq.straightline.backends import Backend
from micrograd_sq.straightline.tracer import Operand, Program, Tracer

OPERATORS: dict[str, Callable[..., Value]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
OPERATORS |= {"/": operator.truediv, "**": operator.pow, "neg": operator.neg}


@dataclass
class Trace:
    """Both passes through a graph as lines of a program."""

    program: Program
    arguments: list[Tracer]
    copies: dict[Value, Value]  # of each Value of the graph, with tracers in place of numbers
    dependent: set[Value]  # on a parameter; the gradients of all other Values count as 0
    backward: int  # the number of lines before the backward pass
    comments: dict[int, list[str]]  # by the number of lines before each comment

    def gradient(self, value: Value) -> Operand:
        """Return the gradient of a Value as a tracer or a number. A Value that depends on no parameter has 0."""
        return self.copies[value].grad if value in self.dependent else 0.0

    def local_derivatives(self, value: Value) -> list[Operand]:
        """Return the local derivative for each operand. An operand that depends on no parameter has 0."""
        copy = self.copies[value]
        pairs = zip(value.operands, (copy.d_left, copy.d_right), strict=False)
        return [derivative if operand in self.dependent else 0.0 for operand, derivative in pairs]


def trace(order: list[Value], parameters: Sequence[Value], inputs: Sequence[Value], backend: Backend) -> Trace:
    """Return both passes through a graph, given in topological order, with tracers for parameters and inputs."""
    program = Program(backend)
    copies: dict[Value, Value] = {}  # of the graph, with tracers
    for value in (*parameters, *inputs):
        copies[value] = traced_leaf(program.argument(value.label or "p"), value.label)
    arguments = list(program.lines)
    variable = set(copies)  # the Values that depend on an argument; all others are constant
    differentiated = frozenset(parameters)
    dependent = set(parameters)
    comments: defaultdict[int, list[str]] = defaultdict(list)
    leaves = [value for value in order if value.left is None and value not in copies]
    labels = Counter(value.label for value in leaves if value.label)
    for value in order:
        if value in copies:
            continue
        operands = value.operands
        if not operands:
            copies[value] = traced_leaf(float(value.data), value.label)
            if labels[value.label] > 1:  # a data point: a comment separates it from the next
                comments[len(program.lines)].append(f"{value.label} = {value.data:g}")
            continue
        if not dependent.isdisjoint(operands):
            dependent.add(value)
        program.origin = value.operation
        copies[value] = made = replay(value, [copies[operand] for operand in operands])
        made.label = value.label
        if variable.isdisjoint(operands):  # a constant, which backward need not visit
            copies[value] = traced_leaf(made.data, value.label)
            continue
        variable.add(value)
        if isinstance(made.data, Tracer):
            made.data.name = made.data.name or value.label or "v"
    backward, program.origin = len(program.lines), ""
    copies[order[-1]].backward()
    for value in reversed(order):  # name the line of each gradient after its Value, unless the line has a name
        data, gradient = copies[value].data, copies[value].grad
        if value in dependent and isinstance(data, Tracer) and isinstance(gradient, Tracer):
            # A Value that only equals a parameter, as dosage x w1 + b1 equals b1 at dosage 0, gives no name.
            own = value in differentiated or data.operation != "argument"
            if own and not gradient.name and gradient.gradient_of is None:
                gradient.gradient_of = data
    return Trace(program, arguments, copies, dependent, backward, comments)


def traced_leaf(number: Operand, label: str = "") -> Value:
    """Return a leaf whose data is a tracer, or a float for a constant."""
    leaf = Value(0.0, label)
    leaf.data = number  # type: ignore[assignment]  # a tracer in place of a float
    return leaf


def replay(value: Value, operands: list[Value]) -> Value:
    """Run a Value's operation again on these operands. Return the new Value."""
    operation: Any = value.operation
    if isinstance(operation, tuple):  # ("**", 2.0)
        operands, operation = [*operands, operation[1]], operation[0]
    if not callable(operation):
        operation = OPERATORS.get(operation) or getattr(Value, operation)
    made: Value = operation(*operands)
    return made
