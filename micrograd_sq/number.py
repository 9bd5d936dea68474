"""The comparisons and conversions of a Value, and checks of the numbers and lists that a user gives."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from numbers import Integral
from typing import Any, NoReturn, SupportsFloat, TypeVar

Self = TypeVar("Self", bound="Number")


class Number:
    """The comparisons and conversions of a Value, computed from its `data`.

    `<`, `<=`, `>` and `>=` compare the data. `==` compares identity: `Value(1.0) == 1.0` is False, and each Value is
    its own key in a dict, even after its data changes. No gradient passes through a comparison, `float`, `int`, `round`
    or a format: they read the data as it is now.
    """

    __slots__ = ()
    _op_priority = 20.0  # SymPy, which would drop the graph, returns NotImplemented for an operand with a priority
    data: float
    grad: float
    label: str
    operation: Any

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label or not self.operation else ""
        operation = f", operation={operation_name(self)!r}" if self.operation else ""
        return f"Value(data={self.data!r}, grad={self.grad!r}{label}{operation})"

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
        """Raise a TypeError: the functions of `statistics` would drop the graph."""
        raise TypeError("`statistics` drops the graph of a Value: write sum(values) / len(values)")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute a NumPy function, entry by entry. `numpy.maximum` of a Value and 0 is `relu`, not a comparison."""
        import numpy as np  # which called this method, and would again for a longdouble

        if ufunc is np.maximum:
            ufunc = np.frompyfunc(lambda x, y: x.relu() if y == 0 else y.relu() if x == 0 else max(x, y), 2, 1)
        plain = [real_number(x) if isinstance(x, (np.longdouble, np.clongdouble)) else x for x in inputs]
        return getattr(ufunc, method)(*[np.array(x, object) if isinstance(x, Number) else x for x in plain], **options)

    def conjugate(self: Self) -> Self:
        """Return this number: a real number is its own conjugate. numpy.var calls this method."""
        return self


class Missing:
    """An attribute that only other libraries have. Reading it raises an AttributeError that says what to write."""

    def __init__(self, hint: str) -> None:
        self.hint = hint

    def __get__(self, instance: object, owner: type) -> NoReturn:
        raise AttributeError(self.hint)


# Not a __getattr__: with one, Python 3.11 reads every attribute of a Value twice as slowly.
for _name, _instead in {
    "item": "float(v) or v.data",
    "detach": "Value(v.data) for a constant with the same number",
    "zero_grad": "net.zero_grad() for all parameters of an MLP, or v.grad = 0.0 for one Value v",
}.items():
    setattr(Number, _name, Missing(f"a Value has no {_name}(): write {_instead}"))


def operation_name(value: Any) -> str:
    """Return the name of the operation that computed a Value, such as "+", "exp" or "** 2.0", and "" for a leaf."""
    operation = value.operation
    return f"** {operation[1]}" if isinstance(operation, tuple) else str(operation)


def bare(number: Any) -> Any:
    """Return the data of a Value, and any other object unchanged."""
    return number.data if isinstance(number, Number) else number


def real_number(data: object) -> float:
    """Return one real number as a float. Raise an OverflowError if it is too large. Raise a TypeError for all else."""
    try:
        if type(data) is int or type(data) is float:
            return float(data)
        number = data.item() if hasattr(data, "item") else data  # an array of one number
        kind = getattr(getattr(data, "dtype", None), "kind", "")  # dates and complex numbers
        missing = not callable(mask := getattr(data, "mask", False)) and bool(mask)  # in pandas `mask` is a method
        # A Value or a PyTorch tensor also converts to a float, but the float has no graph: a gradient would be missing.
        has_graph = isinstance(number, Number) or getattr(data, "requires_grad", False)
        if kind not in ("m", "M", "c") and not missing and not has_graph and hasattr(number, "__float__"):
            real = float(number)
            if real in (math.inf, -math.inf) and number != real:  # a Decimal of 1e400, for example
                raise OverflowError
            return real
    except (TypeError, ValueError, RuntimeError):
        pass
    except OverflowError:
        raise OverflowError(f"{short_repr(data)} is too large for a float: the largest is 1.8e308") from None
    if data is NotImplemented:  # returned by the engine for an array on the left whose library knows no Values
        raise TypeError("this library's arrays do not compute with a Value: use [x * v for x in array.tolist()]")
    if getattr(data, "requires_grad", False) or hasattr(data, "free_symbols"):  # PyTorch's and SymPy's
        raise TypeError(f"a Value drops the graph of {short_repr(data)}: write float(v) for Value v, or tensor.item()")
    raise TypeError(f"a Value holds one real number, such as 0.5, not {short_repr(data)}")


def positive(number: object, name: str) -> float:
    """Return a finite number above 0 as a float. Raise a ValueError that starts with `name` for anything else."""
    real = math.nan
    if not isinstance(number, bool) and not getattr(number, "ndim", 0):
        with suppress(TypeError, OverflowError):
            real = real_number(number)
    if not 0.0 < real < math.inf:
        raise ValueError(f"{name} is {short_repr(number)}, but it must be a plain finite number above 0, such as 0.01")
    return real


def positive_int(number: object, name: str, least: int = 1) -> int:
    """Return an integer of at least `least` as an int. Raise a ValueError that starts with `name` for anything else."""
    if isinstance(number, bool) or not isinstance(number, Integral) or number < least:
        raise ValueError(f"{name} is {short_repr(number)}, but it must be an integer of at least {least}")
    return int(number)


def checked_seed(number: object) -> int | None:
    """Return an integer of at least 0 as an int, and None (no seed) unchanged. Raise a ValueError for anything else."""
    return None if number is None else positive_int(number, "seed", 0)


def as_list(things: object, name: str) -> list[Any]:
    """Return an ordered iterable (not text) as a list. Raise a TypeError that starts with `name` for anything else."""
    if type(things) in (list, tuple):  # the usual case: the checks below take time
        return list(things)  # type: ignore[call-overload, no-any-return]  # a list or a tuple
    if isinstance(things, (str, bytes, bytearray, memoryview, Mapping, Set)) or not isinstance(things, Iterable):
        wrong = f"{name} must be in a list, [...], not {short_repr(things)}"
        raise TypeError(f"{wrong}: add () to call it" if callable(things) else wrong)
    return list(things)


def short_repr(thing: object) -> str:
    """Return the repr of an object for an error message, shortened if it is long."""
    try:
        return reprlib.repr(thing)
    except ValueError:  # Python does not print integers of more than 4,300 digits
        return f"an integer of {thing.bit_length():,} bits" if isinstance(thing, int) else "huge integers"
