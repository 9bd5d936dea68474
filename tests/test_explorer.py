"""A graph to touch, in a real browser: after each touch its numbers are the engine's, and it says what happens."""

import math
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from micrograd_sq import Operation, Value, explore, functions, statquest, topological_order
from micrograd_sq.expression import value_of
from micrograd_sq.straightline.listing import listing
from tests.browser import (
    GRAPHS,
    NUMBERS,
    RESIDUAL,
    Show,
    again,
    agree,
    box,
    four,
    needs_browser,
    residual,
    settle,
    to_place,
)

MOVE = """([which, part]) => {
  const slider = document.querySelectorAll(".leaf input[type=range]")[which];
  slider.valueAsNumber = Number(slider.min) + part * (slider.max - slider.min);
  slider.dispatchEvent(new Event("input"));
}"""
SHOWN = """() => {
  const svg = [...document.querySelectorAll("#graph > svg")].find(each => each.style.display !== "none");
  return {
    numbers: model.numbers, problem: model.problem, passes: [model.data, model.gradients, model.derivatives],
    arrows: [...svg.querySelectorAll(".edge")].map(arrow => [arrow.dataset.edge.split("_").map(Number), [...arrow.querySelectorAll("text")].map(text => text.textContent)]),
    texts: model.nodes.map((_, place) => [...svg.querySelectorAll(`[data-value="${place}"] text`)].slice(-2).map(text => text.textContent)),
  };
}"""


# ---- The numbers


@needs_browser
@pytest.mark.parametrize("name", GRAPHS)
def test_a_slider_moves_all_numbers_to_what_the_engine_says(show: Show, name: str) -> None:
    root = GRAPHS[name]()
    root.backward()
    original = topological_order(root)
    given = [value for value in original if not value.operands]
    page = show(root)
    n_sliders = page.locator(".leaf input[type=range]").count()
    assert n_sliders == sum(bool(leaf.label) for leaf in given)
    chance, compared, last, kept = random.Random(7), 0, None, None
    for turn in range(21):
        if turn and n_sliders:
            page.evaluate(MOVE, [chance.randrange(n_sliders), chance.random()])
            settle(page)
        shown = page.evaluate(SHOWN)
        try:
            order = again(original, shown["numbers"]) if turn else original
        except (ValueError, ArithmeticError):
            assert shown["problem"]
            assert (shown["passes"], shown["texts"]) == last
            continue
        assert shown["problem"] == ""
        assert agree(shown["numbers"], [value.data for value in order if not value.operands])
        assert agree(
            shown["passes"],
            [
                [value.data for value in order],
                [value.grad for value in order],
                [list(value.local_derivatives) for value in order],
            ],
        )
        data, gradients, _ = shown["passes"]
        assert shown["texts"] == [
            [four(number), f"grad {four(slope)}"]
            for number, slope in zip(data, gradients, strict=True)
        ]
        for (_, user, side), text in shown["arrows"]:
            derivative = four(order[user].local_derivatives[side])
            assert text[-1].removeprefix("= ") == derivative
        formulas = [text[:-1] for _, text in shown["arrows"]]  # hold wherever the sliders are
        assert formulas == (kept := kept or formulas)
        last = (shown["passes"], shown["texts"])
        compared += 1
    assert compared >= 10


@needs_browser
@pytest.mark.parametrize("name", ["one leaf", "a diamond", "one label for two", "frames", "powers"])
def test_each_value_is_a_box_a_line_and_if_it_is_a_labelled_leaf_a_slider(
    show: Show, name: str
) -> None:
    root = GRAPHS[name]()
    root.backward()
    order = topological_order(root)
    page = show(root)
    assert sorted(
        page.locator("#graph svg:visible [data-value]").evaluate_all(
            "boxes => boxes.map(box => Number(box.dataset.value))"
        )
    ) == list(range(len(order)))
    labels = [value.label for value in order if not value.operands and value.label]
    for label in set(labels):
        sliders = page.get_by_role("slider", name=label, exact=True)
        expect(sliders).to_have_count(labels.count(label))
        expect(sliders.first).to_have_attribute("type", "range")
    names = listing(order).names
    for place, value in enumerate(order):
        line = page.locator(f'#code [data-line-of="{place}"]').last
        expect(line.locator("code")).to_contain_text(re.compile(rf"^{names[place]} = "))
        if value.operands:
            expect(line.locator(".live")).to_have_text(four(value.data))
        else:
            assert float((line.text_content() or "").partition(" = ")[2]) == value.data
        sums = page.locator(f'#code [data-gradient-of="{place}"]')
        assert sums.count() == sum(each.operands.count(value) for each in order) + (value is root)
        expect(sums.last.locator(".live")).to_have_text(four(value.grad))


EDGES = [
    ("log(x)", -1.0, "log(x) has no value here, where x = -1: it needs a value above 0"),
    ("log(x)", 0.0, "it needs a value above 0"),
    ("log(x + 1)", -1.5, "log(v) has no value here, where v = -0.5"),
    ("y / x", 0.0, "y / x has no value here, where y = 2 and x = 0: the divisor must not be 0"),
    ("y / x", 1e-320, "x = 1e-320: the result is no number that a float can hold"),
    ("x * x", 1e200, "where x = 1e+200: the result is no number that a float can hold"),
    ("exp(x)", 1000.0, "exp(x) has no value here, where x = 1000: it is too large for a float"),
    ("x ** 0.5", -1.0, "x ** 0.5 has no value here, where x = -1"),
    ("x ** 0.5", 0.0, None),  # its derivative is infinite
    ("x ** y", 0.0, None),
    ("x ** (y + 0.5)", -1.0, "x ** v has no value here, where x = -1 and v = 2.5"),
    ("x ** -1", 0.0, "where x = 0"),
    ("relu(x) * y", -1.0, None),
]


@needs_browser
@pytest.mark.parametrize(("text", "number", "message"), EDGES)
def test_where_an_operation_has_no_value_it_says_so_and_keeps_the_last_good_numbers(
    show: Show, text: str, number: float, message: str | None
) -> None:
    numbers = {"x": 1.5} | ({"y": 2.0} if "y" in text else {})
    try:
        has_value = math.isfinite(value_of(text, numbers | {"x": number}).data)
    except (ValueError, ArithmeticError):
        has_value = False
    page = show(value_of(text, numbers))
    before = page.evaluate(SHOWN)
    field, told = page.get_by_role("spinbutton", name="x, a number"), page.locator("#told")
    field.fill(f"{number:g}")
    settle(page)
    n_stale = page.locator("#graph svg:visible .value.stale").count()
    assert (n_stale == 0) is has_value
    if not has_value:
        after = page.evaluate(SHOWN)
        assert (after["passes"], after["texts"]) == (before["passes"], before["texts"])
        assert message is not None
        expect(told).to_contain_text(message)
        expect(told).to_contain_text("the last good ones")
        field.fill("1.5")
        expect(page.locator("#graph .stale")).to_have_count(0)
        expect(told).not_to_contain_text("no value")
        assert page.evaluate(SHOWN) == before


@needs_browser
@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_leaf_that_is_no_finite_number_is_shown_as_it_is(show: Show, number: float) -> None:
    page = show(Value(number, "x") + Value(1.0, "y"))  # the browser must not complain
    assert page.evaluate(SHOWN)["texts"][2] == [four(number), "grad 1"]
    expect(page.locator('#code [data-line-of="2"] .live')).to_have_text(four(number))
    page.get_by_role("spinbutton", name="x, a number").fill("2")
    settle(page)
    assert page.evaluate(SHOWN)["texts"][2] == ["3", "grad 1"]


@needs_browser
def test_numbers_that_were_never_good_are_not_called_so(show: Show) -> None:
    page = show(Value(1e200, "x") * Value(1e200, "y"))
    assert page.evaluate(SHOWN)["texts"][2] == ["inf", "grad 1"]
    expect(page.locator("#told")).not_to_contain_text("last good")


@needs_browser
def test_an_operation_of_the_user_s_is_as_live_as_the_engine_s(show: Show) -> None:
    sine: Operation = Operation("sine", math.sin, lambda x: cosine(x))
    cosine: Operation = Operation("cosine", math.cos, lambda x: -sine(x))
    page = show(sine(Value(0.5, "x")) * 3)
    page.get_by_role("spinbutton", name="x, a number").fill("1.25")
    settle(page)
    data, gradients, _ = page.evaluate(SHOWN)["passes"]
    assert agree([data[-1], gradients[0]], [3 * math.sin(1.25), 3 * math.cos(1.25)])
    to_place(page, page.evaluate("model.LAST - 1"))
    expect(page.locator("#told")).to_contain_text("d sine(x) / d x = cosine(x)")


def test_an_operation_that_javascript_lacks_is_named(tmp_path: Path) -> None:
    erf = Operation("erf", math.erf, lambda x: 2 / math.sqrt(math.pi) * functions.exp(-x * x))
    with pytest.raises(ValueError, match="erf"):
        explore(erf(Value(0.5, "x")))


# ---- The two passes


@needs_browser
def test_at_the_beginning_only_the_leaves_are_known(show: Show) -> None:
    page = show(residual())
    to_place(page, 0)
    order = topological_order(residual())
    assert [[text.strip() for text in each] for each in page.evaluate(SHOWN)["texts"]] == [
        ["" if value.operands else four(value.data), ""] for value in order
    ]
    expect(page.locator("#graph svg:visible .value.waiting")).to_have_count(5)
    expect(page.locator("#graph svg:visible .value.unsent")).to_have_count(len(order))
    assert {text[-1].strip() for _, text in page.evaluate(SHOWN)["arrows"]} == {""}
    assert "".join(page.locator("#code .live").all_text_contents()) == ""
    assert re.findall(r"\d", "".join(page.locator("#picked .product").all_text_contents())) == []


@needs_browser
def test_the_passes_are_stepped_scrubbed_and_played(show: Show) -> None:
    page = show(residual())
    waiting = page.locator("#graph svg:visible .value.waiting")
    ahead, back = (
        page.get_by_role("button", name=name, exact=True) for name in ("Step", "Step back")
    )
    expect(ahead).to_be_disabled()
    to_place(page, 0)
    expect(back).to_be_disabled()
    ahead.click()
    expect(waiting).to_have_count(4)
    back.click()
    expect(waiting).to_have_count(5)
    play = page.get_by_role("button", name="Play")
    play.click()
    pause = page.get_by_role("button", name="Pause")
    expect(waiting).not_to_have_count(5)
    pause.click()
    expect(play).to_be_visible()
    page.get_by_role("combobox", name="speed").select_option("16 ×")
    play.click()
    expect(page.locator("#told")).to_contain_text("Both passes are done")
    expect(play).to_be_visible()


@needs_browser
def test_each_value_sends_in_the_engine_s_order_by_the_chain_rule(show: Show) -> None:
    root = residual()
    root.backward()
    order = topological_order(root)
    place = {value: number for number, value in enumerate(order)}
    page = show(root)
    senders = [value for value in reversed(order) if value.operands]
    sums, lines, seen = [0.0] * (len(order) - 1) + [1.0], "", []
    for turn, value in enumerate(senders, 1):
        to_place(page, page.evaluate("model.BACKWARD") + turn)
        lit = page.locator("#graph svg:visible .value.lit")
        seen.append(int(lit.get_attribute("data-value") or -1))
        lines += page.locator("#told").inner_text() + "\n"
        for operand, slope in zip(value.operands, value.local_derivatives, strict=True):
            sums[place[operand]] += slope * sums[place[value]]
        assert agree(page.evaluate("model.moment().sums"), sums)
    assert seen == [place[value] for value in senders]
    assert agree(sums, [value.grad for value in order])
    assert "d softplus(v_2) / d v_2 = sigmoid(v_2) = sigmoid(-0.25) = 0.4378" in lines
    assert "d (w * x) / d w = x = 0.5" in lines
    assert "d result / d v_2 = 0.4378 × (-0.8481) = -0.3713" in lines
    assert "d result / d x = 2 × (-0.3713) ≈ -0.7427" in lines  # for -0.3713 is rounded


TOLD = [  # a formula, its numbers, what is told of its last forward step, and what must not be
    ("relu(x)", {"x": -1.0}, "v = relu(x) = relu(-1) = 0", "(("),
    ("relu(x)", {"x": -1.0}, "gate(x, y) is the number y where x is above 0", "gate(x) is"),
    ("x**2", {"x": -2.0}, "v = x * x = (-2) * (-2) = 4", "(("),
    ("e**1e-20", {"e": 2.0}, "v = e ** 1e-20 = 2 ** 1e-20 = 1", "12-20"),
    ("x*x", {"x": 2.0}, "v = x * x = 2 * 2 = 4", "d (x * x) / d x = x"),  # which is 2 x
    ("x**1", {"x": 2.0}, "v = x = 2", "= 2 = 2"),
]


@needs_browser
@pytest.mark.parametrize(("text", "numbers", "told", "never"), TOLD)
def test_a_step_is_told_in_formulas_that_are_true(
    show: Show, text: str, numbers: dict[str, float], told: str, never: str
) -> None:
    page = show(value_of(text, numbers))
    to_place(page, page.evaluate("model.BACKWARD - 1"))
    expect(page.locator("#told")).to_contain_text(told)
    expect(page.locator("#told")).not_to_contain_text(never)


@needs_browser
def test_a_step_in_a_long_graph_can_be_read(show: Show) -> None:
    x = Value(0.5, "x")
    for _ in range(900):
        x = -x
    page = show(x)
    to_place(page, 450)
    lit = page.locator("#graph svg:visible .value.lit").bounding_box()
    assert lit
    assert lit["height"] > 20
    picture = page.locator("#graph svg:visible").bounding_box()
    assert picture
    assert picture["y"] <= lit["y"] < picture["y"] + picture["height"] - lit["height"]


@needs_browser
def test_sending_too_early_is_not_offered_where_no_inner_value_has_two_users(show: Show) -> None:
    page = show(residual())
    expect(page.get_by_role("switch", name="send too early")).to_be_disabled()


@needs_browser
def test_sending_too_early_makes_leaves_wrong_says_so_and_is_undone(show: Show) -> None:
    x, y = Value(1.5, "x"), Value(0.25, "y")
    s = x * y
    t = s.tanh()
    root = s * t
    root.backward()
    page = show(root)
    switch = page.get_by_role("switch", name="send too early")
    switch.check()
    early = {x: y.data * t.data, y: x.data * t.data}  # without what comes by way of t
    for leaf, wrong in early.items():
        drawn = box(page, root, leaf)
        expect(drawn).to_have_class(re.compile(r"\bwrong\b"))
        expect(drawn.locator("text").last).to_have_text(f"grad {four(wrong)} ≠ {four(leaf.grad)}")
        expect(page.locator("#told .wrong")).to_contain_text(
            f"{leaf.label} has {four(wrong)}, where {four(leaf.grad)} is right"
        )
    expect(page.locator("#graph svg:visible .value.wrong")).to_have_count(2)
    switch.uncheck()
    expect(page.locator("#graph .wrong")).to_have_count(0)
    expect(box(page, root, x).locator("text").last).to_have_text(f"grad {four(x.grad)}")
    expect(page.locator("#told")).to_contain_text("Both passes are done")


@needs_browser
def test_a_gradient_that_is_sent_too_early_is_wrong_however_small_it_is(show: Show) -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    s = a * b
    root = (s + s.exp()) * 1e-12
    page = show(root)
    page.get_by_role("switch", name="send too early").check()
    to_place(page, page.evaluate("model.LAST"))
    expect(page.locator("#told .wrong")).to_contain_text("a has 2e-12, where 1.678e-11 is right")
    expect(box(page, root, a)).to_have_class(re.compile(r"\bwrong\b"))


# ---- One Value


@needs_browser
def test_a_nudge_moves_the_result_by_about_the_gradient_times_it(show: Show) -> None:
    root = residual()
    root.backward()
    (w,) = (value for value in topological_order(root) if value.label == "w")
    moved = value_of(RESIDUAL, NUMBERS | {"w": 2.01})
    page = show(root)
    box(page, root, w).click()
    page.get_by_role("button", name="nudge w by 0.01").click()
    expect(page.locator("#picked [role=status]")).to_have_text(
        f"w moved from 2 to 2.01: result moved by {four(moved.data - root.data)}, "
        f"and the gradient before, {four(w.grad)}, × 0.01 = {four(w.grad * 0.01)}."
    )


@needs_browser
def test_a_box_picks_its_lines_and_a_line_its_box(show: Show) -> None:
    root = residual()
    page = show(root)
    order = topological_order(root)
    v = next(value for value in order if value.operation == "*")
    box(page, root, v).click()
    expect(box(page, root, v)).to_have_class(re.compile(r"\bpicked\b"))
    expect(page.locator("#code .picked code")).to_have_text(
        [re.compile("^v = w"), re.compile("^d_v ")]
    )
    page.locator("#code [data-line-of]", has_text="w = 2").click()
    expect(box(page, root, order[1])).to_have_class(re.compile(r"\bpicked\b"))
    expect(page.locator("#graph svg:visible .value.picked")).to_have_count(1)
    expect(page.locator("#picked h2")).to_have_text("How d result / d w comes about")


@needs_browser
def test_a_tag_picks_its_leaf_and_a_leaf_points_at_its_tags(show: Show) -> None:
    net = statquest.network()
    root = statquest.loss(net)
    page = show(root)
    place = topological_order(root).index(net["w1"])
    tags = page.locator(f'#graph svg:visible [data-tag^="{place}_"]')
    expect(tags).to_have_count(3)
    tags.last.click()
    expect(box(page, root, net["w1"])).to_have_class(re.compile(r"\bpicked\b"))
    page.mouse.move(0, 0)
    expect(page.locator("#graph .pointed")).to_have_count(0)
    box(page, root, net["w1"]).hover()
    expect(page.locator("#graph svg:visible .tag.pointed")).to_have_count(3)
