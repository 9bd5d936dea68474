"""A graph as symbols: its operations, and those of its backward pass, as the lines of a program."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from micrograd_sq.engine import Value


class Term:
    """A line of the program: an operation on earlier lines and on constants.

    Constants are plain floats, so that Python itself folds what is made of constants alone; what adds
    0 or multiplies by 1 is never made; the same operation on the same operands is the same Term.
    """

    def __init__(self, program: Program, operation: str, operands: tuple[Operand, ...]) -> None:
        self.program = program
        self.operation = operation
        self.operands = operands
        self.name = ""  # the label of the Value that it computes, or "v" without one
        self.gradient_of: Term | None = None

    def __add__(self, other: Operand) -> Operand:
        if isinstance(other, Term) and other.operation == "neg":
            return self - other.operands[0]
        if isinstance(other, float) and other < 0.0:
            return self - -other
        return self if other == 0.0 else _line("+", self, other)

    def __radd__(self, other: float) -> Operand:
        return self + other

    def __sub__(self, other: Operand) -> Operand:
        if isinstance(other, Term) and other.operation == "neg":
            return self + other.operands[0]
        if isinstance(other, float) and other < 0.0:
            return self + -other
        return self if other == 0.0 else _line("-", self, other)

    def __rsub__(self, other: float) -> Operand:
        return -self if other == 0.0 else _line("-", other, self)

    def __mul__(self, other: Operand) -> Operand:
        return _line("*", self, other) if isinstance(other, Term) else other * self

    def __rmul__(self, other: float) -> Operand:
        if other in (0.0, 1.0, -1.0):
            return self if other == 1.0 else -self if other else 0.0
        factor, rest = self.operands if self.operation == "*" else (self, self)
        if isinstance(factor, float) and 1e-99 < abs(other * factor) < 1e99:
            return other * factor * rest
        return _line("*", other, self)

    def __truediv__(self, other: Operand) -> Operand:
        return self if other == 1.0 else _line("/", self, other)

    def __rtruediv__(self, other: float) -> Operand:
        return _line("/", other, self) if other else 0.0

    def __pow__(self, other: Operand) -> Operand:
        if other == 0.0 or other == 1.0:
            return self if other else 1.0
        if other == 2.0 or other == 3.0:
            return self * self if other == 2.0 else self * self * self
        return _line("**", self, other)

    def __rpow__(self, other: float) -> Operand:
        return _line("**", other, self)

    def __neg__(self) -> Operand:
        return self.operands[0] if self.operation == "neg" else _line("neg", self)


Operand: TypeAlias = "float | Term"
Program: TypeAlias = "dict[tuple[object, ...], Term]"


def _line(operation: str, *operands: Operand) -> Term:
    """The Term for an operation on operands, of which one at least is a Term itself."""
    program = next(operand.program for operand in operands if isinstance(operand, Term))
    key, mirrored = (operation, *operands), (operation, *reversed(operands))
    if operation in ("+", "*") and mirrored in program:
        key = mirrored
    if key not in program:
        program[key] = Term(program, operation, operands)
    return program[key]


def _named(operation: str) -> Callable[..., Any]:
    return lambda *operands: _line(operation, *operands)


_decay, _sigmoid, _softplus = _named("decay"), _named("sigmoid"), _named("softplus")


def _slope_of_power(a: Operand, b: Operand) -> Any:
    """d a**b / d a. At 0 a root is vertical, which b * a**(b - 1) has no number for."""
    if isinstance(b, float) and b >= 1.0:
        return b * a ** (b - 1.0)
    if isinstance(b, float) and b == 0.0:
        return 0.0
    return _line("slope of power", a, b)


def _log_or_0(a: Operand) -> Operand:
    """The logarithm of a power's base: 0 for 0, since 0**b is level, and nan below."""
    if isinstance(a, Term):
        return _line("log or 0", a)
    return math.log(a) if a > 0.0 else math.nan if a else 0.0


# Each operation of the engine: its value, and its local derivatives, from its operands a and b and
# its result r. Here "decay" is e^-|a|, which never overflows; sigmoid and softplus share it.
RULES: dict[str, tuple[Callable[..., Any], Callable[..., tuple[Any, ...]]]] = {
    "+": (lambda a, b: a + b, lambda a, b, r: (1.0, 1.0)),
    "-": (lambda a, b: a - b, lambda a, b, r: (1.0, -1.0)),
    "*": (lambda a, b: a * b, lambda a, b, r: (b, a)),
    "/": (lambda a, b: a / b, lambda a, b, r: (1.0 / b, -r / b)),
    "**": (lambda a, b: a**b, lambda a, b, r: (_slope_of_power(a, b), r * _log_or_0(a))),
    "neg": (lambda a: -a, lambda a, r: (-1.0,)),
    "exp": (_named("exp"), lambda a, r: (r,)),
    "log": (_named("log"), lambda a, r: (1.0 / a,)),
    "tanh": (_named("tanh"), lambda a, r: (1.0 - r * r,)),
    "sigmoid": (
        lambda a: _sigmoid(a, _decay(a)),
        lambda a, r: (_decay(a) / (1.0 + _decay(a)) ** 2.0,),
    ),
    "relu": (_named("relu"), lambda a, r: (_line("step", a),)),
    "softplus": (lambda a: _softplus(a, _decay(a)), lambda a, r: (_sigmoid(a, _decay(a)),)),
}


@dataclass
class Trace:
    """Both passes through a graph as Terms; `program` has all of them in order.

    `data`, `gradients` and `local_derivatives` are by Value. The last two have only what depends on a
    parameter: towards other operands, the local derivative is 0.
    """

    program: Program
    symbols: list[Term]
    data: dict[Value, Operand]
    gradients: dict[Value, Operand]
    local_derivatives: dict[Value, list[Operand]]
    comments: dict[int, str]  # by how many Terms come before them


def trace(order: list[Value], parameters: Sequence[Value], inputs: Sequence[Value]) -> Trace:
    """Go through a graph forward, then backward, with symbols for its parameters and inputs.

    Args:
        order: the graph in topological order, the root last.
        parameters: what to differentiate by.
        inputs: what else stays open; all other leaves become constants.
    """
    program: Program = {}
    symbols = {value: Term(program, "symbol", ()) for value in (*parameters, *inputs)}
    for value, symbol in symbols.items():
        program["symbol", value] = symbol
        symbol.name = value.label or "p"
    terms: dict[Value, Operand] = dict(symbols)
    comments: dict[int, str] = {}

    # A label that several constants have, such as "dosage", tells one group from the next.
    constants = [value for value in order if not value.operands and value not in symbols]
    labels = Counter(value.label for value in constants if value.label)
    for node in order:
        operands = [terms[operand] for operand in node.operands]
        if node in symbols:
            continue
        if any(isinstance(operand, Term) for operand in operands):
            terms[node] = made = RULES[node.operation][0](*operands)
            if isinstance(made, Term):
                made.name = made.name or node.label or "v"
            continue
        terms[node] = node.data
        if not operands and labels[node.label] > 1:
            earlier = comments.get(len(program), "")
            comments[len(program)] = f"{earlier}{', ' * bool(earlier)}{node.label} = {node.data:g}"

    comments[len(program)] = "backward"
    dependent = set(parameters)
    for node in order:
        if isinstance(terms[node], Term) and not dependent.isdisjoint(node.operands):
            dependent.add(node)
    gradients: dict[Value, Operand] = {order[-1]: 1.0}
    local_derivatives: dict[Value, list[Operand]] = {}
    for node in reversed(order):
        gradient, term = gradients.get(node, 0.0), terms[node]
        if isinstance(gradient, Term) and isinstance(term, Term) and not gradient.name:
            # A Value that only equals a parameter, as dosage x w1 + b1 does b1 at dosage 0, has no name.
            if node in symbols or term.operation != "symbol":
                gradient.gradient_of = gradient.gradient_of or term
        if node in symbols or node not in dependent:
            continue
        derivatives = RULES[node.operation][1](*(terms[each] for each in node.operands), term)
        local_derivatives[node] = []
        for operand, derivative in zip(node.operands, derivatives, strict=True):
            local_derivatives[node].append(derivative if operand in dependent else 0.0)
            if operand in dependent:
                gradients[operand] = gradients.get(operand, 0.0) + derivative * gradient
    return Trace(program, list(symbols.values()), terms, gradients, local_derivatives, comments)
