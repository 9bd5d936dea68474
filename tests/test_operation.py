"""Operations of the user's own: eager, in generated code, and what is refused."""

import copy
import math
import pickle
from typing import Any

import pytest

from micrograd_sq import MLP, Operation, Value, functions, sgd, value_and_grad
from tests.evaluation import eager, evaluate, sine

cube = Operation("cube", lambda x: x * x * x, lambda x: 3 * x**2)
linear = Operation("linear", lambda a, b: a + 2 * b, lambda a, b: 1.0, lambda a, b: 2.0)


def test_an_operation_is_differentiated_as_the_engines_own() -> None:
    x, y = Value(0.7, "x"), Value(1.0, "y")
    root = sine(x * x) + cube(x) + linear(x, y)
    assert eager(root, [x, y])[1:] == pytest.approx([1.4 * math.cos(0.49) + 1.47 + 1, 2.0], rel=1e-15)
    assert (str(sine(x).operation), repr(sine)) == ("sine", "<operation sine>")
    assert linear(1, y).operands[1] is y
    net = MLP(1, [1], seed=1)
    *_, last = sgd(lambda: (sine(net(1.0)) - 0.5) ** 2, net.parameters(), 0.3, 1e-9)
    assert last.loss < 1e-12
    assert (sine(2), cube(2.0), linear(1, 2)) == (math.sin(2), 8.0, 5.0)  # plain numbers


def test_generated_code_calls_what_math_has_and_contains_the_rest() -> None:
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


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (lambda x: Operation("2x", math.sin, math.cos), ValueError, "is '2x'"),
        (lambda x: Operation("if", math.sin, math.cos), ValueError, "is 'if'"),
        (lambda x: Operation("own", math.sin), ValueError, "own has 0 derivatives"),
        (lambda x: Operation("own", math.sin, x.data), TypeError, "operation own got 2.0, but it needs functions"),
        (lambda x: sine(x, x), TypeError, r"operation sine has 1 derivative\(s\), .* it got 2"),
        (lambda x: sine("x"), TypeError, r"one real number.*'x'"),
        (lambda x: Operation("own", lambda x: x.tanh(), math.cos)(x), TypeError, "own computes with plain numbers or tracers"),
        (lambda x: Operation("own", lambda x: None, lambda x: 1.0)(x), TypeError, "the value of operation own is None"),
        (lambda x: Operation("own", lambda x: x, lambda x: "1")(x), TypeError, "the derivative of operation own is '1'"),
        (lambda x: Operation("ln", math.log, lambda x: 1 / x)(-x), ValueError, r"^ln of -2\.0: "),
        (lambda x: Operation("own", lambda x: 1 / 0, math.cos)(x), ZeroDivisionError, r"^own of x = 2\.0: "),
        (lambda x: Operation("own", lambda x: math.exp(800), math.cos)(x), OverflowError, r"^own of x = 2\.0: "),
    ],
)  # fmt: skip
def test_a_mistake_is_refused(mistake: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        mistake(Value(2.0, "x"))


@pytest.mark.parametrize("backend", ["numpy", "jax", "javascript"])
def test_a_function_that_a_backend_does_not_have_is_refused_with_both_names(backend: Any) -> None:
    erf = Operation("erf", math.erf, lambda x: 2 / math.sqrt(math.pi) * functions.exp(-x * x))
    log = functions.log
    to_base = Operation("own", math.log, lambda x, b: 1 / (x * log(b)), lambda x, b: -log(x) / (b * log(b) ** 2))
    x, b = Value(8.0, "x"), Value(2.0, "b")
    for root, name in ((erf(x), "operation erf needs the function erf"), (to_base(x, b), "function log")):
        assert evaluate(root, [x, b], [[8.0, 2.0]], "python") == [eager(root, [x, b])]
        with pytest.raises(ValueError, match=f"{name}, .*'{backend}' does not have"):
            value_and_grad(root, [x, b], backend=backend)


@pytest.mark.parametrize(
    "rule",
    [
        lambda x: math.sin(x),
        lambda x: x if x > 0 else -x,
        lambda x: x if x >= 0 else -x,
        lambda x: x if x else 1.0,
        lambda x: 5.0 if x == 0.5 else x,
        lambda x: x if x != 0.5 else 5.0,
        lambda x: 5.0 if x in (0.5, 1.0) else x,
        lambda x: float(x),
        lambda x: abs(x),
        lambda x: x % 1.0,
        lambda x: round(x),
        lambda x: max(x, 0.0),
    ],
)
def test_a_rule_that_compares_a_number_cannot_be_traced(rule: Any) -> None:
    x, y = Value(0.5, "x"), Value(0.5, "y")
    one = Operation("own", rule, lambda x: 1.0)
    derivative = Operation("own", lambda a, b: a * b, lambda a, b: rule(a) + 0 * b, lambda a, b: a)
    assert one(x).data == rule(0.5)
    refused = "operation own cannot be traced: its value or a derivative compares its argument"
    for root in (one(x), derivative(x, y)):
        with pytest.raises(TypeError, match=refused):
            value_and_grad(root, [x, y])
    two = Operation("own", lambda a, b: a if a == b else 2 * a, lambda a, b: 1.0, lambda a, b: 0.0)
    with pytest.raises(TypeError, match=refused):
        value_and_grad(two(x, y), [x, y])


def double(x: Any) -> Any:
    return 2 * x


def two(x: Any) -> float:
    return 2.0


def test_an_operation_of_named_functions_can_be_pickled_and_copied() -> None:
    for twin in (pickle.loads(pickle.dumps(operation := Operation("double", double, two))), copy.copy(operation)):
        x = Value(4.0, "x")
        assert eager(twin(x), [x]) == evaluate(twin(x), [x], [[4.0]], "value")[0] == [8.0, 2.0]
