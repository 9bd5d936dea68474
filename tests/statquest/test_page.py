"""The page, in a real browser, as a learner uses it: its numbers are the engine's, and its controls work."""

import json
import math
import os
import re
import shutil
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from micrograd_sq import MLP, Value, sgd, statquest, topological_order, write_page
from micrograd_sq.__main__ import main
from micrograd_sq.text import digits, ssr_digits

CHROMIUM = shutil.which("chromium")
QUIET = "no-sandbox disable-gpu disable-background-networking disable-component-update disable-sync no-first-run"
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="Chromium is not installed"
)

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = [f"--{argument}" for argument in QUIET.split()]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield running
        running.close()


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.html"
    write_page(path)
    return path


@pytest.fixture
def visit(browser: Browser, lesson: Path) -> Iterator[Open]:
    """Opens the page as a file; at the end, nothing may have been asked of a network or logged."""
    contexts, heard = [], []

    def visit(path: Path = lesson, width: int = 1280, **options: Any) -> Page:
        options = {
            "reduced_motion": "reduce",
            "viewport": {"width": width, "height": 900},
        } | options
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: heard.append(request.url))
        page.goto(path.as_uri())
        assert heard.pop(0) == path.as_uri()
        # The icon is in the page itself.
        heard[:] = [each for each in heard if not each.startswith("data:")]
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [each for each in heard if not each.startswith("data:")] == []


def row(page: Page, table: str, number: int) -> list[str]:
    settle(page)
    return page.locator(f"#{table} tr").nth(number).locator("td").all_inner_texts()


def settle(page: Page) -> None:
    """Until what has changed is drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def agree(one: Any, other: Any) -> bool:
    """Whether two nested lists of numbers are the same, to 1e-12."""
    if isinstance(one, list):
        return len(one) == len(other) and all(map(agree, one, other))
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


# ---- The numbers


@needs_browser
def test_three_steps_from_b3_0_read_as_in_the_video(visit: Open) -> None:
    page = visit()
    expect(page.locator("#ssr-now")).to_have_text("20.4")
    for _ in range(3):
        page.get_by_role("button", name="Step", exact=True).first.click()
    assert row(page, "taken", 0) == ["1", "0.00", "20.4", "-15.7", "-1.57", "1.57"]
    assert row(page, "taken", 1) == ["2", "1.57", "3.3", "-6.26", "-0.63", "2.19"]
    expect(page.locator("#outcome")).to_have_text(
        "Step 3: slope -2.50 × learning rate 0.1 = step size -0.25. New b3 = 2.44."
    )


@needs_browser
@pytest.mark.parametrize("found", [["b3"], list(statquest.THREE), list(statquest.SEVEN)])
def test_a_hundred_steps_in_the_page_are_the_engine_s(visit: Open, found: list[str]) -> None:
    net = statquest.network()
    net.load({name: statquest.SEVEN[name] for name in found})
    steps = list(sgd(lambda: statquest.loss(net), [net[name] for name in found], 0.1, 1e-300, 100))
    expected = [
        [step.loss, list(step.values.values()), list(step.gradients.values())] for step in steps
    ]
    script = """found => {
      begin(starts.find(start => start.finding.join() === found.join()));
      for (let step = 0; step < 100; step++) takeStep();
      const wanted = numbers => found.map(name => numbers[data.names.indexOf(name)]);
      return state.steps.map(step => [step.loss, wanted(step.values), wanted(step.slopes)]);
    }"""
    assert len(expected) == 100
    assert agree(visit().evaluate(script, found), expected)


@needs_browser
@pytest.mark.parametrize("values", [statquest.OPTIMISED, statquest.SEVEN])
def test_every_number_in_the_graph_is_that_of_backward(
    visit: Open, tmp_path: Path, values: dict[str, float]
) -> None:
    net = statquest.network()
    net.load(values)
    root = statquest.loss(net)
    root.backward()
    order = topological_order(root)
    write_page(tmp_path / "graph.html", net)
    page = visit(tmp_path / "graph.html")
    shown, sums = page.evaluate("[passes(), replay().sums]")
    expected = [
        [value.data for value in order],
        [value.grad for value in order],
        [list(value.local_derivatives) for value in order],
    ]
    assert agree(shown, expected)
    assert agree(sums, expected[1])  # what the backward pass has added up, edge by edge


@needs_browser
def test_numbers_read_as_those_that_the_command_prints(visit: Open) -> None:
    numbers = [sign * 1.2345678 * 10**power for power in range(-12, 9) for sign in (1, -1)]
    numbers += [0.0, 0.00499, 0.005, 9.996, 99999.9, 1.996, 0.000095, 0.00095, 1e-5, 20.4236]
    both = visit().evaluate(
        "numbers => numbers.map(each => [digits(each), ssrDigits(each)])", numbers
    )
    assert both == [[digits(number), ssr_digits(number)] for number in numbers]


# ---- The controls


@needs_browser
def test_a_parameter_is_typed_or_dragged_and_all_pictures_follow(visit: Open) -> None:
    page = visit()
    squiggle = page.locator("#squiggle-plot .green").get_attribute("d")
    page.get_by_role("spinbutton", name="b3, a number").fill("1")
    expect(page.locator("#ssr-now")).to_have_text("7.8")
    assert page.locator("#squiggle-plot .green").get_attribute("d") != squiggle
    expect(page.locator("#at-slope")).to_have_text("-9.66")
    slider = page.get_by_role("slider", name="b3, a slider")
    slider.fill("2")
    expect(page.locator("#ssr-now")).to_have_text("1.11")
    slider.press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="b3, a number")).to_have_value("2.01")
    expect(page.get_by_role("button", name="SSR, value 1.08, gradient 1.00")).to_be_visible()


@needs_browser
def test_a_number_that_is_none_is_marked_and_changes_nothing(visit: Open) -> None:
    page = visit()
    number = page.get_by_role("spinbutton", name="b3, a number")
    number.fill("")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#ssr-now")).to_have_text("20.4")
    number.blur()
    expect(number).to_have_value("0.00")


@needs_browser
def test_the_present_point_of_the_pink_curve_can_be_dragged(visit: Open) -> None:
    page = visit()
    page.locator("#ssr-plot").scroll_into_view_if_needed()
    box = page.locator("#ssr-plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.55 * box["width"], box["y"] + 100)
    page.mouse.up()
    assert 2.0 < float(page.locator("#at-value").inner_text()) < 4.0


@needs_browser
def test_a_switch_makes_a_parameter_one_to_find(visit: Open) -> None:
    page = visit()
    switch = page.get_by_role("switch", name="w3 is to find")
    expect(switch).to_have_text("optimised")
    switch.press("Enter")
    expect(switch).to_have_text("to find")
    expect(switch).to_be_checked()
    page.locator("#step").click()
    assert page.evaluate("state.values.map((value, which) => value !== data.values[which])") == [
        name in ("w3", "b3") for name in statquest.SEVEN
    ]
    for name in ("w3", "b3"):
        page.get_by_role("switch", name=f"{name} is to find").click()
    expect(page.locator("#step")).to_be_disabled()


@needs_browser
def test_the_dosage_chooses_what_flows_through_the_network(visit: Open) -> None:
    page = visit()
    shown = {}
    for dosage in ("0", "0.5", "1"):
        page.get_by_role("radio", name=dosage, exact=True).check()
        settle(page)
        shown[dosage] = page.locator("#network-drawing").text_content() or ""
    assert "-2.60" in shown["0"]
    assert "blue -1.00" in shown["0.5"]
    assert "x = 1.91" in shown["1"]


@needs_browser
def test_play_goes_on_until_the_steps_are_close_to_zero_and_reset_returns(visit: Open) -> None:
    page = visit()
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#outcome")).to_contain_text(
        "stops after 10 steps, at b3 = 2.61", timeout=20_000
    )
    expect(page.locator("#play")).to_have_text("Play")
    assert row(page, "taken", 9)[0] == "10"
    page.locator("#reset").click()
    expect(page.locator("#taken tr")).to_have_count(0)
    expect(page.locator("#at-value")).to_have_text("0.00")


@needs_browser
def test_pause_stops_the_descent(visit: Open) -> None:
    page = visit()
    page.locator("#play").click()
    expect(page.locator("#taken tr")).not_to_have_count(0)
    page.locator("#play").click()
    taken = page.evaluate("state.steps.length")
    page.wait_for_timeout(1200)
    assert page.evaluate("state.steps.length") == taken < 10


@needs_browser
def test_a_learning_rate_of_0_4_diverges_and_is_told_so(visit: Open) -> None:
    page = visit()
    page.get_by_label("learning rate").fill("0.4")
    page.locator("#step").click()
    expect(page.locator("#outcome")).to_contain_text(
        "The step overshot: the SSR grew from 20.4 to 40.0"
    )
    page.locator("#play").click()
    outcome = page.locator("#outcome")
    expect(outcome).to_contain_text("Gradient descent diverges", timeout=20_000)
    expect(outcome).to_contain_text("Try a learning rate smaller than 0.4, such as 0.1")
    expect(page.locator("#play")).to_have_text("Play")


@needs_browser
def test_a_learning_rate_that_is_none_keeps_the_one_before(visit: Open) -> None:
    page = visit()
    rate = page.get_by_label("learning rate")
    rate.fill("-1")
    expect(rate).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("state.rate") == 0.1
    rate.blur()
    expect(rate).to_have_value("0.1")
    expect(rate).to_have_attribute("aria-invalid", "false")


@needs_browser
def test_everything_as_in_the_video_is_the_learning_rate_too(visit: Open) -> None:
    page = visit()
    page.get_by_label("learning rate").fill("0.4")
    page.get_by_role("button", name="Set everything as in the video").click()
    page.get_by_role("button", name="Step", exact=True).first.click()
    assert row(page, "taken", 0)[-1] == "1.57"


@needs_browser
def test_the_three_parameters_read_as_in_the_video(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="w3, w4, b3").click()
    expect(page.locator("#ssr-now")).to_have_text("1.40")
    slopes = [row(page, "coming", number)[2] for number in range(3)]
    assert slopes == ["2.58", "1.26", "1.90"]
    assert [row(page, "coming", number)[4] for number in range(3)] == ["0.10", "0.50", "-0.19"]


@needs_browser
def test_all_seven_find_the_data(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="all seven").click()
    expect(page.get_by_role("switch", checked=True)).to_have_count(7)
    page.locator("#play").click()
    expect(page.locator("#outcome")).to_contain_text("gradient descent stops after", timeout=60_000)
    assert float(page.locator("#ssr-now").inner_text()) < 0.01
    assert page.locator("#taken tr").nth(5).inner_text().split() == ["…"] * 6


@needs_browser
def test_random_start_values_differ_from_time_to_time(visit: Open) -> None:
    page = visit()
    drawn = []
    for _ in range(2):
        page.get_by_role("button", name="random").click()
        drawn.append(page.evaluate("state.values"))
        page.locator("#step").click()
        page.locator("#reset").click()
        assert page.evaluate("state.values") == drawn[-1]
    assert drawn[0] != drawn[1]
    assert drawn[0][4:] == [0, 0, 0]


# ---- The two passes


@needs_browser
def test_the_passes_are_stepped_scrubbed_and_played(visit: Open) -> None:
    page = visit()
    scrub = page.get_by_role("slider", name="Place in the two passes")
    scrub.fill("0")
    expect(page.locator("#graph .value.waiting")).to_have_count(51)
    page.locator("#step-graph").click()
    expect(page.locator("#graph .value.waiting")).to_have_count(50)
    page.locator("#step-back").click()
    expect(page.locator("#graph .value.waiting")).to_have_count(51)
    expect(page.locator("#step-back")).to_be_disabled()
    page.locator("#play-graph").click()
    expect(page.locator("#play-graph")).to_have_text("Pause")
    expect(page.locator("#graph .value.waiting")).not_to_have_count(51)
    page.locator("#play-graph").click()
    expect(page.locator("#play-graph")).to_have_text("Play")


@needs_browser
def test_each_step_back_says_the_chain_rule_with_its_numbers(visit: Open) -> None:
    page = visit()
    places = page.evaluate("[BACKWARD, LAST]")
    scrub = page.get_by_role("slider", name="Place in the two passes")
    scrub.fill(str(places[0]))
    expect(page.locator("#chain")).to_contain_text("d SSR / d SSR = 1")
    expect(page.locator("#graph .value:not(.unsent)")).to_have_count(1)
    lines = []
    for _ in range(places[0], places[1]):
        page.locator("#step-graph").click()
        settle(page)
        lines.append(page.locator("#chain").inner_text())
    text = "\n".join(lines)
    assert "d SSR / d predicted += (-1) × 5.23 = -5.23" in text
    assert "d SSR / d b3 += 1 × (-5.22) = -5.22, and -5.23 before: -10.4" in text
    assert "d SSR / d b3 += 1 × (-5.21) = -5.21, and -10.4 before: -15.7" in text
    assert "Both passes are done" in lines[-1]
    expect(page.locator("#graph .value.unsent")).to_have_count(0)


@needs_browser
def test_the_node_whose_gradient_is_being_sent_is_lit(visit: Open) -> None:
    page = visit()
    page.get_by_role("slider", name="Place in the two passes").fill(
        str(page.evaluate("BACKWARD + 3"))
    )
    expect(page.locator("#graph .value.lit title")).to_have_text("residual")
    expect(page.locator("#graph .edge.lit text")).to_have_text(["1", "-1"])


@needs_browser
def test_a_value_shows_how_its_gradient_came_about_path_by_path(visit: Open) -> None:
    page = visit()
    page.locator("#graph .value", has_text="b3").click()
    paths = page.locator("#paths li")
    expect(paths).to_have_count(4)
    expect(paths.first).to_contain_text("b3 → predicted → residual → residual² → + → SSR")
    expect(paths.first).to_contain_text("1 × (-1) × 5.21 × 1 × 1 = -5.21")
    expect(paths.last).to_have_text("d SSR / d b3 = -15.7")
    page.keyboard.press("ArrowRight")  # to the next Value, predicted
    page.keyboard.press("Enter")
    expect(page.locator("#paths h3")).to_contain_text("d SSR / d predicted")
    expect(paths).to_have_count(2)


# ---- The chapters

CHAPTERS = {
    "3:55": ["-1.43", "1.91", "-2.60", "-1.61", "-2.61"],
    "6:04": ["-2.60", "-1.61", "-2.61", "20.4"],
    "7:23": ["b3 = 0: SSR 20.4", "b3 = 1: SSR 7.8", "b3 = 2: SSR 1.11", "b3 = 3: SSR 0.46"],
    "8:38": ["-5.21", "-5.22", "-5.23", "-15.7"],
    "13:28": ["-15.7 × 0.1 = -1.57", "1.57", "-6.26", "2.19"],
}


@needs_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_the_chapters_show_the_numbers_of_the_video(visit: Open, width: int) -> None:
    page = visit(width=width)
    buttons = page.get_by_role("navigation").get_by_role("button")
    expect(buttons).to_have_count(7)
    for time, numbers in CHAPTERS.items():
        page.get_by_role("button", name=re.compile(f"^{time}")).click()
        expect(page.locator("#card time:visible")).to_have_text(time)
        settle(page)
        text = page.locator("#card").inner_text()
        assert [number for number in numbers if number not in text] == []
        panel = page.locator(".panel.now").first
        expect(panel).to_be_visible()
        if width == 360:  # the text stands right above the picture that it is about
            assert page.evaluate(
                "document.getElementById('card').nextElementSibling.matches('.now')"
            )


@needs_browser
def test_a_chapter_s_buttons_do_what_they_say(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name=re.compile("^7:23")).click()
    page.get_by_role("button", name="b3 = 3: SSR 0.46").click()
    expect(page.locator("#at-value")).to_have_text("3.00")
    page.get_by_role("button", name=re.compile("^8:38")).click()
    page.get_by_role("button", name="Play the backward pass").click()
    expect(page.locator("#chain")).to_contain_text("Backward, 1 of")
    page.get_by_role("button", name="Set everything as in the video").click()
    expect(page.locator("#at-value")).to_have_text("0.00")
    page.get_by_role("button", name=re.compile("^16:05")).click()
    page.get_by_role("button", name="Find all seven").click()
    expect(page.get_by_role("switch", checked=True)).to_have_count(7)
    expect(page.locator("#play")).to_have_text("Pause")


# ---- How it is made


@needs_browser
@pytest.mark.parametrize("width", [360, 760, 1000, 1280, 1920, 2560])
def test_nothing_is_wider_than_the_screen(visit: Open, width: int) -> None:
    page = visit(width=width)
    for chapter in range(7):
        page.evaluate("chapter => open(chapter)", chapter)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width


@needs_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_while_it_plays(visit: Open, width: int) -> None:
    page = visit(width=width, reduced_motion="no-preference")
    page.wait_for_timeout(200)
    page.evaluate("""() => {
      window.jumps = [];
      new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.jumps.push(entry.value);
      }).observe({ type: "layout-shift" });
      document.getElementById("network").scrollIntoView();
      play();
      playGraph();
    }""")
    expect(page.locator("#outcome")).to_contain_text("stops after", timeout=20_000)
    assert page.evaluate("jumps") == []


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_an_accessibility_checker_finds_nothing(visit: Open, scheme: str, width: int) -> None:
    page = visit(width=width, color_scheme=scheme, bypass_csp=True)
    page.locator("#step").click()
    page.locator("#play-graph").click()
    page.evaluate("chapter => open(chapter)", 4)
    settle(page)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=\"alert('taken')\"> & 'b3' \u2028 {{ style }} é🙂"


@needs_browser
def test_hostile_labels_stay_text(visit: Open, tmp_path: Path) -> None:
    net = statquest.network()
    for parameter in net.parameters():
        parameter.label += HOSTILE
    write_page(tmp_path / "hostile.html", net)
    page = visit(tmp_path / "hostile.html")
    page.locator("#step").click()
    page.locator("#graph .value").first.click()
    assert page.evaluate("data.labels") == [name + HOSTILE for name in statquest.SEVEN]
    expect(page.locator("#rows b").last).to_have_text("b3" + HOSTILE)
    assert page.title() == "Backpropagation, to touch"
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2


@needs_browser
def test_the_page_s_policy_runs_nothing_but_its_own_script(browser: Browser, lesson: Path) -> None:
    policy = re.findall('Content-Security-Policy" content="(.*?)"', lesson.read_text())[0]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    page = browser.new_page()
    page.goto(lesson.as_uri())
    page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
    }""")
    assert page.evaluate("window.ran") is None
    page.close()


def test_the_page_is_one_small_file_that_names_nothing_outside(lesson: Path) -> None:
    html = lesson.read_text()
    assert len(html) < 120_000
    # The video, which a reader may follow, and the names of SVG.
    assert set(re.findall(r"https?://[^\"'\s]+", html)) == {
        "https://youtu.be/IN2XmBhILt4", "http://www.w3.org/2000/svg",
    }  # fmt: skip
    assert "{{" not in html


def test_the_same_lesson_is_the_same_page(lesson: Path, tmp_path: Path) -> None:
    write_page(str(tmp_path / "again.html"), statquest.network(), ["b3"])
    assert (tmp_path / "again.html").read_bytes() == lesson.read_bytes()


@pytest.mark.parametrize(
    ("net", "to_find", "error", "message"),
    [
        (MLP(2, [2, 1]), ["b3"], ValueError, "MLP(2, [2, 1], 'softplus')"),
        (MLP(1, [3, 1]), ["b3"], ValueError, "MLP(1, [3, 1], 'softplus')"),
        (MLP(1, [2, 1], "relu"), ["b3"], ValueError, "'relu'"),
        ("net", ["b3"], TypeError, "'net'"),
        (None, ["b4"], ValueError, "'b4'"),
        (None, [], ValueError, "to_find is empty"),
        (statquest.network(math.inf), ["b3"], ValueError, "b3 is inf"),
    ],
)
def test_what_the_page_cannot_show_is_an_error(
    tmp_path: Path, net: Any, to_find: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        write_page(tmp_path / "page.html", net, to_find)
    assert list(tmp_path.iterdir()) == []


# ---- The command


def test_explore_writes_the_page_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page.html"
    assert main(["explore", "--no-open", "--out", str(path), "--parameters", "w3,w4,b3"]) == 0
    assert capsys.readouterr() == (f"{path}\n", "")
    data = json.loads(re.findall('id="data">(.*?)</script>', path.read_text())[0])
    assert data["toFind"] == ["w3", "w4", "b3"]
    assert data["values"] == [3.34, -3.53, 0.36, 0.63, -1.43, 0.57, 0.0]


@pytest.mark.parametrize("found", [True, False])
def test_explore_opens_a_temporary_page_in_the_browser(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, found: bool
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def opens(address: str) -> bool:
        opened.append(address)
        return found

    monkeypatch.setattr(webbrowser, "open", opens)
    assert main(["explore", "--parameters", "all"]) == 0
    written, message = capsys.readouterr()
    path = Path(written.strip())
    assert tmp_path in path.parents
    assert opened == [path.as_uri()]
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert ("no browser was found" in message) is not found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "{folder}/missing/page.html"], "No such file or directory"),
        (["--out", "{folder}"], "Is a directory"),
        (["--parameters", "b4"], "no parameter 'b4'; there are w1, w2, w3, w4, b1, b2, b3"),
        (["--parameters", ""], "no parameter ''"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    filled = [argument.format(folder=tmp_path) for argument in arguments]
    with pytest.raises(SystemExit) as stopped:
        main(["explore", "--no-open", *filled])
    assert stopped.value.code == 2
    printed, error = capsys.readouterr()
    assert printed == ""
    assert message in error
    assert list(tmp_path.iterdir()) == []


def test_a_value_may_be_unlabelled(tmp_path: Path) -> None:
    net = statquest.network()
    net["b3"].label = ""
    write_page(tmp_path / "page.html", net)
    assert '"w1", "w2", "w3", "w4", "b1", "b2", "b3"]' in (tmp_path / "page.html").read_text()
    assert isinstance(net["b3"], Value)
