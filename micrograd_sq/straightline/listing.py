"""A graph as a program: a line for each Value, then a line for each arrow in the backward pass."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_sq import functions
from micrograd_sq.engine import Value
from micrograd_sq.operation import Operation
from micrograd_sq.straightline.backends import BACKENDS
from micrograd_sq.straightline.tracer import Operand, Program, Tracer
from micrograd_sq.straightline.tracing import replay, traced_leaf
from micrograd_sq.straightline.writing import RESERVED, Formulas, identifier, precedence

LONGEST = 160  # characters; a longer part of a formula becomes a line of its own


@dataclass(frozen=True)
class Line:
    """A line of the program."""

    text: str  # as Python reads it; for a leaf, everything but the number
    of: int  # the index of the Value that the line computes, or whose gradient it computes
    sender: int = -1  # in the backward pass, the index of the Value that passes this contribution to an operand
    side: int = -1  # the index of this operand


@dataclass(frozen=True)
class Listing:
    """Both passes through a graph, line by line."""

    names: list[str]  # of each Value, in topological order
    derivatives: list[list[str]]  # the local derivatives of each Value as formulas, one for each operand
    leaves: list[Line]
    forward: list[Line]
    backward: list[Line]
    imports: list[str]

    def text(self, numbers: Sequence[float]) -> str:
        """Return the program as Python code. `numbers` has a number for each leaf, in order."""
        number = BACKENDS["value"].number
        leaves = [f"{leaf.text}{number(n)}" for leaf, n in zip(self.leaves, numbers, strict=True)]
        imports = [*self.imports, ""] if self.imports else []
        forward, backward = ([line.text for line in lines] for lines in (self.forward, self.backward))
        return "\n".join([*imports, *leaves, *forward, "# backward", *backward])


def listing(order: Sequence[Value]) -> Listing:
    """Return both passes through a graph, given in topological order, line by line.

    >>> from micrograd_sq.engine import topological_order
    >>> w, x = Value(2.0, "w"), Value(0.5, "x")
    >>> print(listing(topological_order((w * x).softplus())).text([2.0, 0.5]))
    from micrograd_sq.functions import sigmoid, softplus
    <BLANKLINE>
    w = 2.0
    x = 0.5
    v = w * x
    result = softplus(v)
    # backward
    d_result = 1.0
    d_v = sigmoid(v) * d_result
    d_w = x * d_v
    d_x = w * d_v
    """
    formulas = Formulas(BACKENDS["value"], Counter({*RESERVED, *vars(functions)}))
    taken = formulas.taken
    for value in order:
        if isinstance(value.operation, Operation) and value.operation not in formulas.operations:
            formulas.operations[value.operation] = identifier(value.operation.name, taken)
    root, names = order[-1], dict.fromkeys(order, "")
    for value in sorted(order, key=lambda value: not value.label):  # the user's labels come first
        stem = "result" if value is root and not taken["result"] else "v" if value.operands else "c"
        names[value] = identifier(value.label or stem, taken)
    gradients = {value: identifier(f"d_{names[value]}", taken) for value in order}
    places = {value: place for place, value in enumerate(order)}
    leaves = [Line(f"{names[value]} = ", places[value]) for value in order if not value.operands]
    forward: list[Line] = []
    derivatives: dict[Value, list[str]] = {}
    for value in order:
        lines, derivatives[value] = _rule(value, names, formulas) if value.operands else ([], [])
        forward += [Line(text, places[value]) for text in lines]
    backward = [Line(f"{gradients[root]} = 1.0", places[root])]
    received = {root}
    for value in reversed(order):
        for side, operand in enumerate(value.operands):
            contribution = _contribution(derivatives[value][side], gradients[value])
            sign = "+=" if operand in received else "="
            text = f"{gradients[operand]} {sign} {contribution}".replace("+= -", "-= ")
            backward.append(Line(text, places[operand], places[value], side))
            received.add(operand)
    imports = _imports([*forward, *backward], formulas.operations)
    return Listing(list(names.values()), list(derivatives.values()), leaves, forward, backward, imports)


def _rule(value: Value, names: dict[Value, str], formulas: Formulas) -> tuple[list[str], list[str]]:
    """Return the lines that compute a Value, and its local derivatives as formulas."""
    program = Program(formulas.backend)
    traced = {operand: program.argument(names[operand]) for operand in dict.fromkeys(value.operands)}
    for operand, tracer in traced.items():
        formulas.inline(tracer, names[operand], "")
    program.origin = value.operation
    made = replay(value, [traced_leaf(traced[operand]) for operand in value.operands])
    program.origin = ""  # from here on, tracers may be compared
    data: Operand = made.data
    lines = []
    for line in program.lines[len(traced) :]:
        template = formulas.template(line)
        text = formulas.formula(line, template)
        if line is data or len(text) > LONGEST:
            name = names[value] if line is data else identifier("t", formulas.taken)
            lines.append(f"{name} = {text}")
            text = template = name
        formulas.inline(line, text, template)
    if not isinstance(data, Tracer) or data in traced.values():  # x ** 0, x ** 1
        lines.append(f"{names[value]} = {formulas.operand(data)}")
    return lines, [formulas.operand(each) for each in made.local_derivatives]


def _contribution(derivative: str, gradient: str) -> str:
    """Return the formula of what a Value passes to an operand: local derivative times the gradient of the Value."""
    if derivative in ("1.0", "-1.0"):
        return derivative.replace("1.0", gradient)
    if derivative == "0.0":
        return derivative
    return f"({derivative}) * {gradient}" if precedence(derivative) == 1 else f"{derivative} * {gradient}"


def _imports(lines: Sequence[Line], operations: dict[Operation, str]) -> list[str]:
    """Return the imports for the lines: functions of this package, and `math` functions of the user's Operations."""
    called = set(re.findall(r"\b(\w+)\(", "\n".join(line.text for line in lines)))
    own = [name for name in vars(functions) if name in called]
    of_math = [
        name if name == operation.name else f"{operation.name} as {name}"
        for operation, name in operations.items()
        if name in called and getattr(math, operation.name, None) is operation.value
    ]
    imports = {"math": of_math, "micrograd_sq.functions": own}
    return [f"from {module} import {', '.join(names)}" for module, names in imports.items() if names]
