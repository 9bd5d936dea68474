"""Descents: the steps that they yield, where they stop, and what they refuse."""

import math
import random
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache, partial, wraps
from itertools import count, cycle
from typing import Any

import numpy as np
import pytest

from micrograd_sq import MLP, Operation, Step, Value, adam, over_data, sgd, statquest, value_and_grad

descend: Any = sgd  # takes mistakes, too


def valley(x: Value) -> Callable[[], Value]:
    return lambda: (x - 3) ** 2


def test_a_step_holds_all_numbers_of_the_update() -> None:
    x, y = Value(0.0, "x"), Value(1.0, "y")
    x.grad = 1e9  # cleared before the step
    (step,) = sgd(lambda: (x - 3) ** 2 + 2 * y, [x, y], learning_rate=0.25, max_steps=1)
    assert (step.index, step.loss, step.converged) == (0, 11.0, False)
    assert (step.values, step.gradients) == ({"x": 0.0, "y": 1.0}, {"x": -6.0, "y": 2.0})
    assert (step.step_sizes, step.new_values) == ({"x": -1.5, "y": 0.5}, {"x": 1.5, "y": 0.5})
    assert (x.data, y.data) == (1.5, 0.5)


def test_no_step_is_taken_before_it_is_yielded_and_asked_for_the_next() -> None:
    x = Value(0.0, "x")
    descent = sgd(valley(x), [x], max_steps=3)
    assert x.data == 0.0
    first, second = next(descent), next(descent)
    assert (first.index, second.index) == (0, 1)
    assert first.new_values["x"] == second.values["x"] == x.data != second.new_values["x"]
    assert [(step.index, step.converged) for step in descent] == [(2, False)]


def test_the_descent_stops_once_every_step_size_is_below_the_tolerance() -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    steps = list(sgd(lambda: (x - 3) ** 2 + 0.1 * (y - 3) ** 2, [x, y], tolerance=0.01))
    small = [all(abs(size) < 0.01 for size in step.step_sizes.values()) for step in steps]
    assert small == [step.converged for step in steps] == [False] * (len(steps) - 1) + [True]
    assert (x.data, y.data) == (steps[-1].new_values["x"], steps[-1].new_values["y"])
    assert abs(steps[-1].step_sizes["x"]) < 1e-6  # the steep one was there long before


def test_the_defaults_are_a_rate_of_a_tenth_a_thousandth_and_a_thousand_steps() -> None:
    x = Value(0.0, "x")
    steps = list(sgd(lambda: 0.010001 * x, [x]))
    assert len(steps) == 1000
    assert steps[0].step_sizes == {"x": 0.1 * 0.010001}
    assert [step.converged for step in sgd(lambda: 0.0099 * x, [x])] == [True]
    boundary = next(sgd(lambda: 0.5 * x, [x], learning_rate=0.5, tolerance=0.25))
    assert not boundary.converged  # a step size that equals the tolerance is not below it


def test_a_descent_with_momentum_stops_once_step_size_and_gradient_are_small() -> None:
    x, slopes = Value(0.0, "x"), iter([10.0, 0.1, -8.0, 0.1])
    descent = sgd(lambda: next(slopes) * x, [x], 1.0, tolerance=0.5, momentum=0.9)
    sizes = [(round(step.step_sizes["x"], 2), step.converged) for step in descent]
    assert sizes == [(10.0, False), (9.1, False), (0.19, False), (0.27, True)]


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_adam_takes_the_steps_of_the_paper_at_any_scale(scale: float) -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    mean, square = {"x": 0.0, "y": 0.0}, {"x": 0.0, "y": 0.0}
    options: Any = {"betas": (0.8, 0.95), "epsilon": 0.01 * scale, "max_steps": 4}
    for t, step in enumerate(adam(lambda: scale * (x * x * y), [x, y], 0.1, **options), start=1):
        for k in mean:
            g = step.gradients[k] / scale
            mean[k], square[k] = 0.8 * mean[k] + 0.2 * g, 0.95 * square[k] + 0.05 * g * g
            root = math.sqrt(square[k] / (1 - 0.95**t))
            expected = 0.1 * mean[k] / (1 - 0.8**t) / (root + 0.01)
            assert step.step_sizes[k] == pytest.approx(expected, rel=1e-12)


def test_adams_defaults_and_a_gradient_of_0() -> None:
    x, y = Value(2.0, "x"), Value(1.0, "y")
    first = next(adam(lambda: x**2 + 0 * y, [x, y]))
    assert first.step_sizes == {"x": pytest.approx(0.001 / (1 + 1e-8 / 4), rel=1e-12), "y": 0.0}
    assert next(adam(lambda: x + 0 * y, [x, y], epsilon=0.0)).step_sizes == pytest.approx({"x": 0.001, "y": 0.0})
    sizes = [s.step_sizes["x"] for s in adam(lambda: (x - 100) ** 2, [x], max_steps=3)]
    assert sizes == pytest.approx([-0.001] * 3, rel=1e-4)
    assert len(list(adam(lambda: x - 1, [x]))) == 1000
    assert next(adam(lambda: x - 1, [x], 0.99e-6)).converged
    assert not next(adam(lambda: x - 1, [x], 1.01e-6)).converged


# Where PyTorch 2.13.0 is after 200 steps: SGD(momentum=0.9) and Adam(lr=0.01), with torch.float64.
TORCH: dict[str, list[float]] = {
    "sgd, Rosenbrock": [-0.8365663978041032, 0.7079146145750295],
    "adam, Rosenbrock": [-1.0059018448580328, 1.0181254359858485],
    "sgd, lesson": [
        2.4635560800199743, -0.7884919638396597, -0.09339283338007502, -0.20492558510820497,
        -0.3944955085826643, -0.09904825021839955, 0.5502859777261769,
    ],
    "adam, lesson": [
        2.421278501267066, -0.47613916430285413, 0.04038419339394543, 0.5064782727475772,
        -0.06428247400304533, -0.04541302998274496, -0.01904384143532068,
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", TORCH)
def test_two_hundred_steps_are_those_of_pytorch(name: str) -> None:
    net, x, y = statquest.network(**statquest.SEVEN), Value(-1.2, "x"), Value(1.0, "y")
    is_lesson = "lesson" in name

    def loss() -> Value:
        return statquest.loss(net) if is_lesson else (1 - x) ** 2 + 100 * (y - x**2) ** 2

    parameters = net.parameters() if is_lesson else [x, y]
    rate = 1e-4 if name == "sgd, Rosenbrock" else 0.01
    optimiser: Any = partial(sgd, momentum=0.9) if "sgd" in name else adam
    list(optimiser(loss, parameters, rate, tolerance=1e-300, max_steps=200))
    assert [parameter.data for parameter in parameters] == pytest.approx(TORCH[name], rel=1e-12, abs=1e-12)


def test_a_learning_rate_may_be_a_function_of_the_steps_index() -> None:
    x = Value(0.0, "x")
    steps = list(sgd(lambda: 2 * x, [x], learning_rate=lambda index: 1 / (1 + index), max_steps=3))
    assert [step.step_sizes["x"] for step in steps] == [2.0, 1.0, 2 / 3]
    with pytest.raises(ValueError, match=r"^learning_rate\(1\) is 0.*, but it must be a plain finite"):
        list(sgd(lambda: 2 * x, [x], learning_rate=lambda index: 1.0 - index))


def test_a_loss_may_go_backward_run_a_descent_use_threads_and_draw_a_minibatch() -> None:
    x, inner, draw = Value(0.0, "x"), Value(0.0, "inner"), random.Random(1)

    def loss() -> Value:
        list(sgd(lambda: (inner - x) ** 2 + x, [inner], max_steps=3))
        with ThreadPoolExecutor(2) as pool:
            total = sum(pool.map(lambda c: (x - c) ** 2, draw.sample([1, 2, 3], 2)), Value(0.0))
        total.backward()
        return total

    slopes = {step.gradients["x"] + 4 * (2 - step.values["x"]) for step in sgd(loss, [x], 0.01)}
    assert {round(slope) for slope in slopes} == {-2, 0, 2}


def test_the_step_starts_from_what_the_caller_made_of_a_parameter() -> None:
    x = Value(0.0, "x")
    for step in sgd(valley(x), [x], learning_rate=0.25, max_steps=4):
        x.data = min(x.data, 2.0)
        expected, new = x.data - step.step_sizes["x"], step.new_values["x"]
        for numbers in (step.values, step.gradients, step.step_sizes, step.new_values):
            numbers.clear()  # what the caller does with a step changes no other
    assert x.data == expected < new


@pytest.mark.parametrize("number", [np.float64(1), np.float32(0.1), np.int64(1), 1, Fraction(1, 10)])
def test_numbers_of_any_kind_leave_floats_by_the_label_or_place_of_a_parameter(number: Any) -> None:
    x, y = Value(0.0, "x"), Value(0.0)
    for loss in (lambda: (x + y - 3) ** 2, value_and_grad((x + y - 3) ** 2, [x, y])):
        x.data = y.data = number
        for step in sgd(loss, [x, y], number, number, max_steps=2, momentum=0 * number):
            for numbers in (step.values, step.gradients, step.step_sizes, step.new_values):
                assert {type(each) for each in numbers.values()} == {float}
                assert list(numbers) == ["x", "parameters[1]"]
            assert step.step_sizes["x"] == float(number) * step.gradients["x"]
            x.data = number
        assert type(x.data) is float


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer signals")
def test_an_interrupted_step_is_taken_by_all_parameters_or_by_none() -> None:
    parameters = [Value(0.0, f"p{place}") for place in range(1000)]
    gradients = (-1.0,) * len(parameters)
    draw = random.Random(3)

    def loss(*numbers: float) -> Any:
        return numbers[0], gradients

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def until_interrupted() -> None:
        signal.setitimer(signal.ITIMER_REAL, draw.uniform(0.001, 0.01))
        for _ in sgd(loss, parameters, 1.0, max_steps=10**6):
            pass

    vars(loss).update(source="any", labels=[parameter.label for parameter in parameters])
    kept = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(60):
            with pytest.raises(KeyboardInterrupt):
                until_interrupted()
            assert len({parameter.data for parameter in parameters}) == 1
    finally:
        signal.signal(signal.SIGALRM, kept)
    assert parameters[0].data > 60


# Numbers that are not finite, errors in a loss.


@pytest.mark.parametrize("generated", [False, True])
def test_a_descent_that_leaves_the_finite_numbers_keeps_the_last_ones(generated: bool) -> None:
    x = Value(0.0, "x")
    loss: Any = value_and_grad(valley(x)(), [x]) if generated else valley(x)
    steps: list[Step] = []
    with pytest.raises(FloatingPointError) as diverged:
        steps.extend(sgd(loss, [x], learning_rate=1.5, max_steps=10_000))
    assert str(diverged.value).startswith(f"at step {len(steps)} ")
    assert str(diverged.value).endswith(": try a learning rate below 1")  # 2 / second derivative
    assert x.data == steps[-1].new_values["x"]


SIGN = "the loss fell at every step and seems to have no minimum: check the sign of the loss"
STEEP = ". The limit comes from y: divide its inputs by their largest value"


@pytest.mark.parametrize(
    ("start", "loss", "rate", "words"),
    [
        (math.nan, lambda x, y, k: x * x, 10, "at step 0 the loss is nan: look at the data and the initial values"),
        (-math.inf, lambda x, y, k: x * x, 10, "at step 0 the loss is inf: look at the data and the initial values"),
        (0.0, lambda x, y, k: x**0.5, 10, "at step 0 the gradient of x is inf: look at the data and the initial values"),
        (0.0, lambda x, y, k: 1e308 * x, 10, "at step 0 the new x is -inf: try a learning rate below 10"),
        (1.0, lambda x, y, k: x.log(), 2, "at step 1 log of x = -1.0: log needs a value above 0: try a learning rate below 2. "
         "For the logarithm of a probability, use binary_cross_entropy on its logit"),
        (0.0, lambda x, y, k: x * 1.0 + (math.nan if k == 1 else 0.0), 1, "at step 1 the loss is nan: try a learning rate below 1"),
        (0.0, lambda x, y, k: x * 1.0 + (math.nan if k == 2 else 0.0), 1, f"at step 2 the loss is nan: {SIGN}"),
        (0.0, lambda x, y, k: x * 1.0 + (math.nan if k == 2 else k), 1, "at step 2 the loss is nan: try a learning rate below 1"),
        (1.0, lambda x, y, k: -(x**3), 1, f"at step 8 power of .*: {SIGN}"),
        (0.1, lambda x, y, k: (x - 3) ** 2 + 1e6 * y * y, 1, f"at step 24 the loss is inf: try a learning rate below 1e-06{STEEP}"),
        (0.0, lambda x, y, k: 0.001 * (x - 3) ** 2, 1500, r"at step .*: try a learning rate below 1e\+03"),
        (3.0, lambda x, y, k: (x - 3) ** 2 + 1e1 * y * y, 5, "at step 77 the loss is inf: try a learning rate below 0.1"),
    ],
)  # fmt: skip
def test_a_number_that_is_not_finite_ends_the_descent_with_advice(
    start: float, loss: Callable[[Value, Value, int], Value], rate: float, words: str
) -> None:
    x, y, index = Value(start, "x"), Value(1.0, "y"), count()
    last = [start]
    with pytest.raises(FloatingPointError, match=f"^{words}$"):
        last += [s.new_values["x"] for s in sgd(lambda: loss(x, y, next(index)), [x, y], rate)]
    assert repr(x.data) == repr(last[-1]) or len(last) == 1


def test_a_descent_over_a_distance_does_not_stop_where_the_distance_is_0() -> None:
    p, q = Value(2.0, "p"), Value(0.0, "q")

    def distance() -> Value:
        return ((p - 2) ** 2 + q**2).sqrt() + ((p - 2) ** 2) ** 0.5

    for loss in (distance, value_and_grad(distance(), [p, q])):
        (step,) = sgd(loss, [p, q])
        assert (step.gradients, step.converged) == ({"p": 0.0, "q": 0.0}, True)


@pytest.mark.parametrize("after", [0, 3])
def test_an_error_in_the_users_own_loss_is_that_error(after: int) -> None:
    x, large = Value(1.0, "x"), Value(1e200, "x")
    calls: list[float] = []

    def loss() -> Any:
        calls.append(x.data)
        return x * x if len(calls) <= after else x / Value(0.0)

    kind = FloatingPointError if after else ZeroDivisionError  # advice, once a step has been taken
    with pytest.raises(kind, match=r"quotient of x = .* and 0\.0: the divisor") as refused:
        list(sgd(loss, [x]))
    assert isinstance(refused.value.__cause__ or refused.value, ZeroDivisionError)
    assert len(calls) == after + 1
    with pytest.raises(OverflowError, match=r"^square of 1e\+200: the result is too large"):
        next(sgd(valley(large), [large]))


def test_an_error_in_a_function_names_the_numbers_that_it_was_called_with() -> None:
    x = Value(1.5, "x")
    for result, at, kind, line in (
        (x.log(), -1.0, ValueError, r"v = log\(x\)"),
        (1 / (x - 0.5), 0.5, ZeroDivisionError, "v_2 = 1.0 / v"),
        (x.exp(), 800.0, OverflowError, r"v = exp\(x\)"),
    ):
        f = value_and_grad(result, [x])
        x.data = at
        with pytest.raises(kind, match=rf"^the loss, called with {{'x': {at}}}: .* in `{line}`$"):
            next(sgd(f, [x]))


# What is refused before the first step.

x = Value(0.0, "x")
product = x * 2
product.label = "b"


@pytest.mark.parametrize(
    "wrong", [0.0, -0.1, math.inf, math.nan, "a", True, None, np.array([0.1]), 10**400, Fraction(1, 10**400)]
)  # fmt: skip
@pytest.mark.parametrize("name", ["learning_rate", "tolerance"])
def test_rates_and_tolerances_are_finite_numbers_above_0(name: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is .*, but it must be a plain finite number above 0"):
        descend(valley(x), [x], **{name: wrong})


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"parameters": []}, ValueError, "parameters is empty, but a descent needs at least one Value"),
        ({"parameters": [x, x]}, ValueError, "two parameters are labelled 'x'"),
        ({"parameters": [x, Value(1.0, "x")]}, ValueError, "two parameters are labelled 'x'"),
        ({"parameters": [x, 1.0]}, TypeError, r"parameters\[1\] is 1\.0, but it must be a Value, like net\['b3'\]"),
        ({"parameters": [Value(1.0)] * 2}, ValueError, "parameters contains a Value without a label more than once"),
        ({"parameters": x}, TypeError, "parameters must be in a list"),
        ({"parameters": MLP(1, [1])}, TypeError, r"net\.parameters\(\)"),
        ({"parameters": MLP(1, [1]).parameters}, TypeError, r"in a list, .*: add \(\) to call it"),
        ({"parameters": [x, product]}, ValueError, r"'b' is not a leaf: '\*' computed it.* Value\(0\.0\)"),
        ({"momentum": 1.0}, ValueError, r"momentum is 1\.0, but it must be a number of at least 0 and below 1"),
        ({"momentum": -0.1}, ValueError, r"momentum is -0\.1, but"),
        ({"momentum": True}, ValueError, "momentum is True, but"),
        ({"betas": (1.0, 0.9)}, ValueError, r"betas\[0\] is 1\.0, but it must be a number of at least 0 and"),
        ({"betas": (0.9, "b")}, ValueError, r"betas\[1\] is 'b', but it must be a number of at least 0 and"),
        ({"betas": (0.9,)}, ValueError, r"betas is \(0\.9,\), but Adam has two"),
        ({"epsilon": math.nan}, ValueError, "epsilon is nan, but it must be a number of at least 0"),
        ({"max_steps": 0}, ValueError, "max_steps is 0, but it must be an integer of at least 1"),
        ({"max_steps": 2.5}, ValueError, r"max_steps is 2\.5, but"),
        ({"max_steps": True}, ValueError, "max_steps is True, but"),
        ({"loss": valley(x)()}, TypeError, "loss is Value.*, but .* builds the loss again .* lambda: ssr"),
        ({"loss": value_and_grad(x * 2, [x], [Value(1.0)])}, TypeError, None),
        ({"loss": lambda net: net}, TypeError, "missing 1 required positional argument: 'net'"),
        ({"loss": lambda: 3.0}, TypeError, r"the loss returned 3\.0, but it must return one Value"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused(arguments: dict[str, Any], kind: type[Exception], message: str) -> None:
    optimiser: Any = adam if arguments.keys() & {"betas", "epsilon"} else sgd
    with pytest.raises(kind, match=message):
        next(optimiser(**({"loss": valley(x), "parameters": [x]} | arguments)))


@pytest.mark.parametrize(
    ("labels", "given", "words"),
    [
        ("a b", "b a", "the parameters are b, a, but the loss is a function of a, b: pass them in this order"),
        ("u", "v", "the parameters are v, but the loss is a function of u: "),
        ("a", "a b", "the parameters are a, b, but the loss is a function of a: "),
        ("w[0] w[1]", "w[1] w[0]", "a function of w"),
        ("β", "δ", "a function of β"),
        *[(label, "other", "a function of ") for label in ("lambda", "exp", "é", "w~1", "f")],
    ],
)
def test_a_function_of_other_parameters_is_refused(labels: str, given: str, words: str) -> None:
    values = [Value(3.0, label.replace("~", " ")) for label in labels.split()]
    column = Value(5.0, "column")
    loss = sum(((value - column) ** 2 for value in values), Value(0.0))
    for f in (value_and_grad(loss, values), over_data(loss, values, {column: [5.0]})):
        with pytest.raises(ValueError, match=words):
            sgd(f, [Value(0.0, label) for label in given.split()])
        *_, last = sgd(f, values)
        assert last.converged


def test_a_loss_that_depends_on_no_parameter_is_refused_with_their_names() -> None:
    a, b, other = Value(1.0, "a"), Value(1.0, "b"), Value(1.0, "other")
    losses: list[Any] = [
        lambda: other * 2,
        value_and_grad(other * 2, [a, b]),
        value_and_grad(other * 2, [a, b], backend="numpy"),
        over_data(other * 2, [a, b], {other: [1, 2]}),
    ]
    for loss in losses:
        with pytest.raises(ValueError, match="not depend on any of the parameters a, b: compute it from these Values"):
            next(sgd(loss, [a, b]))
    for loss in (lambda: a * 2, value_and_grad(a * 2, [a, b])):
        assert next(sgd(loss, [a, b])).gradients == {"a": 2.0, "b": 0.0}
    assert next(sgd(lambda: a, [a, b])).gradients == {"a": 1.0, "b": 0.0}


# Parts of an earlier step.


def test_a_loss_that_reuses_what_an_earlier_step_computed_is_refused_at_the_second_step() -> None:
    w = Value(0.0, "w")
    prediction = 2 * w
    prediction.label = "prediction"
    unlabelled = w**2.0
    loss_of = cache(lambda x: (w * x - 3 * x) ** 2)
    batches = cycle([2.0])
    whole = valley(w)()
    losses: list[tuple[Callable[[], Value], str]] = [
        (lambda: (prediction - 3) ** 2, "'prediction' = 0.0"),
        (lambda: (unlabelled - 3 + w) ** 2, "'** 2.0' = 0.0"),
        (lambda: whole, "'-' = -3.0"),
        (lambda: loss_of(next(batches)) + w, "'*' = 0.0"),
    ]
    for loss, words in losses:
        w.data = 0.0
        descent = sgd(loss, [w])
        assert next(descent).index == 0
        with pytest.raises(ValueError, match="of an earlier step: compute it inside") as refused:
            next(descent)
        assert f"the loss reuses {words} of an earlier step" in str(refused.value)


def test_what_does_not_depend_on_a_parameter_or_is_computed_again_may_be_reused() -> None:
    w, x, kept = Value(0.0, "w"), Value(0.0, "x"), []
    feature, draw = Value(2.0, "dosage") ** 2, random.Random(0)
    noisy = Operation("noisy", lambda x: x + draw.gauss(0.0, 1e-3), lambda x: 1.0)

    def loss() -> Any:
        x.data = 2.0 - x.data  # a term keeps the number with which it was computed
        kept.append((feature * noisy(w) - 8) ** 2 + 0 * x)
        return kept[-1]

    *_, last = sgd(loss, [w], learning_rate=1 / 64, max_steps=30)
    assert last.new_values["w"] == pytest.approx(2.0, abs=0.01)
    w.data = x.data = 0.0
    steps = sgd(lambda: max(Value(0.0), 0.5 - w), [w], 0.6)  # at the second step a constant
    assert [(step.loss, step.converged) for step in steps] == [(0.5, False), (0.0, True)]
    assert [step.loss for step in sgd(lambda: x, [x], 0.5, max_steps=3)] == [0.0, -0.5, -1.0]


def test_a_wrapper_is_a_loss_and_a_function_takes_the_steps_of_its_graph() -> None:
    one, two = Value(0.0, "x"), Value(0.0, "x")
    point = Value(3.0, "point")
    f = value_and_grad((two - point) ** 2, [two], [point])

    def wrapper(*arguments: Any, **options: Any) -> Any:
        return valley(one)(*arguments, **options)

    @wraps(f)  # with its source and labels
    def at_three(*numbers: float) -> Any:
        return f(*numbers, 3.0)

    for by_graph, by_function in zip(sgd(wrapper, [one]), sgd(at_three, [two]), strict=True):
        assert by_graph == by_function
        assert two.grad == by_function.gradients["x"]
