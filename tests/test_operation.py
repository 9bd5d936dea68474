"""Operations of the user's own: eagerly, as straight-line code, and what is told where one goes wrong."""

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

from micrograd_sq import MLP, Operation, Value, functions, sgd, value_and_grad
from tests.evaluation import eager, evaluate

sine: Operation = Operation("sine", math.sin, lambda x: cosine(x))
cosine: Operation = Operation("cosine", math.cos, lambda x: -sine(x))
cube = Operation("cube", lambda x: x * x * x, lambda x: 3 * x**2)


def test_it_is_differentiated_as_the_engines_own_are() -> None:
    x = Value(0.7, "x")
    (sine(x * x) + cube(x)).backward()
    assert x.grad == pytest.approx(2 * 0.7 * math.cos(0.49) + 3 * 0.49, rel=1e-15)
    assert str(sine(x).operation) == "sine"


def test_of_plain_numbers_it_is_a_number() -> None:
    assert (sine(2), cube(2.0)) == (math.sin(2), 8.0)


def test_straight_line_code_calls_what_math_has_and_writes_out_the_rest() -> None:
    x = Value(2.0, "x")
    assert "v = sin(x)\n" in value_and_grad(sine(x), [x]).source
    assert "cube" not in value_and_grad(cube(x), [x]).source
    assert "v = cube(x)\n" in value_and_grad(cube(x), [x], backend="value").source


def test_operations_with_the_same_name_are_not_mistaken_for_each_other() -> None:
    one = Operation("own", lambda x: 2 * x, lambda x: 2.0)
    other = Operation("own", lambda x: 3 * x, lambda x: 3.0)
    named_like_the_engines = Operation("exp", lambda x: 5 * x, lambda x: 5.0)
    x = Value(1.0, "own")
    root = one(x) + other(x) + named_like_the_engines(x) + x.exp()
    expected = eager(root, [x])
    assert expected == pytest.approx([10 + math.e, 10 + math.e])
    for backend in ("python", "numpy", "value", "javascript"):
        assert evaluate(root, [x], [[1.0]], backend) == [pytest.approx(expected, rel=1e-15)]


def test_a_network_trains_through_it() -> None:
    net = MLP(1, [1], seed=1)
    steps = sgd(lambda: (sine(net(1.0)) - 0.5) ** 2, net.parameters(), 0.3, 1e-9)
    *_, last = steps
    assert last.loss < 1e-12


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (lambda x: Operation("2x", math.sin, math.cos), ValueError, "is '2x'"),
        (lambda x: Operation("if", math.sin, math.cos), ValueError, "is 'if'"),
        (lambda x: Operation("own", math.sin), ValueError, "own has 0 derivatives"),
        (lambda x: Operation("own", math.sin, x.data), TypeError, "operation own takes functions"),
        (
            lambda x: sine(x, x),
            TypeError,
            r"operation sine has 1 derivative\(s\), .* got 2 operand",
        ),
        (
            lambda x: Operation("own", lambda x: x.tanh(), math.cos)(x),
            TypeError,
            r"own gets plain numbers",
        ),
        (lambda x: sine("x"), TypeError, "one real number.*'x'"),
        (lambda x: Operation("ln", math.log, lambda x: 1 / x)(-x), ValueError, r"ln of -2\.0: "),
        (
            lambda x: Operation("own", lambda x: None, lambda x: 1.0)(x),
            TypeError,
            "the value of operation own is None",
        ),
        (
            lambda x: Operation("own", lambda x: x, lambda x: "1")(x),
            TypeError,
            "the derivative of operation own is '1'",
        ),
    ],
)
def test_a_mistake_is_told(mistake: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        mistake(Value(2.0))


@pytest.mark.parametrize("backend", ["numpy", "jax", "javascript"])
def test_a_function_that_a_backend_does_not_have_is_told_with_both_names(backend: Any) -> None:
    erf = Operation("erf", math.erf, lambda x: 2 / math.sqrt(math.pi) * functions.exp(-x * x))
    x = Value(0.5, "x")
    assert value_and_grad(erf(x), [x])(0.5)[0] == math.erf(0.5)
    with pytest.raises(ValueError, match=f"operation erf needs the function erf, .*'{backend}'"):
        value_and_grad(erf(x), [x], backend=backend)


def test_a_derivative_that_is_no_operation_cannot_be_differentiated_again() -> None:
    own = Operation("own", math.sin, functions.function(math.lgamma))
    x = Value(0.5, "x")
    assert evaluate(own(x), [x], [[0.5]], "python") == [[math.sin(0.5), math.lgamma(0.5)]]
    with pytest.raises(
        ValueError, match=r"operation own needs the function lgamma, .*a method of Value"
    ):
        value_and_grad(own(x), [x], backend="value")


@pytest.mark.parametrize(
    "rule",
    [
        lambda x: math.sin(x),
        lambda x: np.sin(x),
        lambda x: x if x > 0 else -x,
        lambda x: x if x else 1.0,
        lambda x: 5.0 if x == 0.5 else x,
        lambda x: x if x != 0.5 else 5.0,
        lambda x: 5.0 if x in (0.5, 1.0) else x,
        lambda x: abs(x),
        lambda x: x % 1.0,
        lambda x: round(x),
    ],
)
def test_a_rule_that_asks_how_large_a_number_is_is_told(rule: Any) -> None:
    own, x = Operation("own", rule, lambda x: 1.0), Value(0.5, "x")
    assert own(x).data == rule(0.5)
    with pytest.raises(
        TypeError,
        match="operation own, in its value or a derivative, does with a number what straight-line code cannot",
    ):
        value_and_grad(own(x), [x])


def test_two_numbers_that_are_not_known_cannot_be_compared() -> None:
    own = Operation("own", lambda a, b: a if a == b else 2 * a, lambda a, b: 1.0, lambda a, b: 0.0)
    x, y = Value(2.0, "x"), Value(2.0, "y")
    for rule in (own(x, y), Operation("own", lambda x: {2.0: 5.0}.get(x, 7.0), lambda x: 0.0)(x)):
        with pytest.raises(
            TypeError,
            match="operation own, in its value or a derivative, does with a number what straight-line",
        ):
            value_and_grad(rule, [x, y])


@pytest.mark.parametrize("backend", ["numpy", "jax", "javascript"])
def test_a_logarithm_to_a_base_is_not_mistaken_for_the_natural_one(backend: Any) -> None:
    log = functions.log
    own = Operation(
        "own", math.log, lambda x, b: 1 / (x * log(b)), lambda x, b: -log(x) / (b * log(b) ** 2)
    )
    x, b = Value(8.0, "x"), Value(2.0, "b")
    assert evaluate(own(x, b), [x, b], [[8.0, 2.0]], "python") == [eager(own(x, b), [x, b])]
    with pytest.raises(ValueError, match=f"needs the function log, .*'{backend}' does not have"):
        value_and_grad(own(x, b), [x, b], backend=backend)


def test_a_function_of_the_users_is_not_taken_for_one_of_the_same_name() -> None:
    def relu(x: float) -> float:
        return x if x > 0 else 0.1 * x

    with pytest.raises(ValueError, match="relu is not of Python's math"):
        functions.function(relu)


@pytest.mark.parametrize(
    "error", [ValueError(), ZeroDivisionError("text"), OverflowError(34, "large")]
)
def test_an_error_in_a_rule_keeps_its_kind(error: Exception) -> None:
    def rule(x: Any) -> Any:
        raise error

    with pytest.raises(type(error), match=r"^own of x = 1\.0: "):
        Operation("own", rule, rule)(Value(1.0, "x"))


def double(x: Any) -> Any:
    return 2 * x


def two(x: Any) -> float:
    return 2.0


def test_what_is_made_of_named_functions_can_be_pickled_and_copied() -> None:
    x = Value(1.0, "x")
    f = value_and_grad(Operation("double", double, two)(x), [x], backend="value")
    for twin in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        value, (gradient,) = twin(4.0)
        assert (value.data, gradient.data) == (8.0, 2.0)
