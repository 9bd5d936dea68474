"""The page of any graph, in a real browser: every shown number equals the engine's after every change."""

import math
import random
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from micrograd_sq import Operation, Value, explore, functions, statquest, topological_order
from micrograd_sq.expression import value_of
from micrograd_sq.straightline.listing import listing
from tests import browser
from tests.browser import RESIDUAL, Show, agree, box, four, residual, settle, to_place

# Move one slider after another. Return what the page shows at first and after each move.
SHOWN = """async moves => {
  const svg = [...document.querySelectorAll("#graph > svg")].find(each => each.style.display !== "none");
  const texts = part => [...part.querySelectorAll("text")].map(text => text.textContent);
  const shown = () => ({
    numbers: model.numbers, problem: model.problem, passes: [model.data, model.gradients, model.derivatives],
    arrows: [...svg.querySelectorAll(".edge")].map(arrow => [arrow.dataset.edge.split("_").map(Number), texts(arrow)]),
    texts: model.nodes.map((_, place) => [...svg.querySelectorAll(`[data-value="${place}"]`)].flatMap(texts).slice(-2)),
  });
  const all = [structuredClone(shown())];
  for (const [which, part] of moves) {
    const slider = document.querySelectorAll(".leaf input[type=range]")[which];
    slider.valueAsNumber = Number(slider.min) + part * (slider.max - slider.min);
    slider.dispatchEvent(new Event("input"));
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    all.push(structuredClone(shown()));
  }
  return all;
}"""
# Return the lines of the program for each Value: the line that computes the Value, and those that add to its gradient.
LINES = """() => model.nodes.map((_, place) => ["line-of", "gradient-of"].map(kind =>
  [...document.querySelectorAll(`#code [data-${kind}="${place}"]`)].map(line =>
    [line.querySelector("code").textContent, line.querySelector(".live").textContent])))"""


def texts(page: Page) -> list[list[str]]:
    """Return the number and the gradient that each box shows."""
    return list(page.evaluate(SHOWN, [])[0]["texts"])


# ---- The numbers


@pytest.mark.parametrize("name", browser.GRAPHS)
def test_each_value_is_shown_and_a_slider_changes_all_numbers(show: Show, name: str) -> None:
    root = browser.GRAPHS[name]()
    root.backward()
    original = topological_order(root)
    page = show(root)
    boxes = "boxes => boxes.map(box => Number(box.dataset.value)).sort((a, b) => a - b)"
    drawn = page.locator("#graph svg:visible [data-value]").evaluate_all(boxes)
    assert drawn == list(range(len(original)))
    names = listing(original).names
    for name, value, (lines, sums) in zip(names, original, page.evaluate(LINES), strict=True):
        code, number = lines[-1]
        assert code.startswith(f"{name} = ")
        number = number if value.operands else four(float(code.removeprefix(f"{name} = ")))
        assert number == four(value.data)
        assert len(sums) == sum(each.operands.count(value) for each in original) + (value is root)
        assert sums[-1][1] == four(value.grad)
    labels = [value.label for value in original if not value.operands and value.label]
    sliders = page.locator(".leaf input[type=range]")
    assert sorted(sliders.evaluate_all("all => all.map(each => each.ariaLabel)")) == sorted(labels)
    chance = random.Random(7)
    moves = [[chance.randrange(len(labels)), chance.random()] for _ in range(8) if labels]
    last: dict[str, Any] = {}
    compared = 0
    for turn, seen in enumerate(page.evaluate(SHOWN, moves)):
        try:
            order = browser.with_numbers(original, seen["numbers"]) if turn else original
        except (ValueError, ArithmeticError):
            assert seen["problem"]
            assert (seen["passes"], seen["texts"]) == (last["passes"], last["texts"])
            continue
        assert seen["problem"] == ""
        assert agree(seen["numbers"], [value.data for value in order if not value.operands])
        data, gradients, derivatives = seen["passes"]
        assert agree(data, [value.data for value in order])
        assert agree(gradients, [value.grad for value in order])
        assert agree(derivatives, [list(value.local_derivatives) for value in order])
        shown = [[four(value.data), f"grad {four(value.grad)}"] for value in order]
        assert seen["texts"] == shown
        for (_, user, side), text in seen["arrows"]:
            assert text[-1].removeprefix("= ") == four(order[user].local_derivatives[side])
        formulas = [text[:-1] for _, text in seen["arrows"]]  # the same wherever the sliders are
        assert formulas == last.get("formulas", formulas)
        last = seen | {"formulas": formulas}
        compared += 1
    assert compared > len(moves) / 2


EDGES = [  # a leaf, a number that has no result, and what the page says
    ("a", -1.0, "log(a) has no value where a = -1: it needs a value above 0"),
    ("b", 0.0, "y / b has no value where y = 2 and b = 0: the divisor must not be 0"),
    ("b", 1e-320, "b = 1e-320: the result is not a number that a float can hold"),
    ("c", 1000.0, "exp(c) has no value where c = 1000: it is too large for a float"),
    ("d", -1.0, "has no value where d = -1 and v_6 = 2.5: the result is not a real number"),
    ("e", -1.0, "e ** 0.5 has no value where e = -1"),
]


def test_the_last_good_numbers_stay(show: Show) -> None:
    formula = "log(a) + y / b + exp(c) + d**(y + 0.5) + e**0.5"
    page = show(value_of(formula, dict.fromkeys("abcde", 1.5) | {"y": 2.0}))
    (before,) = page.evaluate(SHOWN, [])
    said = page.locator("#told")
    for leaf, number, message in EDGES:
        field = page.get_by_role("spinbutton", name=f"{leaf}, a number")
        field.fill(f"{number:g}")
        expect(said).to_contain_text(message)
        expect(said).to_contain_text("the last good ones")
        assert page.locator("#graph svg:visible .value.stale").count() > 0
        (after,) = page.evaluate(SHOWN, [])
        assert (after["passes"], after["texts"]) == (before["passes"], before["texts"]), message
        field.fill("1.5")
        expect(page.locator("#graph .stale")).to_have_count(0)
        expect(said).not_to_contain_text("no value")
        assert page.evaluate(SHOWN, []) == [before], message


SPECIAL = {  # a term, the number of its leaf, and the gradient of the leaf
    "a + 1": (math.inf, "1"),
    "b + 1": (math.nan, "1"),
    "c - 1e308": (-1e308, "1"),
    "d ** 0.5": (0.0, "inf"),
    "(e*e) ** 0.5": (0.0, "0"),  # a local derivative of 0 passes no gradient
}


def test_infinities_are_shown(show: Show) -> None:
    numbers = {name: number for name, (number, _) in zip("abcde", SPECIAL.values(), strict=True)}
    root = value_of(" + ".join(SPECIAL), numbers)
    root.backward()
    order = topological_order(root)
    page = show(root)
    assert texts(page) == [[four(value.data), f"grad {four(value.grad)}"] for value in order]
    for name, (_, gradient) in zip("abcde", SPECIAL.values(), strict=True):
        page.evaluate("name => pick(names.indexOf(name))", name)
        expect(page.locator("#picked .product").last).to_contain_text(f"d result / d {name} = {gradient}")
    expect(page.locator("#told")).not_to_contain_text("last good")
    for name in "abcde":
        page.get_by_role("spinbutton", name=f"{name}, a number").fill("2")
    settle(page)
    assert texts(page)[-1][0] == four(value_of(" + ".join(SPECIAL), dict.fromkeys("abcde", 2.0)).data)


def test_a_user_s_own_operation_follows_its_slider(show: Show) -> None:
    sine: Operation = Operation("sine", math.sin, lambda x: cosine(x))
    cosine: Operation = Operation("cosine", math.cos, lambda x: -sine(x))
    page = show(sine(Value(0.5, "x")) * 3)
    page.get_by_role("spinbutton", name="x, a number").fill("1.25")
    settle(page)
    shown = page.evaluate("[model.data.at(-1), model.gradients[0]]")
    assert agree(shown, [3 * math.sin(1.25), 3 * math.cos(1.25)])
    to_place(page, page.evaluate("model.LAST - 1"))
    expect(page.locator("#told")).to_contain_text("d sine(x) / d x = cosine(x)")


def test_an_operation_that_javascript_lacks_is_named() -> None:
    erf = Operation("erf", math.erf, lambda x: 2 / math.sqrt(math.pi) * functions.exp(-x * x))
    with pytest.raises(ValueError, match="erf"):
        explore(erf(Value(0.5, "x")))


def test_a_typed_number_gives_its_slider_a_new_range_until_reset(show: Show) -> None:
    page = show(Value(2.0, "x") * Value(-3.0, "y"))
    number = page.get_by_role("spinbutton", name="x, a number")
    slider = page.get_by_role("slider", name="x", exact=True)
    for typed, least, most in (("1e6", 1e6, math.inf), ("2", 2, 10)):
        number.fill(typed)
        number.blur()
        settle(page)
        assert least < float(slider.get_attribute("max") or 0) < most
    number.fill("5")
    page.get_by_role("button", name="reset").click()
    settle(page)
    assert page.evaluate("model.numbers") == [2, -3]
    expect(number).to_have_value("2")


# ---- The two passes


def test_the_passes_are_stepped_through_and_played(show: Show) -> None:
    page = show(residual())
    waiting = page.locator("#graph svg:visible .value.waiting")
    ahead = page.get_by_role("button", name="Step", exact=True)
    back = page.get_by_role("button", name="Step back")
    expect(ahead).to_be_disabled()
    to_place(page, 0)  # only the leaves are known
    order = topological_order(residual())
    assert [[text.strip() for text in each] for each in texts(page)] == [
        ["" if value.operands else four(value.data), ""] for value in order
    ]
    expect(page.locator("#graph svg:visible .value.unsent")).to_have_count(len(order))
    assert {text[-1].strip() for _, text in page.evaluate(SHOWN, [])[0]["arrows"]} == {""}
    assert "".join(page.locator("#code .live").all_text_contents()) == ""
    assert not re.search(r"\d", "".join(page.locator("#picked .product").all_text_contents()))
    expect(back).to_be_disabled()
    ahead.click()
    expect(waiting).to_have_count(4)
    back.click()
    expect(waiting).to_have_count(5)
    play = page.get_by_role("button", name="Play")
    play.click()
    expect(waiting).not_to_have_count(5)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("combobox", name="speed").select_option("16 ×")
    play.click()
    expect(page.locator("#told")).to_contain_text("Both passes are done")
    expect(play).to_be_visible()


def test_gradients_are_passed_on_in_the_engine_s_order(show: Show) -> None:
    root = residual()
    root.backward()
    order = topological_order(root)
    place = {value: number for number, value in enumerate(order)}
    page = show(root)
    expect(page.get_by_role("switch", name="send too early")).to_be_disabled()
    senders = [value for value in reversed(order) if value.operands]
    sums, lines, seen = [0.0] * (len(order) - 1) + [1.0], "", []
    for turn, value in enumerate(senders, 1):
        to_place(page, page.evaluate("model.BACKWARD") + turn)
        lit = page.locator("#graph svg:visible .value.lit").get_attribute("data-value")
        seen.append(int(lit or -1))
        lines += page.locator("#told").inner_text() + "\n"
        for operand, derivative in zip(value.operands, value.local_derivatives, strict=True):
            sums[place[operand]] += derivative * sums[place[value]]
        assert agree(page.evaluate("model.moment().sums"), sums)
    assert seen == [place[value] for value in senders]
    assert agree(sums, [value.grad for value in order])
    assert "d softplus(v_2) / d v_2 = sigmoid(v_2) = sigmoid(-0.25) = 0.4378" in lines
    assert "d (w * x) / d w = x = 0.5" in lines
    assert "d result / d v_2 = 0.4378 × (-0.8481) = -0.3713" in lines
    assert "d result / d x = 2 × (-0.3713) ≈ -0.7427" in lines  # for -0.3713 is rounded


def test_the_formulas_of_a_step_are_true(show: Show) -> None:
    page = show(value_of("relu(x) + y**1e-20 + x*x + y**1", {"x": -2.0, "y": 2.0}))
    lines = ""
    for place in range(1, page.evaluate("model.BACKWARD")):
        to_place(page, place)
        lines += page.locator("#told").inner_text() + "\n"
    for said in ("relu(x) = relu(-2) = 0", "y ** 1e-20 = 2 ** 1e-20 = 1\n", "x * x = (-2) * (-2) = 4\n", " = y = 2\n"):
        assert said in lines
    assert "gate(x, y) is y where x is above 0" in lines
    for never in ("((", "gate(x) is", "12-20", "d (x * x) / d x = x", "= 2 = 2"):  # d (x * x) / d x is 2 x
        assert never not in lines


def test_constants_are_shown_as_numbers_and_leave_their_names_to_labels(show: Show) -> None:
    a = Value(2.0, "a")
    b = a * -3
    c = a + 1
    b.label, c.label = "b", "c"
    root = b * c
    page = show(root)
    assert page.evaluate("model.nodes.map((_, place) => model.name(place))") == ["a", "-3", "b", "1", "c", "result"]
    to_place(page, 1)
    expect(page.locator("#told .formula")).to_have_text("b = a * (-3) = 2 * (-3) = -6")
    assert "c_2" not in page.locator("#graph").inner_text()
    program = page.locator("#code code").all_text_contents()
    assert {"c_2 = -3", "c = a + c_3", "result = b * c"} <= set(program)
    expect(page.locator("#picked h2")).to_have_text("d result / d result = 1")


def test_a_step_in_a_long_graph_can_be_read(show: Show) -> None:
    x = Value(0.5, "x")
    for _ in range(400):
        x = -x
    page = show(x)
    to_place(page, 200)
    lit = page.locator("#graph svg:visible .value.lit")
    expect(lit).to_be_in_viewport(ratio=0.99)
    assert lit.evaluate("box => box.getBoundingClientRect().height") > 20


def test_gradients_passed_on_too_early_are_wrong(show: Show) -> None:
    root = browser.shared()
    root.backward()
    x, y, _, t, _ = topological_order(root)
    page = show(root)
    switch = page.get_by_role("switch", name="send too early")
    switch.check()
    box(page, root, x).click()
    wrong, right = four(y.data * t.data), four(x.grad)  # without the contribution through t
    expect(box(page, root, x)).to_have_class(re.compile(r"\bwrong\b"))
    expect(box(page, root, x)).to_contain_text(f"grad {wrong} ≠ {right}")
    expect(page.locator("#told .wrong")).to_contain_text(f"x has {wrong}, where {right} is right")
    expect(page.locator("#graph svg:visible .value.wrong")).to_have_count(2)
    expect(page.locator("#picked .product").last).to_contain_text("passed on too early. The right gradient is")
    # The lines of the program have the order in which they ran.
    lines = [text.split()[0] for text in page.locator("#code .gradient code").all_text_contents()]
    assert lines.index("d_x") < len(lines) - 1 - lines[::-1].index("d_v")
    switch.uncheck()
    expect(page.locator("#graph .wrong")).to_have_count(0)
    expect(box(page, root, x).locator("text").last).to_have_text(f"grad {right}")


# ---- One Value


def test_a_box_picks_its_lines_a_line_its_box_and_a_nudge_its_change(show: Show) -> None:
    root = residual()
    root.backward()
    page = show(root)
    order = topological_order(root)
    product = next(value for value in order if value.operation == "*")
    box(page, root, product).click()
    expect(box(page, root, product)).to_have_class(re.compile(r"\bpicked\b"))
    expect(page.locator("#code .picked code").first).to_have_text("v = w * x")
    page.locator("#code [data-line-of]", has_text="w = 2").click()
    (w,) = (value for value in order if value.label == "w")
    expect(box(page, root, w)).to_have_class(re.compile(r"\bpicked\b"))
    expect(page.locator("#graph svg:visible .value.picked")).to_have_count(1)
    expect(page.locator("#picked h2")).to_have_text("d result / d w: one product per path")
    page.get_by_role("button", name="nudge w by 0.01").click()
    moved = value_of(RESIDUAL, browser.NUMBERS | {"w": 2.01})
    expect(page.locator("#picked [role=status]")).to_have_text(
        f"w changed from 2 to 2.01, and result changed by {four(moved.data - root.data)}. The gradient before the "
        f"change is {four(w.grad)}, and ({four(w.grad)}) × 0.01 = {four(w.grad * 0.01)}."
    )


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
