"""The engine: what a Value takes and refuses, gradients by the chain rule, and digits at the edges."""

import math
import reprlib
import sys
import weakref
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from micrograd_sq import Value, functions, topological_order
from micrograd_sq.straightline import derivatives
from tests.evaluation import eager

ma: Any = np.ma  # older NumPys have no types for it


def test_plain_numbers_stand_on_either_side() -> None:
    x = Value(3.0, "x")
    results = [x + 2, 2 + x, x - 2, 2 - x, x * 2, 2 * x, x / 2, 2 / x, x**2, 2**x, -x, x**x]
    values, slopes = zip(*(eager(result, [x]) for result in results), strict=True)
    assert values == (5.0, 5.0, 1.0, -1.0, 6.0, 6.0, 1.5, 2 / 3, 9.0, 8.0, -3.0, 27.0)
    log_2, log_3 = math.log(2), math.log(3)
    assert slopes == pytest.approx((1, 1, 1, -1, 2, 2, 0.5, -2 / 9, 6, 8 * log_2, -1, 27 * (1 + log_3)), rel=1e-15)


def test_leaves_accumulate_and_other_values_start_from_0() -> None:
    x, alone = Value(3.0, "x"), Value(3.0)
    z = 2 * x**2
    for times in (1, 2):
        z.backward()
        alone.backward()
        assert (x.grad, z.grad, alone.grad) == (12.0 * times, 1.0, times)


def test_a_value_keeps_its_operation_and_local_derivatives() -> None:
    x, y = Value(3.0, "x"), Value(4.0, "y")
    product, power, leaf = x * y, x**2.0, Value(1.0)
    assert (product.operation, product.operands) == ("*", (x, y))
    assert (product.label, product.grad, product.local_derivatives) == ("", 0.0, (4.0, 3.0))
    assert (power.operation, power.operands) == (("**", 2.0), (x,))
    assert power.local_derivatives == (6.0,)
    for value in (leaf, (x + 2.0).right):
        assert (value.operation, value.operands, value.local_derivatives) == ("", (), ())
    root = product + power
    x.data = y.data = 1e9  # after the forward pass
    assert eager(root, [x, y]) == [21.0, 4.0 + 6.0, 3.0]


def test_a_graph_with_two_to_the_sixty_paths_takes_as_long_as_its_sixty_nodes() -> None:
    x = v = Value(1.0)
    for _ in range(60):
        v = v + v
    v.backward()  # along each path, this would not end in a lifetime
    assert x.grad == 2.0**60
    assert len(topological_order(v)) == 61


def test_a_long_chain_is_built_differentiated_and_freed_without_recursion() -> None:
    x = Value(1.0)
    v = second = x + x
    first = weakref.ref(second)
    for _ in range(200_000):
        v = v + x
    v.backward()
    assert (v.data, x.grad) == (200_002.0, 200_002.0)
    del v, second
    assert first() is None


def test_an_infinite_factor_passes_nothing_where_the_other_factor_is_0() -> None:
    x, p, q, tiny = Value(-1.0), Value(2.0), Value(0.0), Value(5e-324)
    squares = (p - 2) ** 2 + q**2
    for distance in (squares.sqrt(), squares**0.5, ((p - 2) ** 2) ** 0.5, (q * q).sqrt()):
        assert eager(distance, [p, q]) == [0.0, 0.0, 0.0]
    assert eager(x.relu() ** 0.5, [x]) == [0.0, 0.0]
    assert eager(q**0.5, [q]) == [0.0, math.inf]
    assert eager(tiny.log().tanh(), [tiny]) == [-1.0, pytest.approx(2e-323, abs=2e-323)]


@pytest.mark.parametrize(
    "number",
    [1, True, 0.1, np.float64(0.1), np.float32(0.5), np.int8(-3), np.array(2.5), Fraction(1, 4), Decimal("0.1"), Decimal("inf")],
)  # fmt: skip
def test_a_real_number_of_any_type_is_taken_and_kept_as_a_float(number: Any) -> None:
    for value in (Value(number), Value(2.0) + number - 2, Value(np.array([float(number)]))):
        assert (type(value.data), value.data) == (float, pytest.approx(float(number), rel=1e-15))


@pytest.mark.parametrize(
    "data",
    ["3.0", b"3", bytearray(b"3"), None, 1j, np.complex64(1j), np.clongdouble(1j), [1.0], (), {}, Value(7.0),
     np.array([1.0, 2.0]), np.array("3"), np.array(1j), np.datetime64("2020-01-01", "ns"), ma.masked,
     ma.array([1.0], mask=[True])],
)  # fmt: skip
def test_anything_else_is_refused_and_shown(data: Any) -> None:
    with pytest.raises(TypeError, match=r"^a Value holds one real number, such as 0\.5") as refused:
        Value(data)
    assert str(refused.value).endswith(f", not {reprlib.repr(data)}")


@pytest.mark.parametrize(
    ("number", "shown"),
    [(10**400, "1000"), (10**5000, "an integer of 16,610 bits"), (Fraction(10**400), "Fraction"), (Decimal("1e400"), "Decimal")],
    ids=["int", "huge int", "Fraction", "Decimal"],
)  # fmt: skip
def test_a_number_that_is_too_large_for_a_float_is_refused(number: Any, shown: str) -> None:
    take: Any
    for take in (Value, lambda number: Value(1.0) * number, lambda number: Value(1.0) ** number):
        with pytest.raises(OverflowError, match=f"^{shown}.* is too large for a float: the largest is 1.8e308$"):
            take(number)


@pytest.mark.parametrize("label", [3, None, b"b3"])
def test_a_label_that_is_not_a_string_is_refused_and_shown(label: Any) -> None:
    with pytest.raises(TypeError, match=f"label is {label}, but it must be a string, such as 'b3'"):
        Value(1.0, label)
    with pytest.raises(TypeError, match=f"root is {label}, but it must be one Value, such as the loss"):
        topological_order(label)


@pytest.mark.parametrize(
    "operate", [lambda v: v + "two", lambda v: "two" * v, lambda v: v ** "two", lambda v: "two" / v]
)
def test_an_operand_that_is_not_a_number_is_refused_and_shown(operate: Any) -> None:
    with pytest.raises(TypeError, match=r"one real number.*not 'two'"):
        operate(Value(1.0))


def test_values_of_a_users_subclass_are_operands() -> None:
    class Weight(Value):
        pass

    w, x = Weight(3.0), Value(2.0)
    result = w * x + x * w - w / x + 2 * w
    assert eager(result, [w, x]) == [6 + 6 - 1.5 + 6, 2 + 2 - 1 / 2 + 2, 3 + 3 + 3 / 4]


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (lambda a: a.log(), ValueError, "log of a = -8.0: log needs a value above 0"),
        (lambda a: Value(0.0).log(), ValueError, "log of 0.0: log needs a value above 0"),
        (lambda a: (a * 100).sigmoid().log(), ValueError, "log of 0.0: log needs a value above 0. For log(sigmoid(x)) write -softplus(-x)"),
        (lambda a: a.sqrt(), ValueError, "sqrt of a = -8.0: sqrt needs a value of at least 0"),
        (lambda a: (a * math.inf).sin(), ValueError, "sin of -inf: sin needs a finite angle"),
        (lambda a: (a * math.inf).cos(), ValueError, "cos of -inf: cos needs a finite angle"),
        (lambda a: a / 0, ZeroDivisionError, "quotient of a = -8.0 and 0.0: the divisor must not be 0"),
        (lambda a: 1 / Value(0.0, "b"), ZeroDivisionError, "quotient of 1.0 and b = 0.0: the divisor must not be 0"),
        (lambda a: a**0.5, ValueError, "power of a = -8.0 and 0.5: a negative base needs an integer as its exponent"),
        (lambda a: a ** Value(0.5, "n"), ValueError, "power of a = -8.0 and n = 0.5: a negative base needs an integer as its exponent"),
        (lambda a: Value(0.0, "z") ** -1, ZeroDivisionError, "power of z = 0.0 and -1.0: 0 has no negative power, because it would divide by 0"),
        (lambda a: (a * 1e200) ** 2, OverflowError, "square of -8e+200: the result is too large for a float: the largest is 1.8e308"),
        (lambda a: Value(710.0, "a").exp(), OverflowError, "exp of a = 710.0: the result is too large for a float. exp needs a value up to 709.78"),
    ],
)  # fmt: skip
def test_an_operation_without_a_value_names_itself_its_operands_and_the_reason(
    mistake: Callable[[Value], Value], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as refused:
        mistake(Value(-8.0, "a"))
    assert str(refused.value).startswith(message)


def test_a_function_takes_any_number_and_a_value() -> None:
    number: Any
    for number in (2, np.float32(0.5), Fraction(1, 2)):
        assert functions.exp(number) == math.exp(number)
    for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "softplus", "relu"):
        function, x = getattr(functions, name), Value(1.0)
        result = function(x)
        assert (result.operation, result.operands, result.data) == (name, (x,), function(1))


@pytest.mark.parametrize(
    "x", [-1e300, -1000, -745, -740, -700, -350, -40, -25, -1, -1e-9, 0, 1e-9, 0.3, 1, 19, 36, 350, 700, 745, 1e300]
)  # fmt: skip
def test_activations_and_their_derivatives_keep_their_digits(x: float) -> None:
    with localcontext() as context:
        context.prec, context.Emin = 800, -(10**6)
        at = Decimal(max(min(x, 2000), -2000))  # beyond, nothing of a float changes
        e, e2 = at.exp(), (-2 * abs(at)).exp()
        sigmoid = e / (1 + e)
        for value, data, slope in (
            (Value(x).softplus(), (1 + e).ln() if abs(x) < 800 else Decimal(max(x, 0)), sigmoid),
            (Value(x).sigmoid(), sigmoid, e / (1 + e) ** 2),
            (Value(x).tanh(), ((1 - e2) / (1 + e2)).copy_sign(at), 4 * e2 / (1 + e2) ** 2),
        ):
            for found, expected in ((value.data, data), (value.local_derivatives[0], slope)):
                ulps = abs(Decimal(found) - expected) / Decimal(math.ulp(float(expected)))
                assert ulps <= 4, (value, found, float(expected))


def test_derivatives_at_the_edge_of_a_domain() -> None:
    assert Value(0.0).relu().local_derivatives == Value(-0.0).relu().local_derivatives == (0.0,)
    assert math.isnan(Value(math.nan).relu().data)
    assert (Value(0.0) ** Value(2.0)).local_derivatives == (0.0, 0.0)
    assert math.isnan((Value(-2.0) ** Value(2.0)).local_derivatives[1])
    for exponent in (1.5, 2.5, 0.5, -0.5):  # no value: nan, and never complex
        x = Value(-2.0)
        assert all(map(math.isnan, eager(derivatives.slope_of_power(x, exponent), [x])))


@pytest.mark.parametrize("n", [1e-20, 1e-9, 0.1, 0.3333, 0.9999, 1.5, -1e-20, -0.1, -0.9, -1])
def test_the_derivative_of_a_power_keeps_its_digits(n: float) -> None:
    for x in (1e-300, 1e-20, 0.7, 1.0000001, 3, 1e20, 1e140):
        with localcontext() as context:
            context.prec = 60
            expected = Decimal(n) * Decimal(x) ** (Decimal(n) - 1)
        (slope,) = (Value(x) ** n).local_derivatives
        if abs(expected) > Decimal(sys.float_info.max):
            assert slope == math.copysign(math.inf, n)
        else:
            assert abs(Decimal(slope) / expected - 1) < Decimal("7e-16")


HUGE = [2.0**53, 2.0**54, 2.0**60]


@pytest.mark.parametrize(
    ("base", "exponent", "slope"),
    [(0.0, 0.5, math.inf), (0.0, 0, 0.0), (0.0, 1, 1.0), (-2.0, 3, 12.0), (-2.0, 0, 0.0), (1e-160, -1, -math.inf),
     (-1e-300, -1, -math.inf), (5e-324, 1e-20, 1e-20 / 5e-324), (0.25, 538, 538 * 5e-324), *[(-1.0, n, -n) for n in HUGE],
     *[(-1.0, -n, n) for n in HUGE], *[(0.0, n, 0.0) for n in HUGE]],
)  # fmt: skip
def test_powers_at_the_edge_have_their_limits_as_derivatives(base: float, exponent: float, slope: float) -> None:
    assert (Value(base) ** exponent).local_derivatives == (slope,)
    assert (Value(base) ** Value(exponent)).local_derivatives[0] == slope


@pytest.mark.parametrize(
    ("base", "exponent", "result"),
    [(-1e200, 3.0, -math.inf), (-1e200, 2.0, math.inf), (-1e-200, -3.0, -math.inf), (0.0, -1.5, math.inf),
     (0.0, -1.0, math.inf), (-0.0, -1.0, -math.inf), (-2.0, 0.5, math.nan), (2.0, 10.0, 1024.0)],
)  # fmt: skip
def test_an_unchecked_power_is_infinite_or_nan_as_in_c(base: float, exponent: float, result: float) -> None:
    found = functions.unchecked_power(base, exponent)
    assert found == result or (math.isnan(found) and math.isnan(result))


def test_the_functions_of_derivatives_are_not_methods_of_a_value() -> None:
    names = {"gate", "safe_base", "slope_of_power", "masked_product", "unchecked_power"}
    assert names & set(dir(Value)) == set()
    assert functions.masked_product(0.0, math.inf) == functions.masked_product(math.inf, 0.0) == 0.0
    assert math.isnan(functions.masked_product(math.nan, 1.0))
    assert (functions.gate(0.0, 5.0), functions.gate(1, 5.0)) == (0.0, 5.0)
