"""The page of any graph, in a real browser: every shown number equals the engine's after every change."""

import math
import random
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from micrograd_sq import MLP, Value, explore, ssr, statquest, topological_order
from micrograd_sq.expression import value_of
from micrograd_sq.straightline.listing import listing
from tests import browser
from tests.browser import RESIDUAL, SCROLL_WIDTH, Show, agree, box, four, residual, settle, to_place
from tests.evaluation import sine

READ = Path(__file__).with_name("explorer.js").read_text()
SHOWN, LINES, IN_VIEW, STEP = (f"_ => {READ.strip()}.{name}(_)" for name in ("shown", "lines", "inView", "step"))


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


STEPS = [  # the code of a forward step, what the step says, and what it must not say
    ("relu(x)", "relu(x) = relu(-1) = 0", "(("),
    ("relu(x)", "gate(x, y) is y where x is above 0", "gate(x) is"),
    ("h ** 1e-20", "h ** 1e-20 = 2 ** 1e-20 = 1", "12-20"),
    ("g * g", "g * g = (-2) * (-2) = 4", "d (g * g) / d g = g"),  # which is 2 g
    ("z", "= z = 3", "= 3 = 3"),
]
EDGES = [  # a leaf, a number for it, and what the page says
    ("a", -1.0, "log(a) has no value where a = -1: it needs a value above 0"),
    ("b", 0.0, "y / b has no value where y = 2 and b = 0: the divisor must not be 0"),
    ("b", 1e-320, "b = 1e-320: the result is not a number that a float can hold"),
    ("c", 1000.0, "exp(c) has no value where c = 1000: it is too large for a float"),
    ("d", -1.0, "has no value where d = -1 and v_6 = 2.5: the result is not a real number"),
    ("e", -1.0, "e ** 0.5 has no value where e = -1"),
]


def test_the_formulas_of_a_step_are_true_and_the_last_good_numbers_stay(show: Show) -> None:
    formula = "log(a) + y / b + exp(c) + d ** (y + 0.5) + e ** 0.5 + relu(x) + h**1e-20 + g*g + z**1"
    page = show(value_of(formula, dict.fromkeys("abcde", 1.5) | {"y": 2.0, "x": -1.0, "h": 2.0, "g": -2.0, "z": 3.0}))
    said = page.locator("#told")
    for made, says, never in STEPS:
        to_place(page, 1 + page.evaluate(f"model.operations.findIndex(each => model.nodes[each].made === '{made}')"))
        expect(said).to_contain_text(says)
        expect(said).not_to_contain_text(never)
    to_place(page, page.evaluate("model.LAST"))
    (before,) = page.evaluate(SHOWN, [])
    for leaf, number, message in EDGES:
        field = page.get_by_role("spinbutton", name=f"{leaf}, a number")
        field.fill(f"{number:g}")
        expect(said).to_contain_text(message)
        expect(said).to_contain_text("the last good ones")
        assert page.locator("#graph .value.stale").count() > 0
        assert texts(page) == before["texts"]
        field.fill("1.5")
        expect(page.locator("#graph .stale")).to_have_count(0)
        assert page.evaluate(SHOWN, []) == [before]


SPECIAL = [  # a term, its leaf's number, the gradient of the leaf, and the term's value
    ("a + 1", math.inf, "grad 1", "inf"),
    ("b + 1", math.nan, "grad 1", "nan"),
    ("c - 1e308", -1e308, "grad 1", "-inf"),
    ("d ** 0.5", 0.0, "grad inf", "0"),
    ("(e*e) ** 0.5", 0.0, "grad 0", "0"),  # a local derivative of 0 passes no gradient
]


def test_infinities_are_shown(show: Show) -> None:
    terms = [value_of(term, {name: number}) for name, (term, number, *_) in zip("abcde", SPECIAL, strict=True)]
    order = topological_order(sum(terms, Value(0.0)))
    page = show(order[-1])
    shown = texts(page)
    for term, (_, _, gradient, number) in zip(terms, SPECIAL, strict=True):
        leaf = order.index(topological_order(term)[0])
        assert (shown[leaf][1], shown[order.index(term)][0]) == (gradient, number)
        page.locator(f'#graph [data-value="{leaf}"]').press("Enter")
        expect(page.locator("#picked .product").last).to_contain_text(gradient.replace("grad", "="))
    expect(page.locator("#told")).not_to_contain_text("last good")
    for name in "abcd":
        page.get_by_role("spinbutton", name=f"{name}, a number").fill("4")
    settle(page)
    assert texts(page)[-1][0] == four(5 + 5 + 4 - 1e308 + 2)


def test_a_typed_number_reaches_a_user_s_own_operation_and_gives_its_slider_a_new_range(show: Show) -> None:
    page = show(sine(Value(0.5, "x")) * 3)
    number, slider = page.get_by_role("spinbutton"), page.get_by_role("slider", name="x", exact=True)
    for typed, least, most in (("1e6", 1e6, math.inf), ("1.25", 2, 10)):
        number.fill(typed)
        number.blur()
        settle(page)
        assert least < float(slider.get_attribute("max") or 0) < most
    assert agree(page.evaluate("[model.data.at(-1), model.gradients[0]]"), [3 * math.sin(1.25), 3 * math.cos(1.25)])
    to_place(page, page.evaluate("model.LAST - 1"))
    expect(page.locator("#told")).to_contain_text("d sine(x) / d x = cosine(x)")
    page.get_by_role("button", name="reset").click()
    expect(number).to_have_value("0.5")
    assert page.evaluate("model.numbers") == [0.5, 3]


# ---- The two passes


def test_the_passes_are_stepped_through_in_the_engine_s_order_and_played(show: Show) -> None:
    root = residual()
    root.backward()
    order = topological_order(root)
    page = show(root)
    told, waiting = page.locator("#told"), page.locator("#graph .value.waiting")
    ahead, back = (page.get_by_role("button", name=name, exact=True) for name in ("Step", "Step back"))
    expect(ahead).to_be_disabled()
    expect(page.get_by_role("switch")).to_have_count(0)  # nothing can be too early here
    to_place(page, 0)  # only the leaves are known
    expect(back).to_be_disabled()
    before = [["" if value.operands else four(value.data), ""] for value in order]
    assert [[text.strip() for text in each] for each in texts(page)] == before
    assert {text[-1].strip() for _, text in page.evaluate(SHOWN, [])[0]["arrows"]} == {""}
    assert "".join(page.locator("#code .live").all_text_contents()) == ""
    assert not re.search(r"\d", "".join(page.locator("#picked .product").all_text_contents()))
    for button, n_waiting in ((ahead, 4), (back, 5)):
        button.click()
        expect(waiting).to_have_count(n_waiting)
    page.get_by_role("button", name="Play").click()
    expect(waiting).not_to_have_count(5)
    page.get_by_role("button", name="Pause").click()
    sums, lines = [0.0] * (len(order) - 1) + [1.0], ""
    to_place(page, page.evaluate("model.BACKWARD"))
    for value in [value for value in reversed(order) if value.operands]:
        ahead.click()
        expect(page.locator("#graph .value.lit")).to_have_attribute("data-value", str(order.index(value)))
        lines += told.inner_text() + "\n"
        for operand, derivative in zip(value.operands, value.local_derivatives, strict=True):
            sums[order.index(operand)] += derivative * sums[order.index(value)]
        assert agree(page.evaluate("model.moment().sums"), sums)
    assert "d softplus(v_2) / d v_2 = sigmoid(v_2) = sigmoid(-0.25) = 0.4378" in lines
    assert "d (w * x) / d w = x = 0.5" in lines
    assert "d result / d v_2 = 0.4378 × (-0.8481) = -0.3713" in lines
    assert "d result / d x = 2 × (-0.3713) ≈ -0.7427" in lines  # for -0.3713 is rounded
    to_place(page, 0)
    page.get_by_role("combobox", name="speed").select_option("16 ×")
    page.get_by_role("button", name="Play").click()
    expect(told).to_contain_text("Both passes are done")


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


def test_contributions_travel_and_land_with_the_right_sum_unless_they_are_too_early(show: Show) -> None:
    root = browser.shared()
    root.backward()
    x, y, s, t, _ = order = topological_order(root)
    page = show(root)
    first, second, more = (four(number) for number in (t.data, s.data, s.data * t.local_derivatives[0]))
    to_place(page, page.evaluate("model.BACKWARD"))
    assert page.evaluate(STEP, order.index(s)) == [[], f"grad {first}…"]  # motion is reduced
    page.emulate_media(reduced_motion="no-preference")
    to_place(page, page.evaluate("model.BACKWARD"))
    assert page.evaluate(STEP, order.index(s)) == [[f"1 × {first} {first}", f"1 × {second} {second}"], ""]
    flight = f"{second} × {four(t.local_derivatives[0])} + {more}"  # a second press ends the first flight
    assert page.evaluate(STEP, order.index(s)) == [[flight], f"grad {first}…"]
    assert page.evaluate(IN_VIEW)[0] >= 11
    expect(page.locator(".travelling")).to_have_count(0)
    expect(box(page, root, s).locator("text").last).to_have_text(f"grad {four(s.grad)}")
    expect(page.locator("#told")).to_contain_text(f"{first} + {more}")
    to_place(page, page.evaluate("model.LAST"))
    switch = page.get_by_role("switch", name="send too early")
    switch.check()
    box(page, root, x).click()
    wrong, right = four(y.data * t.data), four(x.grad)  # without the contribution through t
    expect(box(page, root, x)).to_contain_text(f"grad {wrong} ≠ {right}")
    expect(page.locator("#told .wrong")).to_contain_text(f"x has {wrong}, where {right} is right")
    expect(page.locator("#graph .value.wrong")).to_have_count(2)
    expect(page.locator("#picked .product").last).to_contain_text("passed on too early. The right gradient is")
    ran = [text.split()[0] for text in page.locator("#code .gradient code").all_text_contents()]
    assert ran.index("d_x") < len(ran) - 1 - ran[::-1].index("d_v")  # as the lines of the program now stand
    switch.uncheck()
    expect(page.locator("#graph .wrong")).to_have_count(0)
    expect(box(page, root, x).locator("text").last).to_have_text(f"grad {right}")


# ---- The camera, and one Value


def chain(n_steps: int) -> Value:
    x = Value(0.5, "x")
    for step in range(n_steps):
        x = (x * Value(0.3, f"w{step}") + Value(0.1, f"b{step}")).softplus()
    return x


def test_letters_can_be_read_and_the_camera_stays_with_the_step(show: Show) -> None:
    small, large = MLP(2, [3, 2, 1], seed=1), MLP(2, [4, 4, 1], seed=1)
    points = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]
    roots = {"net": small([0.5, -0.3]) ** 2, "chain": chain(8), "large": ssr([0.0, 1.0, 1.0, 0.0], map(large, points))}
    for name, root in roots.items():  # 56, 41 and 316 Values
        page = show(root, (1440, 844))
        for width in (1440, 1024, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            to_place(page, page.evaluate("model.LAST"))
            letters, (result,) = page.evaluate(IN_VIEW)
            assert (letters >= 11, result > 0.99) == (True, True), (width, letters, result)
            to_place(page, page.evaluate("model.BACKWARD"))
            for step in range(3):
                page.evaluate(STEP, 0)
                letters, (sender, *operands) = page.evaluate(IN_VIEW)
                assert (letters >= 11, sender > 0.99) == (True, True), (width, step, letters, sender)
                assert name != "chain" or width < 390 or min(operands) > 0.99, (width, step, operands)
            assert page.evaluate(SCROLL_WIDTH) == width


def test_the_camera_is_moved_by_hand(show: Show) -> None:
    page = show(chain(8))
    result, leaf = (page.locator(f'#graph [data-value="{node}"]') for node in (40, 0))
    overview = page.locator("#graph .map")
    whole = page.get_by_role("button", name="Show the whole graph")
    expect(result).to_be_in_viewport(ratio=0.99)
    overview.hover(position={"x": 90, "y": 5})
    page.mouse.down()
    overview.hover(position={"x": 2, "y": 5})
    page.mouse.up()
    expect(leaf).to_be_in_viewport(ratio=0.99)
    leaf.hover()
    scale = page.evaluate("view.camera.k")
    page.mouse.wheel(0, -200)
    page.wait_for_function("scale => view.camera.k > 1.2 * scale", arg=scale)
    scale = page.evaluate("view.camera.k")
    page.set_viewport_size({"width": 1240, "height": 900})
    settle(page)
    assert page.evaluate("view.camera.k") == scale
    expect(leaf).to_be_in_viewport()
    whole.click()
    page.get_by_role("button", name="Step back").click()  # who asked for the whole graph keeps it
    for each in (result, leaf):
        expect(each).to_be_in_viewport(ratio=0.99)
    expect(overview).to_be_hidden()
    whole.click()
    result.press("ArrowRight")  # to the first box, which is out of view
    expect(leaf).to_be_in_viewport(ratio=0.99)


def test_the_page_of_a_long_chain_is_small() -> None:
    assert len(explore(chain(60)).text.encode()) <= 420_000  # of 301 Values


def test_a_box_picks_its_lines_a_line_its_box_and_a_nudge_its_change(show: Show) -> None:
    root = residual()
    root.backward()
    page = show(root)
    order = topological_order(root)
    product = next(value for value in order if value.operation == "*")
    box(page, root, product).press("Enter")  # it may be out of view
    expect(box(page, root, product)).to_have_class(re.compile(r"\bpicked\b"))
    expect(page.locator("#code .picked code").first).to_have_text("v = w * x")
    page.locator("#code [data-line-of]", has_text="w = 2").click()
    (w,) = (value for value in order if value.label == "w")
    expect(page.locator("#graph .value.picked")).to_have_attribute("data-value", str(order.index(w)))
    expect(page.locator("#picked h2")).to_have_text("d result / d w: one product per path")
    page.get_by_role("button", name="nudge w by 0.01").click()
    moved = value_of(RESIDUAL, browser.NUMBERS | {"w": 2.01})
    expect(page.locator("#picked [role=status]")).to_have_text(
        f"If w changes from 2 to 2.01, result changes by {four(moved.data - root.data)}. "
        f"The gradient says ({four(w.grad)}) × 0.01 = {four(w.grad * 0.01)}."
    )
    assert page.evaluate("model.number(picked)") == 2


def test_a_tag_picks_its_leaf_and_a_leaf_points_at_its_tags(show: Show) -> None:
    net = statquest.network()
    root = statquest.loss(net)
    page = show(root)
    place = topological_order(root).index(net["w1"])
    tags = page.locator(f'#graph [data-tag^="{place}_"]')
    page.get_by_role("button", name="Show the whole graph").click()
    tags.last.click()
    expect(box(page, root, net["w1"])).to_have_class(re.compile(r"\bpicked\b"))
    page.mouse.move(0, 0)
    expect(page.locator("#graph .pointed")).to_have_count(0)
    box(page, root, net["w1"]).hover()
    expect(page.locator("#graph .tag.pointed")).to_have_count(3)
