"""The chapters of the lesson's page, in a real browser: a reader answers each question before the page does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import LETTERS, SCROLL_WIDTH, Open, barriers, settle

CHAPTERS = "start network slope chain-rule reverse descent further-back all-seven end board".split()
TIMES = {"start": 364, "network": 0, "slope": 443, "chain-rule": 518, "descent": 808}  # seconds

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


def until(page: Page, condition: str) -> None:
    while not page.evaluate(condition):
        page.wait_for_timeout(20)


def view(page: Page, name: str) -> Locator:
    return page.locator(f'.view[data-view="{name}"]')


def gradients(page: Page, graph: str) -> dict[str, str]:
    """Return what the boxes of a graph say of their gradients, by name."""
    settle(page)
    script = """graph => [...graphs[graph].view.boxes].map(([node, { gradient }]) =>
      [models[graph].name(node), gradient.textContent.trim()])"""
    return dict(page.evaluate(script, graph))


def address(page: Page) -> str:
    """Return the step and its state, as the address has them."""
    settle(page)
    return str(page.evaluate("remember() ?? location.hash"))


# ---- From step to step


WORDS = """() => {
  const copy = active.cloneNode(true);
  for (const part of copy.querySelectorAll("details, .walk, .descent, table, [role=status], .rate, .formula")) part.remove();
  return copy.textContent.trim().split(/\\s+/).length;
}"""
# The picture, and the last pixel of the first control, if there is one.
FIRST = """() => {
  const control = active.querySelector("button.first, .transport button, input, .choices button");
  const { bottom } = (control ?? active.querySelector("p")).getBoundingClientRect();
  return [element("stage").getBoundingClientRect().height, bottom, element("text").getBoundingClientRect().bottom];
}"""


def test_each_step_has_large_letters_few_words_and_its_button_in_view(visit: Open, lesson: Path) -> None:
    page = visit(lesson)
    measures = f"[({LETTERS})(), {SCROLL_WIDTH}, ({WORDS})(), ({FIRST})(), location.hash]"
    for width, height in ((1440, 900), (1024, 768), (390, 844), (360, 640), (844, 390), (320, 640), (2560, 1300)):
        page.set_viewport_size({"width": width, "height": height})
        for place in range(page.evaluate("steps.length - 1")):
            page.evaluate(f"go(steps[{place}])")
            settle(page)
            small, scroll_width, words, (picture, control, bottom), where = page.evaluate(measures)
            where += f", step {place} at {width} x {height}"
            assert (small, scroll_width, words <= 60) == ([], width, True), where
            assert picture > 0.35 * height or height < 400, where
            assert control <= bottom or width == 320, where
    empty = "[...document.querySelectorAll('.step [data-live]')].filter(each => !/\\S/.test(each.textContent)).length"
    assert page.evaluate(empty) == 0
    assert not re.search("NaN|undefined|Infinity", page.evaluate("document.querySelector('.story').textContent"))


@pytest.mark.parametrize(("size", "scheme"), [((390, 844), "dark"), ((1280, 800), "light")])
def test_next_leads_through_all_chapters_does_what_they_ask_and_is_accessible(
    visit: Open, lesson: Path, size: Size, scheme: str
) -> None:
    page = visit(lesson, size, scheme)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    seen = []
    for place in range(page.evaluate("steps.length")):
        settle(page)
        assert page.evaluate("steps.indexOf(active)") == place
        chapter = page.evaluate("sectionOf(active).id")
        if chapter not in seen and scheme == "light":
            assert barriers(page) == [], chapter
            expect(page.locator("#chapters [aria-current]")).to_have_attribute("href", f"#{chapter}")
        seen.append(chapter)
        if chapter in TIMES:
            link = f"https://youtu.be/IN2XmBhILt4?t={TIMES[chapter]}"
            expect(page.locator(f"#{chapter} .time")).to_have_attribute("href", link)
        page.keyboard.press("Enter")
    assert list(dict.fromkeys(seen)) == CHAPTERS
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    assert page.evaluate("[...happened].sort()") == ["answer", "needs", "nudge", "pull", "terms", "trail"]
    assert page.evaluate("[graphs.one, graphs.shared, graphs.whole].every(({ model }) => model.place === model.LAST)")
    move(page, "all-seven", "some starts fail")
    assert page.evaluate("lesson.stuck()")


def test_keys_move_and_a_class_sees_large_letters(visit: Open, lesson: Path) -> None:
    page = visit(lesson)
    page.emulate_media(reduced_motion="no-preference")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    until(page, "steps.indexOf(active) === 5 && !leaving")
    for key, place in (("PageUp", 4), ("PageDown", 5), ("ArrowLeft", 4), ("Shift+ ", 3), (" ", 4)):
        page.keyboard.press(key)
        until(page, f"steps.indexOf(active) === {place} && !leaving")
    page.keyboard.press("p")
    for chapter, words in (("slope", "drag the round handle"), ("chain-rule", "Along a path"), ("network", "weight")):
        move(page, chapter, words)
        letters = "[...active.querySelectorAll(':scope > p')].map(each => parseFloat(getComputedStyle(each).fontSize))"
        assert min(page.evaluate(letters)) >= 20
        assert page.evaluate("element('stage').clientHeight > 0.6 * innerHeight")
        assert page.evaluate(LETTERS.replace("11", "16")) == []
    page.keyboard.press("p")
    expect(page.locator("body.present")).to_have_count(0)
    page.keyboard.press("f")
    until(page, "document.fullscreenElement")
    page.keyboard.press("f")
    until(page, "!document.fullscreenElement")


def test_what_the_reader_did_survives_reload_back_resize_and_a_link(visit: Open, lesson: Path) -> None:
    page = visit(lesson, address="#descent;rate=0.4;b3=1.57")
    assert page.evaluate("[lesson.rate, lesson.values[B3]]") == [0.4, 1.57]
    press(page, "Step", 2)
    assert address(page) == "#descent;b3=1.57;rate=0.4;steps=2"
    after = page.evaluate("lesson.values")
    for size in ((844, 390), (390, 844), (1440, 600), (1440, 900)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        settle(page)
        assert page.evaluate("lesson.values") == after
    page.reload()
    assert page.evaluate("[lesson.values, lesson.steps.length]") == [after, 2]
    move(page, "all-seven", "Now nothing is known")
    press(page, "Step", 2)
    page.get_by_role("button", name="Next").click()
    expect(now(page)).to_contain_text("Press Play")
    address(page)
    page.go_back()
    assert page.evaluate("[sectionOf(active).id, lesson.values, lesson.steps.length]") == ["descent", after, 2]
    page.go_forward()
    assert address(page) == "#all-seven.2;steps=3"
    page.evaluate("location.hash = '#chain-rule.2;sent2=3'")
    expect(now(page)).to_contain_text("Along a path")
    assert gradients(page, "one")["predicted"] == "grad -5.218"
    move(page, "slope", "Nudge b3")
    press(page, "nudge b3 by 0.01")
    expect(page.locator("#nudged")).to_contain_text("by -0.1563")
    page.reload()
    expect(page.locator("#nudged")).to_contain_text("by -0.1563")
    press_reset = page.locator("#slope .reset")
    press_reset.click()
    expect(page.locator("#nudged")).to_have_text("")
    page.goto("about:blank")
    page.go_back()
    assert page.evaluate("sectionOf(active).id") == "slope"


def test_a_handout_has_each_step_with_a_picture_on_at_most_twelve_pages(visit: Open, lesson: Path) -> None:
    page = visit(lesson, address="#descent;steps=1")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) <= 12
    settle(page)
    assert address(page) == "#descent;steps=1"
    page.evaluate("handout()")
    articles = page.locator("#handout article")
    assert articles.count() == page.evaluate("steps.length - 2")  # without the end and the board
    drawn = (
        "all => all.filter(each => each.querySelectorAll('svg :is(path:not([d=\"M0 0\"]), rect)').length < 2).length"
    )
    assert articles.evaluate_all(drawn) == 0
    text = page.evaluate("element('handout').textContent")
    assert "(-5.207) + (-5.218) + (-5.23)" in text
    assert "w1 and b1, and no other" in text
    assert "1 × 5.218 × (-1) × (-1.22) × 0.5597 × 0.5 = 1.782" in text


# ---- The chapters


def test_the_first_screen_is_pulled_by_mouse_touch_and_keys(visit: Open, lesson: Path) -> None:
    page = visit(lesson, (390, 844))
    assert not re.search(r"-15\.7", page.evaluate("active.innerText"))
    expect(page.locator(".top h1")).to_have_text("How does a network learn? Pull here.")
    expect(page.locator(".big")).to_have_text("SSR 20.4")
    expect(view(page, "squiggle")).to_contain_text("cured")
    handle = page.get_by_role("slider", name="The height of the curve, b3")
    place = handle.bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    assert y < 700
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=3)
    page.mouse.up()
    by_mouse = page.evaluate("lesson.values[B3]")
    assert 0.3 < by_mouse < 2.5
    touch = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [(x, y - 60)]), ("touchMove", [(x, y - 80)]), ("touchEnd", [])):
        spots = [{"x": across, "y": down} for across, down in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})
    touch.detach()
    assert page.evaluate("lesson.values[B3]") > by_mouse
    handle.focus()
    while page.evaluate("lesson.ssr[0]") > 0.1:
        handle.press("ArrowUp")
    expect(now(page)).to_contain_text("how does a machine know which way to pull?")
    expect(page.locator("body.fits-now")).to_have_count(1)


def test_the_network_and_the_slope_come_next(at: Open) -> None:
    page = at("network", "Move the dosage")
    dot = view(page, "network").locator(".dot.blue")
    before = dot.get_attribute("cx")
    expect(page.locator("#network details").first).to_contain_text("-1.43")
    now(page).locator(".flow").fill("1")
    expect(view(page, "network")).to_contain_text("x = 1.91")
    expect(now(page).locator("output")).to_have_text("1")
    assert dot.get_attribute("cx") != before

    move(page, "slope", "drag the round handle")
    curve = view(page, "ssr").locator(".curve.pink")
    assert curve.get_attribute("d") == "M0 0"
    for guess, ssr in enumerate(("20.4", "7.8", "1.11", "0.46")):
        page.locator("#guesses button").nth(guess).click()
        expect(page.get_by_role("button", name=f"b3 = {guess} SSR {ssr}")).to_be_visible()
        settle(page)
    assert (view(page, "ssr").locator(".visited").get_attribute("d") or "").count("M") == 4
    page.locator("#guesses button").first.click()
    move(page, "slope", "Nudge b3")
    expect(curve).not_to_have_attribute("d", "M0 0")
    press(page, "nudge b3 by 0.01")
    expect(page.locator("#nudged")).to_contain_text("by -0.1563")
    expect(page.locator("#nudged")).to_contain_text("times 0.01 is -0.1566")
    assert page.evaluate("lesson.values[B3]") == 0
    move(page, "slope", "gradient")
    expect(now(page)).to_contain_text("d SSR / d b3 = -15.7 at b3 = 0.00")


def test_gradients_are_sent_multiplied_and_added(at: Open) -> None:
    page = at("chain-rule", "Along a path")
    assert set(gradients(page, "one").values()) == {""}
    said = []
    for label in ("squared residual", "", "residual", "predicted", ""):
        if label:  # pressing the box is the same as pressing the button
            view(page, "one").locator(".value.next", has_text=label).click()
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

    move(page, "chain-rule", "three paths")
    expect(page.locator("#three-paths")).to_contain_text("dosage 1: 5.23 × (-1) = -5.23")
    assert gradients(page, "three")["b3"] == ""
    assert "-15.66" not in page.evaluate("document.querySelector('.story').innerText")
    for answer, says, gradient in (
        ("-5.2", "Not -5.2", ""),
        ("15.6", "not the sign", ""),
        ("-15.6", "(-5.207) + (-5.218) + (-5.23) ≈ -15.66", "grad -15.66"),
    ):
        page.locator("#answer").fill(answer)
        press(page, "Check")
        expect(page.locator("#judged")).to_contain_text(says)
        assert gradients(page, "three")["b3"] == gradient
    move(page, "slope", "gradient")
    move(page, "chain-rule", "three paths")
    assert gradients(page, "three")["b3"] == "grad -15.66"  # still there for a reader who comes back
    move(page, "chain-rule", "Why add?")
    press(page, "nudge b3 by 0.01")
    cells = page.locator("#terms tbody td").all_inner_texts()
    assert cells[1::3] == ["-0.0520", "-0.0521", "-0.0522", "-0.1563"]
    assert cells[2::3] == ["-0.0521", "-0.0522", "-0.0523", "-0.1566"]


def test_a_gradient_sent_too_early_is_wrong(at: Open) -> None:
    page = at("reverse", "used twice", (390, 844))
    press(page, "Send", times=8)
    assert gradients(page, "shared")["b3"] == "grad -8.436"
    move(page, "reverse", "Now break this rule")
    send = now(page).get_by_role("button", name="Send", exact=True)
    place = send.bounding_box()
    while send.is_enabled():
        send.press("Enter")
        settle(page)
        assert send.bounding_box() == place
    expect(now(page).locator(".told .wrong")).to_contain_text("b3 has -3.218, where -8.436 is right")
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"
    page.get_by_role("button", name="Next").click()
    assert gradients(page, "early")["b3"] == "grad -3.218 ≠ -8.436"


def test_the_descent_and_its_learning_rates_read_as_in_the_video(at: Open) -> None:
    page = at("descent", "step against the slope")
    text = now(page).locator(".formula").inner_text()
    assert "(-15.7) × 0.1 = -1.57" in text
    assert "0.00 − (-1.57) = 1.57" in text
    press(page, "Step")
    expect(now(page).locator(".outcome")).to_contain_text("= 1.57.")
    expect(now(page).locator("> p").first).to_contain_text("-6.26")
    expect(now(page).locator(".formula")).to_contain_text("1.57 − (-0.63) ≈ 2.19")  # of rounded numbers
    press(page, "Step")
    expect(now(page).locator(".outcome")).to_contain_text("2.19.")
    assert view(page, "ssr").locator(".taken").count() == 2
    assert view(page, "ssr").locator(".tangent.past").count() == 2
    page.evaluate("""() => {
      window.places = new Set();
      const parts = [...active.querySelectorAll("button, .outcome, .formula"), ...document.querySelectorAll(".view:not([hidden]) .plot")];
      const watch = () => {
        places.add(JSON.stringify(parts.map(part => Object.values(part.getBoundingClientRect().toJSON()).map(Math.round))));
        if (!lesson.converged) requestAnimationFrame(watch);
      };
      lesson.play(() => 4);
      watch();
    }""")
    expect(now(page).locator(".outcome")).to_contain_text("stops after 10 steps, at b3 = 2.61")
    assert page.evaluate("places.size") == 1  # nothing moved while it played

    move(page, "descent", "Try other learning rates")
    mark = now(page).locator(".mark")
    expect(mark).to_have_text("1/3")
    mark.click()
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Take some steps with 0.3333")
    press(page, "Step", times=2)
    expect(verdict).to_contain_text("just as far away on the other side")
    number = now(page).get_by_label("learning rate, a number")
    for rate, says in (("0.1", "leaves 0.4 of the distance"), ("0.4", "the descent diverges")):
        number.fill(rate)
        assert page.evaluate("lesson.values[B3]") == 0  # the descent begins again
        press(page, "Step", times=2)
        expect(verdict).to_contain_text(says)
    for rate, why in (("0", "would change nothing"), ("-1", "would step uphill"), ("", "a number above 0")):
        number.fill(rate)
        number.blur()
        expect(now(page).locator(".rate .wrong")).to_contain_text(why)
        expect(now(page).locator(".rate .wrong")).to_contain_text("The steps still use 0.4")
        expect(number).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("lesson.rate") == 0.4
    texts = page.locator("#descent details").all_text_contents()
    assert "the slope grows by 6 per unit" in texts[0]
    assert "ends at b3 = 2.6089" in texts[1]
    assert "The minimum is at 2.6092" in texts[1]


def test_w1_is_reached_factor_by_factor_and_w3_is_asked_for(at: Open) -> None:
    page = at("further-back", "watch the tangent")
    slope = view(page, "network").locator(".slope").first
    expect(slope).to_have_text("slope 0.5597")
    now(page).locator(".flow").fill("1")
    expect(slope).to_have_text("slope 0.871")
    expect(now(page)).to_contain_text("its slope is 0.871")
    move(page, "further-back", "Press each factor")
    expect(page.locator("#factors")).to_have_text("1 × 5.218 × (-1) × (-1.22) × 0.5597 × 0.5 = 1.782")
    page.locator(".factor").nth(4).click()
    expect(page.locator("#factor-told")).to_contain_text("sigmoid")
    expect(view(page, "network").locator(".node.lit")).to_have_count(1)
    lit = view(page, "whole").locator(".edge.on-way")
    expect(lit).to_contain_text("0.5597")
    expect(lit).to_be_in_viewport(ratio=0.9)
    move(page, "further-back", "of all seven parameters at once")
    press(page, "Send", 13)
    expect(now(page).locator(".told")).to_contain_text("product passes its gradient")
    for name in ("w1", "product"):
        box = view(page, "whole").get_by_role("button", name=re.compile(f"^{name},"))
        expect(box).to_be_in_viewport(ratio=0.99)
    assert gradients(page, "whole")["w1"] == "grad 1.782"
    move(page, "further-back", "Tick them")
    for checked, says in ({"w2"}, "Not quite"), ({"w1", "b1"}, "Yes: w1 and b1, and no other"):
        for name in ("w1", "w2", "b1"):
            page.get_by_label(name, exact=True).set_checked(name in checked)
        press(page, "Check")
        expect(page.locator("#needs-told")).to_contain_text(says)


def test_all_seven_rise_at_first_then_fit_or_get_stuck_and_the_end_shows_the_path(at: Open) -> None:
    finish = "lesson.pause(); while (!lesson.step()); lesson.moved()"  # all steps at once
    page = at("all-seven", "Press Step three times")
    assert page.locator("#all-values td").all_text_contents()[8:12] == ["w3", "0.36", "7.14", "-0.35"]
    for says in ("from 1.90 to 4.2. It rose", "from 4.2 to 7.4. It rose"):
        press(page, "Step")
        expect(now(page).locator(".outcome")).to_contain_text(says)
    press(page, "Step")
    move(page, "all-seven", "Press Play")
    expect(now(page)).to_contain_text("from 1.90 to 4.2 to 7.4")
    expect(now(page).locator("details")).to_contain_text("so the limit is 0.09")
    page.locator("#chosen").select_option("w1")
    now(page).get_by_label("speed").select_option("10")
    press(page, "Play")
    until(page, "lesson.steps.length > 4")
    page.evaluate(finish)
    expect(now(page).locator(".outcome")).to_contain_text("stops after")
    assert page.evaluate("lesson.ssr[0]") < 0.01
    move(page, "all-seven", "some starts fail")
    press(page, "A start that gets stuck")
    page.evaluate(finish)
    expect(now(page).locator(".outcome")).to_contain_text("SSR is still 0.67: stuck")
    move(page, "chain-rule", "Along a path")
    before = page.evaluate("journey.sent")
    press(page, "Send", 2)
    move(page, "end", "your own path")
    expect(now(page)).to_contain_text(f"You sent {before + 1} gradient")
    assert page.evaluate("journey.seen.length") > 5
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "copy picture")
    expect(page.locator("#copy-picture")).to_have_text("copied")
    script = "navigator.clipboard.read().then(([item]) => item.getType('image/png')).then(({ size }) => size)"
    assert page.evaluate(script) > 5000
    press(page, "copy link")
    assert page.evaluate("navigator.clipboard.readText()").endswith("#end")
