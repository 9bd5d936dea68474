"""The story, in a real browser, as a reader goes through it: nothing is given away, and every why is answered by doing."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from micrograd_sq import statquest, write_page
from tests.browser import Open, needs_browser, settle

CHAPTERS = [
    "network", "fit", "slope", "chain-rule", "reverse", "descent", "further-back", "all-seven", "board",
]  # fmt: skip
TIMES = {"network": 0, "fit": 364, "slope": 443, "chain-rule": 518, "descent": 808}  # seconds
WIDTHS = [(390, 844), (820, 1180), (1024, 768), (1440, 900)]

At = Callable[..., Page]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lesson") / "lesson.html"
    write_page(path)
    return path


@pytest.fixture
def at(visit: Open, lesson: Path) -> At:
    """Opens the page at the step of a chapter that has some words in it."""

    def at(chapter: str, words: str, size: tuple[int, int] = (1440, 900), **options: Any) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        page = visit(lesson, viewport=viewport, **options)
        move(page, chapter, words)
        return page

    return at


def move(page: Page, chapter: str, words: str) -> None:
    page.evaluate(
        """([chapter, words]) => go(steps.find(step => sectionOf(step).id === chapter && step.textContent.includes(words)))""",
        [chapter, words],
    )
    expect(page.locator(".step.now")).to_contain_text(words)
    settle(page)


def press(page: Page, name: str, times: int = 1) -> None:
    for _ in range(times):
        page.locator(".step.now").get_by_role("button", name=name, exact=True).click()
    settle(page)


def view(page: Page, name: str) -> Locator:
    return page.locator(f'.view[data-view="{name}"]')


def gradients(page: Page, name: str) -> dict[str, str]:
    """What the boxes of a graph say of their gradients, by what they are called."""
    settle(page)
    return dict(
        page.evaluate(
            """name => [...graphs[name].view.shown.boxes].map(([node, { gradient }]) =>
              [models[name].name(node), gradient.textContent.trim()])""",
            name,
        )
    )


# ---- The way through


@needs_browser
@pytest.mark.parametrize("size", WIDTHS)
def test_next_leads_from_the_first_sentence_to_the_board_and_each_step_has_its_picture(
    visit: Open, lesson: Path, size: tuple[int, int]
) -> None:
    page = visit(lesson, viewport={"width": size[0], "height": size[1]})
    place, seen = -1, list[str]()
    while not seen or seen[-1] != "board":
        settle(page)
        before, place = place, page.evaluate("steps.indexOf(active)")
        seen.append(page.evaluate("sectionOf(active).id"))
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
        if seen[-1] != "board":
            picture = view(page, page.evaluate("stageOf(active)[0]")).locator("svg:visible").first
            expect(picture).to_be_in_viewport(ratio=0.9)
            opened = page.locator(".step.now :is([data-when], [data-after])")  # by Next, at first
            now = opened if place == before else page.locator(".step.now p")
            expect(now.first).to_be_in_viewport(ratio=0.2)
            page.get_by_role("button", name="Next").press("Enter")
            assert place in (before, before + 1)
    assert list(dict.fromkeys(seen)) == CHAPTERS
    assert (
        page.locator("[data-when], [data-after]").evaluate_all(
            "all => all.filter(each => each.hidden).length"
        )
        == 0
    )
    expect(page.get_by_role("button", name="Next")).to_be_disabled()


@needs_browser
@pytest.mark.parametrize("size", [(360, 640), (375, 553), (320, 400), (280, 653), (568, 320)])
def test_next_arrives_on_small_screens(visit: Open, lesson: Path, size: tuple[int, int]) -> None:
    page = visit(lesson, viewport={"width": size[0], "height": size[1]})
    for place in range(page.evaluate("steps.length")):
        settle(page)
        assert page.evaluate("steps.indexOf(active)") == place
        page.evaluate("later.forEach(({ element, more }) => unfold(element, more))")
        page.get_by_role("button", name="Next").press("Enter")


@needs_browser
@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (360, 640), (1280, 800)])
def test_an_address_leads_to_the_first_step_of_its_chapter(
    browser: Browser, lesson: Path, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    for chapter in CHAPTERS[:-1]:
        page = context.new_page()
        page.goto(f"{lesson.as_uri()}#{chapter}")
        page.wait_for_function("document.readyState === 'complete'")
        for _ in range(3):
            settle(page)
        assert page.evaluate(
            "[sectionOf(active).id, active === active.parentElement.querySelector('.step')]"
        ) == [chapter, True]
        top, picture = page.evaluate(
            "[active.querySelector('p').getBoundingClientRect().top, element('stage').getBoundingClientRect().bottom]"
        )
        assert size[0] >= 900 or top >= picture
        page.close()
    context.close()


@needs_browser
def test_each_chapter_is_an_address_and_knows_its_time_in_the_video(
    visit: Open, lesson: Path
) -> None:
    page = visit(lesson)
    for chapter in CHAPTERS:
        page.locator(f'#chapters a[href="#{chapter}"]').click()
        expect(page).to_have_url(re.compile(f"#{chapter}$"))
        expect(page.locator("#chapters a[aria-current]")).to_have_attribute("href", f"#{chapter}")
        if chapter in TIMES:
            link = page.locator(f"#{chapter} .time")
            expect(link).to_have_attribute(
                "href", f"https://youtu.be/IN2XmBhILt4?t={TIMES[chapter]}"
            )
    page.evaluate("location.hash = '#reverse'")
    expect(page.locator("#chapters a[aria-current]")).to_have_attribute("href", "#reverse")


@needs_browser
def test_no_answer_stands_before_its_question(visit: Open, lesson: Path) -> None:
    page = visit(lesson)
    settle(page)
    first = page.evaluate("document.body.innerText.slice(0, 2000)")
    assert not re.search(r"20\.4|-15\.7", first)
    move(page, "chain-rule", "Take one dosage")
    assert set(gradients(page, "one").values()) == {""}
    move(page, "chain-rule", "three ways")
    assert gradients(page, "three")["b3"] == ""
    assert "-15.66" not in view(page, "three").inner_text()
    move(page, "further-back", "Send all of them")
    assert set(gradients(page, "whole").values()) == {""}


# ---- The chapters


@needs_browser
def test_the_dots_in_the_hidden_nodes_move_with_the_dosage(at: At) -> None:
    page = at("network", "Move the dosage")
    dot = view(page, "network").locator(".dot.blue")
    before = dot.get_attribute("cx")
    assert "-1.43" in page.locator(".step.now").inner_text()
    page.locator("#flow").fill("1")
    expect(view(page, "network")).to_contain_text("x = 1.91")
    assert dot.get_attribute("cx") != before


@needs_browser
def test_b3_is_guessed_by_dragging_the_squiggle(at: At) -> None:
    page = at("fit", "Drag the squiggle")
    assert "SSR" not in page.locator(".step.now").inner_text()
    handle = view(page, "squiggle").locator(".handle").bounding_box()
    assert handle
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 150, steps=5)
    page.mouse.up()
    guess = page.evaluate("lesson.values[B3]")
    assert 0.5 < guess < 4
    move(page, "fit", "How good is your")
    assert f"b3 = {guess:.2f}" in page.locator(".step.now").inner_text()


@needs_browser
def test_the_pink_curve_is_where_the_reader_has_been(at: At) -> None:
    page = at("slope", "Drag the black point")
    assert view(page, "ssr").locator(".curve.pink").get_attribute("d") == "M0 0"
    for guess, ssr in (("0", "20.4"), ("1", "7.8"), ("2", "1.11"), ("3", "0.46")):
        page.locator("#guesses button").nth(int(guess)).click()
        expect(page.get_by_role("button", name=f"b3 = {guess}: SSR {ssr}")).to_be_visible()
        settle(page)
    dots = view(page, "ssr").locator(".visited").get_attribute("d") or ""
    assert dots.count("M") == 4
    page.get_by_role("button", name="Draw the rest").click()
    expect(view(page, "ssr").locator(".curve.pink")).not_to_have_attribute("d", "M0 0")


@needs_browser
def test_a_nudge_shows_what_a_slope_is(at: At) -> None:
    page = at("slope", "nudge b3")
    press(page, "Stand at b3 = 0")
    press(page, "nudge b3 by 0.01")
    expect(page.locator("#nudged")).to_contain_text("by -0.1563")
    expect(page.locator("#nudged")).to_contain_text("slope × 0.01 says -0.1566")
    expect(page.locator(".step.now")).to_contain_text("its other name is the derivative")
    assert page.evaluate("lesson.values[B3]") == 0


@needs_browser
@pytest.mark.parametrize("size", [(360, 740), *WIDTHS])
def test_the_graph_of_one_dosage_fits_and_the_reader_sends_every_gradient(
    at: At, size: tuple[int, int]
) -> None:
    page = at("chain-rule", "Send them", size=size)
    picture = page.locator('.view[data-view="one"] svg:visible').bounding_box()
    assert picture
    assert picture["x"] >= 0
    assert picture["x"] + picture["width"] <= size[0]
    assert picture["y"] + picture["height"] <= size[1]
    assert page.evaluate("graphs.one.view.fitted") > 0.5  # so the letters can be read
    told = []
    for _ in range(5):
        press(page, "Send")
        told.append(page.locator(".step.now .told").inner_text())
    assert "d squared residual / d squared residual = 1" in told[0]
    assert "d (residual * residual) / d residual = 2 * residual = 2 * 2.609 = 5.218" in told[1]
    assert "d_predicted = -d_residual" in told[2]
    assert "d squared residual / d b3 = 1 × (-5.218) = -5.218" in told[3]
    assert gradients(page, "one")["b3"] == "grad -5.218"
    assert "" not in gradients(page, "one").values()


@needs_browser
def test_a_box_whose_turn_it_is_sends_when_it_is_pressed(at: At) -> None:
    page = at("chain-rule", "Send them")
    for label in ("squared residual", "squared residual", "residual", "predicted"):
        box = view(page, "one").locator(".value.next:visible")
        expect(box).to_contain_text(label)
        box.click()
        settle(page)
    assert gradients(page, "one")["b3"] == "grad -5.218"


@needs_browser
def test_the_sum_over_three_ways_is_asked_for(at: At) -> None:
    page = at("chain-rule", "three ways")
    page.locator("#answer").fill("-5.2")
    press(page, "Check")
    expect(page.locator("#judged")).to_contain_text("Not -5.2")
    assert gradients(page, "three")["b3"] == ""
    page.locator("#answer").fill("-15.6")
    press(page, "Check")
    expect(page.locator("#judged")).to_contain_text("(-5.207) + (-5.218) + (-5.23) = -15.66")
    assert gradients(page, "three")["b3"] == "grad -15.66"


@needs_browser
def test_a_nudge_moves_each_of_three_terms_by_its_own_amount(at: At) -> None:
    page = at("chain-rule", "Why do they add up")
    press(page, "nudge b3 by 0.01")
    cells = page.locator("#terms tbody td").all_inner_texts()
    moves, ways = [[float(cell) for cell in cells[start::3]] for start in (1, 2)]
    assert moves == [-0.0520, -0.0521, -0.0522, -0.1563]
    assert ways == [-0.0521, -0.0522, -0.0523, -0.1566]


@needs_browser
def test_sent_too_early_the_gradient_is_wrong(at: At) -> None:
    page = at("reverse", "Now do it wrong")
    page.locator(".step.now").get_by_role("switch", name="send too early").check()
    assert "Every box was made after" not in page.locator(".step.now").inner_text()
    press(page, "Send", times=8)
    expect(page.locator(".step.now .told")).to_contain_text("b3 has -3.218, where -8.436 is right")
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"
    expect(page.locator(".step.now")).to_contain_text("Every box was made after")
    move(page, "reverse", "In which order")  # which has a graph of its own
    press(page, "Send", times=8)
    assert gradients(page, "shared")["b3"] == "grad -8.436"
    move(page, "reverse", "Now do it wrong")
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"


@needs_browser
def test_what_one_presses_is_in_the_picture_and_what_plays_pauses_when_one_goes_on(at: At) -> None:
    page = at("reverse", "In which order")
    press(page, "Play")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".step.now")).to_contain_text("Now do it wrong")
    assert page.evaluate("walks.filter(walk => walk.playing).length") == 0
    page.evaluate(
        "scrollBy({ top: active.getBoundingClientRect().top - readingLine() - 15, behavior: 'instant' })"
    )
    settle(page)
    later = page.locator(".step", has_text="Now do it wrong")
    expect(page.locator(".step.now")).to_contain_text("In which order")
    later.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".step.now")).to_contain_text("Now do it wrong")
    expect(later.locator(".told")).to_contain_text("d SSR / d SSR = 1")


@needs_browser
def test_what_unfolds_leaves_the_reader_in_the_step_where_he_presses(at: At) -> None:
    page = at("reverse", "In which order")
    later = page.locator(".step", has_text="Now do it wrong")
    page.evaluate(
        "scrollBy({ top: steps[steps.indexOf(active) + 1].getBoundingClientRect().top - readingLine() - 15, behavior: 'instant' })"
    )
    settle(page)
    expect(page.locator(".step.now")).to_contain_text("In which order")
    later.get_by_role("switch", name="send too early").check()
    for _ in range(8):
        later.get_by_role("button", name="Send", exact=True).click()
        settle(page)
    expect(page.locator(".step.now")).to_contain_text("Every box was made after")
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"


@needs_browser
def test_numbers_that_can_be_read_before_their_chapter_begins_are_there(at: At) -> None:
    page = at("network", "Three doses")
    empty = page.evaluate(
        "[...document.querySelectorAll('[data-live]')].filter(each => !each.textContent && sectionOf(each).id !== 'all-seven').length"
    )
    assert empty == 0


@needs_browser
def test_the_pink_curve_is_that_of_the_parameter_that_is_chosen(at: At) -> None:
    page = at("all-seven", "Press Play")
    page.locator("#chosen").select_option("w1")
    move(page, "reverse", "In which order")
    move(page, "all-seven", "Press Play")
    chosen = page.evaluate(
        "[data.names[ssrPlot.which], element('chosen').selectedOptions[0].textContent]"
    )
    assert chosen == ["w3", "w3"]


@needs_browser
def test_the_window_may_change_and_the_reader_stays(at: At) -> None:
    page = at("all-seven", "Now nothing is known")
    page.evaluate("element('board-graph').scrollIntoView({ block: 'start', behavior: 'instant' })")
    settle(page)
    for size in ((1160, 727), (1440, 900), (844, 390), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for _ in range(4):
            settle(page)
        assert page.evaluate("spot.element.id") == "board-graph"
        expect(page.locator("#board-graph")).to_be_in_viewport()


@needs_browser
@pytest.mark.parametrize("size", [(360, 640), (320, 568), (390, 664)])
def test_sending_moves_nothing_under_the_finger_and_ends_where_it_began(
    at: At, size: tuple[int, int]
) -> None:
    page = at("reverse", "Now do it wrong", size)
    page.locator(".step.now").get_by_role("switch", name="send too early").check()
    send = page.locator(".step.now").get_by_role("button", name="Send", exact=True)
    place = send.bounding_box()
    while send.is_enabled():
        send.press("Enter")
        settle(page)
        assert send.bounding_box() == place
    expect(page.locator(".step.now")).to_contain_text("Now do it wrong")
    expect(page.locator(".step.now .told .wrong")).to_contain_text(
        "b3 has -3.218, where -8.436 is right"
    )


@needs_browser
def test_three_steps_of_descent_read_as_in_the_video(at: At) -> None:
    page = at("descent", "A step is a part of the slope")
    text = page.locator(".step.now .formula").inner_text()
    assert "(-15.7) × 0.1 = -1.57" in text
    assert "0.00 − (-1.57) = 1.57" in text
    press(page, "Step")
    expect(page.locator(".step.now .outcome")).to_contain_text("= 1.57.")
    expect(page.locator(".step.now > p").first).to_contain_text("-6.26")
    press(page, "Step")
    expect(page.locator(".step.now .outcome")).to_contain_text("= 2.19.")
    assert view(page, "ssr").locator(".taken").count() == 2
    assert view(page, "ssr").locator(".tangent.past").count() == 2


@needs_browser
def test_the_limit_of_the_learning_rate_is_marked_and_no_sentence_contradicts_it(at: At) -> None:
    page = at("descent", "Try other learning rates")
    assert "changes by 6 for each unit" not in page.locator(".step.now").inner_text()
    mark = page.locator(".step.now .mark")
    expect(mark).to_have_text("1/3")
    mark.click()
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Take some steps with 0.3333")
    press(page, "Step", times=2)
    expect(verdict).to_contain_text("just as far away on the other side")
    expect(page.locator(".step.now")).to_contain_text("the slope changes by 6 for each unit of b3")
    expect(page.locator(".step.now .outcome")).to_contain_text("learning rate 0.3333 = step size")
    number = page.locator(".step.now").get_by_label("learning rate, a number")
    for rate, says in (
        ("0.1", "leaves 0.4 of what was left"),
        ("0.3", "only 0.8 of what was left"),
        ("0.4", "1.4 times as far away as before: the descent diverges"),
    ):
        number.fill(rate)
        assert page.evaluate("lesson.values[B3]") == 0  # begins anew, so that it can be seen
        press(page, "Step", times=2)
        expect(verdict).to_contain_text(says)
    for rate, why in (("0", "nothing would ever move"), ("-1", "uphill"), ("", "a number above 0")):
        number.fill(rate)
        expect(page.locator(".step.now .rate .wrong")).to_contain_text(why)
    assert page.evaluate("lesson.rate") == 0.4
    assert "2.6089" in page.locator(".step.now").inner_text()
    assert "2.6092" in page.locator(".step.now").inner_text()


@needs_browser
def test_w1_is_reached_factor_by_factor(at: At) -> None:
    page = at("further-back", "factor by factor")
    factors = page.locator("#factors")
    expect(factors).to_have_text("1 × 5.218 × (-1) × (-1.22) × 0.5597 × 0.5 = 1.782")
    page.locator(".factor").nth(4).hover()
    expect(page.locator("#factor-told")).to_contain_text("sigmoid")
    expect(view(page, "network").locator(".node.lit")).to_have_count(1)
    expect(view(page, "whole").locator(".edge.on-way:visible")).to_contain_text("0.5597")
    expect(view(page, "whole").locator(".code .lit")).to_contain_text("sigmoid(top_x)")


@needs_browser
@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
def test_a_box_and_those_that_it_sends_to_are_in_view(at: At, size: tuple[int, int]) -> None:
    page = at("further-back", "Send all of them", size)
    w1, v = (
        view(page, "whole").get_by_role("button", name=re.compile(f"^{name},"))
        for name in ("w1", "v")
    )
    press(page, "Send", 13)
    expect(page.locator(".step.now .told")).to_contain_text("v sends its gradient")
    for each in (w1, v):
        expect(each.locator("visible=true")).to_be_in_viewport(ratio=0.99)
    place, tag = (
        each.bounding_box()
        for each in (view(page, "whole").locator("svg:visible"), w1.locator("visible=true"))
    )
    assert place
    assert tag
    assert place["x"] <= tag["x"]
    assert tag["x"] + tag["width"] <= place["x"] + place["width"]
    page.get_by_role("button", name="Next").press("Enter")
    settle(page)
    assert page.evaluate("graphs.whole.view.scale") == 1


@needs_browser
def test_the_tangent_in_the_node_is_the_sigmoid(at: At) -> None:
    page = at("further-back", "Move the dosage, and watch the tangent")
    expect(view(page, "network").locator(".slope").first).to_have_text("slope 0.5597")
    page.locator(".step.now .flow").fill("1")
    expect(view(page, "network").locator(".slope").first).to_have_text("slope 0.871")
    expect(page.locator(".step.now")).to_contain_text("it is 0.871")


@needs_browser
def test_which_gradients_need_w3_is_asked_and_answered(at: At) -> None:
    page = at("further-back", "One question")
    page.get_by_label("w2", exact=True).check()
    press(page, "Check")
    expect(page.locator("#needs-told")).to_contain_text("Not quite")
    page.get_by_label("w2", exact=True).uncheck()
    for name in ("w1", "b1"):
        page.get_by_label(name, exact=True).check()
    press(page, "Check")
    expect(page.locator("#needs-told")).to_contain_text("Yes: w1 and b1, and no other")


@needs_browser
def test_all_seven_rise_at_first_and_then_find_the_data(at: At) -> None:
    page = at("all-seven", "Press Step three times")
    assert "it rises before" not in page.locator(".step.now").inner_text()
    assert page.locator("#all-values td").all_inner_texts()[8:12] == ["w3", "0.36", "7.14", "-0.35"]
    outcomes = []
    for _ in range(3):
        press(page, "Step")
        outcomes.append(page.locator(".step.now .outcome").inner_text())
    assert "from 1.90 to 4.2. It rose" in outcomes[0]
    assert "from 4.2 to 7.4. It rose" in outcomes[1]
    expect(page.locator(".step.now")).to_contain_text(
        "its limit is 0.09; along the step that all seven take together"
    )
    expect(page.locator(".step.now")).to_contain_text("the limit is 0.07")
    move(page, "all-seven", "Press Play")
    page.locator(".step.now").get_by_label("speed").select_option("10")
    press(page, "Play")
    outcome = page.locator(".step.now .outcome")
    expect(outcome).to_contain_text("stops after", timeout=60_000)
    assert page.evaluate("lesson.ssr[0]") < 0.01
    expect(page.locator(".step.now")).to_contain_text("many sets of numbers fit perfectly")


@needs_browser
def test_a_start_that_gets_stuck_is_named_so(at: At) -> None:
    page = at("all-seven", "often it does not arrive")
    press(page, "A start that gets stuck")
    outcome = page.locator(".step.now .outcome")
    expect(outcome).to_contain_text("SSR is still 0.67: stuck", timeout=60_000)
    expect(page.locator(".step.now")).to_contain_text("A flat slope is not a good fit")


# ---- For all


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_an_accessibility_checker_finds_nothing_in_any_chapter(
    visit: Open, lesson: Path, size: tuple[int, int], scheme: str
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = visit(lesson, viewport=viewport, color_scheme=scheme, bypass_csp=True)
    for chapter in CHAPTERS:
        page.evaluate("chapter => goTo(chapter)", chapter)
        expect(page.locator("#chapters a[aria-current]")).to_have_attribute("href", f"#{chapter}")
        settle(page)
        # The whole page once, then what is other in each chapter.
        part = None if chapter == CHAPTERS[0] else {"include": [f"#{chapter}", "#stage"]}
        found = Axe().run(page, part).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], chapter


@needs_browser
@pytest.mark.parametrize("width", [360, 760, 1000, 1280, 1920, 2560])
def test_nothing_is_wider_than_the_screen(visit: Open, lesson: Path, width: int) -> None:
    page = visit(lesson, width=width)
    for chapter in CHAPTERS:
        page.evaluate("chapter => goTo(chapter)", chapter)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_story_s_own_start_values_are_the_lesson_s(lesson: Path) -> None:
    text = lesson.read_text()
    assert '"optimised": [3.34, -3.53, -1.22, -2.3, -1.43, 0.57, 0.0]' in text
    assert f'"unoptimised": {[*statquest.SEVEN.values()]}' in text
