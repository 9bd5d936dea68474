"""What users of Python and NumPy do with numbers: print, compare, copy, share between threads, and mistake."""

import copy
import math
import operator
import pickle
import re
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import micrograd_sq
from micrograd_sq import MLP, Operation, Value, draw_dot, explore, sgd, ssr, statquest, value_and_grad


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (lambda v: (f"{v:.2f}", f"{v:>8.3g}", f"{v}"), ("2.50", "     2.5", "Value(data=2.5, grad=0.0, label='v')")),
        (repr, "Value(data=2.5, grad=0.0, label='v')"),
        (lambda v: repr(v * 2), "Value(data=5.0, grad=0.0, operation='*')"),
        (lambda v: repr(ssr([1], [v])), "Value(data=2.25, grad=0.0, label='SSR', operation='** 2.0')"),
        (lambda v: (float(v), int(v), round(v), round(v, 1), math.floor(v)), (2.5, 2, 2, 2.5, 2)),
        (lambda v: (bool(v), bool(v - 2.5), hasattr(v, "item"), +v is v), (True, False, False, True)),
        (lambda v: (type(abs(v)), abs(v).data, abs(-v).data), (Value, 2.5, 2.5)),
        (lambda v: (float(sum([v, v])), weakref.ref(v)() is v, {v: 1}[v]), (5.0, True, 1)),
        (lambda v: (v == 2.5, v == Value(2.5), bool(v == np.complex128(2.5)), v != 2.5), (False, False, False, True)),
    ],
)
def test_a_value_is_a_number_in_everyday_use(shown: Callable[[Value], Any], expected: Any) -> None:
    assert repr(shown(Value(2.5, "v"))) == repr(expected)  # which tells 2, 2.0, True and NumPy's True apart


def test_an_array_whose_library_does_not_know_values_is_refused_with_what_to_write() -> None:
    array: Any = SimpleNamespace(ndim=1)
    for operate in (operator.mul, operator.sub, operator.pow):
        with pytest.raises(TypeError, match=r"use \[x \* v for x in array\.tolist\(\)\]"):
            operate(array, Value(2.0))


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
    assert (max(a, b, c), min(a, b, c)) == (c, b)
    max(a, c * 2).backward()
    assert (a.grad, c.grad) == (0.0, 2.0)


ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("array", [np.array([1.0, 4.0]), np.array([1, 4], np.float32)])
@pytest.mark.parametrize(
    "operate",
    [
        *ARITHMETIC,
        *[lambda a, v, operate=operate: operate(v, a) for operate in ARITHMETIC],
        lambda a, v: np.exp(v - a) + np.log(v * a) + np.tanh(v * a),
        lambda a, v: np.maximum(a, v) + np.abs(v - a) + np.square(v),
        lambda a, v: np.sqrt(v * a) + np.sin(v * a) - np.cos(v * a),
    ],
)
def test_an_array_and_a_value_make_an_array_of_values(operate: Callable[[Any, Any], Any], array: Any) -> None:
    value = Value(3.0)
    made = operate(array, value)
    assert (made.shape, {type(entry) for entry in made}) == ((2,), {Value})
    assert [float(entry) for entry in made] == pytest.approx(operate(array, 3.0), rel=1e-6)
    np.sum(made).backward()
    exact, h = array.astype(float), 1e-6
    difference = np.sum(operate(exact, 3.0 + h)) - np.sum(operate(exact, 3.0 - h))
    assert value.grad == pytest.approx(difference / (2 * h), rel=1e-3)


@pytest.mark.parametrize("function", [np.sum, np.mean, np.prod, np.var, np.std, np.linalg.norm])
def test_numpy_reduces_an_array_of_values_to_a_value(function: Callable[[Any], Any]) -> None:
    at, h = np.array([0.5, -2.0, 4.0]), 1e-6
    values = np.array([Value(number) for number in at])
    result = function(values)
    assert type(result) is Value
    assert result.data == pytest.approx(function(at), rel=1e-14)
    result.backward()
    for place, value in enumerate(values):
        moved = h * (np.arange(3) == place)
        difference = (function(at + moved) - function(at - moved)) / (2 * h)
        assert value.grad == pytest.approx(difference, rel=1e-6)


def test_numpy_makes_a_value_of_a_single_value() -> None:
    v: Any = Value(2.0)
    products = [kind(3) * v for kind in (np.float64, np.float32, np.int64, np.longdouble, np.array)]
    for result in (*products, v * np.array(3.0), np.dot(np.ones(3), np.array([v, v, v]))):
        assert (type(result), float(result)) == (Value, 6.0)
    assert float(np.sqrt(v)) == math.sqrt(2.0)
    relus = [np.maximum(v, 0.0), np.maximum(0, v), np.maximum(np.float64(0), v), *np.maximum(v, np.zeros(2))]
    assert [result.operation for result in relus] == ["relu"] * 5


# Copies and pickles.

COPIES: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    "pickle 2": lambda thing: pickle.loads(pickle.dumps(thing, 2)),
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_network_is_copied_alone_or_together_with_its_loss(kind: str) -> None:
    net = statquest.network()
    alone = COPIES[kind](net)
    alone["b3"].data = 9.0
    assert (net["b3"].data, repr(alone), alone(0.5).data) == (0.0, repr(net), net(0.5).data + 9.0)

    other, loss = COPIES[kind]((net, statquest.loss(net)))
    loss.backward()
    assert other["b3"].grad == pytest.approx(-15.655108380577747)
    assert net["b3"].grad == 0.0
    again = statquest.loss(net)
    again.backward()
    assert draw_dot(loss).source == draw_dot(again).source


class Noted(Value):
    """A Value of a user's class, with a slot more."""

    __slots__ = ("note",)


@pytest.mark.parametrize("kind", COPIES)
def test_a_graph_is_copied_with_all_that_its_values_have(kind: str) -> None:
    sinh = Operation("sinh", math.sinh, math.cosh)
    leaf: Any = Noted(2.0, "a")
    COPIES[kind](leaf)  # without its note, too
    leaf.note = "mine"
    root = sinh(leaf) * leaf
    root.backward()
    root.label = "product"
    shallow, copied = copy.copy(root), COPIES[kind](root)
    for each in (shallow, copied):
        assert each is not root
        assert (repr(each), each.operation) == (repr(root), "*")
        assert each.local_derivatives == root.local_derivatives
    assert shallow.operands == root.operands
    assert (type(copied.right), copied.right.label, copied.right.note) == (Noted, "a", "mine")
    assert copied.right is copied.left.left is not leaf
    copied.backward()
    assert copied.right.grad == 2 * leaf.grad


def test_threads_may_share_values_read_one_graph_and_call_one_function() -> None:
    net = statquest.network()
    loss = statquest.loss(net)
    f = value_and_grad(loss, [net["b3"]])
    numbers = [number / 100 for number in range(200)]
    barrier = threading.Barrier(4)

    def work(_: int) -> tuple[Any, ...]:
        barrier.wait()
        x = root = Value(1.0)  # backward needs a graph of the thread's own
        for _ in range(2000):
            root = root + x * net["b3"].data + x
        root.backward()
        source = value_and_grad(loss, net.parameters()).source
        values = x.grad, statquest.loss(net).data, list(map(f, numbers))
        return *values, source, draw_dot(loss).source

    with ThreadPoolExecutor(4) as pool:
        (first, *others) = pool.map(work, range(4))
    assert first[0] == 2001.0
    assert others == [first] * 3


# Mistakes: what is raised, and the words of its message.

x: Any = Value(1.0, "x")
net: Any = MLP(1, [2, 1], seed=1)
two: Any = MLP(2, [1], seed=1)
loss: Any = ssr
masked: Any = np.ma.masked  # older NumPys have no types for it


@pytest.mark.parametrize(
    ("mistake", "kind", "words"),
    [
        (lambda: x < "2", TypeError, "not supported between"),
        (lambda: np.clongdouble(2) * x, TypeError, "one real number"),
        (lambda: np.arctan(x), TypeError, "no callable arctan method"),
        (lambda: setattr(x, "gard", 0.0), AttributeError, "gard"),
        (lambda: micrograd_sq.plots, AttributeError, "module 'micrograd_sq' has no attribute 'plots'"),  # type: ignore[attr-defined]  # the mistake
        (lambda: value_and_grad(x * x, net), TypeError, "net.parameters()"),
        (lambda: value_and_grad(x * x, [x], "numpy"), TypeError, 'write backend="numpy"'),  # type: ignore[arg-type]  # the mistake
        (lambda: value_and_grad(x * x, [x])(x), TypeError, "pass its `.data`"),
        (lambda: x.item(), AttributeError, "write float(v)"),
        (lambda: x.detach(), AttributeError, "write Value(v.data)"),
        (lambda: x.zero_grad(), AttributeError, "write net.zero_grad()"),
        (lambda: net.forward(1), AttributeError, "write net(x)"),
        (lambda: two([[1, 2], [3, 4]]), TypeError, "write [net(x) for x in rows]"),
        (lambda: two(np.ones((2, 2))), TypeError, "write [net(x) for x in rows]"),
        (lambda: draw_dot(net), TypeError, "write draw_network(net)"),
        (lambda: explore(net), TypeError, "write draw_network(net)"),
        (lambda: sgd(lambda: x * x, [*net.parameters(), *two.parameters()]), ValueError, "p.label += '_2'"),
        (lambda: list(net), TypeError, "net.parameters()"),
        (lambda: net(b"5"), TypeError, "must be in a list, [...], not b'5'"),
        (lambda: net(["5"]), TypeError, "one real number, such as 0.5, not '5'"),
        (lambda: two([masked, 1]), TypeError, "one real number"),
        (lambda: loss(5, 5), TypeError, "observed must be in a list, [...], not 5"),
        (lambda: loss([5], x), TypeError, "predicted must be in a list, [...], not Value"),
        (lambda: loss(["5"], [x]), TypeError, "one real number, such as 0.5, not '5'"),
    ],
)  # fmt: skip
def test_a_mistake_is_an_error_that_says_what_was_given_and_what_to_give(
    mistake: Callable[[], Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=re.escape(words)):
        mistake()
