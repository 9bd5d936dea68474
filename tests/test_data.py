"""A whole data set at once: the mean or the sum of what each point says alone, and batches of it."""

import copy
import math
import pickle
import runpy
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_sq import MLP, Value, over_data, sgd, ssr, statquest, value_and_grad

MOONS = Path(__file__).parent.parent / "examples" / "moons.py"


def of_one() -> tuple[MLP, Value, list[Value]]:
    """A network, the squared residual of one point, and the Values that the point has."""
    net = MLP(1, [2, 1], seed=4)
    point = [Value(0.0, "dosage"), Value(0.0, "observed")]
    return net, ssr([point[1]], [net(point[0])]), point


COLUMNS = st.lists(
    st.tuples(st.floats(-3, 3, width=32), st.floats(-3, 3, width=32)), min_size=1, max_size=30
)


@given(COLUMNS, st.sampled_from(["mean", "sum"]))
def test_it_is_what_the_points_say_one_by_one(
    points: list[tuple[float, float]], reduction: Any
) -> None:
    net, loss, point = of_one()
    at = [parameter.data for parameter in net.parameters()]
    f = over_data(
        loss, net.parameters(), dict(zip(point, zip(*points, strict=True), strict=True)), reduction
    )
    alone = value_and_grad(loss, net.parameters(), point)
    results = [alone(*at, *each) for each in points]
    divisor = len(points) if reduction == "mean" else 1
    value, gradients = f(*at)
    assert value == pytest.approx(math.fsum(v for v, _ in results) / divisor, rel=1e-12, abs=1e-12)
    for place, gradient in enumerate(gradients):
        expected = math.fsum(g[place] for _, g in results) / divisor
        assert gradient == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert {type(number) for number in (value, *gradients)} == {float}


def test_the_sum_over_the_lessons_doses_is_the_lessons_ssr() -> None:
    net = statquest.network()
    dosage, observed = Value(0.0, "dosage"), Value(0.0, "observed")
    data = {dosage: statquest.DOSAGES, observed: statquest.OBSERVED}
    f = over_data(ssr([observed], [net(dosage)]), [net["b3"]], data, "sum")
    value, (slope,) = f(0.0)
    loss = statquest.loss(net)
    loss.backward()
    assert value == pytest.approx(loss.data, rel=1e-14)
    assert slope == pytest.approx(net["b3"].grad, rel=1e-14)
    *_, last = sgd(f, [net["b3"]])
    assert last.converged
    assert round(net["b3"].data, 2) == 2.61


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_what_no_column_has_a_part_in_counts_for_each_point(reduction: Any) -> None:
    w, x = Value(3.0, "w"), Value(0.0, "x")
    f = over_data(x * 2 + w * w, [w], {x: [1.0, 2.0, 6.0]}, reduction)
    times = 3 if reduction == "sum" else 1
    assert f(3.0) == (times * (6.0 + 9.0), (times * 6.0,))


def test_a_batch_is_drawn_for_each_call_and_a_seed_repeats_the_draws() -> None:
    x, w = Value(0.0, "x"), Value(0.0, "w")
    f = over_data(x + w, [w], {x: [2.0**place for place in range(8)]}, "sum")
    batches, again = f.batches(3, seed=1), f.batches(3, seed=1)
    drawn = [batches(0.0)[0] for _ in range(50)]
    assert [again(0.0)[0] for _ in range(50)] == drawn
    assert {int(total).bit_count() for total in drawn} == {3}  # so many points, none of them twice
    assert len(set(drawn)) > 20
    assert f.batches(8)(0.0) == f(0.0)


def test_sgd_takes_batches_as_they_are() -> None:
    net = MLP(1, [1], seed=1)
    point, seen = Value(0.0, "point"), Value(0.0, "seen")
    numbers = np.linspace(0, 1, 20)
    f = over_data(
        ssr([seen], [net(point)]), net.parameters(), {point: numbers, seen: 3 * numbers - 1}
    )
    *_, last = sgd(f.batches(4, seed=2), net.parameters(), 0.3, tolerance=1e-9)
    assert last.new_values == pytest.approx({"w1": 3.0, "b1": -1.0}, abs=1e-3)


def test_it_can_be_pickled_and_copied() -> None:
    net, loss, point = of_one()
    f = over_data(loss, net.parameters(), dict(zip(point, ([0, 0.5, 1], [0, 1, 0]), strict=True)))
    at = [parameter.data for parameter in net.parameters()]
    for again in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert again(*at) == f(*at)
    batches = f.batches(2, seed=1)
    again = pickle.loads(pickle.dumps(batches))
    assert [again(*at) for _ in range(9)] == [batches(*at) for _ in range(9)]


def test_a_column_may_be_any_row_of_numbers() -> None:
    f = over_data(w * x, [w], {x: [1, 2, 3]})
    for column in (
        (1, 2, 3),
        range(1, 4),
        iter([1, 2, 3]),
        {1: 0, 2: 0, 3: 0}.keys().__iter__(),
        np.arange(1, 4),
    ):
        assert over_data(w * x, [w], {x: column})(2.0) == f(2.0) == (4.0, (2.0,))


def test_what_is_infinite_for_a_parameter_is_infinite() -> None:
    assert over_data(x * (1.0 / w), [w], {x: [1, 2]})(0.0)[0] == math.inf


def test_too_few_parameters_are_told_by_name() -> None:
    with pytest.raises(TypeError, match=r"a function of w, but got 0 number\(s\)"):
        over_data(w * x, [w], {x: [1, 2]})()


def test_its_text_is_that_of_one_point() -> None:
    net, loss, point = of_one()
    f = over_data(loss, net.parameters(), dict.fromkeys(point, (1.0,)))
    assert f.source == value_and_grad(loss, net.parameters(), point, backend="numpy").source
    assert f.batches(1).source == f.source


x, y, w = Value(0.0, "x"), Value(0.0, "y"), Value(1.0, "w")


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ((w * x, [w], {}), ValueError, "of one length, from 1, not of none"),
        ((w * x, [w], {x: []}), ValueError, "of one length, from 1"),
        ((w * x, [w], {x: [1], y: [1, 2]}), ValueError, r"of one length, from 1, not of \[1, 2\]"),
        ((w * x, [w], {x: 1.0}), TypeError, "column of .*label='x'.* must be numbers in a list"),
        ((w * x, [w], {x: "12"}), TypeError, "must be numbers in a list"),
        ((w * x, [w], {x: ["1"]}), TypeError, "must be numbers in a list"),
        ((w * x, [w], {x: [None]}), TypeError, "must be numbers in a list"),
        ((w * x, [w], {x: [[1.0]]}), TypeError, "must be numbers in a list"),
        ((w * x, [w], [x]), TypeError, "data must be a dict by Values"),
        ((w * x, [w], {"x": [1]}), TypeError, "the keys of data are Values, .*, not 'x'"),
        ((lambda: w * x, [w], {x: [1]}), TypeError, "the loss and .* are Values, .*, not <function"),
        ((w * x, [w], {w: [1]}), ValueError, "more than once"),
        ((w * 0.5, [w], {x: [1]}), ValueError, "column for .*label='x'.*, but the loss was not made from it"),
        ((w * x, [w], {x: [1]}, "median"), ValueError, "'median' is not \"mean\" or \"sum\""),
    ],
)  # fmt: skip
def test_a_mistake_is_told(arguments: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        over_data(*arguments)


@pytest.mark.parametrize("size", [0, 3, -1, 1.5, "1", None])
def test_a_batch_that_cannot_be_drawn_is_told(size: Any) -> None:
    with pytest.raises(ValueError, match=f"from 1 to all 2 points of the data, not {size!r}"):
        over_data(w * x, [w], {x: [1, 2]}).batches(size)


def test_it_says_what_it_is_over_and_what_it_leaves_open() -> None:
    f = over_data((y - w * x) ** 2, [w], {x: [1, 2, 3], y: [1, 2, 3]}, "sum")
    assert repr(f) == "<the sum over 3 points of x, y: f(w)>"
    assert repr(f.batches(2)) == "<the sum over 2 points of x, y: f(w)>"


def test_a_parameter_that_is_no_number_is_told_by_its_name() -> None:
    with pytest.raises(TypeError, match="w must be a float, not '1'"):
        over_data(w * x, [w], {x: [1, 2]})("1")  # type: ignore[arg-type]  # the mistake


def test_wide_layers_start_so_that_the_moons_are_told_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    example: dict[str, Any] = runpy.run_path(str(MOONS))
    capsys.readouterr()
    net, loss, accuracy = example["net"], example["loss"], example["accuracy"]
    reached = []
    for seed in range(15):
        start = MLP(2, [16, 16, 1], activation="relu", seed=seed)
        net.load({parameter.label: parameter.data for parameter in start.parameters()})
        batches = loss.batches(20, seed)
        for learning_rate, steps in example["SCHEDULE"]:
            list(sgd(batches, net.parameters(), learning_rate, tolerance=1e-9, max_steps=steps))
        reached.append(accuracy())
    assert statistics.median(reached) == 1.0
    assert min(reached) > 0.97
