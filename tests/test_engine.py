"""The engine's promises: what a Value takes, what it refuses, and how far it goes."""

import math
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from micrograd_sq import Value, topological_order


def test_plain_numbers_stand_on_either_side() -> None:
    x = Value(3.0, "x")
    results = [x + 2, 2 + x, x - 2, 2 - x, x * 2, 2 * x, x / 2, 2 / x, x**2, 2**x, -x]
    assert [float(result) for result in results] == [
        5.0, 5.0, 1.0, -1.0, 6.0, 6.0, 1.5, 2 / 3, 9.0, 8.0, -3.0
    ]  # fmt: skip
    gradients = []
    for result in results:
        x.grad = 0.0
        result.backward()
        gradients.append(x.grad)
    assert gradients == pytest.approx(
        [1, 1, 1, -1, 2, 2, 0.5, -2 / 9, 6, 8 * math.log(2), -1], rel=1e-15
    )


def test_leaves_accumulate_and_inner_values_do_not() -> None:
    x = Value(3.0, "x")
    z = 2 * x**2
    z.backward()
    assert x.grad == 12.0
    z.backward()
    assert (x.grad, z.grad) == (24.0, 1.0)


def test_a_leaf_that_is_its_own_root_accumulates_too() -> None:
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_data_changed_after_the_forward_pass_does_not_change_its_gradients() -> None:
    x, y = Value(3.0), Value(4.0)
    z = x * y + x**2
    x.data = y.data = 1e9
    z.backward()
    assert (x.grad, y.grad) == (4.0 + 6.0, 3.0)


def test_a_value_used_twice_gets_both_parts_of_its_gradient() -> None:
    a = Value(3.0)
    b = a + a
    (b * b + a).backward()
    assert a.grad == 2 * 2 * 6.0 + 1


def test_a_graph_with_two_to_the_sixty_paths_takes_as_long_as_its_sixty_nodes() -> None:
    x = v = Value(1.0)
    for _ in range(60):
        v = v + v
    v.backward()  # along each path, it would not end in a lifetime
    assert x.grad == 2.0**60
    assert len(topological_order(v)) == 61


def test_a_chain_of_a_million_operations_is_built_differentiated_and_freed() -> None:
    program = """
from micrograd_sq import Value
x = v = Value(1.0)
for _ in range(1_000_000):
    v = v + x
v.backward()
print(v.data, x.grad)
del v
print("freed")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1000001.0 1000001.0\nfreed\n", "")


def test_repr_shows_label_data_and_gradient() -> None:
    assert repr(Value(2.5, "b3")) == "Value(data=2.5, grad=0.0, label='b3')"


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (1, 1.0),
        (True, 1.0),
        (0.1, 0.1),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int8(-3), -3.0),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (Fraction(1, 4), 0.25),
        (Decimal("0.1"), 0.1),
    ],
)
def test_one_real_number_is_taken_and_kept_as_a_float(number: float, kept: float) -> None:
    value = Value(number)
    assert type(value.data) is float
    assert value.data == kept


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("3.0", "'3.0'"),
        (b"3", "b'3'"),
        (bytearray(b"3"), "bytearray(b'3')"),
        (None, "None"),
        (1j, "1j"),
        (np.complex64(1j), "1j"),
        (np.clongdouble(1 + 2j), "1"),
        ([1.0], "[1.0]"),
        ((), "()"),
        ({}, "{}"),
        (np.array([1.0, 2.0]), "array([1., 2.])"),
        (np.array("3"), "array('3'"),
        (np.array(1j), "1.j"),
        (Value(7.0, "inner"), "inner"),
    ],
)
def test_anything_else_is_refused_and_shown(data: object, shown: str) -> None:
    with pytest.raises(TypeError) as refused:
        Value(data)  # type: ignore[arg-type]  # the mistake that is tested
    assert shown in str(refused.value)
    assert "one real number" in str(refused.value)


@pytest.mark.parametrize("number", [1, True, np.float64(0.1), np.float32(0.5), Fraction(1, 4)])
def test_data_is_a_float_whoever_sets_it(number: float) -> None:
    value = Value(0.0)
    value.data = number
    assert type(value.data) is float
    assert value.data == number
    assert type((value * 2).data) is float


@pytest.mark.parametrize("data", ["3.0", None, 1j, [1.0], Value(1.0)])
def test_data_that_is_no_real_number_is_refused_where_it_is_set(data: Any) -> None:
    value = Value(2.0)
    with pytest.raises(TypeError, match="one real number"):
        value.data = data
    assert value.data == 2.0


def test_a_wrong_operand_is_refused_and_shown() -> None:
    with pytest.raises(TypeError, match="'two'"):
        Value(1.0) + "two"  # type: ignore[operator]  # the mistake that is tested


def test_values_of_a_class_of_ones_own_are_operands() -> None:
    class Weight(Value):
        pass

    w, x = Weight(3.0), Value(2.0)
    (w * x + x * w - w / x + 2 * w).backward()
    assert (w.grad, x.grad) == (2 + 2 - 1 / 2 + 2, 3 + 3 + 3 / 4)


def test_numpy_scalars_on_the_left_leave_the_operation_to_the_value() -> None:
    for product in (np.float64(2) * Value(3), np.int64(2) * Value(3), np.float32(2) * Value(3)):
        assert isinstance(product, Value)
        assert product.data == 6.0


@pytest.mark.parametrize(
    "x", [-745, -700, -40, -1, -1e-9, 0, 1e-9, 0.3, 1, 36, 40, 700, 745, 1e300]
)
def test_softplus_and_sigmoid_are_accurate_to_fifteen_digits(x: float) -> None:
    with localcontext() as context:
        context.prec = 60
        e = Decimal(x).exp() if x <= 1000 else Decimal("Infinity")
        softplus = (1 + e).ln() if e.is_finite() else Decimal(x)
        sigmoid = e / (1 + e) if e.is_finite() else Decimal(1)
        if x < -100:  # there 1 + e^x needs more digits than sixty
            softplus = e
        for value, expected in ((Value(x).softplus(), softplus), (Value(x).sigmoid(), sigmoid)):
            if float(expected) < sys.float_info.min:
                assert value.data == float(expected)
            else:
                assert abs(Decimal(value.data) / expected - 1) < Decimal("1e-15")


def test_softplus_and_sigmoid_are_finite_at_the_ends_of_the_floats() -> None:
    assert Value(1000).softplus().data == 1000.0
    assert Value(-745).softplus().data == 5e-324
    assert Value(-800).sigmoid().data == 0.0
    for x in (-sys.float_info.max, -1000.0, 1000.0, sys.float_info.max):
        for result in (Value(x).softplus(), Value(x).sigmoid()):
            assert math.isfinite(result.data)
            assert math.isfinite(result.local_derivatives[0])


def test_relu_is_level_at_zero_and_keeps_a_nan() -> None:
    assert Value(0.0).relu().local_derivatives == (0.0,)
    assert math.isnan(Value(math.nan).relu().data)


@pytest.mark.parametrize("x", [-350, -25, -19, -1, -1e-9, 0, 0.3, 1, 19, 25, 100, 350])
def test_the_slopes_of_tanh_and_sigmoid_keep_their_digits(x: float) -> None:
    with localcontext() as context:
        context.prec = 400
        e, e2 = Decimal(-abs(x)).exp(), Decimal(-2 * abs(x)).exp()
        for value, expected in (
            (Value(x).tanh(), 4 * e2 / (1 + e2) ** 2),
            (Value(x).sigmoid(), e / (1 + e) ** 2),
        ):
            assert abs(Decimal(value.local_derivatives[0]) / expected - 1) < Decimal("6e-16")


@pytest.mark.parametrize("x", [1e-300, 1e-20, 0.7, 1.0000001, 3, 1e20, 1e140])
@pytest.mark.parametrize("n", [1e-20, 1e-9, 0.1, 0.3333, 0.9999, 1.5, -1e-20, -0.1, -0.9, -1])
def test_the_slope_of_a_power_keeps_its_digits(x: float, n: float) -> None:
    with localcontext() as context:
        context.prec = 60
        expected = Decimal(n) * Decimal(x) ** (Decimal(n) - 1)
    (slope,) = (Value(x) ** n).local_derivatives
    if abs(expected) > Decimal(sys.float_info.max):
        assert slope == math.copysign(math.inf, n)
    else:
        assert abs(Decimal(slope) / expected - 1) < Decimal("7e-16")


@pytest.mark.parametrize("n", [2.0**53, 2.0**54, 2.0**60])
def test_a_huge_even_exponent_has_a_slope_of_the_bases_sign(n: float) -> None:
    assert (Value(-1.0) ** n).local_derivatives[0] == -n
    assert (Value(-1.0) ** -n).local_derivatives[0] == n
    assert (Value(0.0) ** n).local_derivatives[0] == 0.0


def test_an_infinite_slope_does_not_pass_where_the_derivative_is_zero() -> None:
    x = Value(-1.0)
    (x.relu() ** 0.5).backward()
    assert x.grad == 0.0


def test_powers_at_the_edge_have_their_limits_as_derivatives() -> None:
    assert (Value(0.0) ** 0.5).local_derivatives[0] == math.inf
    assert (Value(0.0) ** 0).local_derivatives[0] == 0.0
    assert (Value(0.0) ** 1).local_derivatives[0] == 1.0
    assert (Value(-2.0) ** 3).local_derivatives[0] == 12.0
    assert (Value(0.0) ** Value(2.0)).local_derivatives == (0.0, 0.0)
    assert math.isnan((Value(-2.0) ** Value(2.0)).local_derivatives[1])
    assert (Value(1e-160) ** -1).local_derivatives == (-math.inf,)
    assert (Value(5e-324) ** 1e-20).local_derivatives == (1e-20 / 5e-324,)
    assert (Value(-1e-300) ** -1).local_derivatives[0] == -math.inf


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (lambda: Value(0.0, "a").log(), ValueError, ["log", "a = 0.0"]),
        (lambda: Value(-1.0, "a").log(), ValueError, ["log", "a = -1.0"]),
        (lambda: Value(3.0, "a") / Value(0.0, "b"), ZeroDivisionError, ["/", "a = 3.0", "b = 0.0"]),
        (lambda: 1 / Value(0.0, "b"), ZeroDivisionError, ["/", "b = 0.0"]),
        (lambda: Value(1.0, "a") / 0, ZeroDivisionError, ["/", "a = 1.0"]),
        (lambda: Value(0.0, "a") ** -1, ZeroDivisionError, ["**", "a = 0.0", "-1.0"]),
        (lambda: Value(-8.0, "a") ** 0.5, ValueError, ["**", "a = -8.0", "0.5"]),
        (lambda: Value(-8.0, "a") ** Value(0.5, "n"), ValueError, ["a = -8.0", "n = 0.5"]),
        (lambda: Value(1e200, "a") ** 2, OverflowError, ["**", "a = 1e+200"]),
        (lambda: Value(710.0, "a").exp(), OverflowError, ["exp", "a = 710.0"]),
    ],
)
def test_what_has_no_value_is_an_error_that_names_operation_label_and_value(
    mistake: Callable[[], Value], kind: type[Exception], message: list[str]
) -> None:
    with pytest.raises(kind) as refused:
        mistake()
    assert all(part in str(refused.value) for part in message), str(refused.value)


def test_the_engine_imports_nothing_but_the_standard_library() -> None:
    program = (
        "import sys, micrograd_sq.engine;"
        "print([m for m in ('numpy', 'graphviz', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_slope_of_a_power_that_is_no_number_is_nan_and_never_complex() -> None:
    for exponent in (1.5, 2.5, 0.5, -0.5):
        x = Value(-2.0, "x")
        slope = x.slope_of_power(exponent)
        slope.backward()
        assert math.isnan(slope.data)
        assert math.isnan(x.grad)
