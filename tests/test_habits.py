"""The habits of Python: what one does with a number without thinking about it, and what one may get wrong."""

import copy
import io
import json
import math
import multiprocessing
import operator
import pickle
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest

from micrograd_sq import (
    MLP,
    Operation,
    Value,
    draw_dot,
    sgd,
    ssr,
    statquest,
    topological_order,
    value_and_grad,
)

ma: Any = np.ma  # which older NumPys have no types for
DATE: Any = np.datetime64("2020-01-01", "ns")

# As a number: compared, shown, rounded, taken out.


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (lambda v: f"{v:.2f}", "2.50"),
        (lambda v: f"{v:>8.3g}", "     2.5"),
        (lambda v: f"{v}", "Value(data=2.5, grad=0.0, label='v')"),
        (lambda v: int(v), 2),
        (lambda v: round(v), 2),
        (lambda v: round(v, 1), 2.5),
        (lambda v: math.floor(v), 2),
        (lambda v: bool(v), True),
        (lambda v: bool(v - 2.5), False),
        (lambda v: float(abs(v)), 2.5),
        (lambda v: float(abs(-v)), 2.5),
        (lambda v: +v is v, True),
        (lambda v: float(sum([v, v])), 5.0),
        (lambda v: weakref.ref(v)() is v, True),
        (lambda v: {v: 1}[v], 1),
        (lambda v: v == 2.5, False),
        (lambda v: v == Value(2.5), False),
    ],
)
def test_a_value_is_a_number_in_everyday_use(shown: Callable[[Value], Any], expected: Any) -> None:
    assert shown(Value(2.5, "v")) == expected


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("other", [1.0, 2.0, 3, Fraction(5, 2), np.float32(2.0), math.nan])
def test_comparing_compares_the_numbers(compare: Callable[[Any, Any], bool], other: float) -> None:
    value = Value(2.0)
    assert compare(value, other) == compare(2.0, other)
    assert compare(other, value) == compare(other, 2.0)
    assert compare(value, Value(other)) == compare(2.0, float(other))


def test_values_are_sorted_and_the_largest_is_one_of_them() -> None:
    a, b, c = Value(2.0), Value(-1.0), Value(5.0)
    assert sorted([a, b, c]) == [b, a, c]
    assert max(a, b, c) is c
    assert min(a, b, c) is b
    max(a, c * 2).backward()
    assert (a.grad, c.grad) == (0.0, 2.0)


@pytest.mark.parametrize(("x", "slope"), [(-3.0, -1.0), (2.0, 1.0), (0.0, 0.0)])
@pytest.mark.parametrize("backend", ["python", "numpy", "jax"])
def test_a_distance_from_zero_has_a_slope_on_either_side(
    x: float, slope: float, backend: Any
) -> None:
    value = Value(x)
    distance = abs(value)
    distance.backward()
    assert (distance.data, value.grad) == (abs(x), slope)
    number, (derivative,) = value_and_grad(distance, [value], backend=backend)(x)
    assert (float(number), float(derivative)) == (abs(x), slope)


# With NumPy: an array of Values, entry by entry.


@pytest.mark.parametrize(
    "array", [np.array([1.0, 4.0]), np.array([1, 4]), np.array([1, 4], np.float32)]
)
@pytest.mark.parametrize(
    "operate",
    [
        lambda a, v: a * v,
        lambda a, v: v * a,
        lambda a, v: a + v,
        lambda a, v: v + a,
        lambda a, v: a - v,
        lambda a, v: v - a,
        lambda a, v: a / v,
        lambda a, v: v / a,
        lambda a, v: a**v,
        lambda a, v: v**a,
        lambda a, v: np.exp(v - a),
        lambda a, v: np.log(v * a) + np.tanh(v),
        lambda a, v: np.maximum(a, v) + np.abs(v - a) + np.square(v),
    ],
)
def test_an_array_and_a_value_make_an_array_of_values(
    operate: Callable[[Any, Any], Any], array: Any
) -> None:
    value = Value(3.0)
    made = operate(array, value)
    assert made.shape == (2,)
    assert [float(entry) for entry in made] == pytest.approx(operate(array, 3.0), rel=1e-6)
    np.sum(made).backward()
    step = 1e-6
    exact = array.astype(float)
    difference = np.sum(operate(exact, 3.0 + step)) - np.sum(operate(exact, 3.0 - step))
    assert value.grad == pytest.approx(difference / (2 * step), rel=1e-3)


def test_masked_arrays_keep_their_masks_and_the_gradients() -> None:
    value = Value(2.0)
    masked: Any = ma.array([1.0, 2.0], mask=[False, True])
    multiply: Any = np.multiply
    for made in (masked * value, value * masked, multiply(masked, value)):
        assert made.mask.tolist() == [False, True]
        value.grad = 0.0
        made[0].backward()
        assert value.grad == 1.0
    objects: Any = ma.array([value, value])
    made = objects * value
    value.grad = 0.0
    made[0].backward()
    assert value.grad == 4.0


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda v: np.exp(v), math.exp(2.0)),
        (lambda v: np.log(v), math.log(2.0)),
        (lambda v: np.tanh(v), math.tanh(2.0)),
        (lambda v: np.float64(3) * v, 6.0),
        (lambda v: np.longdouble(3) * v, 6.0),
        (lambda v: np.array(3.0) * v, 6.0),
        (lambda v: v * np.array(3.0), 6.0),
        (lambda v: np.negative(v), -2.0),
        (lambda v: np.sum([v, v]), 4.0),
        (lambda v: np.dot(np.ones(2), np.array([v, v])), 4.0),
    ],
)
def test_of_a_single_value_numpy_makes_a_value(
    made: Callable[[Value], Any], expected: float
) -> None:
    result = made(Value(2.0))
    assert isinstance(result, Value)
    assert result.data == pytest.approx(expected, rel=1e-15)


def test_a_longer_number_that_no_float_can_hold_is_an_error_from_either_side() -> None:
    huge, v = np.longdouble(1e300), Value(1.0)
    if np.finfo(np.longdouble).max == np.finfo(float).max:
        pytest.skip("here a long double is no longer than a float")
    huge = huge * huge
    with pytest.raises(ArithmeticError):
        huge * v
    with pytest.raises(ArithmeticError):
        v * huge


# Through copy, pickle and other processes: long graphs too, and what was one thing stays one.


def chain(length: int) -> tuple[Value, Value]:
    x = value = Value(1.0, "x")
    for _ in range(length):
        value = value + x
    return x, value


def gradient_of_x(root: Value) -> float:
    root.backward()
    return topological_order(root)[0].grad


WAYS: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {protocol}": lambda it, p=protocol: pickle.loads(pickle.dumps(it, p))  # type: ignore[misc]  # a default
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_a_hundred_thousand_values_are_copied(way: str) -> None:
    operations = 100_000 if way in ("deepcopy", "pickle 5") else 10_000  # as all ask in one order
    x, root = chain(operations)
    copied = WAYS[way](root)
    assert gradient_of_x(copied) == operations + 1.0
    assert (x.grad, root.grad) == (0.0, 0.0)


def test_a_hundred_thousand_values_go_through_another_process() -> None:
    _, root = chain(100_000)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(gradient_of_x, [root]) == 100_001.0
        assert gradient_of_x(pool.apply(copy.copy, [root])) == 100_001.0


@pytest.mark.parametrize("way", WAYS)
def test_what_was_one_value_stays_one(way: str) -> None:
    x, root = chain(5000)
    for together in ([x, root], [root, x], topological_order(root), {"of": root, "by": x}):
        copied = WAYS[way](together)
        first, last = (
            (copied["by"], copied["of"])
            if isinstance(copied, dict)
            else copied[:: max(1, len(copied) - 1)]
        )
        leaf, end = (first, last) if first.label == "x" else (last, first)
        end.backward()
        assert leaf.grad == 5001.0
        assert leaf is not x


@pytest.mark.parametrize("way", WAYS)
def test_a_network_and_its_loss_are_copied_together(way: str) -> None:
    net = statquest.network()
    other, loss = WAYS[way]((net, statquest.loss(net)))
    loss.backward()
    assert other["b3"].grad == pytest.approx(-15.655108380577747)
    assert net["b3"].grad == 0.0
    assert draw_dot(loss).source == draw_dot(_after_backward(net)).source


def _after_backward(net: MLP) -> Value:
    loss = statquest.loss(net)
    loss.backward()
    return loss


def test_a_copy_has_all_that_a_value_has_and_the_same_operands() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    product = a * b
    product.label = "product"
    product.backward()
    other = copy.copy(product)
    assert repr(other) == repr(product)
    assert (other.operation, other.local_derivatives) == ("*", (3.0, 2.0))
    assert other.operands == (a, b)
    assert other is not product


class Noted(Value):
    """One with attributes of its own, in a dict."""


class Rated(Value):
    """One with a slot of its own."""

    __slots__ = ("note",)


@pytest.mark.parametrize("kind", [Noted, Rated])
@pytest.mark.parametrize("way", WAYS)
def test_a_value_of_a_users_class_is_copied_with_what_it_has(way: str, kind: type[Any]) -> None:
    leaf = kind(2.0, "a")
    WAYS[way](leaf)  # without its note, too
    leaf.note = "mine"
    copied = WAYS[way](leaf * 3.0).left
    assert (type(copied), copied.data, copied.label, copied.note) == (kind, 2.0, "a", "mine")


def test_values_of_an_operation_of_ones_own_are_copied() -> None:
    sinh = Operation("sinh", math.sinh, math.cosh)
    x = Value(1.0, "x")
    copied = pickle.loads(pickle.dumps(sinh(x) + sinh(x)))
    assert gradient_of_x(copied) == 2 * math.cosh(1.0)


def test_a_copy_is_whole_whatever_became_of_another() -> None:
    _, root = chain(3000)
    with pytest.raises(TypeError) as kept:  # with its traceback, and so with the memo of that copy
        copy.deepcopy([root, threading.Lock()])
    assert gradient_of_x(copy.deepcopy(root)) == 3001.0
    memo: dict[int, Any] = {}
    copy.deepcopy(root, memo)
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump(root)
    assert gradient_of_x(pickle.loads(pickle.dumps(root))) == 3001.0
    assert gradient_of_x(pickle.loads(pickle.dumps(root * 2))) == 6002.0
    private = io.BytesIO()
    pickler = pickle.Pickler(private)
    pickler.dispatch_table = {}
    pickler.dump(root)
    assert gradient_of_x(pickle.loads(private.getvalue())) == 3001.0
    assert kept


def test_running_sums_in_a_list_are_saved_once() -> None:
    sizes = []
    for count in (200, 400):
        total, sums = Value(0.0, "x"), []
        for _ in range(count):
            total = total + Value(1.0, "x") * 2
            sums.append(total)
        sizes.append(len(pickle.dumps(sums)))
        assert gradient_of_x(pickle.loads(pickle.dumps(sums))[-1]) == 1.0
    assert sizes[1] < 2.5 * sizes[0]


class Nested:
    """What pickles a graph of its own while it is pickled."""

    def __init__(self, root: Value) -> None:
        self.root = root

    def __reduce__(self) -> Any:
        return pickle.loads, (pickle.dumps(self.root),)


def test_a_pickle_within_a_pickle_and_one_that_failed_spoil_no_other() -> None:
    x, root = chain(3000)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps([root, lambda: x])
    _, other = chain(2000)
    again, nested, third = pickle.loads(pickle.dumps([root, Nested(other), root * 2]))
    assert gradient_of_x(again) == 3001.0
    assert gradient_of_x(nested) == 2001.0
    assert third.left is again


def test_several_threads_copy_at_once() -> None:
    roots = [chain(length)[1] for length in range(500, 508)]
    with ThreadPoolExecutor(8) as pool:
        copied = list(pool.map(copy.deepcopy, roots * 4))
    assert [gradient_of_x(each) for each in copied] == [root.data for root in roots] * 4


# Several threads: what `backward` promises.


def test_threads_with_graphs_of_their_own_get_their_own_gradients() -> None:
    def gradient(number: int) -> float:
        x, root = chain(2000)
        (root * number).backward()
        return x.grad

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(gradient, range(20))) == [2001.0 * number for number in range(20)]


def test_threads_may_build_on_shared_values_and_read_one_graph() -> None:
    net = statquest.network()
    loss = statquest.loss(net)
    barrier = threading.Barrier(4)

    def work(_: int) -> tuple[float, str, str]:
        barrier.wait()
        f = value_and_grad(loss, net.parameters())
        return statquest.loss(net).data, f.source, draw_dot(loss).source

    with ThreadPoolExecutor(4) as pool:
        (first, *others) = pool.map(work, range(4))
    assert others == [first] * 3


def test_threads_may_call_one_straight_line_function() -> None:
    net = statquest.network()
    f = value_and_grad(statquest.loss(net), [net["b3"]])
    expected = [f(number / 100) for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(f, [number / 100 for number in range(200)])) == expected


@pytest.mark.parametrize(
    "number", [np.uint8(20), np.int8(100), np.int64(5 * 10**9), np.float32(1e25), Decimal("1.5"), 7]
)
def test_straight_line_code_computes_with_floats_whatever_it_is_given(number: Any) -> None:
    w, pixel = Value(1.0, "w"), Value(1.0, "pixel")
    for loss in (0.5 * (pixel * pixel) * w, (pixel * pixel).log() * w):
        compiled: Any = value_and_grad(loss, [w], [pixel])
        assert compiled(1, number) == compiled(1.0, float(number))
        assert type(compiled(1, number)[0]) is float


# One line a mistake: what is raised, and the words of its message.

x = Value(1.0, "x")
net = MLP(1, [2, 1], seed=1)
two = MLP(2, [1], seed=1)
f: Any = value_and_grad(x * x + x, [x])
plus: Any = value_and_grad(x + net["b3"], [x, net["b3"]])
on_arrays: Any = value_and_grad(x * x + x, [x], backend="numpy")
on_jax: Any = value_and_grad(x * x + x, [x], backend="jax")
on_values: Any = value_and_grad(x * x + x, [x], backend="value")
HUGE = 10**5000


@pytest.mark.parametrize(
    ("mistake", "kind", "words"),
    [
        (lambda: Value(1.0, (x,)), TypeError, "a label is a string|operands are not given"),  # type: ignore[arg-type]  # the mistake
        (lambda: Value(1.0, ()), TypeError, "not (); operands are not given, but remembered by x"),  # type: ignore[arg-type]  # the mistake
        (lambda: Value(Decimal("1e400")), OverflowError, "too large for a float"),
        (lambda: Value(DATE), TypeError, "one real number"),
        (lambda: np.array(["2020"], "M8[ns]") * x, TypeError, "arrays of real numbers, not of datetime64"),
        (lambda: net.load([1.0]), TypeError, "load takes a dict|[1.0]"),  # type: ignore[arg-type]  # the mistake
        (lambda: MLP(1, {4, 1}), ValueError, "MLP(1, {1, 4})"),  # type: ignore[arg-type]  # the mistake
        (lambda: MLP(1, [1], activation=["relu"]), ValueError, "['relu'] is not one of"),  # type: ignore[arg-type]  # the mistake
        (lambda: ssr([1], [np.array([1.0, 2.0])]), TypeError, "one real number"),  # type: ignore[list-item]  # the mistake
        (lambda: draw_dot(x, optimised=["x"]), TypeError, "lists of Values|'x'"),  # type: ignore[list-item]  # the mistake
        (lambda: draw_dot(x, optimised=x), TypeError, "lists of Values, not Value"),  # type: ignore[arg-type]  # the mistake
        (lambda: f(Value(2.0)), TypeError, "x must be a float"),
        (lambda: f(10**400), OverflowError, "too large for a float"),
        (lambda: on_arrays([ma.masked, 1.0]), TypeError, "x must be a number or an array"),
        (lambda: np.exp(x, x), TypeError, "exp cannot write into a Value"),  # type: ignore[call-overload]  # the mistake
        (lambda: np.add(1.0, 2.0, out=x), TypeError, "add cannot write into a Value"),  # type: ignore[call-overload]  # the mistake
        (lambda: on_arrays([[1.0], [1.0, 2.0]]), TypeError, "x must be a number or an array"),
        (lambda: Value(1.0, 3), TypeError, "a label is a string|not 3"),  # type: ignore[arg-type]  # the mistake
        (lambda: setattr(Value(1.0), "label", None), TypeError, "a label is a string|not None"),
        (lambda: Value(10**400), OverflowError, "1000|too large for a float"),
        (lambda: Value(HUGE), OverflowError, "an integer of 16,610 bits is too large"),
        (lambda: x * HUGE, OverflowError, "too large for a float"),
        (lambda: x ** (10**400), OverflowError, "too large for a float"),
        (lambda: Value(Fraction(10**400)), OverflowError, "too large for a float"),
        (lambda: Value(ma.masked), TypeError, "one real number|masked"),
        (lambda: x + ma.masked, TypeError, "one real number|masked"),
        (lambda: Value(ma.array([1.0], mask=[True])), TypeError, "one real number"),
        (lambda: x < "2", TypeError, "not supported between"),  # type: ignore[operator]  # the mistake
        (lambda: sorted([x, None]), TypeError, "not supported between"),  # type: ignore[type-var]  # the mistake
        (lambda: x % 2, TypeError, "unsupported operand"),  # type: ignore[operator]  # the mistake
        (lambda: np.sin(x), TypeError, "no callable sin method"),
        (lambda: setattr(x, "gard", 0.0), AttributeError, "gard"),
        (lambda: json.dumps(x), TypeError, "Value is not JSON serializable"),
        (lambda: np.multiply(np.ones(2), x, out=np.ones(2)), TypeError, "cast"),  # type: ignore[call-overload]  # the mistake
        (lambda: draw_dot(x, rankdir="sideways"), ValueError, "'sideways'|LR"),  # type: ignore[arg-type]  # the mistake
        (lambda: sgd(lambda: x * x, net), TypeError, r"net.parameters\(\)"),  # type: ignore[arg-type]  # the mistake
        (lambda: sgd(lambda: x * x, 5), TypeError, "parameters must be in a list|not 5"),  # type: ignore[arg-type]  # the mistake
        (lambda: sgd(lambda: x * x, {x}), TypeError, "parameters must be in a list"),  # type: ignore[arg-type]  # the mistake
        (lambda: list(net), TypeError, r"net.parameters\(\)"),
        (lambda: value_and_grad(x * x, net), TypeError, r"net.parameters\(\)"),  # type: ignore[call-overload]  # the mistake
        (lambda: ssr(5, 5), TypeError, "observed must be in a list|not 5"),  # type: ignore[arg-type]  # the mistake
        (lambda: ssr([5], x), TypeError, "predicted must be in a list|Value"),  # type: ignore[arg-type]  # the mistake
        (lambda: ssr(b"5", [x]), TypeError, "observed must be in a list|b'5'"),
        (lambda: ssr(["5"], [x]), TypeError, "one real number|'5'"),  # type: ignore[list-item]  # the mistake
        (lambda: ssr({0: 1}, [x]), TypeError, "observed must be in a list"),
        (lambda: net(b"5"), TypeError, "must be in a list|b'5'"),
        (lambda: net(bytearray(b"5")), TypeError, "must be in a list"),
        (lambda: net("5"), TypeError, "must be in a list|'5'"),  # type: ignore[arg-type]  # the mistake
        (lambda: net(None), TypeError, "must be in a list|None"),  # type: ignore[arg-type]  # the mistake
        (lambda: net(["5"]), TypeError, "one real number|'5'"),  # type: ignore[list-item]  # the mistake
        (lambda: two({1.0, 2.0}), TypeError, "must be in a list"),
        (lambda: two({1.0: 0, 2.0: 0}), TypeError, "must be in a list"),
        (lambda: two([ma.masked, 1]), TypeError, "one real number"),
        *[
            (partial(function, given), TypeError, words)
            for function in (f, on_arrays, on_jax, on_values)
            for given, words in (
                ("3", "'3'"),
                (None, "None"),
                (1j, "1j"),
                (b"3", "b'3'"),
            )
        ],
        (lambda: plus("1", "2"), TypeError, "'1'"),
        (lambda: on_arrays(np.array(["1"])), TypeError, "'1'"),
        (lambda: on_arrays([1.0, None]), TypeError, "None"),
        (lambda: on_arrays(ma.array([1.0, 2.0], mask=[False, True])), TypeError, "masked"),
        (lambda: on_arrays(ma.masked), TypeError, "masked"),
        (lambda: on_jax(ma.masked), TypeError, "masked"),
        (lambda: on_values(ma.masked), TypeError, "masked"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_that_says_what_was_given_and_what_to_give(
    mistake: Callable[[], Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as refused:
        mistake()
    for word in words.split("|"):
        assert word.replace("\\", "") in str(refused.value)
