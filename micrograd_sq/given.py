"""What a user gives, checked: one number, of which kind, a label, numbers in a row."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping, Set
from numbers import Integral
from typing import Any

from micrograd_sq.number import Number

UNORDERED = (str, bytes, bytearray, memoryview, Mapping, Set)  # or no numbers, whatever they yield


def real_number(data: object) -> float:
    """One real number, of whatever type, as a float.

    Raises:
        TypeError: it is anything else.
        OverflowError: a float cannot be as large.
    """
    if isinstance(data, float):
        return float(data)
    try:
        if type(data) is int:
            return float(data)
        number = data.item() if hasattr(data, "item") else data  # of an array, say
        mask = getattr(data, "mask", False)  # NumPy's, of what is missing; pandas has a method
        kind = getattr(getattr(data, "dtype", None), "kind", "")
        missing = bool(mask) and not callable(mask)
        if hasattr(number, "__float__") and not (
            isinstance(number, Number) or kind in ("m", "M", "c") or missing
        ):
            real = float(number)
            if real in (math.inf, -math.inf) and number != real:
                raise OverflowError
            return real
    except (TypeError, ValueError, RuntimeError):
        pass
    except OverflowError:
        raise OverflowError(f"{shown(data)} is too large for a float") from None
    raise TypeError(f"a Value holds one real number, such as 0.5, not {shown(data)}")


def plain(number: Any) -> Any:
    """An operand that is no Value, as a float; NotImplemented for an array."""
    if type(number) is float or type(number) is int:  # as nearly always
        return real_number(number)
    return NotImplemented if getattr(number, "ndim", 0) else real_number(number)


def positive(number: Any, name: str) -> float:
    """A finite number above 0 as a float; a ValueError that names it for anything else."""
    try:
        real = real_number(number)
    except (TypeError, OverflowError):
        real = math.nan
    if not 0.0 < real < math.inf:
        raise ValueError(f"{name} is {shown(number)}, but it must be a finite number above 0")
    return real


def whole(number: Any, name: str, least: int = 1) -> int:
    """A whole number, not below the least, as an int; a ValueError that names it for anything else."""
    if not isinstance(number, Integral) or number < least:
        raise ValueError(f"{name} is {shown(number)}, but it must be a whole number from {least}")
    return int(number)


def seed_of(number: Any) -> int | None:
    """A seed: a whole number from 0 as an int, or None for a start that differs from time to time."""
    return None if number is None else whole(number, "seed", 0)


def text(label: object) -> str:
    """A label; a TypeError for anything but a string."""
    if isinstance(label, str):
        return str(label)
    hint = (
        "; operands are not given, but remembered by x * 2"
        if isinstance(label, (tuple, Set))
        else ""
    )
    raise TypeError(f"a label is a string, such as 'b3', not {shown(label)}{hint}")


def listed(things: object, what: str) -> list[Any]:
    """Things in a row as a list; a TypeError, which begins with what they are, for what has no order or is no row."""
    if type(things) is list or type(things) is tuple:  # as nearly always
        return list(things)
    if isinstance(things, UNORDERED) or not isinstance(things, Iterable):
        hint = ": call it, with ()" if callable(things) else ""
        raise TypeError(f"{what} must be in a list, [...], not {shown(things)}{hint}")
    return list(things)


def shown(thing: object) -> str:
    """A thing as an error shows it, shortened."""
    try:
        return reprlib.repr(thing)
    except ValueError:  # Python does not write whole numbers of more than 4,300 digits
        return f"a whole number of {thing.bit_length():,} bits"  # type: ignore[attr-defined]  # an int
