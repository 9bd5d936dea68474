"""What other libraries answer at kinks, in tails and for a Value: python -m pip install ".[peers]"."""

import math
from contextlib import nullcontext
from typing import Any

import pytest

from micrograd_sq import Value

ONE = 1 / (1 + math.exp(-25.0))
KINKS: list[tuple[Any, ...]] = [  # x, then the code with NumPy and a Value, in PyTorch and in JAX, then the derivatives
    (0.0, "x.relu()", "x.relu()", "m.nn.relu(x)", 0.0, 0.0, 0.0),
    (0.0, "m.maximum(0.0, x)", "m.maximum(0.0 * x, x)", "m.numpy.maximum(0.0, x)", 0.0, 0.5, 0.5),
    (0.0, "m.maximum(x, 0.0)", "x.clamp(min=0.0)", "m.numpy.clip(x, 0.0, None)", 0.0, 1.0, 0.5),
    (0.0, "abs(x)", "abs(x)", "abs(x)", 0.0, 0.0, 1.0),
    (0.0, "x**0.0", "x**0.0", "x**0.0", 0.0, 0.0, math.nan),
    (0.0, "x.sqrt()", "x.sqrt()", "m.numpy.sqrt(x)", math.inf, math.inf, math.inf),
    (25.0, "x.softplus()", "m.nn.functional.softplus(x)", "m.nn.softplus(x)", ONE, 1.0, ONE),
    (40.0, "x.sigmoid()", "x.sigmoid()", "m.nn.sigmoid(x)", math.exp(-40.0), 0.0, 0.0),
    (-20.0, "x.tanh()", "x.tanh()", "m.numpy.tanh(x)", 4.0 * math.exp(-40.0), 0.0, 0.0),
]
ROWS = [  # a library, code, and the type of its result: None where a TypeError says what to write
    ("torch", "v * m.tensor(3.0)", Value), ("torch", "m.tensor(3.0) * v", Value),
    ("torch", "v * m.ones((), requires_grad=True)", None), ("torch", "m.ones((), requires_grad=True) - v", None),
    ("sympy", "v + m.Symbol('s')", None), ("sympy", "m.Symbol('s') + v", None), ("sympy", "m.pi * v", Value),
    ("pandas", "m.Series([v]).sum()", Value), ("pandas", "m.Series([v]).mean()", float), ("polars", "m.Series([v])[0]", float),
]  # fmt: skip


@pytest.mark.parametrize(("place", "name", "least"), [(0, "numpy", "1"), (1, "torch", "2"), (2, "jax", "0.10.2")])
def test_derivatives_at_kinks_and_in_tails(place: int, name: str, least: str) -> None:
    m = pytest.importorskip(name, least)
    for at, *rest in KINKS:
        f = eval(f"lambda x: {rest[place]}", {"m": m})
        if name == "jax":
            m.config.update("jax_enable_x64", True)
            found = m.grad(f)(at)
        else:
            x = Value(at) if place == 0 else m.tensor(at, dtype=m.float64, requires_grad=True)
            f(x).backward()
            found = x.grad
        assert float(found) == pytest.approx(rest[3 + place], rel=1e-13, abs=0.0, nan_ok=True), (rest[place], at)


@pytest.mark.parametrize(("name", "code", "kind"), ROWS)
def test_what_becomes_of_a_value_in_another_library(name: str, code: str, kind: Any) -> None:
    m = pytest.importorskip(name)
    with nullcontext() if kind else pytest.raises(TypeError, match=r"drops the graph of .*: write float\(v\)"):
        assert isinstance(eval(code, {"m": m, "v": Value(2.0)}), kind)
