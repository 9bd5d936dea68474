"""Formulas from a string: they are the Values that Python would make, and a mistake is pointed at."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_sq import Value, topological_order
from micrograd_sq.expression import CONSTANTS, FUNCTIONS, value_of
from tests.command import run

X, Y = 0.7, -1.3


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(["x", "y", "2*x", "y/0.5", "x - 1e-3", "pi*y", "x - e"]))
    one, two = draw(formulas(depth=depth - 1)), draw(formulas(depth=depth - 1))
    kind = draw(st.sampled_from(["sum", "function", "power", "sign", "parentheses"]))
    return {
        "sum": f"{one} {draw(st.sampled_from('+-*/'))} {two}",
        "function": f"{draw(st.sampled_from(sorted(FUNCTIONS)))}({one})",
        "power": f"({one})**{draw(st.sampled_from(['2', '-1', '3', '0.5', '(1/3)', 'pi']))}",
        "sign": f"-{one}",
        "parentheses": f"( {one} )",
    }[kind]


@given(formula=formulas())
def test_a_formula_is_what_python_makes_of_it(formula: str) -> None:
    x, y = Value(X, "x"), Value(Y, "y")
    try:
        expected = eval(formula, FUNCTIONS | CONSTANTS, {"x": x, "y": y}) + 0 * x + 0 * y
    except (ValueError, ArithmeticError):
        return
    expected.backward()
    root = value_of(f"{formula} + 0*x + 0*y", {"x": X, "y": Y})
    root.backward()
    gradients = {leaf.label: leaf.grad for leaf in topological_order(root) if leaf.label}
    assert root.data == pytest.approx(expected.data, rel=1e-12, nan_ok=True)
    assert gradients == pytest.approx({"x": x.grad, "y": y.grad}, rel=1e-12, nan_ok=True)


def test_a_plain_exponent_is_part_of_the_operation_and_lines_do_not_matter() -> None:
    for formula in ("  x ** -2\n", "x ** (1 -\n 3)"):
        root = value_of(formula, {"x": 2.0})
        assert (root.operation, root.data, len(root.operands)) == (("**", -2.0), 0.25, 1)


def test_pi_and_e_are_constants_unless_they_have_a_number() -> None:
    assert value_of("pi + e", {}).data == math.pi + math.e
    root = value_of("x * e", {"x": 2.0, "e": 10.0})
    assert [leaf.label for leaf in root.operands] == ["x", "e"]
    assert [leaf.label for leaf in value_of("2 * pi", {}).operands] == ["", ""]


@pytest.mark.parametrize(
    ("formula", "message", "caret"),
    [
        ("(1 - x", "'(' was never closed", 0),
        ("1 + x ^ 2", "a power is written **", 0),
        ("1 + cosine(x)", "the functions are exp, log, ", 4),
        ("__import__('os').getcwd()", "the functions are exp, log, ", 0),
        ("x + softplus(x, x)", "and each takes one argument", 4),
        ("x + softplus(*x)", "a formula has only names", 13),
        ("x + x.real", "a formula has only names", 4),
        ("x < 1", "a formula has only names", 0),
        ("μ + )", "unmatched ')'", 4),
        ("μ + 'y'", "a formula has only names", 4),
        ("1 + log(x - 5)", "log of -4.3: log needs a value above 0", 4),
        ("x + 1/(x*0)", "the divisor must not be 0", 4),
        ("x + " + "9" * 400, "too large", 4),
    ],
)
def test_a_mistake_is_pointed_at(formula: str, message: str, caret: int) -> None:
    with pytest.raises(ValueError, match=r"\n  ") as refused:
        value_of(formula, {name: X for name in "xμ" if name in formula})
    text, shown, pointer = str(refused.value).split("\n")
    assert message in text
    assert shown.strip() in formula
    assert pointer == " " * (2 + caret) + "^"


@pytest.mark.parametrize("formula", ["(" * 1000 + "x" + ")" * 1000, "+".join(["x"] * 5000)])
def test_a_formula_too_deep_for_python_is_a_message(formula: str) -> None:
    done = run("draw", formula, "--set", "x=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search("too many nested|the formula is too long", done.stderr)


def test_names_and_numbers_belong_together() -> None:
    with pytest.raises(ValueError, match=r"no number for w, b\. .* --set w=0\.5"):
        value_of("w*x + b", {"x": 1.0})
    with pytest.raises(ValueError, match=r"has no name z, q: set only x$"):
        value_of("x", {"x": 1.0, "z": 1.0, "q": 2.0})
    with pytest.raises(ValueError, match=r"has no name exp: set no numbers$"):
        value_of("exp(1)", {"exp": 1.0})


def test_the_command_draws_a_formula() -> None:
    settings = ("--set", "w=2", "--set", "x=0.5", "--set", "b=-1")
    source = run("draw", "(1 - softplus(w*x + b))**2", "--highlight", "w", *settings).stdout
    assert "d result / d w = 0.6137 × (-1) × 0.5 × 1 × 0.5 = -0.1534" in source
