"""A real browser for the tests of pages, what they ask of one, and graphs to show in it."""

import math
import os
import shutil
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Locator, Page

from micrograd_sq import MLP, Value, ssr, statquest, topological_order
from micrograd_sq.expression import value_of
from micrograd_sq.straightline.tracing import replay

CHROMIUM = shutil.which("chromium")
QUIET = "no-sandbox disable-gpu disable-background-networking disable-component-update disable-sync no-first-run"
Test = TypeVar("Test", bound=Callable[..., None])
ARGUMENTS = [f"--{argument}" for argument in QUIET.split()]


def needs_browser(test: Test) -> Test:
    """Mark a test that drives Chromium, which takes long, and is skipped where there is none."""
    found = CHROMIUM is not None or "CI" in os.environ
    skipped = pytest.mark.skipif(not found, reason="Chromium is not installed")
    marked: Test = pytest.mark.slow(skipped(test))
    return marked


Open = Callable[..., Page]  # of a file
Show = Callable[..., Page]  # of a Value

# What a label may hold that must not get out of it.
HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=\"alert('taken')\"> & 'b3' \u2028 {{ style }} é🙂"


def settle(page: Page) -> None:
    """Until what has changed is drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def agree(one: Any, other: Any) -> bool:
    """Whether two nested lists of numbers are the same, to 1e-12."""
    if isinstance(one, list):
        return len(one) == len(other) and all(map(agree, one, other))
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def four(number: float) -> str:
    """A number as a picture shows it."""
    return f"{number + 0.0:.4g}"


def box(page: Page, root: Value, value: Value) -> Locator:
    """A Value's box, in the picture that is shown."""
    place = topological_order(root).index(value)
    return page.locator(f'#graph svg:visible [data-value="{place}"]')


def to_place(page: Page, place: int) -> None:
    page.get_by_role("slider", name="Place in the two passes").fill(str(place))
    settle(page)


# ---- Graphs

RESIDUAL = "(1 - softplus(w*x + b))**2"
NUMBERS = {"w": 2.0, "x": 0.5, "b": -1.25}


def residual() -> Value:
    return value_of(RESIDUAL, NUMBERS)


def lesson() -> Value:
    return statquest.loss(statquest.network())


def shared() -> Value:
    """One inner Value with two users, so that it can send too early."""
    s = Value(1.5, "x") * Value(0.25, "y")
    return s * s.tanh()


def chain(x: Value) -> Value:
    for turn in range(300):
        x = (Value.exp, Value.log, Value.__neg__)[turn % 3](x)
    return x


def five_times(v: Value) -> Value:
    return v * v - v.tanh() / (v + 3) + 2 * v


def two_points() -> Value:
    net = MLP(2, [3, 2, 1], seed=1)
    return ssr([0.0, 1.0], [net([0.5, -1.0]), net([-0.3, 2.0])])


def product(one: str, other: str) -> Value:
    a, b = Value(0.3, one), Value(-1.25, other)
    return a * b + a.exp()


POWERS = "(x + 1)**2 + y**-1.5 + x**0.5 + 2**y + x**y + relu(x-y) + tanh(x)"
GRAPHS: dict[str, Callable[[], Value]] = {
    "one leaf": lambda: Value(2.0, "x"),
    "a chain of 300": lambda: chain(Value(0.5, "x")),
    "a diamond": lambda: value_of("(x*y + x) * (x*y - 2)", {"x": 1.5, "y": -0.7}),
    "one Value used five times": lambda: five_times(Value(1.5, "x") * Value(0.25, "y")),
    "frames": lesson,
    "one label for two": lambda: product("w", "w"),
    "no label": lambda: product("", ""),
    "hostile labels": lambda: product(HOSTILE, "class"),
    "a network": two_points,
    "powers": lambda: value_of(POWERS, {"x": 2.0, "y": 1.5}),
}


def again(order: Sequence[Value], numbers: Sequence[float]) -> list[Value]:
    """A new graph like another, operands first, with other numbers in its leaves; the engine goes backward in it."""
    given, made = iter(numbers), dict[Value, Value]()
    for value in order:
        operands = [made[operand] for operand in value.operands]
        made[value] = replay(value, operands) if operands else Value(next(given))
        made[value].label = value.label
    made[order[-1]].backward()
    return list(made.values())
