"""Every operation: its value and derivatives, alone and in random graphs, eager and on every backend."""

import math
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest
from hypothesis import example, given, settings

from micrograd_sq import Operation, Value, functions, topological_order, value_and_grad
from micrograd_sq.expression import FUNCTIONS
from micrograd_sq.straightline import derivatives
from tests.evaluation import BACKENDS, Graph, close, eager, evaluate_all, sine
from tests.operations import AWKWARD, METHODS, OPERATIONS, Instruction, complex_step, leaves_of_graphs, programs, run

Point = tuple[float, ...]

ONE: list[Point] = [(-30.0,), (-1.5,), (-1.0,), (-1e-9,), (0.0,), (0.3,), (2.0,), (25.0,)]
TWO: list[Point] = [
    (2.0, 3.0), (0.5, -1.5), (-1.5, 2.0), (0.0, 2.0), (0.0, 0.5), (1e-160, -1.0), (3.0, 0.0), (3.0, 1e-20),
]  # fmt: skip
EXPONENTS = [0.0, 1.0, 2.0, 3.0, -1.0, -2.5, 0.5, 1.5, 1e-20, 2.0**54]

# Operations as a user makes them: of a function of math with two operands, and of other functions.
length: Operation = Operation("length", math.hypot, lambda a, b: a / length(a, b), lambda a, b: b / length(a, b))
swish = Operation(
    "swish", lambda x: x * functions.sigmoid(x), lambda x: functions.sigmoid(x) * (1 + x * functions.sigmoid(-x))
)

CASES: dict[str, tuple[Callable[..., Value], list[Point]]] = {
    name: (operation.on_values, ONE if operation.arity == 1 else TWO) for name, operation in OPERATIONS.items()
}
# A third derivative of a power with an open exponent is an error where the power below it is too large for a float.
CASES["slope_of_power"] = (derivatives.slope_of_power, [*TWO[:4], *TWO[6:]])
CASES |= {
    "sine": (sine, ONE),
    "length": (length, TWO),
    "swish": (swish, ONE),
    "relu ** 0.5": (lambda x: x.relu() ** 0.5, ONE),
    "relu times x": (lambda x: x.relu() * x, ONE),
    "root of a square": (lambda x: (x**2) ** 0.5, ONE),
    "distance": (lambda a, b: ((a - 2) ** 2 + (b - 3) ** 2).sqrt(), TWO),
    "distance ** 0.5": (lambda a, b: ((a - 2) ** 2 + (b - 3) ** 2) ** 0.5, TWO),
    "abs": (abs, ONE),
    "2 ** x": (lambda x: 2**x, ONE),
    "0 ** open": (lambda x: 0 ** (x * x + 1), ONE),
    "x ** x": (lambda x: x**x, ONE[5:]),
    "exp of 0 times x": (lambda x: (0 * x).exp() + x, [*ONE, (math.inf,)]),
    "large factors": (lambda x: 1e200 * (1e200 * x), [*ONE[4:], (1e-300,)]),
    "small factors": (lambda x: 1e-200 * (1e-200 * x), [*ONE[4:], (1e300,)]),
}
CASES |= {f"** {n:g}": (lambda x, n=n: x**n, [*ONE, (1e-160,), (-1e-160,), (5e-324,)]) for n in EXPONENTS}


def test_every_operation_of_the_engine_is_in_the_tables() -> None:
    of_one = {name for name in METHODS if name in OPERATIONS and OPERATIONS[name].arity == 1}
    assert set(METHODS) - set(OPERATIONS) == set()  # in operations.py
    assert of_one - set(FUNCTIONS) == set()  # in expression.py: the functions of formulas


@pytest.mark.parametrize("name", OPERATIONS)
def test_value_and_derivatives_agree_with_complex_numbers(name: str) -> None:
    operation = OPERATIONS[name]
    points = [(a, b)[: operation.arity] for a in AWKWARD for b in AWKWARD[: 12 ** (operation.arity - 1)]]
    allowed = [point for point in points if operation.allowed(*point)]
    assert len(allowed) >= 4
    for point in allowed:
        leaves = [Value(number) for number in point]
        value, *gradients = eager(operation.on_values(*leaves), leaves)
        expected = [operation.on_complex(*map(complex, point)).real]
        expected += complex_step([(name, 0, 1)], list(point))
        for found, wanted in zip([value, *gradients], expected, strict=True):
            assert close(found, wanted, 1e-13), (point, [value, *gradients], expected)


@pytest.mark.parametrize("name", OPERATIONS)
def test_second_derivatives_agree_with_differences_of_first(name: str) -> None:
    operation, h = OPERATIONS[name], 1e-5
    point = [0.6, 1.7][: operation.arity]

    def first(moved: int, by: float) -> list[float]:
        leaves = [Value(x + by * (k == moved)) for k, x in enumerate(point)]
        return eager(operation.on_values(*leaves), leaves)[1:]

    leaves = [Value(number) for number in point]
    _, slopes = value_and_grad(operation.on_values(*leaves), leaves, backend="value")(*leaves)
    for place, slope in enumerate(slopes):
        found = eager(slope, leaves)[1:]
        for moved in range(operation.arity):
            central = (first(moved, h)[place] - first(moved, -h)[place]) / (2 * h)
            assert found[moved] == pytest.approx(central, rel=1e-6, abs=1e-7)


def graph(name: str, point: Point, derivative: int | None) -> Graph | None:
    """Return an operation at a point, or its derivative in one operand; None where it has no value there."""
    leaves = [Value(number, label) for number, label in zip(point, "xn", strict=False)]
    try:
        result = CASES[name][0](*leaves)
        if derivative is not None:
            result = value_and_grad(result, leaves, backend="value")(*leaves)[1][derivative]
    except (ValueError, ArithmeticError):
        return None
    return result, leaves


def same(one: float, other: float, noise: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=noise) or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "backend",  # Node.js is a process
    [pytest.param(name, marks=[pytest.mark.slow] * (name == "javascript")) for name in BACKENDS],
)
def test_generated_code_agrees_with_the_engine_at_every_point(name: str, backend: str) -> None:
    points = CASES[name][1]
    compared = 0
    # The second derivative of the root of x^2 is a difference of two large numbers: 0, and what rounding leaves.
    noise = repeat(1e-6 if name == "root of a square" else 0.0)
    for derivative in (None, *range(len(points[0]))):
        graphs = {point: made for point in points if (made := graph(name, point, derivative))}
        expected = {
            at: eager(*made)
            for at, made in graphs.items()
            # JAX takes numbers too small to have all their digits for 0.
            if math.isfinite(sum(at)) and not (backend == "jax" and 5e-324 in at)
        }
        try:
            results = evaluate_all(list(graphs.values()), list(expected), backend)
        except ValueError as error:
            pytest.fail(
                f"{error}. Each function that {name} uses is a method of Value. One that Python, NumPy, JAX and "
                "JavaScript do not all have by the same name has a template in straightline/backends.py"
            )
        for traced, of_graph in zip(graphs, results, strict=True):
            for (at, wanted), found in zip(expected.items(), of_graph, strict=True):
                compared += 1
                assert len(found) == len(wanted)
                assert all(map(same, found, wanted, noise)), (
                    f"derivative {derivative}, traced at {traced}, run at {at}: {found}, not {wanted}"
                )
    assert compared >= 12


@settings(max_examples=400, deadline=None)
@given(program=programs, leaves=leaves_of_graphs)
@example([("-", 0, 1), ("slope_of_power", 1, 2), ("relu", 3, 0)], [1.0, 1.0])  # relu's corner
def test_random_graphs_agree_with_complex_steps(program: list[Instruction], leaves: list[float]) -> None:
    values: list[Any] = [Value(number) for number in leaves]
    root = run(program, values)[-1]
    root.backward()
    expected = complex_step(program, leaves)
    scale = max(1.0, *map(abs, expected))
    for value, derivative in zip(values, expected, strict=True):
        assert abs(value.grad - derivative) <= 1e-9 * scale

    order = topological_order(root)
    place = {value: number for number, value in enumerate(order)}
    assert order[-1] is root
    assert len(place) == len(order)
    for value in order:
        assert all(place[operand] < place[value] for operand in value.operands)
    assert topological_order(root, leaves=False) == [v for v in order if v.operands or v is root]

    once = {value: value.grad for value in order}
    root.backward()  # adds to the leaves; all others start from 0
    for value, gradient in once.items():
        assert close(value.grad, gradient if value.operands else 2 * gradient, 1e-14)
