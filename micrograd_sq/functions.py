"""Functions of a float, or of what stands in for one: the engine's rules are written in them.

With a float they compute. Anything else, a `Value` or a symbol of straight-line code, they ask for its method
of the same name: so rules that are made of them and of `+ - * / **` hold for all kinds of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any


def function(compute: Callable[[float], float]) -> Callable[[float], float]:
    """One of `math`'s functions, made one of what stands in for a float, too: the method has its name.

    Raises:
        ValueError: a function that is not from Python's `math`.

    >>> sqrt = function(math.sqrt)
    >>> sqrt(9.0)
    3.0
    """
    if compute.__module__ != "math":  # its name could mean anything
        raise ValueError(f"{compute.__name__} is not of Python's math: make it an Operation")

    @wraps(compute)
    def apply(x: float) -> float:
        return compute(x) if type(x) is float else _asked(x, compute)

    return apply


def _asked(x: float, compute: Callable[[float], float]) -> float:
    """The same for what is no float: by its method of that name, or, of a whole number, which has none, as a float."""
    method: Callable[[], float] | None = getattr(x, compute.__name__, None)
    return method() if method else compute(float(x + 0.0))


exp: Callable[[float], float] = function(math.exp)
log: Callable[[float], float] = function(math.log)
tanh: Callable[[float], float] = function(math.tanh)


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x)."""
    if type(x) is not float:
        return _asked(x, sigmoid)
    e = math.exp(-abs(x))  # at most 1, so that nothing here overflows
    return (1.0 if x > 0.0 else e) / (1.0 + e)


def slope_of_sigmoid(x: float) -> float:
    """sigmoid(x) (1 - sigmoid(x)), without the subtraction, which would lose digits."""
    if type(x) is not float:
        return _asked(x, slope_of_sigmoid)
    e = math.exp(-abs(x))
    return e / ((1.0 + e) * (1.0 + e))


def softplus(x: float) -> float:
    """ln(1 + e^x), which is x + ln(1 + e^-x)."""
    if type(x) is not float:
        return _asked(x, softplus)
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x)))


def relu(x: float) -> float:
    """The larger of x and 0."""
    if type(x) is not float:
        return _asked(x, relu)
    return 0.0 if x <= 0.0 else x  # asked so, a nan passes through


def safe_base(x: float) -> float:
    """x, but 1 in place of 0, and nan below: what the logarithm of a power's base is taken of."""
    if type(x) is not float:
        return _asked(x, safe_base)
    if x == 0.0:
        return 1.0
    return x if x > 0.0 else math.nan


def gate(x: float, y: float) -> float:
    """The number y where x is above 0, and 0 elsewhere: for straight-line code, what `if` is for Python."""
    if type(x) is float or type(x) is int:
        return 0.0 if x <= 0.0 else y
    return x.gate(y)  # type: ignore[attr-defined, no-any-return]  # it stands in for a float


def power(x: float, n: float) -> float:
    """x^n; a ValueError, ZeroDivisionError or OverflowError where that is no float."""
    y: float = x**n
    if type(y) is complex:
        raise ValueError("a negative base needs a whole exponent")
    return y


def unchecked_power(x: float, n: float) -> float:
    """x^n, but infinite or nan, as in C, NumPy and JavaScript, for those floats that are errors in `power`.

    It is for slopes: one may be infinite where the value is a float.
    """
    if type(x) is not float or type(n) is not float:
        return power(x, n)
    try:
        return math.pow(x, n)
    except (ValueError, OverflowError):
        if x < 0.0 and n % 1.0:
            return math.nan
        odd = n % 2.0 == 1.0  # then the power has the base's sign
        return math.copysign(math.inf, x) if odd else math.inf


def slope_of_power(x: float, n: float) -> float:
    """n x^(n - 1); at 0 its limit, infinite for a root."""
    known = type(n) is float  # else one rule must do for all exponents
    if known and 1.0 <= n <= 2.0**53:  # where n - 1.0 has all its digits
        slope: Any = n * x ** (n - 1.0)
        return math.nan if type(slope) is complex else slope
    if known and n == 0.0:
        return 0.0
    if type(x) is not float:
        return x.slope_of_power(n)  # type: ignore[attr-defined, no-any-return]  # as above
    if not known:
        return n * power(x, n - 1.0)
    if x == 0.0:
        return 0.0 if n > 1.0 else n * math.inf
    return n * unchecked_power(x, n) / x
