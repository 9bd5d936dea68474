"""Generated code: it computes what the engine computes, on every backend."""

import inspect
import keyword
import math
import random
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import cycle
from typing import Any

import jax
import numba
import numpy as np
import pytest

from micrograd_sq import Operation, Value, functions, ssr, statquest, topological_order
from micrograd_sq.straightline import value_and_grad
from micrograd_sq.straightline.backends import BACKENDS
from micrograd_sq.straightline.blocks import UFUNCS
from tests.evaluation import eager, evaluate, flat, in_node
from tests.operations import AWKWARD, OPERATIONS, Instruction, run

anything: Any = value_and_grad  # takes mistakes, too


jax.config.update("jax_enable_x64", True)


def lesson() -> tuple[Value, list[Value], list[float]]:
    net = statquest.network()
    parameters = net.parameters()
    return statquest.loss(net), parameters, [parameter.data for parameter in parameters]


def agree(root: Value, found: list[float], wanted: list[float], tolerance: float = 1e-12) -> bool:
    """Return whether results agree on the scale of the largest number of the graph: cancellation loses digits."""
    order = topological_order(root)
    largest = max(1.0, *(abs(value.grad) * max(1.0, *map(abs, value.local_derivatives))
                         for value in order if value.operands), *(abs(v.data) for v in order))  # fmt: skip
    return len(found) == len(wanted) and all(
        math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance * largest)
        for one, other in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_random_graphs_agree_with_the_engine(backend: Any) -> None:
    draw, graphs = random.Random(4), []
    calls: list[Any] = []
    draws: list[tuple[list[Instruction], list[float]]] = [
        ([("softplus", 0, 0)], [700.0]),
        ([("sigmoid", 0, 0)], [-700.0]),
        ([("*", 0, 0), ("*", 1, 1)], [-3.0]),
    ]
    for _ in range(15 if backend == "jax" else 250):
        names = draw.choices(sorted(OPERATIONS), k=draw.randrange(1, 20))
        leaves = [draw.choice([*AWKWARD, draw.uniform(-5, 5)]) for _ in range(draw.randrange(1, 6))]
        draws.append(([(name, draw.randrange(30), draw.randrange(30)) for name in names], leaves))
    for program, leaves in draws:
        values = [Value(number) for number in leaves]
        root = run(program, values)[-1]
        parameters = values[: draw.randrange(1, 6)]
        graphs.append((root, eager(root, parameters)))
        calls.append((value_and_grad(root, parameters, values[len(parameters) :], backend), leaves))
    if backend == "javascript":
        results = in_node(calls)
    elif backend == "numpy":  # arrays and scalars
        mixed = [(f, [np.full(2, x) if k % 2 == 0 else x for k, x in enumerate(at)]) for f, at in calls]
        every = [(value, *gradients) for value, gradients in (f(*at) for f, at in mixed)]
        results = [[float(each[1]) for each in arrays] for arrays in every]
    else:
        results = [flat(jax.jit(f)(*at) if backend == "jax" else f(*at)) for f, at in calls]
    for (root, wanted), found, (f, _) in zip(graphs, results, calls, strict=True):
        assert agree(root, found, wanted, 1e-12 if backend != "jax" else 1e-11), f.source


# What the code looks like, and what it is a function of.


def test_the_lesson_with_b3_alone_is_short_enough_to_read() -> None:
    loss, parameters, _ = lesson()
    f = value_and_grad(loss, [parameters[-1]])
    assert flat(f(0.0)) == pytest.approx([20.423597677589214, -15.655108380577747], rel=1e-14)
    lines = f.source.splitlines()
    assert len(lines) < 30
    assert "    # observed = 1, dosage = 0.5" in lines
    assert "exp(" not in f.source  # the curves do not depend on b3
    assert f.labels == ["b3"]


def test_what_changes_nothing_is_not_in_the_source() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    (y * y).exp()
    loss = ((x + 0) * 1 / 1) ** 1 + (x * x) * 0 + (Value(2) * 3 + 4) + (x * x) * (x * x)
    f = value_and_grad(loss, [x, y])
    assert sum("= x * x" in line for line in f.source.splitlines()) == 1
    assert not any(text in f.source for text in ("exp", " * 1.0", " + 0.0", "0.0 *", "/ 1.0"))
    assert "10.0" in f.source
    assert flat(f(2.0, 3.0)) == [28.0, 33.0, 0.0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_corners_of_what_is_traced(backend: Any) -> None:
    x, y, c, observed = Value(2.0, "x"), Value(3.0, "y"), Value(2.0, "c"), Value(0.0)
    float_32: Any = np.float32(0.25)
    square, curve = x * x, c * c * x + c * x
    observed.data, c.data = float_32, 5  # generated code converts constants to float
    cases: list[tuple[Value, list[Value], list[float], list[float]]] = [
        (x * 2, [y, x], [1.0, 5.0], [10.0, 0.0, 2.0]),  # does not depend on y
        (Value(7.0) * 2, [x], [1.0], [14.0, 0.0]),
        (square * 3 + x, [square, x], [5.0, 1.0], [16.0, 3.0, 1.0]),  # a parameter inside the graph
        (x * 0 + y * x, [x, y], [3.0, 2.0], [6.0, 2.0, 3.0]),
        ((0 * x).softplus() + y, [x, y], [3.0, 2.0], [2.0 + math.log(2), 0.0, 1.0]),
        (curve, [x], [3.0], [90.0, 30.0]),  # with the constant's present number
        (ssr([observed], [x]), [x], [1.0], [0.5625, 1.5]),
        (x, [x], [4.0], [4.0, 1.0]),
        ((0 * x).exp() + x, [x], [1.0], [2.0, 1.0]),
    ]
    for root, parameters, at, expected in cases:
        assert evaluate(root, parameters, [at], backend) == [pytest.approx(expected, rel=1e-15)]
    quotient = x / c
    c.data = 0
    with pytest.raises(ZeroDivisionError, match=r"zero|must not be 0"):
        value_and_grad(quotient, [x], backend=backend)


def test_a_long_sum_compiles() -> None:
    x = v = Value(1.0, "x")
    for _ in range(3000):
        v = v + x * x
    assert value_and_grad(v, [x])(2.0) == (12002.0, (12001.0,))


# Derivatives of derivatives, by Values and by JAX.


@pytest.mark.parametrize("x", [1e-9, 1e-17, -1e-9, 0.3])
def test_second_derivatives_keep_their_digits_near_0(x: float) -> None:
    for function, expected in (
        (Value.tanh, -2.0 * math.tanh(x) * (1.0 - math.tanh(x) ** 2)),
        (Value.sigmoid, -math.tanh(x / 2.0) / 2.0 * (1.0 - math.tanh(x / 2.0) ** 2) / 2.0),
    ):
        leaf = Value(x)
        _, (slope,) = value_and_grad(function(leaf), [leaf], backend="value")(leaf)
        assert eager(slope, [leaf])[1] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    "function",
    [
        Value.sigmoid,
        Value.relu,
        Value.tanh,
        lambda w: (-w).softplus() * 3 + w.softplus(),  # a logistic loss
        lambda w: (0 - 2 * w).softplus() - w.sigmoid() * (-w).softplus(),
        lambda w: (-(w * 3)).sigmoid() + (w * 3).sigmoid() ** 2,
        lambda w: (-1 * w).tanh().softplus() + w,
    ],
)
def test_jax_s_own_derivatives_are_the_engine_s_at_0_too(function: Callable[[Value], Value]) -> None:
    leaf = Value(0.0, "w")
    f: Any = value_and_grad(function(leaf), [leaf], backend="jax")
    twice: Any = value_and_grad(function(leaf), [leaf], backend="value")
    derive = jax.jit(lambda x: (f(x)[1][0], jax.grad(lambda x: f(x)[0])(x), jax.grad(lambda x: f(x)[1][0])(x)))
    for x in (0.0, 0.5):
        slope, curvature = eager(twice(leaf := Value(x))[1][0], [leaf])
        assert [float(each) for each in derive(x)] == pytest.approx([slope, slope, curvature], rel=1e-12)


def test_jax_differentiates_the_derivatives_of_a_power() -> None:
    x, n = Value(2.0, "x"), Value(3.0, "n")
    f: Any = value_and_grad(x**n, [x, n], backend="jax")
    twice = value_and_grad(x**n, [x, n], backend="value")
    backward, forward = (jax.jit(derive(lambda *at: f(*at)[1], (0, 1))) for derive in (jax.jacrev, jax.jacfwd))
    for at in ((2.0, 3.0), (2.0, 0.5), (2.0, 0.0), (2.0, -1.0), (0.3, 1.0), (0.0, 3.0), (0.0, 2.0)):
        x, n = map(Value, at)
        wanted = [eager(slope, [x, n])[1:] for slope in twice(x, n)[1]]
        for rows in (backward(*at), forward(*at)):
            for row, expected in zip(rows, wanted, strict=True):
                assert [float(entry) for entry in row] == pytest.approx(expected, rel=1e-9)


# The backends' libraries.


COMMON = "acos acosh asin asinh atan atanh cbrt cos cosh exp expm1 log log10 log1p log2 sin sinh sqrt tan tanh"


@pytest.mark.parametrize("backend", ["python", "numpy", "jax"])
def test_operations_may_be_made_of_the_functions_common_to_all_backends(backend: Any) -> None:
    x, y = Value(0.5, "x"), Value(1.5, "y")
    for name in [*COMMON.split(), "atan2", "hypot"]:
        if hasattr(math, name):  # cbrt is missing in an older Python
            value: Any = getattr(math, name)
            operands = [y if name == "acosh" else x, y][: 1 + (name in ("atan2", "hypot"))]
            operation = Operation(name, value, *[lambda *_: 0.0] * len(operands))
            at = [operand.data for operand in operands]
            computed, _ = anything(operation(*operands), operands, backend=backend)(*at)
            assert float(computed) == pytest.approx(value(*at), rel=1e-14)


def test_numpy_arrays_broadcast_and_each_gradient_has_the_shape_of_the_value() -> None:
    loss, parameters, at = lesson()
    f = value_and_grad(loss, parameters, backend="numpy")
    column, row = np.linspace(-3, 3, 4)[:, None], np.arange(5)
    value, gradients = f(*at[:5], column, row)
    assert {value.shape, *(gradient.shape for gradient in gradients)} == {(4, 5)}
    plain = value_and_grad(loss, parameters)(*at[:5], float(column[2, 0]), 3.0)
    found = flat((value[2, 3], [gradient[2, 3] for gradient in gradients]))
    assert found == pytest.approx(flat(plain), rel=1e-12)

    x, y = Value(1.0, "x"), Value(5.0, "y")
    assert value_and_grad(x * 1, [x], backend="numpy")(np.ones(3))[1][0].shape == (3,)
    a, b = np.ones(2), np.full(2, 5.0)
    _, (d_a, d_b) = value_and_grad(x * y, [x, y], backend="numpy")(a, b)
    a -= 0.5 * d_a  # a gradient that equals an argument does not change with it
    b -= 0.5 * d_b
    assert (a.tolist(), b.tolist()) == ([-1.5, -1.5], [4.5, 4.5])
    stable = value_and_grad(x.softplus() + x.sigmoid(), [x], backend="numpy")
    value, (gradient,) = stable(np.array([-1e308, -800.0, 800.0, 1e308]))
    assert (value.tolist(), gradient.tolist()) == ([0.0, 0.0, 801.0, 1e308], [0.0, 0.0, 1.0, 1.0])
    infinite = value_and_grad(x.exp() / (x * x), [x], backend="numpy")  # without a warning
    assert infinite(np.array([1e4, 0.0]))[0].tolist() == [math.inf, math.inf]


def test_numba_compiles_the_python_function_as_it_is() -> None:
    loss, parameters, at = lesson()
    f = value_and_grad(loss, parameters)
    assert flat(numba.njit(f)(*at)) == pytest.approx(flat(f(*at)), rel=1e-14)
    x = Value(1.0, "x")
    root = value_and_grad(x**0.5, [x])
    assert numba.njit(root)(0.0) == root(0.0) == (0.0, (math.inf,))


def test_jax_transforms_apply_and_keep_float64() -> None:
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
    x = Value(1.0, "x")  # integers are real numbers
    square = jax.jit(value_and_grad(x * x, [x], backend="jax"))
    assert square(np.arange(99_999, 100_001))[0].tolist() == [99_999.0**2, 100_000.0**2]


# Labels.

HOSTILE = [
    "", " ", "1", "2x", "x", "x", "f", "exp", "nan", "Math", "arguments", "__debug__", "print(1)", "a\nimport os",
    "'); import os #", '"', "\\", "{0}", "{x}", "*/ alert(1)", "</script>", "\u2028x = 1", "é", "数", "😀", "a b", "d_x",
    "t", "v", "p", "_", "x_2", *keyword.kwlist, "let", "var", "function", "typeof", "enum", "yield", "await", "null",
]  # fmt: skip
TEMPLATES = " ".join(template for backend in BACKENDS.values() for template in backend.templates.values())
WORDS = {*"d_x t v pow abs inf true MISSING slowly copyto".split(), *UFUNCS.values(), *dir(functions)}
WORDS.update(re.findall(r"[a-zA-Z]\w*", TEMPLATES))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_label_never_becomes_code_or_meets_a_name_of_the_code(backend: Any) -> None:
    def everything(labels: list[str]) -> tuple[Value, list[Value]]:
        """Return a sum with every label and every operation, and its parameters."""
        total = Value(0.25, "a\nimport os") * Value(4, "a\nimport os")
        parameters = [Value(0.5, label) for label in labels]
        for parameter, operation in zip(parameters, cycle(OPERATIONS.values())):
            part = operation.on_values(*[parameter * parameter, parameter][: operation.arity])
            part.label = parameter.label
            total = total + part + parameter**0.3
        return total, parameters

    labels = [*HOSTILE, *sorted(WORDS)]
    at = [0.5 + 0.001 * place for place in range(len(labels))]
    graph, plain = everything(labels), everything(["x"] * len(labels))
    assert evaluate(*graph, [at], backend) == evaluate(*plain, [at], backend)
    f: Any = value_and_grad(*graph, backend=backend)
    source = f if backend == "javascript" else f.source
    assert "import" not in [word for line in source.splitlines() for word in line.split()[:1]]
    assert source.isascii()
    if backend == "python":
        assert f(*[1] * len(labels)) == f(*[1.0] * len(labels))
    if backend == "numpy":  # computed block by block
        value, gradients = f(*(np.full(2, number) for number in at))
        assert [value[0], *(each[0] for each in gradients)] == pytest.approx([f(*at)[0], *f(*at)[1]], rel=1e-12)


# Arguments.


@pytest.mark.parametrize(
    "number", [np.uint8(20), np.int8(100), np.int64(5 * 10**9), np.float32(1e25), Decimal("1.5"), 7, True]
)
def test_generated_code_computes_with_floats_whatever_it_is_given(number: Any) -> None:
    w, pixel = Value(1.0, "w"), Value(1.0, "pixel")
    for loss in (0.5 * (pixel * pixel) * w, (pixel * pixel).log() * w):
        f: Any = value_and_grad(loss, [w], [pixel])
        assert f(1, number) == f(1.0, float(number))
        assert type(f(1, number)[0]) is float


ma: Any = np.ma  # older NumPys have no types for it


@pytest.mark.parametrize("backend", ["python", "numpy", "jax", "value"])
def test_an_argument_that_is_not_a_number_is_refused_by_name(backend: Any) -> None:
    x, y = Value(1.0, "x"), Value(1.0, "y")
    f: Any = value_and_grad(x * y + x, [x, y], backend=backend)
    arguments = ["3", None, 1j, b"3", ma.masked]
    if backend != "value":
        arguments.append(x)
    if backend == "numpy":
        arguments += [np.array(["1"]), [1.0, None], [[1.0], [1.0, 2.0]]]
        arguments.append(ma.array([1.0, 2.0], mask=[False, True]))
    for wrong in arguments:
        with pytest.raises(TypeError, match="one real number" if backend == "value" else "^y must be "):
            f(1.0, wrong)
    if backend == "python":
        with pytest.raises(OverflowError, match="too large for a float"):
            f(1.0, 10**400)
    with pytest.raises(TypeError, match=r"^f\(\) takes .*2 positional arguments but 3 were given$"):
        f(1.0, 2.0, 3.0)
    assert (f.__name__, list(inspect.signature(f).parameters)) == ("f", ["x", "y"])


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_one_array_of_all_parameters_goes_before_the_inputs(backend: Any) -> None:
    x, y, c = Value(1.0, "x"), Value(2.0, "y"), Value(3.0, "c")
    for inputs, at in (([], []), ([c], [10.0])):  # the first as SciPy calls it
        f: Any = value_and_grad((1 - x) ** 2 + c * (y - x) ** 2, [x, y], inputs, backend=backend)
        value, gradients = f(np.array([2.0, 5.0]), *at)
        assert (value, gradients.tolist()) == (f(2.0, 5.0, *at)[0], [*f(2.0, 5.0, *at)[1]])
    with pytest.raises(TypeError, match=r"missing 2 required positional arguments|x must be a float"):
        f(np.ones(3))


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((3.0, []), TypeError, r"^3\.0 is not a Value, but loss and each parameter"),
        ((Value(1.0), [2.0]), TypeError, r"^2\.0 is not a Value, but .* each parameter and"),
        ((Value(1.0), [], [None]), TypeError, "^None is not a Value, but .* and input must be one: pass v, not"),
        ((Value(1.0), [[Value(1.0)] * 5000]), TypeError, r"^.{0,300}$"),
        ((Value(1.0), [], [], "x" * 5000), ValueError, r"^.{0,300}$"),
        ((Value(1.0), [], [], "torch"), ValueError, "'torch' is not one of python, numpy, jax, value, javascript"),
        ((Value(1.0), [], [], ["numpy"]), ValueError, "is not one of python"),
        ((Value(1.0), [x := Value(1.0, "x")], [x]), ValueError, "'x'.* more than once"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_refused(arguments: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        value_and_grad(*arguments)
