"""Symbols stand in for numbers while the engine runs, and keep what it did with them, line by line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from micrograd_sq.engine import real_number
from micrograd_sq.straightline.backends import Backend


class Symbol:
    """A number that is known only when the code runs: an argument, or a line of the code.

    It answers the engine's arithmetic by operators and its functions by methods. What is made of floats alone
    stays a float, which Python itself computes; what adds 0, or multiplies by 0 or 1, makes no line.
    """

    __array_ufunc__ = None  # so that np.float64(2) * symbol is left to Symbol.__rmul__

    def __init__(self, program: Program, operation: Any, operands: tuple[Operand, ...]) -> None:
        self.program = program
        self.operation = operation
        self.operands = operands
        self.origin = program.origin
        self.name = ""  # the label of the Value that it computes, or "v" without one
        self.gradient_of: Symbol | None = None

    def __getattr__(self, function: str) -> Callable[..., Symbol]:
        if function.startswith("_"):
            raise AttributeError(f"a symbol has no attribute {function!r}")
        return lambda *operands: self.program.line(function, self, *operands)

    def apply(self, operation: Any, operands: Sequence[Operand]) -> Operand:
        """What an `Operation` of the user's makes of operands, of which this is one."""
        name = getattr(operation.value, "__name__", "")
        if self.program.backend.name == "value":  # where it can be called as it is
            return self.program.line(operation, *operands)
        if getattr(math, name, None) is operation.value:
            return self.program.line(name, *operands)
        made: Operand = operation.value(*operands)
        return made if isinstance(made, Symbol) else real_number(made)

    def __add__(self, other: Operand) -> Operand:
        if isinstance(other, Symbol):
            minus = other.operands[0] if other.operation == "neg" else None
            return self.program.line("+", self, other) if minus is None else self - minus
        if other < 0.0:
            return self.program.line("-", self, -other)
        return self if other == 0.0 else self.program.line("+", self, other)

    def __radd__(self, other: float) -> Operand:
        return self + other

    def __sub__(self, other: Operand) -> Operand:
        if isinstance(other, Symbol):
            minus = other.operands[0] if other.operation == "neg" else None
            return self.program.line("-", self, other) if minus is None else self + minus
        return self + -other

    def __rsub__(self, other: float) -> Operand:
        return -self if other == 0.0 else self.program.line("-", other, self)

    def __mul__(self, other: Operand) -> Operand:
        if not isinstance(other, Symbol):
            return other * self
        for one, two in ((self, other), (other, self)):
            if one.operation == "gate" and one.operands[1] == 1.0:
                return self.program.line("gate", one.operands[0], two)  # also of an infinite one
        return self.program.line("*", self, other)

    def __rmul__(self, other: float) -> Operand:
        if other in (0.0, 1.0, -1.0):
            return self if other == 1.0 else -self if other else 0.0
        if self.operation == "gate" and self.operands[1] == 1.0:
            return self.program.line("gate", self.operands[0], other)
        factor, rest = self.operands if self.operation == "*" else (self, self)
        if isinstance(factor, float) and all(1e-99 < abs(each) < 1e99 for each in (factor, other)):
            return other * factor * rest
        return self.program.line("*", other, self)

    def __truediv__(self, other: Operand) -> Operand:
        return self if other == 1.0 else self.program.line("/", self, other)

    def __rtruediv__(self, other: float) -> Operand:
        return 0.0 if other == 0.0 else self.program.line("/", other, self)

    def __pow__(self, other: Operand) -> Operand:
        if other == 0.0 or other == 1.0:
            return 1.0 if other == 0.0 else self
        if other == 2.0 or other == 3.0:
            return self * self if other == 2.0 else self * self * self
        return self.program.line("**", self, other)

    def __rpow__(self, other: float) -> Operand:
        return self.program.line("**", other, self)

    def __neg__(self) -> Operand:
        return self.operands[0] if self.operation == "neg" else self.program.line("neg", self)

    def _unknown(self, *_: object) -> Any:
        raise TypeError(
            f"operation {self.program.origin} asks how large a number is, which straight-line code knows only when "
            "it runs: make it of arithmetic, micrograd_sq.functions (gate, say) and Operations"
        )

    __bool__ = __float__ = __int__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown


Operand: TypeAlias = "float | Symbol"


class Program:
    """The lines that symbols leave behind, in the order in which they were made, none of them twice."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.lines: list[Symbol] = []
        self.origin: Any = ""  # the operation that the engine is at
        self._known: dict[tuple[Any, ...], Symbol] = {}

    def argument(self, name: str) -> Symbol:
        """A symbol for an argument of the function."""
        symbol = Symbol(self, "argument", ())
        symbol.name = name
        self.lines.append(symbol)
        return symbol

    def line(self, operation: Any, *operands: Operand) -> Symbol:
        """The symbol for an operation on operands, of which one at least is a symbol."""
        operands = tuple(x if isinstance(x, Symbol) else real_number(x) for x in operands)
        if operation in self.backend.shared:
            operands += (self._shared(self.backend.shared[operation], operands[0]),)
        key = (operation, *(x if isinstance(x, Symbol) else repr(x) for x in operands))
        mirrored = (operation, *reversed(key[1:]))
        if operation in ("+", "*") and mirrored in self._known:
            key = mirrored
        if key not in self._known:
            self._known[key] = Symbol(self, operation, operands)
            self.lines.append(self._known[key])
        return self._known[key]

    def _shared(self, part: str, operand: Operand) -> Symbol:
        """What several functions of an operand are spelled with: e^-|x|, which is that of -x, too."""
        if isinstance(operand, Symbol) and operand.operation == "neg":
            operand = operand.operands[0]
        return self.line(part, operand)
