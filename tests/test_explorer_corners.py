"""Corners of the graph to touch: what infinities, resets, names and a second look at a slider do."""

import math

import pytest
from playwright.sync_api import expect

from micrograd_sq import Operation, Value, explore, topological_order
from micrograd_sq.straightline.listing import listing
from tests.browser import Show, needs_browser, settle
from tests.command import run


@needs_browser
def test_where_a_local_derivative_is_0_nothing_is_sent_not_even_of_an_infinite_gradient(
    show: Show,
) -> None:
    x = Value(0.0, "x")
    root = (x * x) ** 0.5
    page = show(root)
    root.backward()
    order = topological_order(root)
    assert page.evaluate("model.gradients.map(String)") == [
        "Infinity" if math.isinf(value.grad) else f"{value.grad:g}" for value in order
    ]
    assert page.evaluate("model.moment().sums.map(String)")[0] == "0"
    expect(page.locator("#picked .product").last).to_contain_text("d result / d x = 0")


@needs_browser
def test_reset_brings_all_leaves_back_and_a_typed_number_gives_its_slider_a_new_range(
    show: Show,
) -> None:
    page = show(Value(2.0, "a") * Value(-3.0, "b"))
    number = page.get_by_role("spinbutton", name="a, a number")
    slider = page.get_by_role("slider", name="a", exact=True)
    number.fill("1e6")
    number.blur()
    assert float(slider.get_attribute("max") or 0) > 1e6
    number.fill("2")
    number.blur()
    assert float(slider.get_attribute("max") or 0) < 10
    number.fill("5")
    page.get_by_role("button", name="reset").click()
    settle(page)
    assert page.evaluate("model.numbers") == [2, -3]
    expect(number).to_have_value("2")


@needs_browser
def test_boxes_without_a_label_of_their_own_have_their_name_in_the_program(show: Show) -> None:
    a, b = Value(2.0, "x"), Value(3.0, "x")
    page = show((a * b).tanh())
    texts = [
        page.locator(f'#graph svg:visible [data-value="{place}"] text').first.text_content()
        for place in range(4)
    ]
    assert texts == ["x", "x_2", "× v", "tanh v_2"]


@needs_browser
def test_sent_too_early_the_program_stands_in_the_order_in_which_it_ran(show: Show) -> None:
    a = Value(2.0, "a")
    s = a * a
    page = show(s * s.exp() + s)
    page.get_by_role("switch", name="send too early").check()
    settle(page)
    lines = [text or "" for text in page.locator("#code .gradient code").all_text_contents()]
    firsts = {line.split()[0]: place for place, line in reversed(list(enumerate(lines)))}
    lasts = {line.split()[0]: place for place, line in enumerate(lines)}
    assert firsts["d_a"] < lasts["d_v"]  # v sent before all had come
    expect(page.locator("#picked .product").last).to_contain_text("sent too early: right is")


def test_a_program_with_operations_of_math_runs_as_it_stands() -> None:
    sin = Operation("sin", math.sin, lambda x: cos(x))
    cos = Operation("cos", math.cos, lambda x: -sin(x))
    x = Value(2.0, "x")
    root = sin(x) * x
    root.backward()
    space: dict[str, float] = {}
    exec(listing(topological_order(root)).text([2.0]), space)
    assert space["d_x"] == pytest.approx(x.grad, rel=1e-14)


def test_a_title_that_is_no_text_is_written_all_the_same(tmp_path: object) -> None:
    root = Value(1.0, "\ud800") * 2
    root.label = "\ud800"
    explore(root).write(f"{tmp_path}/graph.html")
    assert repr(explore(Value(1.0))) == "<explore: a graph of 1 Value>"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-log(sigmoid(w))", "--set", "w=1"],
        ["--set", "h=1", "--", "-h*2"],
        ["µ*x", "--set", "µ=1", "--set", "x=2"],
    ],
)
def test_a_formula_may_begin_with_minus_and_have_any_name(
    arguments: list[str], tmp_path: object
) -> None:
    done = run("draw", "--out", f"{tmp_path}/f.dot", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
