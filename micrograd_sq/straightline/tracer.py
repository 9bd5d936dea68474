"""Tracers take the place of numbers while the engine runs, and record each operation as a line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from micrograd_sq.number import real_number
from micrograd_sq.straightline.backends import Backend
from micrograd_sq.straightline.derivatives import DERIVATIVES


class Tracer:
    """A number that is known only when the generated code runs: an argument, or the result of a line.

    A tracer has the operators and the methods that the engine calls. A result that depends only on floats stays a
    float. Adding 0, or multiplying by 0 or 1, adds no line.
    """

    __slots__ = ("program", "operation", "operands", "origin", "name", "gradient_of", "unbounded", "is_step")

    def __init__(self, program: Program, operation: Any, operands: tuple[Operand, ...]) -> None:
        self.program: Program = program
        self.operation: Any = operation
        self.operands: tuple[Operand, ...] = operands
        self.origin: Any = program.origin  # the operation of the graph that made this line
        self.name: str = ""  # the label of the Value with this number, or "v" without a label
        self.gradient_of: Tracer | None = None
        self.unbounded: bool = False  # whether this may be infinite, as the derivative of a root at 0
        self.is_step: bool = operation == "gate" and type(operands[1]) is float and operands[1] == 1.0

    def __getattr__(self, function: str) -> Callable[..., Tracer]:
        if function.startswith("_"):
            raise AttributeError(f"a tracer has no attribute {function!r}")
        return lambda *operands: self.program.line(function, self, *map(number, operands))

    def trace_operation(self, operation: Any, operands: Sequence[Operand]) -> Operand:
        """Return the result of an `Operation`. This tracer is one of the operands."""
        name = getattr(operation.value, "__name__", "")
        if self.program.backend.name == "value" and operation not in DERIVATIVES.values():
            return self.program.line(operation, *map(number, operands))  # Values can call it
        if getattr(math, name, None) is operation.value:
            return self.program.line(name, *map(number, operands))
        return number(operation.value(*operands))

    # An operand that is not a tracer is a known number. Reflected operators get no other operand.
    def __add__(self, other: Operand) -> Operand:
        if isinstance(other, Tracer):
            if other.operation == "neg":
                return self - other.operands[0]
            return self.program.line("+", self, other)
        if other < 0.0:
            return self.program.line("-", self, -other)
        return self.program.line("+", self, other) if other else self

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Operand:
        if isinstance(other, Tracer):
            if other.operation == "neg":
                return self + other.operands[0]
            return self.program.line("-", self, other)
        return self + -other

    def __rsub__(self, other: float) -> Operand:
        return self.program.line("-", other, self) if other else -self

    def __mul__(self, other: Operand) -> Operand:
        if not isinstance(other, Tracer):
            return other * self
        if self.is_step:  # an infinite factor does not pass either where the step is 0
            return self.program.line("gate", self.operands[0], other)
        if other.is_step:
            return self.program.line("gate", other.operands[0], self)
        return self.program.line("masked_product" if self.unbounded or other.unbounded else "*", self, other)

    def __rmul__(self, other: float) -> Operand:
        if other in (0.0, 1.0, -1.0):
            return self if other == 1.0 else -self if other else 0.0
        if self.is_step:
            return self.program.line("gate", self.operands[0], other)
        factor, rest = self.operands if self.operation == "*" else (self, self)
        # Two known factors become one, unless they are so large or small that their order matters.
        if isinstance(factor, float) and all(1e-99 < abs(each) < 1e99 for each in (factor, other)):
            return other * factor * rest
        return self.program.line("*", other, self)

    def masked_product(self, other: Operand) -> Operand:
        """Return self * other, but 0 where a factor is 0, as `functions.masked_product` does."""
        if isinstance(other, Tracer):
            return self.program.line("masked_product", self, other)
        return other * self

    def __truediv__(self, other: Operand) -> Operand:
        if not isinstance(other, Tracer) and other in (0.0, 1.0):
            return self * (1.0 / other)  # an error for 0, as of any number
        return self.program.line("/", self, other)

    def __rtruediv__(self, other: float) -> Operand:
        return self.program.line("/", other, self) if other else 0.0

    def __pow__(self, other: Operand) -> Operand:
        if not isinstance(other, Tracer) and other in (0.0, 1.0, 2.0, 3.0):
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

    __hash__: Callable[..., int] = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other or bool(self.program.origin and self._refuse())

    def _refuse(self, *_: object) -> Any:
        raise TypeError(
            f"operation {self.program.origin} cannot be traced: its value or a derivative compares its argument with "
            "a number, or uses % or a function of Python or NumPy. Write gate for if, exp of micrograd_sq.functions "
            "instead of math.exp, and an Operation for any other function"
        )


for _name in "bool float int index complex abs round floor ceil trunc lt le gt ge mod rmod floordiv rfloordiv".split():
    setattr(Tracer, f"__{_name}__", Tracer._refuse)

Operand: TypeAlias = "float | Tracer"
COMMUTATIVE = ("+", "*", "masked_product")
LINEAR = ("+", "-", "*", "/", "neg", "gate", "masked_product")  # infinite if an operand is infinite


def number(operand: Any) -> Operand:
    """Return a tracer unchanged, and any other real number as a float."""
    return operand if isinstance(operand, Tracer) else real_number(operand)


class Program:
    """The lines that tracers record, in order. The same line is recorded only once."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.lines: list[Tracer] = []
        self.origin: Any = ""  # the operation that the engine computes now
        self._known: dict[tuple[Any, ...], Tracer] = {}
        self._unbounded: set[Operand] = set()

    def argument(self, name: str) -> Tracer:
        """Return a new tracer for an argument of the function, with this name."""
        tracer = Tracer(self, "argument", ())
        tracer.name = name
        self.lines.append(tracer)
        return tracer

    def line(self, operation: Any, *operands: Operand) -> Tracer:
        """Return a tracer for the result of an operation. Record a new line, unless the same line exists already."""
        if operation in self.backend.shared:  # a part of its text, e^-|x|, is a line that other operations share
            x: Any = operands[0]
            # |-x| = |x|. But JAX differentiates the code again, and takes the derivative at 0 from one side.
            if isinstance(x, Tracer) and x.operation == "neg" and self.backend.name != "jax":
                x = x.operands[0]
            operands += (self.line(self.backend.shared[operation], x),)
        key = (operation, *operands)
        known = self._known.get(key)
        if known is None and operation in COMMUTATIVE:
            known = self._known.get((operation, operands[1], operands[0]))
        if known is None:
            known = self._known[key] = Tracer(self, operation, operands)
            self.lines.append(known)
            if operation == "slope_of_power" or (
                self._unbounded and operation in LINEAR and any(each in self._unbounded for each in operands)
            ):
                self._unbounded.add(known)
                known.unbounded = True
        return known
