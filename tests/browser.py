"""Helpers for the tests of pages: the browser's settings, comparisons, and graphs to show."""

import math
import operator
import shutil
from collections.abc import Callable, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from micrograd_sq import Value, statquest, topological_order
from micrograd_sq.expression import value_of

CHROMIUM = shutil.which("chromium")
QUIET = "no-sandbox disable-gpu disable-background-networking disable-component-update disable-sync no-first-run"
SCROLL_WIDTH = "document.documentElement.scrollWidth"
ARGUMENTS = [f"--{argument}" for argument in QUIET.split()]
# Return the texts of pictures in view that are smaller than 11 pixels.
LETTERS = """() => [...document.querySelectorAll("svg text")].filter(text => {
  const { left, right, top, bottom } = text.getBoundingClientRect(), { a, b } = text.getScreenCTM();
  const seen = text.textContent.trim() && text.checkVisibility({ visibilityProperty: true }) && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  return seen && parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b) < 11;
}).map(text => text.textContent)"""
Open = Callable[..., Page]  # the argument is a file
Show = Callable[..., Page]  # the argument is a Value

# This label must stay text wherever a page shows it.
HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=\"alert('taken')\"> & 'b3' \u2028 {{ style }} é🙂"


def settle(page: Page) -> None:
    """Wait until the page has drawn its last change."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def agree(one: Any, other: Any) -> bool:
    """Return whether two nested lists of numbers are equal to 1e-12."""
    if isinstance(one, list):
        return len(one) == len(other) and all(map(agree, one, other))
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def four(number: float) -> str:
    """Return a number as a picture shows the number: with four significant digits."""
    return f"{number + 0.0:.4g}"


def box(page: Page, root: Value, value: Value) -> Locator:
    """Return the box of a Value in the picture that is visible."""
    place = topological_order(root).index(value)
    return page.locator(f'#graph svg:visible [data-value="{place}"]')


def to_place(page: Page, place: int) -> None:
    """Move the slider of the two passes to a place."""
    page.get_by_role("slider", name="Place in the two passes").fill(str(place))
    settle(page)


def barriers(page: Page, part: dict[str, list[str]] | None = None) -> list[tuple[str, str]]:
    """Return what an accessibility checker (axe) objects to: the rule and the element."""
    found = Axe().run(page, part).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


# ---- Graphs

RESIDUAL = "(1 - softplus(w*x + b))**2"
NUMBERS = {"w": 2.0, "x": 0.5, "b": -1.25}


def residual() -> Value:
    return value_of(RESIDUAL, NUMBERS)


def lesson() -> Value:
    return statquest.loss(statquest.network())


def shared() -> Value:
    """Build a graph with one non-leaf Value that two operations use."""
    s = Value(1.5, "x") * Value(0.25, "y")
    return s * s.tanh()


def five_times(v: Value) -> Value:
    return v * v - v.tanh() / (v + 3) + 2 * v


def product(one: str, other: str) -> Value:
    a, b = Value(0.3, one), Value(-1.25, other)
    return a * b + a.exp()


POWERS = "(x + 1)**2 + y**-1.5 + x**0.5 + 2**y + x**y + relu(x-y) + log(exp(-x) + 1)"
GRAPHS: dict[str, Callable[[], Value]] = {
    "one leaf": lambda: Value(2.0, "x"),
    "one Value used five times": lambda: five_times(Value(1.5, "x") * Value(0.25, "y")),
    "frames": lesson,
    "one label for two": lambda: product("w", "w"),
    "no label": lambda: product("", ""),
    "hostile labels": lambda: product(HOSTILE, "class"),
    "powers and functions": lambda: value_of(POWERS, {"x": 2.0, "y": 1.5}),
}
OPERATORS: dict[str, Callable[..., Value]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "**": operator.pow, "neg": operator.neg,
}  # fmt: skip


def with_numbers(order: Sequence[Value], numbers: Sequence[float]) -> list[Value]:
    """Build a graph again with other numbers in its leaves, and run its backward pass."""
    given, made = iter(numbers), dict[Value, Value]()
    for value in order:
        operands = [made[operand] for operand in value.operands]
        if not operands:
            made[value] = Value(next(given))
        elif isinstance(value.operation, tuple):  # ("**", 2.0)
            made[value] = operands[0] ** value.operation[1]
        else:
            name = str(value.operation)
            made[value] = (OPERATORS.get(name) or getattr(Value, name))(*operands)
    made[order[-1]].backward()
    return list(made.values())
