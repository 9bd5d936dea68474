"""Straight-line code: it says the same as the engine, on every backend."""

import copy
import gc
import importlib
import inspect
import keyword
import math
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from micrograd_sq import (
    MLP,
    Operation,
    Value,
    functions,
    sgd,
    ssr,
    statquest,
    straightline,
    topological_order,
)
from micrograd_sq.straightline import backends, tracer, tracing, value_and_grad, writing
from micrograd_sq.straightline.backends import _COMMON, BACKENDS
from tests.evaluation import eager, evaluate, flat, in_node
from tests.operations import OPERATIONS, Instruction, run
from tests.test_gradients import AWKWARD, numbers, programs

needs_node = pytest.mark.skipif(
    shutil.which("node") is None and "CI" not in os.environ, reason="Node.js is not installed"
)


@pytest.fixture
def jax() -> Any:
    module = importlib.import_module("jax")
    module.config.update("jax_enable_x64", True)
    return module


def lesson() -> tuple[Value, list[Value], list[float]]:
    net = statquest.network()
    parameters = net.parameters()
    return statquest.loss(net), parameters, [parameter.data for parameter in parameters]


def agree(one: list[float], other: list[float], tolerance: float = 1e-12) -> bool:
    """Whether two results are the same, as far as their sums were rounded in another order."""
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
        for a, b in zip(one, other, strict=True)
    )


# Close by, cancellation can make two right results differ by more than rounding alone would: the
# gradients are compared on the scale of the largest number on the way.
def scaled(root: Value, results: list[float]) -> list[float]:
    order = topological_order(root)
    largest = max(1.0, *(abs(value.grad) * max(1.0, *map(abs, value.local_derivatives))
                         for value in order if value.operands), *(abs(v.data) for v in order))  # fmt: skip
    return [result / largest for result in results]


@pytest.mark.parametrize("backend", ["python", "numpy", "value"])
@settings(max_examples=250, deadline=None)
@given(program=programs, leaves=st.lists(numbers, min_size=1, max_size=5), asked=st.integers(1, 5))
@example(program=[("softplus", 0, 0)], leaves=[700.0], asked=1)
@example(program=[("sigmoid", 0, 0)], leaves=[-700.0], asked=1)
@example(program=[("*", 0, 0), ("*", 1, 1)], leaves=[-3.0], asked=1)
def test_random_graphs_say_the_same_as_the_engine(
    backend: Any, program: list[Instruction], leaves: list[float], asked: int
) -> None:
    values = [Value(number) for number in leaves]
    root = run(program, values, "values")[-1]
    parameters, inputs = values[:asked], values[asked : asked + 1]
    expected = eager(root, parameters)
    f = value_and_grad(root, parameters, inputs, backend)
    found = flat(f(*(value.data for value in parameters + inputs)))
    assert agree(scaled(root, found), scaled(root, expected)), f.source


def some_programs(count: int) -> list[tuple[list[Instruction], list[float]]]:
    draw = random.Random(4)
    return [
        (
            [(draw.choice(sorted(OPERATIONS)), draw.randrange(30), draw.randrange(30))
             for _ in range(draw.randrange(1, 20))],
            [draw.choice([*AWKWARD, draw.uniform(-5, 5)]) for _ in range(draw.randrange(1, 5))],
        )
        for _ in range(count)
    ]  # fmt: skip


def test_random_graphs_say_the_same_in_jax(jax: Any) -> None:
    for program, leaves in some_programs(25):
        values = [Value(number) for number in leaves]
        root = run(program, values, "values")[-1]
        expected = eager(root, values)
        found = flat(jax.jit(value_and_grad(root, values, backend="jax"))(*leaves))
        assert agree(scaled(root, found), scaled(root, expected), 1e-11)


@needs_node
def test_random_graphs_say_the_same_in_javascript() -> None:
    calls, expected, roots = [], [], []
    for program, leaves in some_programs(300):
        values = [Value(number) for number in leaves]
        roots.append(run(program, values, "values")[-1])
        expected.append(eager(roots[-1], values))
        calls.append((value_and_grad(roots[-1], values, backend="javascript"), leaves))
    for root, found, wanted in zip(roots, in_node(calls), expected, strict=True):
        assert agree(scaled(root, found), scaled(root, wanted))


def test_the_lesson_with_b3_alone_is_short_enough_to_read() -> None:
    loss, parameters, _ = lesson()
    f = value_and_grad(loss, [parameters[-1]])
    assert flat(f(0.0)) == pytest.approx([20.423597677589214, -15.655108380577747], rel=1e-14)
    lines = f.source.splitlines()
    assert len(lines) < 30
    assert "    # observed = 1, dosage = 0.5" in lines
    assert "exp(" not in f.source  # the curves do not depend on b3


def test_all_seven_gradients_of_the_lesson() -> None:
    loss, parameters, at = lesson()
    f = value_and_grad(loss, parameters)
    assert flat(f(*at)) == pytest.approx(eager(loss, parameters), rel=1e-14)
    moved = [number + 0.3 for number in at]
    for parameter, number in zip(parameters, moved, strict=True):
        parameter.data = number
    net = MLP(1, [2, 1])
    net.load({parameter.label: parameter.data for parameter in parameters})
    again = statquest.loss(net)
    assert flat(f(*moved)) == pytest.approx(eager(again, net.parameters()), rel=1e-13)


def test_inputs_stay_open_and_have_no_gradient() -> None:
    net = statquest.network()
    dosage, observed = Value(0.0, "dosage"), Value(0.0, "observed")
    f = value_and_grad(ssr([observed], [net(dosage)]), [net["b3"]], [dosage, observed])
    for dose, seen in zip(statquest.DOSAGES, statquest.OBSERVED, strict=True):
        fresh = statquest.network()
        total = ssr([seen], [fresh(dose)])
        assert flat(f(0.0, dose, seen)) == pytest.approx(eager(total, [fresh["b3"]]), rel=1e-14)


def test_what_changes_nothing_is_not_in_the_source() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    unused = (y * y).exp()
    loss = ((x + 0) * 1 / 1) ** 1 + (x * x) * 0 + (Value(2) * 3 + 4) + (x * x) * (x * x)
    f = value_and_grad(loss, [x, y])
    lines = f.source.splitlines()
    assert unused.data > 0
    assert sum("= x * x" in line for line in lines) == 1
    assert not any(text in f.source for text in ("exp", " * 1.0", " + 0.0", "0.0 *", "/ 1.0"))
    assert "10.0" in f.source
    assert flat(f(2.0, 3.0)) == [28.0, 33.0, 0.0]


def test_a_parameter_that_the_loss_does_not_depend_on_has_gradient_zero() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    for backend in ("python", "numpy", "value"):
        assert flat(value_and_grad(x * 2, [y, x], backend=backend)(1.0, 5.0)) == [10.0, 0.0, 2.0]
        assert flat(value_and_grad(Value(7.0) * 2, [x], backend=backend)(1.0)) == [14.0, 0.0]


def test_a_value_between_may_be_a_parameter() -> None:
    x = Value(2.0, "x")
    y = x * x
    assert value_and_grad(y * 3 + x, [y, x])(5.0, 1.0) == (16.0, (3.0, 1.0))


def test_numpy_arrays_broadcast_and_each_gradient_has_the_shape_of_the_value() -> None:
    loss, parameters, at = lesson()
    f = value_and_grad(loss, parameters, backend="numpy")
    column, row = np.linspace(-3, 3, 4)[:, None], np.arange(5)
    value, gradients = f(*at[:5], column, row)
    assert {value.shape, *(gradient.shape for gradient in gradients)} == {(4, 5)}
    plain = value_and_grad(loss, parameters)
    assert flat((value[2, 3], [gradient[2, 3] for gradient in gradients])) == pytest.approx(
        flat(plain(*at[:5], float(column[2, 0]), 3.0)), rel=1e-12
    )
    _, (constant,) = value_and_grad(Value(1.0) * parameters[0], [parameters[0]], backend="numpy")(
        np.ones(3)
    )
    assert constant.shape == (3,)


def test_numpy_is_stable_for_large_inputs_and_makes_no_warnings() -> None:
    x = Value(1.0, "x")
    f = value_and_grad(x.softplus() + x.sigmoid(), [x], backend="numpy")
    value, (gradient,) = f(np.array([-1e308, -800.0, 800.0, 1e308]))
    assert value.tolist() == [0.0, 0.0, 801.0, 1e308]
    assert gradient.tolist() == [0.0, 0.0, 1.0, 1.0]
    overflowing = value_and_grad(x.exp() / (x * x), [x], backend="numpy")
    assert overflowing(np.array([1e4, 0.0]))[0].tolist() == [math.inf, math.inf]


def test_a_gradient_is_a_graph_so_one_newton_step_lands_on_the_optimum() -> None:
    loss, parameters, _ = lesson()
    b3 = Value(0.0, "b3")
    _, (slope,) = value_and_grad(loss, [parameters[-1]], backend="value")(b3)
    slope.backward()
    assert slope.data == pytest.approx(-15.655108380577747, rel=1e-14)
    assert b3.grad == 6.0
    assert 0.0 - slope.data / b3.grad == pytest.approx(2.6091847300962914, rel=1e-14)


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - {"relu"}))
def test_second_derivatives_agree_with_central_differences(name: str) -> None:
    operation, at = OPERATIONS[name], [0.6, 1.7]
    leaves = [Value(number) for number in at][: operation.arity]
    graph = operation.on_values(*leaves)
    first = value_and_grad(graph, leaves)
    for place in range(operation.arity):
        fresh = [Value(leaf.data) for leaf in leaves]
        value_and_grad(graph, leaves, backend="value")(*fresh)[1][place].backward()
        up, down = [leaf.data for leaf in leaves], [leaf.data for leaf in leaves]
        up[place] += 1e-5
        down[place] -= 1e-5
        central = (first(*up)[1][place] - first(*down)[1][place]) / 2e-5
        assert fresh[place].grad == pytest.approx(central, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("x", [1e-9, 1e-17, -1e-9, 0.3])
def test_second_derivatives_keep_their_digits_near_0(x: float) -> None:
    for function, expected in (
        (Value.tanh, -2.0 * math.tanh(x) * (1.0 - math.tanh(x) ** 2)),
        (Value.sigmoid, -math.tanh(x / 2.0) / 2.0 * (1.0 - math.tanh(x / 2.0) ** 2) / 2.0),
    ):
        leaf = Value(x)
        _, (slope,) = value_and_grad(function(leaf), [leaf], backend="value")(leaf)
        slope.backward()
        assert leaf.grad == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", ["softplus", "sigmoid", "relu", "tanh", "slope_of_sigmoid"])
def test_jax_s_own_derivatives_are_the_engine_s_at_0_too(name: str, jax: Any) -> None:
    leaf = Value(0.0, "x")
    f: Any = value_and_grad(getattr(leaf, name)(), [leaf], backend="jax")
    twice: Any = value_and_grad(getattr(leaf, name)(), [leaf], backend="value")
    for x in (-0.5, 0.0, 0.5):
        _, (slope,) = f(x)
        assert float(jax.grad(lambda x: f(x)[0])(x)) == pytest.approx(float(slope), abs=1e-6)
        at = Value(x)
        _, (again,) = twice(at)
        again.backward()
        bend = jax.grad(jax.grad(lambda x: f(x)[0]))(x)
        assert float(bend) == pytest.approx(at.grad, abs=1e-6)


@pytest.mark.parametrize(
    "loss",
    [
        lambda w: (-w).softplus() * 3 + w.softplus(),  # logistic loss of logits, which begin at 0
        lambda w: (0 - 2 * w).softplus() - w.sigmoid() * (-w).softplus(),
        lambda w: (-(w * 3)).sigmoid() + (w * 3).sigmoid() ** 2,
        lambda w: (-1 * w).tanh().softplus() + w,
    ],
)
def test_jax_s_own_derivatives_of_a_negated_number_are_right_at_0(
    loss: Callable[[Value], Value], jax: Any
) -> None:
    leaf = Value(0.0, "w")
    f: Any = value_and_grad(loss(leaf), [leaf], backend="jax")
    _, (slope,) = value_and_grad(loss(leaf), [leaf], backend="value")(leaf)
    slope.backward()
    assert float(f(0.0)[1][0]) == pytest.approx(slope.data, rel=1e-12)
    assert float(jax.grad(lambda x: f(x)[0])(0.0)) == pytest.approx(slope.data, rel=1e-12)
    assert float(jax.grad(lambda x: f(x)[1][0])(0.0)) == pytest.approx(leaf.grad, rel=1e-12)


@pytest.mark.parametrize(
    ("base", "exponent"),
    [(2.0, 3.0), (2.0, 0.5), (2.0, 0.0), (2.0, -1.0), (0.3, 1.0), (0.0, 3.0), (0.0, 2.0)],
)
def test_jax_goes_back_through_the_slopes_of_a_power(
    base: float, exponent: float, jax: Any
) -> None:
    x, n = Value(base, "x"), Value(exponent, "n")
    f: Any = value_and_grad(x**n, [x, n], backend="jax")
    twice = value_and_grad(x**n, [x, n], backend="value")
    for which in (0, 1):
        x.grad = n.grad = 0.0
        twice(x, n)[1][which].backward()
        for derive in (jax.jacrev, jax.jacfwd):
            rows = derive(lambda *at, which=which: f(*at)[1][which], (0, 1))(base, exponent)
            assert [float(entry) for entry in rows] == pytest.approx([x.grad, n.grad], rel=1e-9)


def test_what_numba_keeps_of_a_function_serves_the_next_process(tmp_path: Path) -> None:
    program = """if True:
        import numba
        from micrograd_sq import Value, value_and_grad

        x = Value(3.0, "x")
        print(numba.njit(cache=True)(value_and_grad((x - 1) ** 2, [x]))(2.0))
    """
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False,
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("(1.0, (2.0,))\n", "")


@pytest.mark.parametrize("backend", ["python", "numpy", "jax"])
@pytest.mark.parametrize("name", _COMMON[1] + _COMMON[2])
def test_a_function_that_is_common_to_all_is_there(name: str, backend: Any) -> None:
    if not hasattr(math, name):
        pytest.skip(f"this Python's math has no {name}")
    n_operands = 1 + (name in _COMMON[2])
    value = getattr(math, name)
    operation = Operation(name, value, *[lambda *_: 0.0] * n_operands)
    at = [1.5 if name == "acosh" else 0.5] * n_operands
    leaves = [Value(number, f"x{place}") for place, number in enumerate(at)]
    computed, _ = value_and_grad(operation(*leaves), leaves, backend=backend)(*at)
    assert float(computed) == pytest.approx(value(*at), rel=1e-6)


def test_the_python_function_works_in_numba_as_it_is() -> None:
    loss, parameters, at = lesson()
    f = value_and_grad(loss, parameters)
    assert flat(numba.njit(f)(*at)) == pytest.approx(flat(f(*at)), rel=1e-14)


def test_jax_transforms_apply_and_keep_float64(jax: Any) -> None:
    loss, parameters, at = lesson()
    f = value_and_grad(loss, parameters, backend="jax")
    expected = flat(value_and_grad(loss, parameters)(*at))
    value, gradients = jax.jit(f)(*at)
    assert value.dtype == gradients[0].dtype == "float64"
    assert flat((value, gradients)) == pytest.approx(expected, rel=1e-14)
    many = [np.array([number, number + 0.1]) for number in at]
    values, gradients = jax.jit(jax.vmap(f))(*many)
    assert flat((values[0], [gradient[0] for gradient in gradients])) == pytest.approx(expected)
    unused = value_and_grad(parameters[0] * 2, parameters[:2], backend="jax")
    assert [g.tolist() for g in jax.vmap(unused)(*many[:2])[1]] == [[2.0, 2.0], [0.0, 0.0]]


def test_jax_shards_the_work_over_eight_devices() -> None:
    program = """
import jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from micrograd_sq import statquest, value_and_grad
jax.config.update("jax_enable_x64", True)
net = statquest.network()
f = jax.jit(value_and_grad(statquest.loss(net), [net["b3"]], backend="jax"))
split = NamedSharding(Mesh(jax.devices(), "starts"), PartitionSpec("starts"))
values, (slopes,) = f(jax.device_put(np.linspace(0.0, 7.0, 8), split))
print(len(slopes.sharding.device_set), [round(float(slope), 1) for slope in slopes])
"""
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.stdout == "8 [-15.7, -9.7, -3.7, 2.3, 8.3, 14.3, 20.3, 26.3]\n", done.stderr


def test_sgd_takes_the_same_steps_with_a_function() -> None:
    net, other = statquest.network(), statquest.network()
    f = value_and_grad(statquest.loss(other), [other["b3"]])
    by_graph = list(sgd(lambda: statquest.loss(net), [net["b3"]]))
    by_function = list(sgd(f, [other["b3"]]))
    assert len(by_graph) == len(by_function)
    for one, two in zip(by_graph, by_function, strict=True):
        assert (one.index, list(one.values)) == (two.index, list(two.values))
        assert two.loss == pytest.approx(one.loss, rel=1e-10)
        assert two.new_values["b3"] == pytest.approx(one.new_values["b3"], rel=1e-13)
    assert other["b3"].grad == pytest.approx(by_function[-1].gradients["b3"])


def test_sgd_says_where_a_function_leaves_the_finite_numbers() -> None:
    x = Value(1.0, "x")
    with pytest.raises(FloatingPointError, match=r"at step 1 .*smaller than 10"):
        list(sgd(value_and_grad((x * x).exp(), [x]), [x], learning_rate=10))


def test_minibatches_may_be_drawn_around_a_function() -> None:
    draw, data = random.Random(2), [(k / 20, 3 * k / 20 - 1) for k in range(20)]
    net = MLP(1, [1], seed=1)
    point, seen = Value(0.0, "point"), Value(0.0, "seen")
    f = value_and_grad(ssr([seen], [net(point)]), net.parameters(), [point, seen])

    @wraps(f)  # with its source, by which a function of numbers is known
    def of_one_point(*numbers: float) -> Any:
        return f(*numbers, *draw.choice(data))

    *_, last = sgd(of_one_point, net.parameters(), tolerance=1e-9)
    assert last.new_values == pytest.approx({"w1": 3.0, "b1": -1.0}, abs=1e-3)


@pytest.mark.parametrize("backend", ["python", "numpy", "value", "javascript"])
def test_a_function_can_be_pickled_and_copied(backend: Any) -> None:
    loss, parameters, _ = lesson()
    f = value_and_grad(loss, parameters[-1:], backend=backend)
    for twin in (pickle.loads(pickle.dumps(f)), copy.copy(f), copy.deepcopy(f)):
        assert twin.source == f.source
        assert backend == "javascript" or flat(twin(1.0)) == flat(f(1.0))


def test_a_pickle_opens_in_another_process() -> None:
    loss, parameters, _ = lesson()
    pickled = pickle.dumps(value_and_grad(loss, parameters[-1:]))
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer)(0.0))"
    done = subprocess.run(
        [sys.executable, "-c", program], input=pickled, capture_output=True, check=False
    )
    assert done.stdout.decode().startswith("(20.4235976775892"), done.stderr


HOSTILE = [
    "", " ", "1", "2x", "x", "x", "f", "exp", "nan", "Math", "arguments", "__debug__", "print(1)", "a\nimport os",
    "'); import os #", '"', "\\", "{0}", "{x}", "*/ alert(1)", "</script>", "\u2028x = 1", "é", "数", "😀", "a b", "d_x",
    "t", "v", "p", "_", "x_2", *keyword.kwlist, "let", "var", "function", "typeof", "enum", "yield", "await", "null",
]  # fmt: skip


def hostile() -> tuple[Value, list[Value], list[float], list[float]]:
    """1 + the sum of squares with every hostile label: its parameters, numbers for them, the result."""
    parameters = [Value(0.5, label) for label in HOSTILE]
    total = Value(0.25, HOSTILE[13]) * Value(4, HOSTILE[13])
    for parameter in parameters:
        total = total + parameter * parameter
        total.label = parameter.label
    at = [float(number) for number in range(len(parameters))]
    return total, parameters, at, [1 + sum(x * x for x in at), *(2 * x for x in at)]


def test_a_label_can_never_become_code() -> None:
    total, parameters, at, expected = hostile()
    for backend in ("python", "numpy", "value"):
        assert flat(value_and_grad(total, parameters, backend=backend)(*at)) == expected
    source = value_and_grad(total, parameters).source
    assert "import" not in [word for line in source.splitlines() for word in line.split()[:1]]
    assert source.isascii()


@needs_node
def test_a_label_can_never_become_javascript() -> None:
    total, parameters, at, expected = hostile()
    script = value_and_grad(total, parameters, backend="javascript")
    assert script.isascii()
    assert in_node([(f'"use strict";\n{script}', at)]) == [expected]


WORDS = sorted(
    {"f", "d_x", "t", "v", "pow", "abs", "inf", "nan", "true", "Math", *dir(functions)}
    | {word for backend in BACKENDS.values() for spelling in backend.templates.values()
       for word in re.findall(r"[a-zA-Z]\w*", spelling)}
)  # fmt: skip


def everything(labels: list[str]) -> tuple[Value, list[Value]]:
    """A sum of every operation on each of some parameters, all with the parameter's label."""
    parameters, total = [Value(0.5, label) for label in labels], Value(0.0)
    for parameter in parameters:
        for operation in OPERATIONS.values():
            part = operation.on_values(*[parameter * parameter, parameter][: operation.arity])
            part.label = parameter.label
            total = total + part + (part * part) ** 0.3
    return total, parameters


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_label_meets_a_name_that_the_source_uses(backend: Any, jax: Any) -> None:
    points = [[0.5 + 0.001 * place for place in range(len(WORDS))]]
    plain = everything(["x"] * len(WORDS))
    assert evaluate(*everything(WORDS), points, backend) == evaluate(*plain, points, backend)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("number", [1, True, np.float64(1), np.int64(1), np.array(1.0)])
def test_a_constant_of_any_kind_is_its_number(number: Any, backend: Any, jax: Any) -> None:
    observed, x = Value(0.0), Value(0.0, "x")
    observed.data = number
    assert evaluate(ssr([observed], [x]), [x], [[0.25]], backend) == [[0.5625, -1.5]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_was_recorded_at_one_point_does_not_reach_another(backend: Any, jax: Any) -> None:
    x = Value(math.inf, "x")
    root = (0 * x).exp() + x
    assert math.isnan(root.data)
    assert evaluate(root, [x], [[1.0]], backend) == [[2.0, 1.0]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_constants_have_the_numbers_that_they_have_now(backend: Any, jax: Any) -> None:
    x, c = Value(3.0, "x"), Value(2.0, "c")
    root = c * c * x + c * x
    c.data = 5.0
    assert evaluate(root, [x], [[3.0]], backend) == [[90.0, 30.0]]
    quotient = x / c
    c.data = 0.0
    with pytest.raises(ZeroDivisionError, match="c = 0"):
        value_and_grad(quotient, [x], backend=backend)


def test_other_tools_see_a_function_of_its_own_arguments() -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    for backend in ("python", "numpy", "jax", "value"):
        f: Any = value_and_grad(x * y, [x], [y], backend=backend)
        assert (f.__name__, list(inspect.signature(f).parameters)) == ("f", ["x", "y"])


def test_a_wrong_number_of_arguments_and_the_repr_are_short() -> None:
    x = Value(1.0, "x")
    total = x
    for _ in range(2000):
        total = total + x * x
    for backend in ("python", "numpy", "value"):
        f = value_and_grad(total, [x], backend=backend)
        with pytest.raises(
            TypeError, match=r"^f\(\) takes 1 positional argument but 3 were given$"
        ):
            f(1.0, 2.0, 3.0)
        assert re.fullmatch(rf"<straight line f\(x\), \d+ lines, backend '{backend}'>", repr(f))
    many = [Value(1.0, f"parameter{place}") for place in range(500)]
    assert len(repr(value_and_grad(sum(many, Value(0.0)), many))) < 150


def test_no_attribute_of_a_module_runs_code() -> None:
    for module in (straightline, backends, tracer, tracing, writing):
        assert "__getattr__" not in vars(module)


def test_a_graph_too_large_is_refused_with_its_size_and_the_limit() -> None:
    x = v = Value(1.0, "x")
    for _ in range(straightline.LIMIT):
        v = v + x
    with pytest.raises(
        ValueError, match=f"{straightline.LIMIT + 1:,} nodes.*{straightline.LIMIT:,}"
    ):
        value_and_grad(v, [x])


def test_a_long_sum_compiles() -> None:
    x = v = Value(1.0, "x")
    for _ in range(5000):
        v = v + x * x
    assert value_and_grad(v, [x])(2.0) == (20002.0, (20001.0,))


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((3.0, []), TypeError, r"not 3\.0"),
        ((Value(1.0), [2.0]), TypeError, r"not 2\.0"),
        ((Value(1.0), [], [None]), TypeError, "not None"),
        ((Value(1.0), [[Value(1.0)] * 5000]), TypeError, r"^.{0,300}$"),
        ((Value(1.0), [], [], "x" * 5000), ValueError, r"^.{0,300}$"),
        (
            (Value(1.0), [], [], "torch"),
            ValueError,
            "'torch' is not one of python, numpy, jax, value, javascript",
        ),
    ],
)
def test_a_wrong_argument_is_told(arguments: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        value_and_grad(*arguments)


def test_a_value_given_twice_is_told() -> None:
    x = Value(1.0, "x")
    with pytest.raises(ValueError, match=r"'x'.* more than once"):
        value_and_grad(x * 2, [x], [x])


def test_a_missing_library_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    x = Value(3.0, "only here")
    with pytest.raises(ImportError, match=r"micrograd-sq\[jax\]"):
        value_and_grad(x * 17, [x], backend="jax")


@pytest.mark.parametrize("backend", ["python", "numpy", "value"])
def test_every_choice_of_the_lessons_parameters_compiles(backend: Any) -> None:
    loss, parameters, at = lesson()
    expected = eager(loss, parameters)
    for choice in range(1, 2 ** len(parameters)):
        chosen = [k for k in range(len(parameters)) if choice >> k & 1]
        f = value_and_grad(loss, [parameters[k] for k in chosen], backend=backend)
        found = flat(f(*(at[k] for k in chosen)))
        assert found == pytest.approx([expected[0], *(expected[1 + k] for k in chosen)], rel=1e-12)


@pytest.mark.parametrize("backend", ["python", "numpy", "value"])
def test_what_is_multiplied_by_zero_is_a_constant(backend: Any) -> None:
    for make in (Value.softplus, Value.sigmoid, Value.relu, Value.tanh):
        x, y = Value(3.0, "x"), Value(2.0, "y")
        f = value_and_grad(make(0 * x) + y * x, [x, y], backend=backend)
        assert flat(f(3.0, 2.0)) == eager(make(0 * x) + y * x, [x, y])


@pytest.mark.parametrize("backend", ["python", "numpy", "value"])
@pytest.mark.parametrize(
    ("power", "at"),
    [
        (lambda x, n: x**0.5, 0.0),
        (lambda x, n: x**x, 0.0),
        (lambda x, n: x**n, 0.0),
        (lambda x, n: x**1, 0.0),
        (lambda x, n: x**2, 0.0),
        (lambda x, n: x**3, -2.0),
        (lambda x, n: x**-2, -2.0),
        (lambda x, n: 1e200 * (1e200 * x), 1e-300),
        (lambda x, n: 1e-200 * (1e-200 * x), 1e300),
    ],
)
def test_powers_and_factors_at_the_edge_are_the_engines(
    power: Any, at: float, backend: Any
) -> None:
    x, n = Value(at, "x"), Value(2.0, "n")
    root = power(x, n) + 0 * n
    f = value_and_grad(root, [x, n], backend=backend)
    assert flat(f(at, 2.0)) == pytest.approx(eager(root, [x, n]), rel=1e-14)


def test_numpy_results_do_not_change_with_the_arguments() -> None:
    x, y = Value(1.0, "x"), Value(5.0, "y")
    f = value_and_grad(x * y, [x, y], backend="numpy")
    a, b = np.ones(2), np.full(2, 5.0)
    _, (d_a, d_b) = f(a, b)
    a -= 0.5 * d_a
    b -= 0.5 * d_b
    assert (a.tolist(), b.tolist()) == ([-1.5, -1.5], [4.5, 4.5])
    d_a *= 2.0


def test_jax_takes_whole_numbers_as_real_ones(jax: Any) -> None:
    x = Value(1.0, "x")
    f = jax.jit(value_and_grad(x * x, [x], backend="jax"))
    assert f(np.arange(99_999, 100_001))[0].tolist() == [99_999.0**2, 100_000.0**2]


def test_functions_that_nobody_holds_are_freed() -> None:
    x = Value(3.0, "nobody")
    f = weakref.ref(value_and_grad(x * x * x, [x]))
    gc.collect()
    assert f() is None
