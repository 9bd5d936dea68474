"""The chapters of the lesson's page, in a real browser: a reader answers each question before the page does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import SCROLL_WIDTH, Open, barriers, settle

CHAPTERS = "network fit slope chain-rule reverse descent further-back all-seven board".split()
TIMES = {"network": 0, "fit": 364, "slope": 443, "chain-rule": 518, "descent": 808}  # seconds

Size = tuple[int, int]


@pytest.fixture
def at(visit: Open, lesson: Path) -> Open:
    """Return a function that opens the page at the step of a chapter that has some words in it."""

    def at(chapter: str, words: str, size: Size = (1440, 900)) -> Page:
        page = visit(lesson, size)
        move(page, chapter, words)
        return page

    return at


def move(page: Page, chapter: str, words: str) -> None:
    find = f"sectionOf(step).id === '{chapter}' && step.textContent.includes('{words}')"
    page.evaluate(f"go(steps.find(step => {find}))")
    expect(now(page)).to_contain_text(words)
    settle(page)


def now(page: Page) -> Locator:
    """Return the step that is being read."""
    return page.locator(".step.now")


def press(page: Page, name: str, times: int = 1) -> None:
    for _ in range(times):
        now(page).get_by_role("button", name=name, exact=True).click()
    settle(page)


def view(page: Page, name: str) -> Locator:
    return page.locator(f'.view[data-view="{name}"]')


def gradients(page: Page, graph: str) -> dict[str, str]:
    """Return what the boxes of a graph say of their gradients, by name."""
    settle(page)
    script = """graph => [...graphs[graph].view.shown.boxes].map(([node, { gradient }]) =>
      [models[graph].name(node), gradient.textContent.trim()])"""
    return dict(page.evaluate(script, graph))


# ---- From step to step


@pytest.mark.parametrize(("size", "scheme"), [((390, 844), "light"), ((1024, 768), "dark")])
def test_next_leads_through_all_chapters_which_fit_the_screen_and_are_accessible(
    visit: Open, lesson: Path, size: Size, scheme: str
) -> None:
    page = visit(lesson, size, scheme)
    place, seen = -1, list[str]()
    while not seen or seen[-1] != "board":
        settle(page)
        before = place
        place, chapter = page.evaluate("[steps.indexOf(active), sectionOf(active).id]")
        assert page.evaluate(SCROLL_WIDTH) == size[0]
        if scheme == "light" and chapter not in seen:
            assert barriers(page, {"include": [f"#{chapter}", "#stage"]}) == [], chapter
        seen.append(chapter)
        if chapter != "board":
            picture = view(page, page.evaluate("stageOf(active)[0]")).locator("svg:visible").first
            expect(picture).to_be_in_viewport(ratio=0.9)
            unfolded = ":is([data-when], [data-after])"  # by Next
            text = now(page).locator(unfolded if place == before else "p").first
            expect(text).to_be_in_viewport(ratio=0.2)
            page.get_by_role("button", name="Next").press("Enter")
            assert place in (before, before + 1)
    assert scheme == "light" or barriers(page) == []  # everything at once, for it is unfolded
    assert list(dict.fromkeys(seen)) == CHAPTERS
    assert page.locator(":is([data-when], [data-after])[hidden]").count() == 0
    expect(page.get_by_role("button", name="Next")).to_be_disabled()


@pytest.mark.parametrize("size", [(280, 653), (568, 320)])
def test_next_arrives_on_small_screens(visit: Open, lesson: Path, size: Size) -> None:
    page = visit(lesson, size)
    for place in range(page.evaluate("steps.length")):
        settle(page)
        assert page.evaluate("steps.indexOf(active)") == place
        page.evaluate("later.forEach(({ element, more }) => unfold(element, more))")
        page.get_by_role("button", name="Next").press("Enter")


@pytest.mark.parametrize("size", [(390, 844), (2560, 1300)])
def test_an_address_leads_to_its_chapter(visit: Open, lesson: Path, size: Size) -> None:
    for chapter in CHAPTERS[:-1]:
        page = visit(lesson, size, address=f"#{chapter}")
        for _ in range(3):
            settle(page)
        script = "[sectionOf(active).id, active === active.parentElement.querySelector('.step')]"
        assert page.evaluate(script) == [chapter, True]
        script = (
            "active.querySelector('p').getBoundingClientRect().top >= element('stage').getBoundingClientRect().bottom"
        )
        assert size[0] >= 900 or page.evaluate(script)
        assert page.evaluate(SCROLL_WIDTH) == size[0]
        if chapter in TIMES:
            address = f"https://youtu.be/IN2XmBhILt4?t={TIMES[chapter]}"
            expect(page.locator(f"#{chapter} .time")).to_have_attribute("href", address)
    current = page.locator("#chapters a[aria-current]")
    page.locator('#chapters a[href="#slope"]').click()
    expect(current).to_have_attribute("href", "#slope")
    assert page.url.endswith("#slope")
    page.evaluate("location.hash = '#reverse'")
    expect(current).to_have_attribute("href", "#reverse")


def test_no_answer_comes_before_its_question_and_no_number_is_missing(at: Open) -> None:
    page = at("network", "Three doses")
    assert not re.search(r"20\.4|-15\.7", page.evaluate("document.body.innerText.slice(0, 2000)"))
    empty = "[...document.querySelectorAll('[data-live]')].filter(each => !each.textContent && sectionOf(each).id !== 'all-seven').length"
    assert page.evaluate(empty) == 0
    move(page, "chain-rule", "Take one dosage")
    assert set(gradients(page, "one").values()) == {""}
    move(page, "chain-rule", "three ways")
    assert gradients(page, "three")["b3"] == ""
    assert "-15.66" not in view(page, "three").inner_text()
    move(page, "further-back", "Send all of them")
    assert set(gradients(page, "whole").values()) == {""}


def test_the_window_may_change_and_the_reader_stays(at: Open) -> None:
    page = at("all-seven", "Now nothing is known")
    page.evaluate("element('board-graph').scrollIntoView({ block: 'start', behavior: 'instant' })")
    settle(page)
    for size in ((1160, 727), (844, 390), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for _ in range(4):
            settle(page)
        assert page.evaluate("spot.element.id") == "board-graph"
        expect(page.locator("#board-graph")).to_be_in_viewport()


# ---- The chapters


def test_the_hidden_nodes_follow_the_dosage_and_w1_is_reached_through_them(at: Open) -> None:
    page = at("network", "Move the dosage")
    dot = view(page, "network").locator(".dot.blue")
    before = dot.get_attribute("cx")
    expect(now(page)).to_contain_text("-1.43")
    page.locator("#flow").fill("1")
    expect(view(page, "network")).to_contain_text("x = 1.91")
    assert dot.get_attribute("cx") != before
    move(page, "further-back", "factor by factor")
    factors = page.locator("#factors")
    expect(factors).to_have_text("1 × 5.218 × (-1) × (-1.22) × 0.5597 × 0.5 = 1.782")
    page.locator(".factor").nth(4).hover()
    expect(page.locator("#factor-told")).to_contain_text("sigmoid")
    expect(view(page, "network").locator(".node.lit")).to_have_count(1)
    expect(view(page, "whole").locator(".edge.on-way:visible")).to_contain_text("0.5597")
    expect(view(page, "whole").locator(".code .lit")).to_contain_text("sigmoid(top_x)")
    move(page, "further-back", "Move the dosage, and watch the tangent")
    slope = view(page, "network").locator(".slope").first
    expect(slope).to_have_text("slope 0.5597")
    now(page).locator(".flow").fill("1")
    expect(slope).to_have_text("slope 0.871")
    expect(now(page)).to_contain_text("it is 0.871")


def test_b3_is_guessed_by_dragging_the_squiggle(at: Open) -> None:
    page = at("fit", "Drag the squiggle")
    assert "SSR" not in now(page).inner_text()
    handle = view(page, "squiggle").locator(".handle").bounding_box()
    assert handle
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 150, steps=3)
    page.mouse.up()
    guess = page.evaluate("lesson.values[B3]")
    assert 0.5 < guess < 4
    move(page, "fit", "How good is your")
    expect(now(page)).to_contain_text(f"b3 = {guess:.2f}")


def test_the_pink_curve_is_found_point_by_point_and_a_nudge_shows_its_slope(at: Open) -> None:
    page = at("slope", "Drag the black point")
    curve = view(page, "ssr").locator(".curve.pink")
    assert curve.get_attribute("d") == "M0 0"
    for guess, ssr in enumerate(("20.4", "7.8", "1.11", "0.46")):
        page.locator("#guesses button").nth(guess).click()
        expect(page.get_by_role("button", name=f"b3 = {guess}: SSR {ssr}")).to_be_visible()
        settle(page)
    assert (view(page, "ssr").locator(".visited").get_attribute("d") or "").count("M") == 4
    page.get_by_role("button", name="Draw the rest").click()
    expect(curve).not_to_have_attribute("d", "M0 0")
    move(page, "slope", "nudge b3")
    press(page, "Stand at b3 = 0")
    press(page, "nudge b3 by 0.01")
    expect(page.locator("#nudged")).to_contain_text("by -0.1563")
    expect(page.locator("#nudged")).to_contain_text("slope × 0.01 says -0.1566")
    expect(now(page)).to_contain_text("its other name is the derivative")
    assert page.evaluate("lesson.values[B3]") == 0


@pytest.mark.parametrize("size", [(360, 740), (1024, 768)])
def test_the_reader_passes_every_gradient_of_one_data_point_on(at: Open, size: Size) -> None:
    page = at("chain-rule", "Send them", size)
    picture = view(page, "one").locator("svg:visible").bounding_box()
    assert picture
    assert 0 <= picture["x"] <= size[0] - picture["width"]
    assert picture["y"] + picture["height"] <= size[1]
    assert page.evaluate("graphs.one.view.fitted") > 0.5  # so the letters can be read
    said = []
    for label in ("squared residual", "squared residual", "residual", "predicted", ""):
        following = view(page, "one").locator(".value.next:visible")
        if label and size[0] > 1000:  # pressing the box is the same as pressing the button
            expect(following).to_contain_text(label)
            following.click()
            settle(page)
        else:
            press(page, "Send")
        said.append(now(page).locator(".told").inner_text())
    assert "d squared residual / d squared residual = 1" in said[0]
    assert "d (residual * residual) / d residual = 2 * residual = 2 * 2.609 = 5.218" in said[1]
    assert "d_predicted = -d_residual" in said[2]
    assert "d squared residual / d b3 = 1 × (-5.218) = -5.218" in said[3]
    assert gradients(page, "one")["b3"] == "grad -5.218"
    assert "" not in gradients(page, "one").values()


def test_the_sum_over_three_data_points_is_asked_for_and_explained(at: Open) -> None:
    page = at("chain-rule", "three ways")
    for answer, says, gradient in (
        ("-5.2", "Not -5.2", ""),
        ("-15.6", "(-5.207) + (-5.218) + (-5.23) = -15.66", "grad -15.66"),
    ):
        page.locator("#answer").fill(answer)
        press(page, "Check")
        expect(page.locator("#judged")).to_contain_text(says)
        assert gradients(page, "three")["b3"] == gradient
    move(page, "chain-rule", "Why do they add up")
    press(page, "nudge b3 by 0.01")
    cells = page.locator("#terms tbody td").all_inner_texts()
    assert cells[1::3] == ["-0.0520", "-0.0521", "-0.0522", "-0.1563"]
    assert cells[2::3] == ["-0.0521", "-0.0522", "-0.0523", "-0.1566"]


@pytest.mark.parametrize("size", [(320, 568), (390, 664)])
def test_a_gradient_passed_on_too_early_is_wrong_and_the_button_stays(at: Open, size: Size) -> None:
    page = at("reverse", "Now do it wrong", size)
    now(page).get_by_role("switch", name="send too early").check()
    assert "Every box was made after" not in now(page).inner_text()
    send = now(page).get_by_role("button", name="Send", exact=True)
    place = send.bounding_box()
    while send.is_enabled():
        send.press("Enter")
        settle(page)
        assert send.bounding_box() == place
    expect(now(page)).to_contain_text("Now do it wrong")
    wrong = now(page).locator(".told .wrong")
    expect(wrong).to_contain_text("b3 has -3.218, where -8.436 is right")
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"
    expect(now(page)).to_contain_text("Every box was made after")
    move(page, "reverse", "In which order")  # which has a graph of its own
    press(page, "Send", times=8)
    assert gradients(page, "shared")["b3"] == "grad -8.436"
    move(page, "reverse", "Now do it wrong")
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"


def test_a_pressed_button_makes_its_step_current_and_pauses_the_step_before(at: Open) -> None:
    page = at("reverse", "In which order")
    press(page, "Play")
    page.get_by_role("button", name="Next").click()
    expect(now(page)).to_contain_text("Now do it wrong")
    assert page.evaluate("walks.filter(walk => walk.playing).length") == 0
    page.evaluate("scrollBy(0, active.getBoundingClientRect().top - readingLine() - 15)")
    settle(page)
    expect(now(page)).to_contain_text("In which order")
    later = page.locator(".step", has_text="Now do it wrong")
    later.get_by_role("switch", name="send too early").check()
    for _ in range(8):
        later.get_by_role("button", name="Send", exact=True).click()
        expect(now(page)).to_contain_text("Now do it wrong")
    expect(now(page)).to_contain_text("Every box was made after")  # which unfolds above the button
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"


def test_the_descent_and_its_learning_rates_read_as_in_the_video(at: Open) -> None:
    page = at("descent", "A step is a part of the slope")
    text = now(page).locator(".formula").inner_text()
    assert "(-15.7) × 0.1 = -1.57" in text
    assert "0.00 − (-1.57) = 1.57" in text
    press(page, "Step")
    expect(now(page).locator(".outcome")).to_contain_text("= 1.57.")
    expect(now(page).locator("> p").first).to_contain_text("-6.26")
    press(page, "Step")
    expect(now(page).locator(".outcome")).to_contain_text("= 2.19.")
    assert view(page, "ssr").locator(".taken").count() == 2
    assert view(page, "ssr").locator(".tangent.past").count() == 2

    move(page, "descent", "Try other learning rates")
    assert "changes by 6 for each unit" not in now(page).inner_text()
    mark = now(page).locator(".mark")
    expect(mark).to_have_text("1/3")
    mark.click()
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Take some steps with 0.3333")
    press(page, "Step", times=2)
    expect(verdict).to_contain_text("just as far away on the other side")
    expect(now(page)).to_contain_text("the slope changes by 6 for each unit of b3")
    expect(now(page).locator(".outcome")).to_contain_text("learning rate 0.3333 = step size")
    number = now(page).get_by_label("learning rate, a number")
    for rate, says in (("0.1", "leaves 0.4 of what was left"), ("0.4", "the descent diverges")):
        number.fill(rate)
        assert page.evaluate("lesson.values[B3]") == 0  # the descent begins again
        press(page, "Step", times=2)
        expect(verdict).to_contain_text(says)
    for rate, why in (("0", "nothing would ever move"), ("-1", "uphill"), ("", "a number above 0")):
        number.fill(rate)
        expect(now(page).locator(".rate .wrong")).to_contain_text(why)
    assert page.evaluate("lesson.rate") == 0.4
    expect(now(page)).to_contain_text("2.6089")
    expect(now(page)).to_contain_text("2.6092")


def test_buttons_and_pictures_stay_where_they_are_while_a_descent_plays(at: Open) -> None:
    page = at("descent", "take a step against it", (390, 844))
    page.evaluate("""() => {
      window.places = new Set();
      const parts = [...active.querySelectorAll("button, .outcome, .formula"), ...document.querySelectorAll(".view:not([hidden]) .plot")];
      const watch = () => {
        places.add(JSON.stringify(parts.map(part => part.getBoundingClientRect())));
        if (!lesson.converged) requestAnimationFrame(watch);
      };
      lesson.play(() => 4);
      watch();
    }""")
    expect(now(page).locator(".outcome")).to_contain_text("stops after")
    assert page.evaluate("places.size") == 1


def test_a_box_and_its_operands_are_in_view_and_which_gradients_need_w3_is_asked(at: Open) -> None:
    page = at("further-back", "Send all of them", (390, 844))
    whole = view(page, "whole")
    w1, v = (whole.get_by_role("button", name=re.compile(f"^{name},")) for name in ("w1", "v"))
    press(page, "Send", 13)
    expect(now(page).locator(".told")).to_contain_text("v sends its gradient")
    for each in (w1, v):
        expect(each.locator("visible=true")).to_be_in_viewport(ratio=0.99)
    script = "box => [box.ownerSVGElement, box].map(each => each.getBoundingClientRect().right)"
    picture, box = w1.locator("visible=true").evaluate(script)
    assert box <= picture
    page.get_by_role("button", name="Next").press("Enter")
    settle(page)
    assert page.evaluate("graphs.whole.view.scale") == 1

    move(page, "further-back", "One question")
    for checked, says in ({"w2"}, "Not quite"), ({"w1", "b1"}, "Yes: w1 and b1, and no other"):
        for name in ("w1", "w2", "b1"):
            page.get_by_label(name, exact=True).set_checked(name in checked)
        press(page, "Check")
        expect(page.locator("#needs-told")).to_contain_text(says)


def test_all_seven_rise_at_first_and_then_find_the_data_or_get_stuck(at: Open) -> None:
    finish = "lesson.pause(); while (!lesson.step()); lesson.moved()"  # all steps at once
    page = at("all-seven", "Press Step three times")
    assert "it rises before" not in now(page).inner_text()
    assert page.locator("#all-values td").all_inner_texts()[8:12] == ["w3", "0.36", "7.14", "-0.35"]
    for says in ("from 1.90 to 4.2. It rose", "from 4.2 to 7.4. It rose"):
        press(page, "Step")
        expect(now(page).locator(".outcome")).to_contain_text(says)
    press(page, "Step")
    expect(now(page)).to_contain_text("its limit is 0.09; along the step that all seven take")
    expect(now(page)).to_contain_text("the limit is 0.07")
    move(page, "all-seven", "Press Play")
    page.locator("#chosen").select_option("w1")
    now(page).get_by_label("speed").select_option("10")
    press(page, "Play")
    page.wait_for_function("lesson.steps.length > 3")
    page.evaluate(finish)
    expect(now(page).locator(".outcome")).to_contain_text("stops after")
    assert page.evaluate("lesson.ssr[0]") < 0.01
    expect(now(page)).to_contain_text("many sets of numbers fit perfectly")
    move(page, "all-seven", "often it does not arrive")
    press(page, "A start that gets stuck")
    page.evaluate(finish)
    expect(now(page).locator(".outcome")).to_contain_text("SSR is still 0.67: stuck")
    expect(now(page)).to_contain_text("A flat slope is not a good fit")
    # Whoever comes back finds the curve of w3 again, as the text says.
    move(page, "reverse", "In which order")
    move(page, "all-seven", "Press Play")
    chosen = "[data.names[ssrPlot.which], element('chosen').selectedOptions[0].textContent]"
    assert page.evaluate(chosen) == ["w3", "w3"]
