"""What Python and NumPy do with a number besides arithmetic: compare it, print it, convert it."""

from __future__ import annotations

from typing import Any, SupportsFloat, TypeVar

Self = TypeVar("Self", bound="Number")


class Number:
    """A number in `data` that behaves as Python's own numbers do.

    Comparisons compare the data, but a number equals only itself, so that it can be a key of a dict. No gradient
    passes through a comparison, `float`, `int`, `round` or a format: they read the data as it is now.
    """

    __slots__ = ()
    data: float
    grad: float
    label: str

    def __repr__(self) -> str:
        return f"Value(data={self.data!r}, grad={self.grad!r}, label={self.label!r})"

    def __float__(self) -> float:
        return float(self.data)

    def __int__(self) -> int:
        return int(self.data)

    def __bool__(self) -> bool:
        return self.data != 0.0

    def __round__(self, digits: int | None = None) -> float:
        return round(self.data, digits)

    def __format__(self, specification: str) -> str:
        return format(self.data, specification) if specification else str(self)

    def __pos__(self: Self) -> Self:
        return self

    def __lt__(self, other: SupportsFloat) -> Any:
        return self.data < bare(other)

    def __le__(self, other: SupportsFloat) -> Any:
        return self.data <= bare(other)

    def __gt__(self, other: SupportsFloat) -> Any:
        return self.data > bare(other)

    def __ge__(self, other: SupportsFloat) -> Any:
        return self.data >= bare(other)

    def as_integer_ratio(self) -> tuple[int, int]:
        """Raise a TypeError: the functions of `statistics` would compute without the graph."""
        raise TypeError("`statistics` drops the graph of a Value: write sum(values) / len(values)")

    def conjugate(self: Self) -> Self:
        """Return this number, which is real: numpy.var asks for it."""
        return self


def operation_name(value: Any) -> str:
    """Return the operation that computed a Value as text: "+", "exp", "** 2.0"; empty for a leaf."""
    operation = value.operation
    return f"** {operation[1]}" if isinstance(operation, tuple) else str(operation)


def bare(number: Any) -> Any:
    """Return the data of a number; any other object can compare itself with a float."""
    return number.data if isinstance(number, Number) else number
