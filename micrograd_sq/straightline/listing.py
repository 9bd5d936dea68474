"""A graph as the plainest program: a line for each Value, then one for each arrow, back from the root."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micrograd_sq import functions
from micrograd_sq.engine import Value
from micrograd_sq.operation import Operation
from micrograd_sq.straightline.backends import BACKENDS
from micrograd_sq.straightline.recording import leaf_of, replay
from micrograd_sq.straightline.symbols import Operand, Program, Symbol
from micrograd_sq.straightline.writing import RESERVED, identifier, precedence

LONGEST = 160  # characters; what is longer becomes a line of its own

# How tightly operands must hold together by themselves, to stand here without parentheses.
_NEEDS = {"+": (1, 2), "-": (1, 2), "*": (2, 3), "/": (2, 3), "neg": (3,), "**": (4, 4)}


@dataclass(frozen=True)
class Line:
    """A line of the program.

    Attributes:
        text: as Python reads it; of a leaf, up to its number.
        of: the place of the Value that it computes, or whose gradient it computes.
        sender: in the backward pass, the place of the Value that sends this share of the gradient; else -1.
        side: as which of the sender's operands it gets it.
    """

    text: str
    of: int
    sender: int = -1
    side: int = -1


@dataclass(frozen=True)
class Listing:
    """A graph, both passes, line by line.

    Attributes:
        names: what each Value is called, by its place in topological order.
        derivatives: for each Value the local derivative towards each of its operands, as a formula.
        leaves, forward, backward: the lines.
        of_math: operations of the user's that are functions of `math`, and called as there.
    """

    names: list[str]
    derivatives: list[list[str]]
    leaves: list[Line]
    forward: list[Line]
    backward: list[Line]
    of_math: list[str]

    def text(self, numbers: Sequence[float]) -> str:
        """The whole program, as Python runs it.

        Args:
            numbers: one for each leaf, in order.
        """
        imports = self.imports()
        return "\n".join(
            [
                *imports,
                *([""] if imports else []),
                *(f"{leaf.text}{_number(n)}" for leaf, n in zip(self.leaves, numbers, strict=True)),
                *(line.text for line in self.forward),
                "# backward",
                *(line.text for line in self.backward),
            ]
        )

    def imports(self) -> list[str]:
        """The lines that it needs above it: functions of this package's, and those of `math` that operations are."""
        lines = [line.text for line in (*self.forward, *self.backward)]
        called = set(re.findall(r"\b(\w+)\(", "\n".join(lines)))
        own = [name for name in vars(functions) if name in called]
        rest = [name for name in self.of_math if name in called]
        return [
            f"from {module} import {', '.join(names)}"
            for module, names in (("math", rest), ("micrograd_sq.functions", own))
            if names
        ]


def listing(order: Sequence[Value]) -> Listing:
    """Both passes through a graph, line by line; the rules are the engine's own, as it applies them to symbols.

    Args:
        order: its Values in topological order.

    >>> from micrograd_sq.engine import topological_order
    >>> w, x = Value(2.0, "w"), Value(0.5, "x")
    >>> print(listing(topological_order((w * x).softplus())).text([2.0, 0.5]))
    from micrograd_sq.functions import sigmoid, softplus
    <BLANKLINE>
    w = 2.0
    x = 0.5
    v = w * x
    v_2 = softplus(v)
    # backward
    d_v_2 = 1.0
    d_v = sigmoid(v) * d_v_2
    d_w = x * d_v
    d_x = w * d_v
    """
    taken = Counter({*RESERVED, *vars(functions)})
    operations = dict.fromkeys(
        value.operation for value in order if isinstance(value.operation, Operation)
    )
    called = {operation: identifier(operation.name, taken) for operation in operations}
    stems = [value.label or ("v" if value.operands else "c") for value in order]
    names = {value: identifier(stem, taken) for value, stem in zip(order, stems, strict=True)}
    gradients = {value: identifier(f"d_{names[value]}", taken) for value in order}
    places = {value: place for place, value in enumerate(order)}

    leaves, forward = [], []
    derivatives: list[list[str]] = []
    for place, value in enumerate(order):
        if not value.operands:
            leaves.append(Line(f"{names[value]} = ", place))
            derivatives.append([])
            continue
        rule = _Rule(value, names, called, taken)
        forward += [Line(text, place) for text in rule.lines]
        derivatives.append(rule.derivatives)
    root = order[-1]
    backward = [Line(f"{gradients[root]} = 1.0", places[root])]
    received = {root}
    for value in reversed(order):
        for side, operand in enumerate(value.operands):
            share = _share(derivatives[places[value]][side], gradients[value])
            sign = "+=" if operand in received else "="
            text = f"{gradients[operand]} {sign} {share}".replace("+= -", "-= ")
            backward.append(Line(text, places[operand], places[value], side))
            received.add(operand)
    of_math = [
        name for operation, name in called.items() if getattr(math, name, None) is operation.value
    ]
    return Listing(list(names.values()), derivatives, leaves, forward, backward, of_math)


def _share(derivative: str, gradient: str) -> str:
    """What a Value sends to an operand: the local derivative times its own gradient."""
    if derivative in ("1.0", "-1.0"):
        return derivative.replace("1.0", gradient)
    if derivative == "0.0":
        return derivative
    loose = precedence(derivative) == 1
    return f"({derivative}) * {gradient}" if loose else f"{derivative} * {gradient}"


def _number(number: float) -> str:
    return repr(number) if math.isfinite(number) else f'float("{number}")'


class _Rule:
    """How the engine makes one Value, and its local derivatives, as formulas in the names of its operands."""

    def __init__(
        self,
        value: Value,
        names: Mapping[Value, str],
        called: dict[Operation, str],
        taken: Counter[str],
    ) -> None:
        program = Program(BACKENDS["value"])
        operands = {
            operand: program.argument(names[operand]) for operand in dict.fromkeys(value.operands)
        }
        program.origin = value.operation
        made = replay(value, [leaf_of(operands[operand], "") for operand in value.operands])
        program.origin = ""  # from here on, symbols may be told apart
        self.called, self.taken = called, taken
        self.texts = {symbol: names[operand] for operand, symbol in operands.items()}
        self.tightness = dict.fromkeys(self.texts, 5)
        self.lines: list[str] = []
        data: Operand = made._number
        for line in program.lines:
            if line in self.texts:
                continue
            text = self._spelled(line)
            if line is data or len(text) > LONGEST:
                name = names[value] if line is data else identifier("t", taken)
                self.lines.append(f"{name} = {text}")
                self.texts[line], self.tightness[line] = name, 5
            else:
                self.texts[line] = text
                self.tightness[line] = precedence(text)
        if data in operands.values() or not isinstance(data, Symbol):  # x ** 1, x ** 0
            self.lines.append(f"{names[value]} = {self._written(data)}")
        self.derivatives = [self._written(each) for each in made.local_derivatives]

    def _spelled(self, line: Symbol) -> str:
        if line.operation == "**":
            spelling = "{0} ** {1}"
        elif line.operation in BACKENDS["value"].spellings:
            spelling = BACKENDS["value"].spellings[line.operation]
        else:
            if isinstance(line.operation, Operation) and line.operation not in self.called:
                self.called[line.operation] = identifier(line.operation.name, self.taken)
            name = self.called.get(line.operation, str(line.operation))
            spelling = f"{name}({', '.join(f'{{{place}}}' for place in range(len(line.operands)))})"
        needs = _NEEDS.get(line.operation, (0,) * len(line.operands))
        return spelling.format(*map(self._written, line.operands, needs))

    def _written(self, operand: Operand, tightness: int = 0) -> str:
        if not isinstance(operand, Symbol):
            return _number(operand)
        loose = self.tightness[operand] < tightness
        return f"({self.texts[operand]})" if loose else self.texts[operand]
