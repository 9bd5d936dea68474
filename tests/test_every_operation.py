"""Every operation through every backend: recorded at one point, and right at all others; so is its gradient."""

import importlib
import math
import os
import shutil
from collections.abc import Callable, Sequence

import pytest

from micrograd_sq import Operation, Value, functions, value_and_grad
from micrograd_sq.expression import FUNCTIONS
from micrograd_sq.straightline import derivatives
from tests.evaluation import BACKENDS, eager, evaluate_all
from tests.operations import METHODS, OPERATIONS

Point = tuple[float, ...]
Graph = tuple[Value, Sequence[Value]]  # a result, and the leaves to differentiate it by

ONE: list[Point] = [(-30.0,), (-1.5,), (-1.0,), (-1e-9,), (0.0,), (0.3,), (2.0,), (25.0,)]
TWO: list[Point] = [
    (2.0, 3.0), (0.5, -1.5), (-1.5, 2.0), (0.0, 2.0), (0.0, 0.5), (1e-160, -1.0), (3.0, 0.0), (3.0, 1e-20),
]  # fmt: skip
EXPONENTS = [0.0, 1.0, 2.0, 3.0, -1.0, -2.5, 0.5, 1.5, 1e-20, 2.0**54]

# As a user makes them: of a function of math, with one operand and with two, and of other functions.
sine: Operation = Operation("sine", math.sin, lambda x: cosine(x))
cosine: Operation = Operation("cosine", math.cos, lambda x: -sine(x))
length: Operation = Operation(
    "length", math.hypot, lambda a, b: a / length(a, b), lambda a, b: b / length(a, b)
)
swish = Operation(
    "swish",
    lambda x: x * functions.sigmoid(x),
    lambda x: functions.sigmoid(x) * (1 + x * functions.sigmoid(-x)),
)

CASES: dict[str, tuple[Callable[..., Value], list[Point]]] = {
    "sine": (sine, ONE),
    "length": (length, TWO),
    "swish": (swish, ONE),
    "relu ** 0.5": (lambda x: x.relu() ** 0.5, ONE),
    "relu times x": (lambda x: x.relu() * x, ONE),
    "root of a square": (lambda x: (x**2) ** 0.5, ONE),
    "distance": (lambda a, b: ((a - 2) ** 2 + (b - 3) ** 2).sqrt(), TWO),
    "exp of 0 times": (lambda x: (0 * x).exp() + x, [*ONE, (math.inf,)]),
}
for name, operation in OPERATIONS.items():
    CASES[name] = (operation.on_values, ONE if operation.arity == 1 else TWO)
# An open exponent's third derivative is an error where the power below it is too large for a float.
CASES["slope_of_power"] = (
    derivatives.slope_of_power,
    [p for p in TWO if p not in ((0, 0.5), (1e-160, -1))],
)
for exponent in EXPONENTS:
    CASES[f"** {exponent:g}"] = (
        lambda x, n=exponent: x**n,
        [*ONE, (1e-160,), (-1e-160,), (5e-324,)],
    )


def leaves(point: Point) -> list[Value]:
    return [Value(number, label) for number, label in zip(point, "xn", strict=False)]


def graph(name: str, point: Point, derivative: int | None) -> Graph | None:
    """An operation at a point, or its derivative in one operand; None where it has no value there."""
    make, operands = CASES[name][0], leaves(point)
    try:
        result = make(*operands)
        if derivative is not None:
            f = value_and_grad(result, operands, backend="value")
            operands = leaves(point)
            result = f(*operands)[1][derivative]
    except (ValueError, ArithmeticError):
        return None
    return result, operands


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-12) or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "backend",  # Node.js is a process
    [pytest.param(name, marks=[pytest.mark.slow] * (name == "javascript")) for name in BACKENDS],
)
def test_an_operation_recorded_anywhere_is_the_engines_everywhere(name: str, backend: str) -> None:
    if backend == "javascript" and shutil.which("node") is None and "CI" not in os.environ:
        pytest.skip("Node.js is not installed")
    if backend == "jax":
        importlib.import_module("jax").config.update("jax_enable_x64", True)
    points = CASES[name][1]
    compared = 0
    for derivative in (None, *range(len(points[0]))):
        graphs = {point: graph(name, point, derivative) for point in points}
        expected = {
            point: eager(*made)
            for point, made in graphs.items()
            if made
            and math.isfinite(sum(point))
            # JAX takes numbers too small to have all their digits for 0.
            and not (backend == "jax" and 5e-324 in point)
        }
        there = {recorded: made for recorded, made in graphs.items() if made}
        try:
            every = evaluate_all(list(there.values()), list(expected), backend)
        except ValueError as error:
            pytest.fail(
                f"{error}. If {name} is an operation of the engine, a function that it uses is a method of "
                "Value, too (in engine.py), and one that is not Python's, NumPy's, JAX's and JavaScript's "
                "alike is spelled for each of them in straightline/backends.py"
            )
        for recorded, results in zip(there, every, strict=True):
            for (at, wanted), found in zip(expected.items(), results, strict=True):
                compared += 1
                assert len(found) == len(wanted)
                assert all(map(same, found, wanted)), (
                    f"{name}{'' if derivative is None else f', derivative {derivative}'} on {backend}, "
                    f"recorded at {recorded}, at {at}: {found}, where the engine says {wanted}"
                )
    assert compared >= 12


def test_every_operation_of_the_engine_is_tried_here() -> None:
    missing = set(METHODS) - set(OPERATIONS)
    assert not missing, (
        f"for OPERATIONS in tests/operations.py, say what {', '.join(sorted(missing))} is for complex numbers: the "
        "gradient is checked by complex steps"
    )


def test_every_operation_of_one_operand_may_stand_in_a_formula() -> None:
    of_one = {name for name in METHODS if name in OPERATIONS and OPERATIONS[name].arity == 1}
    missing = of_one - set(FUNCTIONS)
    assert not missing, f"{', '.join(sorted(missing))} is missing in FUNCTIONS, in expression.py"
