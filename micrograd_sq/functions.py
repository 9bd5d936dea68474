"""Functions of a float, a Value or a tracer. The engine's rules call them.

A function computes with a float. For a `Value`, or a tracer of generated code, most functions call the argument's
method of the same name. A rule that has only these functions and `+ - * / **` works for all three.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def call_method(x: Any, function: Callable[[float], float]) -> float:
    """Return the result of x's method with the function's name. Without such a method, return function(float(x))."""
    method: Callable[[], float] | None = getattr(x, function.__name__, None)
    return method() if method else function(float(x))


def apply(function: Callable[..., float], left: Any, right: Any = None) -> float:
    """Call a function with the operands' data. An error message names the operands: "log of p = -1.0: ..."."""
    try:
        return function(left.data) if right is None else function(left.data, right.data)
    except (ValueError, ArithmeticError) as error:
        operands = named(left) if right is None else f"{named(left)} and {named(right)}"
        hint = ". For log(sigmoid(x)) write -softplus(-x)" if (function, left.operation) == (log, "sigmoid") else ""
        reason = f"{function.__name__} needs a finite angle" if function in (sin, cos) else error
        raise type(error)(f"{function.__name__} of {operands}: {reason}{hint}") from None


def named(value: Any) -> str:
    """Return the text of a Value in an error message: "p = -1.0", or "-1.0" without a label."""
    return f"{value.label} = {value.data!r}" if value.label else repr(value.data)


def exp(x: float) -> float:
    """Return e^x. Raise an OverflowError if the result is too large for a float."""
    if type(x) is not float:
        return call_method(x, exp)
    try:
        return math.exp(x)
    except OverflowError:
        raise OverflowError("the result is too large for a float. exp needs a value up to 709.78") from None


def log(x: float) -> float:
    """Return the natural logarithm of x. Raise a ValueError if x is 0 or negative."""
    if type(x) is not float:
        return call_method(x, log)
    if x <= 0.0:
        raise ValueError("log needs a value above 0")
    return math.log(x)


def sqrt(x: float) -> float:
    """Return the square root of x. Raise a ValueError if x is negative."""
    if type(x) is not float:
        return call_method(x, sqrt)
    if x < 0.0:
        raise ValueError("sqrt needs a value of at least 0")
    return math.sqrt(x)


def sin(x: float) -> float:
    """Return the sine of an angle in radians. Raise a ValueError if the angle is infinite."""
    return math.sin(x) if type(x) is float else call_method(x, sin)


def cos(x: float) -> float:
    """Return the cosine of an angle in radians. Raise a ValueError if the angle is infinite."""
    return math.cos(x) if type(x) is float else call_method(x, cos)


def tanh(x: float) -> float:
    """Return the hyperbolic tangent of x, between -1 and 1."""
    return math.tanh(x) if type(x) is float else call_method(x, tanh)


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e^-x), between 0 and 1."""
    if type(x) is not float:
        return call_method(x, sigmoid)
    e = math.exp(-abs(x))  # at most 1, so that nothing here overflows
    return (1.0 if x > 0.0 else e) / (1.0 + e)


def softplus(x: float) -> float:
    """Return ln(1 + e^x), computed as max(x, 0) + ln(1 + e^-|x|), which does not overflow."""
    if type(x) is not float:
        return call_method(x, softplus)
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x)))


def relu(x: float) -> float:
    """Return the larger of x and 0."""
    if type(x) is not float:
        return call_method(x, relu)
    return 0.0 if x <= 0.0 else x  # a nan stays a nan


def gate(x: float, y: float) -> float:
    """Return y where x is above 0, and 0 where x is 0 or below. In an `Operation`, write `gate` instead of `if`."""
    if type(x) is float or not hasattr(x, "gate"):
        return 0.0 if x <= 0.0 else y
    return x.gate(y)  # type: ignore[no-any-return]  # a tracer


def masked_product(x: float, y: float) -> float:
    """Return x * y, but 0 where a factor is 0, even if the other factor is infinite or nan."""
    if type(x) is not float:
        return x.masked_product(y) if hasattr(x, "masked_product") else masked_product(float(x), y)
    if type(y) is not float:
        return masked_product(y, x)
    return 0.0 if 0.0 in (x, y) else x * y


def safe_base(x: float) -> float:
    """Return x where x is above 0, 1 where x is 0, and nan elsewhere: log of the result raises no error."""
    if type(x) is not float:
        return call_method(x, safe_base)
    if x == 0.0:
        return 1.0
    return x if x > 0.0 else math.nan


def quotient(x: float, y: float) -> float:
    """Return x / y. Raise a ZeroDivisionError if y is 0."""
    try:
        return x / y
    except ZeroDivisionError:
        raise ZeroDivisionError("the divisor must not be 0") from None


def power(x: float, n: float) -> float:
    """Return x^n. Raise a ValueError, ZeroDivisionError or OverflowError where x^n is undefined or too large."""
    try:
        y: float = x**n
    except ZeroDivisionError:
        raise ZeroDivisionError("0 has no negative power, because it would divide by 0") from None
    except OverflowError:
        raise OverflowError("the result is too large for a float: the largest is 1.8e308") from None
    if type(y) is complex:
        raise ValueError("a negative base needs an integer as its exponent")
    return y


def square(x: float) -> float:
    """Return x^2, computed as x * x. Raise an OverflowError if the result is too large for a float."""
    y = x * x
    return power(x, 2.0) if type(y) is float and y == math.inf else y


def unchecked_power(x: float, n: float) -> float:
    """Return x^n. For floats, return an infinity or nan where `power` raises an error, as C and NumPy do."""
    if type(x) is not float or type(n) is not float:
        return power(x, n)
    try:
        return math.pow(x, n)
    except (ValueError, OverflowError):
        if x < 0.0 and n % 1.0:
            return math.nan
        odd = n % 2.0 == 1.0  # then the power has the sign of its base
        return math.copysign(math.inf, x) if odd else math.inf


def slope_of_power(x: float, n: float) -> float:
    """Return n x^(n - 1), the derivative of x^n. At x = 0 this is 0 for n = 0, and infinite for another n below 1."""
    known = type(n) is float  # a traced exponent needs one rule for all exponents
    if known and 1.0 <= n <= 2.0**53:  # n - 1 has all its digits here
        slope: Any = n * x ** (n - 1.0)
        return math.nan if type(slope) is complex else slope
    if known and n == 0.0:
        return 0.0
    if type(x) is not float:
        return x.slope_of_power(n) if hasattr(x, "slope_of_power") else slope_of_power(float(x), n)
    if not known:
        return n * power(x, n - 1.0)
    if x == 0.0:
        return 0.0 if n > 1.0 else n * math.inf
    return n * unchecked_power(x, n) / x
