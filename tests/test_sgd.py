"""The descent loop: what it yields, where it stops, and what it refuses."""

import copy
import gc
import math
import random
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache, wraps
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from micrograd_sq import MLP, Operation, Step, Value, over_data, sgd, ssr, value_and_grad


def valley(x: Value) -> Callable[[], Value]:
    return lambda: (x - 3) ** 2


def test_a_step_holds_all_numbers_of_the_update() -> None:
    x, y = Value(0.0, "x"), Value(1.0, "y")
    steps = list(sgd(lambda: (x - 3) ** 2 + 2 * y, [x, y], learning_rate=0.25, max_steps=1))
    assert steps == [
        Step(
            index=0,
            loss=11.0,
            values={"x": 0.0, "y": 1.0},
            gradients={"x": -6.0, "y": 2.0},
            step_sizes={"x": -1.5, "y": 0.5},
            new_values={"x": 1.5, "y": 0.5},
            converged=False,
        )
    ]
    assert (x.data, y.data) == (1.5, 0.5)


def test_a_caller_who_stops_leaves_the_step_untaken() -> None:
    x = Value(0.0, "x")
    for step in sgd(valley(x), [x]):
        if step.index == 2:
            break
    assert x.data == step.values["x"] != step.new_values["x"]


def test_it_stops_once_every_step_size_is_smaller_than_the_tolerance() -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    steps = list(sgd(lambda: (x - 3) ** 2 + 0.1 * (y - 3) ** 2, [x, y], tolerance=0.01))
    small = [all(abs(size) < 0.01 for size in step.step_sizes.values()) for step in steps]
    assert small == [step.converged for step in steps] == [False] * (len(steps) - 1) + [True]
    assert (x.data, y.data) == (steps[-1].new_values["x"], steps[-1].new_values["y"])
    assert abs(steps[-1].step_sizes["x"]) < 1e-6  # the steep one was there long before


def test_it_stops_after_max_steps() -> None:
    x = Value(0.0, "x")
    steps = list(sgd(valley(x), [x], max_steps=3))
    assert [(step.index, step.converged) for step in steps] == [(0, False), (1, False), (2, False)]


def test_gradients_are_cleared_before_each_step() -> None:
    x = Value(0.0, "x")
    x.grad = 1e9
    first = next(sgd(valley(x), [x]))
    assert first.gradients == {"x": -6.0}


def test_a_loss_that_goes_backward_itself_does_not_count_twice() -> None:
    x, inner = Value(0.0, "x"), Value(0.0, "inner")

    def loss() -> Value:
        for _ in sgd(lambda: (inner - x) ** 2 + x, [inner], max_steps=3):
            pass
        total = (x - 3) ** 2
        total.backward()
        return total

    assert next(sgd(loss, [x])).gradients == {"x": -6.0}


def test_a_minibatch_is_a_loss_that_draws_one() -> None:
    data = [(k / 50, 3 * k / 50 - 1) for k in range(50)]
    draw, net = random.Random(1), MLP(1, [1], seed=2)

    def loss() -> Value:
        batch = draw.sample(data, 5)
        return ssr([y for _, y in batch], [net(x) for x, _ in batch])

    *_, last = sgd(loss, net.parameters(), tolerance=1e-6)
    assert net["w1"].data == pytest.approx(3, abs=1e-3)
    assert net["b1"].data == pytest.approx(-1, abs=1e-3)
    assert last.index < 999


def test_a_parameter_without_a_label_goes_by_its_place() -> None:
    x, y = Value(0.0, "x"), Value(0.0)
    step = next(sgd(lambda: (x + y - 3) ** 2, [x, y]))
    assert list(step.values) == ["x", "parameters[1]"]


@pytest.mark.parametrize(
    ("learning_rate", "start"),
    [(1.5, 0.0), (1e308, 0.0)],
)
def test_a_descent_that_leaves_the_finite_numbers_says_where_and_what_to_try(
    learning_rate: float, start: float
) -> None:
    x = Value(start, "x")
    steps: list[Step] = []
    descent = sgd(valley(x), [x], learning_rate=learning_rate, max_steps=10_000)
    with pytest.raises(FloatingPointError) as diverged:
        steps.extend(descent)
    assert f"step {len(steps)} " in str(diverged.value)
    assert f"learning rate smaller than {learning_rate:g}" in str(diverged.value)
    if steps:
        assert x.data == steps[-1].new_values["x"]
        assert math.isfinite(x.data)


@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("compiled", [False, True])
def test_an_error_in_the_user_s_own_loss_is_that_error(after: int, compiled: bool) -> None:
    x = Value(1.0, "x")
    calls: list[float] = []

    def loss(*at: float) -> Any:
        calls.append(x.data)
        if len(calls) > after:
            return Value(1.0) / Value(0.0)
        return (x, at) if compiled else x * x

    if compiled:
        vars(loss).update(source="as value_and_grad's functions have it", labels=["x"])
    with pytest.raises(ZeroDivisionError, match="the divisor must not be 0"):
        list(sgd(loss, [x]))
    assert len(calls) == after + 1


def test_a_loss_that_is_too_large_at_the_start_is_not_a_matter_of_the_learning_rate() -> None:
    x = Value(1e200, "x")
    with pytest.raises(OverflowError, match=r"\(-?1e\+200\) \*\* \(2.0\)"):
        list(sgd(valley(x), [x]))


@pytest.mark.parametrize("start", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_at_the_start_is_not_a_matter_of_the_learning_rate(start: float) -> None:
    x = Value(start, "x")
    with pytest.raises(FloatingPointError, match=r"before the first step .* look at the data"):
        next(sgd(valley(x), [x]))


def test_a_function_of_the_parameters_in_another_order_is_told() -> None:
    a, b, x = Value(0.0, "a"), Value(0.0, "b"), Value(0.0, "x")
    loss = (a - 3) ** 2 + 10 * (b - x) ** 2
    for f in (value_and_grad(loss, [a, b], [x]), over_data(loss, [a, b], {x: [5.0]})):
        with pytest.raises(ValueError, match="a function of a, b, in this order, not of b, a"):
            sgd(f, [b, a])
    *_, last = sgd(over_data(loss, [a, b], {x: [5.0]}), [a, b], learning_rate=0.05)
    assert last.converged
    assert (round(a.data, 1), round(b.data, 1)) == (3.0, 5.0)


def test_a_function_of_parameters_with_other_names_is_told() -> None:
    u, v = Value(3.0, "u"), Value(3.0, "v")
    with pytest.raises(ValueError, match="a function of u, in this order, not of v"):
        sgd(value_and_grad((u - 1) ** 2, [u]), [v])
    for one, other in (("w[0]", "w[1]"), ("β", "δ"), ("my weight", "my bias"), ("w10", "w1")):
        u, v = Value(3.0, one), Value(3.0, other)
        with pytest.raises(ValueError, match="in this order, not of"):
            sgd(value_and_grad((u - v) ** 2, [u, v]), [v, u])
        with pytest.raises(ValueError, match="in this order, not of"):
            sgd(value_and_grad((u - 1) ** 2, [u]), [v])
    for label in ("lambda", "exp", "é", "w 1", "f", ""):
        x = Value(3.0, label)
        *_, last = sgd(value_and_grad((x - 1) ** 2, [x]), [x])
        assert last.converged


def test_a_function_of_other_parameters_is_told_how_many_it_has() -> None:
    a, b = Value(0.0, "a"), Value(0.0, "b")
    with pytest.raises(ValueError, match="a function of a, in this order, not of a, b"):
        next(sgd(value_and_grad(a * b, [a], [b]), [a, b]))


def test_a_gradient_that_is_not_finite_ends_it_before_the_step() -> None:
    x = Value(0.0, "x")
    with pytest.raises(FloatingPointError, match=r"gradient of x is -?inf"):
        next(sgd(lambda: x**0.5, [x]))
    assert x.data == 0.0


@pytest.mark.parametrize("wrong", [0.0, -0.1, math.inf, math.nan])
@pytest.mark.parametrize("name", ["learning_rate", "tolerance"])
def test_rates_and_tolerances_are_positive_and_finite(name: str, wrong: float) -> None:
    x = Value(0.0, "x")
    with pytest.raises(ValueError, match=f"{name} is {wrong}"):
        sgd(valley(x), [x], **{name: wrong})  # type: ignore[arg-type]  # one of two floats


x = Value(0.0, "x")


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"parameters": []}, ValueError, "no parameters"),
        ({"parameters": [x, x]}, ValueError, "'x'"),
        ({"parameters": [x, Value(1.0, "x")]}, ValueError, "'x'"),
        ({"parameters": [x, 1.0]}, TypeError, r"parameters\[1\] is 1.0"),
        ({"parameters": [Value(1.0)] * 2}, ValueError, "more than once"),
        ({"parameters": [x], "max_steps": 0}, ValueError, "max_steps is 0"),
        ({"parameters": [x], "max_steps": 2.5}, ValueError, r"max_steps is 2\.5"),
        ({"parameters": [x], "learning_rate": "a"}, ValueError, "learning_rate is 'a'"),
        ({"parameters": [x], "learning_rate": 10**400}, ValueError, "learning_rate is 1000"),
        (
            {"parameters": [x], "tolerance": Fraction(1, 10**400)},
            ValueError,
            "tolerance is Fraction",
        ),
    ],
)
def test_a_wrong_argument_is_told_at_the_call(
    arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        sgd(valley(x), **arguments)


def test_a_loss_that_depends_on_no_parameter_is_told_with_their_names() -> None:
    a, b, other = Value(1.0, "a"), Value(1.0, "b"), Value(1.0, "other")
    losses: list[Any] = [
        lambda: other * 2,
        value_and_grad(other * 2, [a, b]),
        value_and_grad(other * 2, [a, b], backend="jax"),
        over_data(other * 2, [a, b], {other: [1, 2]}),
    ]
    for loss in losses:
        with pytest.raises(ValueError, match="not depend on any of the parameters: a, b"):
            next(sgd(loss, [a, b]))


def test_a_loss_that_depends_on_one_of_two_parameters_is_fine() -> None:
    a, b = Value(1.0, "a"), Value(1.0, "b")
    assert next(sgd(lambda: a * 2, [a, b])).gradients == {"a": 2.0, "b": 0.0}


def test_a_loss_that_is_not_a_value_is_refused() -> None:
    with pytest.raises(TypeError, match=r"returned 3\.0"):
        next(sgd(lambda: 3.0, [Value(1.0, "a")]))  # type: ignore[arg-type,return-value]  # the mistake


def test_a_wrapper_of_a_loss_is_a_loss() -> None:
    x = Value(0.0, "x")

    def wrapper(*arguments: Any, **options: Any) -> Any:
        return valley(x)(*arguments, **options)

    assert next(sgd(wrapper, [x])).gradients == {"x": -6.0}


def test_a_wrapper_that_gives_the_arguments_is_a_loss() -> None:
    w = Value(0.0, "w")

    def loss_of(points: list[float]) -> Value:
        return sum(((w - point) ** 2 for point in points), Value(0.0))

    @wraps(loss_of)
    def loss() -> Value:
        return loss_of([1.0, 2.0])

    assert next(sgd(loss, [w])).gradients == {"w": -6.0}


def test_a_loss_that_was_built_already_is_told_to_be_a_function() -> None:
    x = Value(0.0, "x")
    with pytest.raises(TypeError, match=r"builds the loss anew for each step, .* lambda: ssr"):
        sgd(valley(x)(), [x])  # type: ignore[arg-type]  # the mistake that is tested


def test_a_loss_that_is_the_same_graph_again_is_told() -> None:
    x = Value(0.0, "x")
    stale = valley(x)()
    with pytest.raises(ValueError, match=r"has a part, .*, that was built before this step"):
        next(sgd(lambda: stale, [x]))
    assert [step.loss for step in sgd(lambda: x, [x], 0.5, max_steps=2)] == [
        x.data + 1.0,
        x.data + 0.5,
    ]


def test_a_loss_that_is_made_of_a_prediction_from_before_is_told() -> None:
    x = Value(0.0, "x")
    predicted = 2 * x
    predicted.label = "prediction"
    with pytest.raises(
        ValueError,
        match=r"a part, prediction = 0\.0, made by \* of 2\.0 and x = 0\.0, .* predictions included",
    ):
        next(sgd(lambda: (predicted - 3) ** 2, [x]))


def test_graphs_that_were_all_built_before_are_told() -> None:
    w = Value(0.0, "w")
    batches = iter([(w * x - 3 * x) ** 2 for x in (1.0, 2.0, 3.0)])
    with pytest.raises(
        ValueError, match=r"a part, .*0\.0, made by \* of w = 0\.0 and .*, that was built before"
    ):
        next(sgd(lambda: next(batches), [w], learning_rate=0.01))


def test_graphs_that_are_kept_and_come_again_are_told_in_time() -> None:
    w = Value(0.0, "w")
    loss_of = cache(lambda x: (w * x - 3 * x) ** 2)
    batches = cycle([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="was built before"):
        list(sgd(lambda: loss_of(next(batches)), [w], learning_rate=0.01, max_steps=11))


def test_predictions_that_are_kept_for_each_point_are_told_at_the_last_step_if_not_before() -> None:
    w = Value(0.0, "w")
    loss_of = cache(lambda x: (w * x - 3 * x) ** 2)
    points = cycle(place / 40 for place in range(1, 41))
    with pytest.raises(ValueError, match="was built before"):
        list(sgd(lambda: loss_of(next(points)), [w], tolerance=1e-12, max_steps=90))


def test_a_parameter_that_was_made_from_another_is_told() -> None:
    a = Value(3.0, "a")
    b = a * 2
    b.label = "b"
    with pytest.raises(
        ValueError, match=r"parameter 'b' was made from other Values, by \*: .* Value\(6\.0\)"
    ):
        sgd(lambda: a * b + b, [a, b])


def test_what_a_caller_does_with_a_step_changes_no_other() -> None:
    x, y = Value(0.0, "x"), Value(0.0, "x")
    for step in sgd(valley(x), [x]):
        for numbers in (step.values, step.gradients, step.step_sizes, step.new_values):
            numbers.clear()
    list(sgd(valley(y), [y]))
    assert x.data == y.data


def test_a_function_without_a_value_is_told_with_the_numbers() -> None:
    x = Value(1.5, "x")
    for loss, at, kind in ((x.log(), -1.0, ValueError), (1 / (x - 0.5), 0.5, ZeroDivisionError)):
        f = value_and_grad(loss, [x])
        x.data = at
        with pytest.raises(kind, match=rf"called with {{'x': {at}}}: "):
            next(sgd(f, [x]))


def test_inputs_that_a_wrapper_gives_are_given() -> None:
    w, x = Value(1.0, "w"), Value(2.0, "x")
    f = value_and_grad((w * x - 1) ** 2, [w], [x])

    @wraps(f)
    def at_two(*numbers: float) -> Any:
        return f(*numbers, 2.0)

    assert next(sgd(at_two, [w])).gradients == {"w": 4.0}


def test_a_function_of_inputs_is_told_to_be_made_over_data() -> None:
    w, x = Value(1.0, "w"), Value(2.0, "x")
    with pytest.raises(TypeError, match=r"with numbers for w alone, but .* 'x': .* over_data"):
        next(sgd(value_and_grad((w * x - 1) ** 2, [w], [x]), [w]))


def test_a_value_that_was_refused_before_is_no_hindrance() -> None:
    with pytest.raises(TypeError) as kept:  # as an interpreter keeps the last error, and its frames
        Value("3")  # type: ignore[arg-type]  # the mistake
    x = Value(0.0, "x")
    assert next(sgd(valley(x), [x])).gradients == {"x": -6.0}
    assert kept.tb


def test_a_value_that_cannot_be_hashed_elsewhere_is_no_hindrance() -> None:
    class Money(Value):
        def __eq__(self, other: object) -> bool:
            return bool(self.data == getattr(other, "data", other))

    price, x = Money(3.0) * 2, Value(0.0, "x")
    assert next(sgd(valley(x), [x])).gradients == {"x": -6.0}
    assert price.data == 6.0


def test_a_number_that_a_caller_spoils_is_not_put_down_to_the_learning_rate() -> None:
    x = Value(0.0, "x")
    descent = sgd(valley(x), [x])
    next(descent)
    x.data = math.nan
    with pytest.raises(FloatingPointError, match="at step 1 x is nan: it was changed since"):
        next(descent)


def test_only_some_steps_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def get_referrers(*things: object) -> list[object]:  # which takes milliseconds, even of nothing
        asked.append(things)
        return []

    monkeypatch.setattr(gc, "get_referrers", get_referrers)
    x = Value(0.0, "x")
    *_, last = sgd(valley(x), [x], learning_rate=1e-6, tolerance=1e-12, max_steps=30)
    assert last.index == 29
    assert asked == [(x,)] * 4  # at 0, 1, 10 and the last


def test_what_is_made_in_the_step_is_no_part_from_before_in_whatever_way() -> None:
    x = Value(0.0, "x")

    def by_hand() -> Value:
        node = Value(math.sin(x.data))
        node.left, node.d_left = x, math.cos(x.data)
        return (node - 0.5) ** 2

    losses: list[Callable[[], Value]] = [
        lambda: (copy.copy(x * 2) - 3) ** 2,
        lambda: (copy.deepcopy(x * 2, {id(x): x}) - 3) ** 2,
        by_hand,
    ]
    for loss in losses:
        x.data = x.grad = 0.0
        loss().backward()
        gradient = x.grad
        assert next(sgd(loss, [x])).gradients == {"x": gradient}


def test_a_part_that_does_not_depend_on_the_parameters_may_be_built_before() -> None:
    x, offset = Value(0.0, "x"), Value(1.0) * 2
    assert next(sgd(lambda: (x - offset) ** 2, [x])).gradients == {"x": -4.0}


def test_a_loss_may_be_built_by_several_threads_or_run_a_descent_of_its_own() -> None:
    x = Value(0.0, "x")
    with ThreadPoolExecutor(2) as pool:
        step = next(sgd(lambda: sum(pool.map(lambda c: (x - c) ** 2, [1, 2]), Value(0.0)), [x]))
    assert step.gradients == {"x": -6.0}

    def loss() -> Value:
        y = Value(0.0, "y")
        list(sgd(valley(y), [y], learning_rate=0.5))
        return (x - y.data) ** 2

    assert next(sgd(loss, [x])).gradients == {"x": -6.0}


def test_a_descent_leaves_other_threads_alone() -> None:
    net = MLP(2, [4, 1], seed=0)
    parameters = net.parameters()
    f = value_and_grad(net([1.0, 2.0]), parameters, backend="value")
    over = threading.Event()

    def train() -> None:
        while not over.is_set():
            list(sgd(lambda: net([1.0, 2.0]) ** 2, parameters, 1e-6, 1e-12, max_steps=3))

    thread = threading.Thread(target=train)
    thread.start()
    try:
        # A tuple that another thread holds while it grows cannot be completed.
        for _ in range(3000):
            f(*parameters)
            assert len(tuple(each for each in parameters if each.data is not None)) == 17
    finally:
        over.set()
        thread.join()


def test_networks_may_be_trained_in_threads_of_their_own() -> None:
    def train(seed: int) -> dict[str, float]:
        net = MLP(1, [2, 1], seed=seed)
        *_, last = sgd(
            lambda: ssr([0, 1, 0], [net(dosage) for dosage in (0, 0.5, 1)]),
            net.parameters(),
            max_steps=30,
        )
        return last.new_values

    alone = [train(seed) for seed in range(20)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads meet in the middle of things
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(train, range(20))) == alone
    finally:
        sys.setswitchinterval(interval)


def test_a_loss_that_has_nothing_left_to_do_at_a_step_has_converged() -> None:
    w, zero = Value(-1.0, "w"), Value(0.0)

    def loss() -> Value:
        return sum((max(zero, 0.5 - x * w * x) for x in (1.0, 2.0)), zero)

    for rate in (0.1, 0.5, 1.0):
        w.data = -1.0
        for steps in (1000, sum(1 for _ in sgd(loss, [w], rate))):
            w.data = -1.0
            *_, last = sgd(loss, [w], rate, max_steps=steps)
            assert (last.converged, last.loss) == (True, 0.0)


def test_a_function_that_overflows_at_the_start_is_told_with_the_numbers() -> None:
    x = Value(1.0, "x")
    f = value_and_grad(x.exp(), [x])
    x.data = 800.0
    with pytest.raises(OverflowError, match=r"called with {'x': 800\.0}: math range error"):
        next(sgd(f, [x]))


def test_an_input_that_is_set_anew_for_each_point_is_no_mistake() -> None:
    w, x = Value(0.0, "w"), Value(0.0, "x")

    def loss() -> Value:
        terms = []
        for number in (1.0, 2.0, 3.0):
            x.data = number  # each term keeps the number that it was made with
            terms.append((w * x - 3 * number) ** 2)
        return sum(terms, Value(0.0))

    *_, last = sgd(loss, [w], learning_rate=0.01)
    assert last.new_values["w"] == pytest.approx(3.0, abs=0.02)


def test_a_loss_with_an_operation_that_draws_numbers_is_no_mistake() -> None:
    draw, w = random.Random(0), Value(0.0, "w")
    noisy = Operation("noisy", lambda x: x + draw.gauss(0.0, 1e-3), lambda x: 1.0)
    *_, last = sgd(lambda: (noisy(w) - 3) ** 2, [w], max_steps=50)
    assert last.new_values["w"] == pytest.approx(3.0, abs=0.01)


def test_what_was_computed_from_the_data_before_or_is_kept_from_each_step_is_no_mistake() -> None:
    x, kept = Value(0.0, "x"), []
    feature = Value(2.0, "dosage") ** 2  # of no parameter

    def loss() -> Value:
        kept.append((feature * x - 8) ** 2)
        return kept[-1]

    *_, last = sgd(loss, [x], learning_rate=1 / 64)
    assert last.converged
    assert last.new_values["x"] == pytest.approx(2.0, abs=0.01)


def test_a_loss_that_needs_arguments_is_told_what_to_give() -> None:
    net = MLP(1, [1])

    def loss(net: MLP) -> Value:
        return ssr([1], [net(0.5)])

    for needy in (loss, lambda net: loss(net), lambda w1, b1: (w1, (w1, b1))):
        with pytest.raises(TypeError, match=r"needs arguments, .* give `lambda: .*\(\.\.\.\)`"):
            sgd(needy, net.parameters())  # type: ignore[arg-type]  # the mistake that is tested
    assert next(sgd(lambda: loss(net), net.parameters())).index == 0


def test_a_network_in_place_of_its_parameters_is_told_of_them() -> None:
    net = MLP(1, [1])
    with pytest.raises(TypeError, match=r"parameters must be in a list, .*: call it, with \(\)"):
        sgd(lambda: ssr([1], [net(0.5)]), net.parameters)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(TypeError, match=r"net\.parameters\(\)"):
        sgd(lambda: ssr([1], [net(0.5)]), net)  # type: ignore[arg-type]  # the mistake


def test_from_a_parameter_that_was_clipped_inside_the_loop_the_step_is_taken() -> None:
    x = Value(0.0, "x")
    for step in sgd(valley(x), [x], learning_rate=0.25, max_steps=4):
        x.data = min(x.data, 2.0)
        expected = x.data - step.step_sizes["x"]
    assert x.data == expected
    assert x.data < step.new_values["x"]


@pytest.mark.parametrize("number", [np.float32(0.1), np.float64(0.1), np.int64(1), Fraction(1, 10)])
def test_a_learning_rate_of_any_kind_leaves_floats(number: Any) -> None:
    x, y = Value(0.0, "x"), Value(0.0, "x")
    one = next(sgd(lambda: (x - 3) ** 2, [x], learning_rate=number))
    two = next(sgd(lambda: (y - 3) ** 2, [y], learning_rate=float(number)))
    assert one == two
    assert {type(number) for number in (*one.step_sizes.values(), *one.new_values.values())} == {
        float
    }


def test_a_parameter_outside_a_list_is_told() -> None:
    x = Value(0.0, "x")
    with pytest.raises(TypeError, match="parameters must be in a list"):
        sgd(valley(x), x)  # type: ignore[arg-type]  # the mistake that is tested
