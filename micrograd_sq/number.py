"""What Python and NumPy do with a number besides arithmetic: compare it, show it, take it out."""

from __future__ import annotations

from typing import Any, SupportsFloat


class Number:
    """A number that stands in `_number`, as Python's own numbers behave.

    It is compared by its size, but equal to itself alone, so that it may be a key. No gradient passes through
    comparing, `float`, `int`, `round` or a format: they look at the number as it is now.
    """

    __slots__ = ()
    _number: float

    def __float__(self) -> float:
        return self._number

    def __int__(self) -> int:
        return int(self._number)

    def __bool__(self) -> bool:
        return self._number != 0.0

    def __round__(self, digits: int | None = None) -> float:
        return round(self._number, digits)

    def __format__(self, specification: str) -> str:
        return format(self._number, specification) if specification else str(self)

    def __lt__(self, other: SupportsFloat) -> Any:
        return self._number < bare(other)

    def __le__(self, other: SupportsFloat) -> Any:
        return self._number <= bare(other)

    def __gt__(self, other: SupportsFloat) -> Any:
        return self._number > bare(other)

    def __ge__(self, other: SupportsFloat) -> Any:
        return self._number >= bare(other)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """What NumPy makes of it: as of any object, by its own operators and its methods, for each entry."""
        import numpy  # which is there, since it has called

        if any(isinstance(out, Number) for out in options.get("out", ())):
            raise TypeError(f"{ufunc.__name__} cannot write into a Value: it makes a new one")
        arrays = [numpy.asanyarray(each) for each in inputs]
        for array in arrays:
            if array.dtype.kind not in "biufO":
                raise TypeError(f"a Value meets arrays of real numbers, not of {array.dtype}")
        # NumPy's own numbers would only call it again, so they become Python's, if they are no longer than these.
        with numpy.errstate(over="raise"):
            floats = [a.astype(float) if a.dtype.kind == "f" else a for a in arrays]
        objects = [a.astype(object) for a in floats]
        return getattr(ufunc, method)(*objects, **options)


def bare(number: Any) -> Any:
    """What a number is compared with: other kinds than this know themselves how to compare with a float."""
    return number._number if isinstance(number, Number) else number
