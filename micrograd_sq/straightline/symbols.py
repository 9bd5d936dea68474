"""Symbols stand in for numbers while the engine runs, and keep what it did with them, line by line."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from micrograd_sq.checks import real_number
from micrograd_sq.straightline.backends import Backend

ARITHMETIC: dict[str, Callable[..., Any]] = {  # by the names that NumPy has for it
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
    "negative": operator.neg,
}


class Symbol:
    """A number that is known only when the code runs: an argument, or a line of the code.

    It answers the engine's arithmetic by operators and its functions by methods. What is made of floats alone
    stays a float, which Python itself computes; what adds 0, or multiplies by 0 or 1, makes no line.
    """

    def __init__(self, program: Program, operation: Any, operands: tuple[Operand, ...]) -> None:
        self.program = program
        self.operation = operation
        self.operands = operands
        self.origin: Any = program.origin
        self.name: str = ""  # the label of the Value that it computes, or "v" without one
        self.gradient_of: Symbol | None = None

    def __getattr__(self, function: str) -> Callable[..., Symbol]:
        if function.startswith("_"):
            raise AttributeError(f"a symbol has no attribute {function!r}")
        return lambda *operands: self.program.line(function, self, *operands)

    def write_down(self, operation: Any, operands: Sequence[Operand]) -> Operand:
        """What an `Operation` of the user's makes of operands, of which this is one."""
        name = getattr(operation.value, "__name__", "")
        if self.program.backend.name == "value":  # where it can be called as it is
            return self.program.line(operation, *operands)
        if getattr(math, name, None) is operation.value:
            return self.program.line(name, *operands)
        made: Operand = operation.value(*operands)
        return made if isinstance(made, Symbol) else real_number(made)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Operand:
        """NumPy's number by a symbol, np.float64(2) * symbol; no function of NumPy's can be written down."""
        if ufunc.__name__ not in ARITHMETIC or method != "__call__" or options:
            self._unknown()
        numbers = [x if isinstance(x, Symbol) else real_number(x) for x in operands]
        made: Operand = ARITHMETIC[ufunc.__name__](*numbers)
        return made

    # An operand that is not a symbol is a number that is known already; reflected operators get no others.

    def __add__(self, other: Operand) -> Operand:
        if isinstance(other, Symbol):
            if other.operation == "neg":
                return self - other.operands[0]
            return self.program.line("+", self, other)
        if other < 0.0:
            return self.program.line("-", self, -other)
        return self.program.line("+", self, other) if other else self

    def __radd__(self, other: float) -> Operand:
        return self + other

    def __sub__(self, other: Operand) -> Operand:
        if isinstance(other, Symbol):
            if other.operation == "neg":
                return self + other.operands[0]
            return self.program.line("-", self, other)
        return self + -other

    def __rsub__(self, other: float) -> Operand:
        return self.program.line("-", other, self) if other else -self

    def __mul__(self, other: Operand) -> Operand:
        if not isinstance(other, Symbol):
            return other * self
        for one, two in ((self, other), (other, self)):
            if (
                one.is_step
            ):  # a gate for the other: so not even an infinite one passes where it is 0
                return self.program.line("gate", one.operands[0], two)
        return self.program.line("*", self, other)

    def __rmul__(self, other: float) -> Operand:
        if other in (0.0, 1.0, -1.0):
            return self if other == 1.0 else -self if other else 0.0
        if self.is_step:
            return self.program.line("gate", self.operands[0], other)
        factor, rest = self.operands if self.operation == "*" else (self, self)
        # Two known factors become one, unless they are so large or small that it matters which comes first.
        if isinstance(factor, float) and all(1e-99 < abs(each) < 1e99 for each in (factor, other)):
            return other * factor * rest
        return self.program.line("*", other, self)

    def __truediv__(self, other: Operand) -> Operand:
        if not isinstance(other, Symbol) and other == 1.0:
            return self
        return self.program.line("/", self, other)

    def __rtruediv__(self, other: float) -> Operand:
        return self.program.line("/", other, self) if other else 0.0

    def __pow__(self, other: Operand) -> Operand:
        if not isinstance(other, Symbol) and other in (0.0, 1.0, 2.0, 3.0):
            product: Operand = 1.0
            for _ in range(int(other)):
                product = product * self
            return product
        return self.program.line("**", self, other)

    def __rpow__(self, other: float) -> Operand:
        return self.program.line("**", other, self)

    def __pos__(self) -> Operand:
        return self

    def __neg__(self) -> Operand:
        return self.operands[0] if self.operation == "neg" else self.program.line("neg", self)

    @property
    def is_step(self) -> bool:
        """Whether it is 1 where something is above 0, and 0 elsewhere."""
        return (
            self.operation == "gate"
            and isinstance(self.operands[1], float)
            and self.operands[1] == 1.0
        )

    def __eq__(self, other: object) -> bool:
        return self is other or bool(self.program.origin and self._unknown())

    def __hash__(self) -> int:
        return self._unknown() if self.program.origin else object.__hash__(self)

    def _unknown(self, *_: object) -> Any:
        raise TypeError(
            f"operation {self.program.origin}, in its value or a derivative, does with a number what straight-line "
            "code cannot write down: it asks how large it is, or gives it to a function of Python's or NumPy's. Make "
            "it of + - * / **, of micrograd_sq.functions (gate in place of if, exp in place of math.exp) and of "
            "Operations (one for cos in place of math.cos)"
        )


for _name in (
    "bool float int index complex abs round floor ceil trunc lt le gt ge mod rmod floordiv rfloordiv"
).split():
    setattr(Symbol, f"__{_name}__", Symbol._unknown)

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
        if operation in self.backend.shared:  # its spelling has a part that is a line of its own
            operands += (self._shared(self.backend.shared[operation], operands[0]),)
        key = (operation, *(id(x) if isinstance(x, Symbol) else repr(x) for x in operands))
        mirrored = (operation, *reversed(key[1:]))
        if operation in ("+", "*") and mirrored in self._known:
            key = mirrored
        if key not in self._known:
            self._known[key] = Symbol(self, operation, operands)
            self.lines.append(self._known[key])
        return self._known[key]

    def _shared(self, part: str, operand: Operand) -> Symbol:
        """What several functions of an operand are spelled with: e^-|x|, which is that of -x, too.

        But not where it is differentiated again: the slope at 0 is then taken from this operand's own side.
        """
        if (
            isinstance(operand, Symbol)
            and operand.operation == "neg"
            and not self.backend.differentiates
        ):
            operand = operand.operands[0]
        return self.line(part, operand)
