"""A loss over a whole data set: the mean or the sum of the per-example losses, and batches."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_sq import MLP, Value, over_data, sgd, ssr, value_and_grad

COLUMNS = st.lists(st.tuples(st.floats(-3, 3, width=32), st.floats(-3, 3, width=32)), min_size=1, max_size=30)
x, y, w = Value(0.0, "x"), Value(0.0, "y"), Value(1.0, "w")


@settings(max_examples=50)
@given(COLUMNS, st.sampled_from(["mean", "sum"]))
def test_the_loss_over_data_is_the_mean_or_sum_of_the_losses_of_examples(
    points: list[tuple[float, float]], reduction: Any
) -> None:
    net, point = MLP(1, [2, 1], seed=4), [Value(0.0, "dosage"), Value(0.0, "observed")]
    loss, parameters = ssr([point[1]], [net(point[0])]), net.parameters()
    columns = dict(zip(point, zip(*points, strict=True), strict=True))
    f = over_data(loss, parameters, columns, reduction)
    alone = value_and_grad(loss, parameters, point)
    at = [parameter.data for parameter in parameters]
    results = [alone(*at, *each) for each in points]
    divisor = len(points) if reduction == "mean" else 1
    value, gradients = f(*at)
    assert value == pytest.approx(math.fsum(v for v, _ in results) / divisor, rel=1e-12, abs=1e-12)
    for place, gradient in enumerate(gradients):
        expected = math.fsum(g[place] for _, g in results) / divisor
        assert gradient == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert {type(number) for number in (value, *gradients)} == {float}
    source = value_and_grad(loss, parameters, point, backend="numpy").source
    assert f.source == f.batches(1).source == source
    assert f.labels == [parameter.label for parameter in parameters]


@pytest.mark.parametrize(("reduction", "times"), [("mean", 1), ("sum", 3)])
def test_what_depends_on_no_column_counts_for_each_point(reduction: Any, times: int) -> None:
    f = over_data(x * 2 + w * w, [w], {x: [1.0, 2.0, 6.0]}, reduction)
    assert f(3.0) == (times * (6.0 + 9.0), (times * 6.0,))


def test_a_batch_is_drawn_for_each_call_and_a_seed_repeats_the_draws() -> None:
    f = over_data(x + w, [w], {x: [2.0**place for place in range(8)]}, "sum")
    batches, again = f.batches(3, seed=1), f.batches(3, seed=1)
    drawn = [batches(0.0)[0] for _ in range(50)]
    assert [again(0.0)[0] for _ in range(50)] == drawn
    assert {int(total).bit_count() for total in drawn} == {3}  # three points, all different
    assert len(set(drawn)) > 20
    assert f.batches(8)(0.0) == f(0.0)


def test_sgd_takes_batches_as_they_are() -> None:
    net = MLP(1, [1], seed=1)
    numbers = np.linspace(0, 1, 20)
    f = over_data(ssr([y], [net(x)]), net.parameters(), {x: numbers, y: 3 * numbers - 1})
    *_, last = sgd(f.batches(4, seed=2), net.parameters(), 0.3, tolerance=1e-9)
    assert last.new_values == pytest.approx({"w1": 3.0, "b1": -1.0}, abs=1e-3)


@pytest.mark.parametrize("column", [(1, 2, 3), range(1, 4), iter([1, 2, 3]), iter({1: 0, 2: 0, 3: 0}), np.arange(1, 4)])
def test_a_column_may_be_any_ordered_numbers(column: Any) -> None:
    assert over_data(w * x, [w], {x: column})(2.0) == (4.0, (2.0,))


def test_more_points_than_fit_into_one_block_and_one_array_of_all_parameters() -> None:
    numbers = np.linspace(-1.0, 2.0, 20_001)
    residual = y - w.softplus() * x.relu() - (x * x) ** 0.5 / (1 + x.exp())
    f: Any = over_data(residual**2, [w], {x: numbers, y: numbers[::-1]})
    alone = value_and_grad(residual**2, [w], [x, y], backend="numpy")
    value, (slope,) = alone(0.5, numbers, numbers[::-1])
    assert f(0.5) == (pytest.approx(value.mean(), rel=1e-12), (pytest.approx(slope.mean()),))
    whole, gradients = f(np.array([0.5]))  # as SciPy calls a function
    assert (whole, gradients.tolist()) == (f(0.5)[0], list(f(0.5)[1]))


def test_what_is_infinite_for_a_parameter_is_infinite() -> None:
    assert over_data(x * (1.0 / w), [w], {x: [1, 2]})(0.0)[0] == math.inf


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ((w * x, [w], {}), ValueError, "data is empty: give each Value one number per data point"),
        ((w * x, [w], {x: []}), ValueError, r"have the lengths \[0\]: give each Value one number"),
        ((w * x, [w], {x: [1], y: [1, 2]}), ValueError, r"have the lengths \[1, 2\]: give each Value one number"),
        ((w * x, [w], {x: 1.0}), TypeError, "the data of .*label='x'.* must be numbers in a list"),
        ((w * x, [w], {x: "12"}), TypeError, "must be numbers in a list"),
        ((w * x, [w], {x: ["1"]}), TypeError, "must be numbers in a list"),
        ((w * x, [w], {x: [None]}), TypeError, "must be numbers in a list"),
        ((w * x, [w], {x: [[1.0]]}), TypeError, "must be numbers in a list"),
        ((w * x, [w], [x]), TypeError, "data must be a dict"),
        ((w * x, [w], {"x": [1]}), TypeError, "a dict with Values as keys, .*, not {'x'"),
        ((lambda: w * x, [w], {x: [1]}), TypeError, "<function .* is not a Value, but loss and each"),
        ((w * x, [w], {w: [1]}), ValueError, "more than once"),
        ((w * 0.5, [w], {x: [1]}), ValueError, "data has numbers for .*label='x'.*, but the loss does not"),
        ((w * x, [w], {x: [1]}, "median"), ValueError, 'reduction is \'median\', but it must be "mean" or "sum"'),
    ],
)
def test_a_wrong_argument_is_refused(arguments: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        over_data(*arguments)


@pytest.mark.parametrize("size", [0, 3, -1, 1.5, "1", None])
def test_a_batch_that_cannot_be_drawn_is_refused(size: Any) -> None:
    with pytest.raises(ValueError, match=f"size is {size!r}, but it must be an integer from 1 to 2 \\(all data"):
        over_data(w * x, [w], {x: [1, 2]}).batches(size)


def test_wrong_parameters_are_refused_by_name() -> None:
    f: Any = over_data(w * x, [w], {x: [1, 2]})
    takes = r"f takes 1 number\(s\), one for each of \['w'\], but got 0 argument\(s\): write f\(\*numbers\), or"
    with pytest.raises(TypeError, match=takes):
        f()
    with pytest.raises(TypeError, match="w must be a float, not '1'"):
        f("1")
