"""The lesson's page in a real browser: its numbers, its last chapter (the board), and the file; `test_story.py` has the chapters."""

import json
import math
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from micrograd_sq import MLP, sgd, statquest, topological_order, value_and_grad, write_page
from micrograd_sq.cli import main
from micrograd_sq.statquest.text import digits, ssr_digits
from tests.browser import HOSTILE, Open, agree, settle

NAMES = list(statquest.SEVEN)
THREE = " ".join(statquest.THREE)
START = statquest.OPTIMISED | {"b3": 0.0}  # as in the video, before b3 is found


@pytest.fixture
def board(visit: Open, lesson: Path) -> Open:
    """Return a function that opens the lesson's page at its last chapter."""

    def open_board(path: Path = lesson) -> Page:
        page = visit(path)
        page.get_by_role("link", name="Board", exact=True).click()
        expect(page.locator("#board")).to_be_in_viewport()
        settle(page)
        return page

    return open_board


def button(page: Page, name: str) -> Locator:
    return page.locator("#board-descent").get_by_role("button", name=name, exact=True)


def number(page: Page, name: str) -> Locator:
    return page.get_by_role("spinbutton", name=f"{name}, a number")


def switch(page: Page, name: str) -> Locator:
    return page.get_by_role("switch", name=f"{name} is trainable")


def outcome(page: Page) -> Locator:
    return page.locator("#board-descent .outcome")


def descend(page: Page, values: dict[str, float], found: str, *parts: tuple[float, int]) -> None:
    """Begin a descent. Each part is a learning rate and the largest number of steps."""
    page.evaluate(
        """([values, found, parts]) => {
          lesson.begin(data.names.map(name => values[name]), found.map(name => data.names.indexOf(name)));
          for (const [rate, count] of parts) {
            lesson.rate = rate;
            for (let step = 0; step < count && !lesson.step(); step++);
          }
          lesson.moved();
        }""",
        [values, found.split(), parts],
    )
    settle(page)


# ---- The numbers


def test_the_numbers_of_the_page_are_the_engine_s(visit: Open, lesson: Path) -> None:
    page = visit(lesson)
    script = """found => lesson.steps.map(({ loss, values, slopes }) =>
      [loss, ...[values, slopes].map(each => found.map(name => each[data.names.indexOf(name)]))])"""
    for found in ("b3", THREE, " ".join(NAMES)):
        net = statquest.network()
        net.load({name: statquest.SEVEN[name] for name in found.split()})
        descend(page, {name: net[name].data for name in NAMES}, found, (0.1, 100))
        trainable = [net[name] for name in found.split()]
        steps = sgd(partial(statquest.loss, net), trainable, 0.1, 0.001, max_steps=100)
        assert agree(
            page.evaluate(script, found.split()),
            [[step.loss, [*step.values.values()], [*step.gradients.values()]] for step in steps],
        )

    script = """values => {
      follow(values);
      const { whole, three } = models;
      whole.place = whole.LAST;
      return [whole.data, whole.moment().sums, three.gradients[three.picked]];
    }"""
    for start in (statquest.OPTIMISED, statquest.SEVEN):
        net = statquest.network()
        net.load(start)
        data, gradients, b3 = page.evaluate(script, [net[name].data for name in NAMES])
        root = (1.0 - statquest.predict(net, 0.5)) ** 2.0  # 1 was observed
        root.backward()
        assert agree(data, [value.data for value in topological_order(root)])
        assert agree(gradients, [value.grad for value in topological_order(root)])
        net.zero_grad()
        statquest.loss(net).backward()
        assert agree(b3, net["b3"].grad)

    parameters = [net[name] for name in NAMES]
    _, slopes = value_and_grad(statquest.loss(net), parameters, backend="value")(*parameters)
    second = []
    for slope, parameter in zip(slopes, parameters, strict=True):
        net.zero_grad()
        slope.backward()
        second.append(parameter.grad)
    script = "values => slopesOf.map((slope, which) => slope(...values)[1][which])"
    assert agree(page.evaluate(script, [each.data for each in parameters]), second)
    assert second[-1] == pytest.approx(6, rel=1e-12)

    # The digits are those of the command.
    numbers = [sign * 1.2345678 * 10**power for power in range(-4, 5) for sign in (1, -1)]
    numbers += [0.0, 0.00499, 0.005, 9.996, 99999.9, 1.996, 0.00095, 20.4236]
    script = "numbers => numbers.map(each => [digits(each), ssrDigits(each)])"
    both = page.evaluate(script, numbers)
    assert both == [[digits(number), ssr_digits(number)] for number in numbers]
    small = page.evaluate("[7e-5, -7e-5, 6e-10].map(each => digits(each))")
    assert small == ["0.00007", "-0.00007", "0.00"]
    assert page.evaluate("[0, 6e-10, 2e-5].map(ssrDigits)") == ["0.00", "below 0.000001", "0.00002"]
    assert "a little more than 1 times as far away" in page.evaluate("verdict(0.33334, 6)")
    assert "at nearly 1 of the distance" in page.evaluate("verdict(0.33333, 6)")
    assert "leaves nearly 1 of the distance" in page.evaluate("verdict(5e-6, 6)")


# ---- The board


def test_the_descent_of_b3_reads_as_in_the_video(board: Open) -> None:
    page = board()
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 20.4")
    for _ in range(3):
        button(page, "Step").click()
    expect(outcome(page)).to_have_text(
        "Step 3: slope -2.50 × learning rate 0.1 = step size -0.25. New b3 = 2.19 − (-0.25) = 2.44."
    )
    rows = page.locator("#taken tr")
    first, second, _ = (row.split() for row in rows.all_inner_texts())
    assert first == ["1", "0.00", "20.4", "-15.7", "-1.57", "1.57"]
    assert second == ["2", "1.57", "3.3", "-6.26", "-0.63", "2.19"]
    for _ in range(7):
        button(page, "Step").click()
    expect(outcome(page)).to_contain_text("stops after 10 steps, at b3 = 2.61")
    expect(switch(page, "b3")).to_have_text("found")
    expect(rows.last.locator("td").first).to_have_text("10")
    button(page, "Reset").click()
    expect(rows).to_have_text(["no steps yet"])
    expect(switch(page, "b3")).to_have_text("to find")
    assert page.evaluate("lesson.values[B3]") == 0
    button(page, "Play").click()
    expect(rows.locator("td").first).to_have_text("1")
    button(page, "Pause").click()
    taken = page.evaluate("lesson.steps.length")
    page.wait_for_timeout(750)  # longer than a step takes
    assert page.evaluate("lesson.steps.length") == taken < 10


def test_a_parameter_is_typed_or_dragged_and_all_pictures_follow(board: Open) -> None:
    page = board()
    squiggle = page.locator("#board-squiggle .curve.green")
    before = squiggle.get_attribute("d")
    number(page, "b3").fill("")  # which is not a number
    expect(number(page, "b3")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 20.4")
    number(page, "b3").blur()
    expect(number(page, "b3")).to_have_value("0.00")
    number(page, "b3").fill("1")
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 7.8")
    assert squiggle.get_attribute("d") != before
    slider = page.get_by_role("slider", name="b3, a slider")
    slider.fill("2")
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 1.11")
    b3 = page.locator("#board-graph svg:visible").get_by_role("button", name=re.compile("^b3,"))
    expect(b3).to_have_attribute("aria-label", "b3, value 2, gradient -1.218")
    slider.press("ArrowRight")
    expect(number(page, "b3")).to_have_value("2.01")
    expect(b3).to_contain_text("2.01")

    rate = page.locator("#board-descent").get_by_label("learning rate, a number")
    for field in (number(page, "w1"), rate):
        before = field.input_value()
        field.focus()
        for key in ("End", "5", "Backspace"):
            page.keyboard.press(key)
        assert field.input_value() == before  # and the field still follows the page
    page.evaluate("lesson.put(W1, 3); lesson.rate = 0.2; lesson.moved()")
    expect(number(page, "w1")).to_have_value("3.00")
    expect(rate).to_have_value("0.2")


def test_a_switch_makes_a_parameter_trainable(board: Open) -> None:
    page = board()
    switch(page, "w3").press("Enter")
    expect(switch(page, "w3")).to_have_text("to find")
    button(page, "Step").click()
    moved = page.evaluate("lesson.values.map((value, which) => value !== data.given[which])")
    assert moved == [name in ("w3", "b3") for name in NAMES]
    for name in ("w3", "b3"):
        switch(page, name).click()
    expect(button(page, "Step")).to_be_disabled()
    nudge = page.locator("#board-graph").get_by_role("button", name=re.compile("^nudge"))
    picture = page.locator("#board-graph svg:visible")
    page.locator("#board-graph").get_by_role("button", name="Show the whole graph").click()
    for label, is_there in (("dosage", False), ("observed", False), ("w1", True)):
        picture.get_by_role("button", name=re.compile(f"^{label},")).first.click()
        expect(nudge).to_be_visible(visible=is_there)


def test_the_board_says_how_a_descent_ended(board: Open) -> None:
    page = board()
    overshot = "and the last step overshot: the SSR grew. Try a smaller learning rate than"
    for values, found, parts, says in (
        (START, "b3", [(0.4, 1)], "The step overshot: the SSR grew from 20.4 to 40.0"),
        (START, "b3", [(0.4, 99)], "Try a smaller learning rate than 0.4"),
        (START, "b3", [(0.1, 1), (1e308, 1)], "after 1 step a number is too large for a float"),
        (statquest.SEVEN | {"w3": 0.031912}, "w3", [(1, 1)], f"{overshot} 1"),
        (START | {"w3": 0.41922282}, "w3", [(2, 1)], f"{overshot} 2"),
        (START, "b3", [(1 / 3, 5000)], "Step 5000: "),
        (START | {"b3": 1e160}, "b3", [(0.1, 1)], "diverges"),
        (START | {"b3": 1e100}, "b3", [(0.1, 2)], "Step 2"),
    ):
        descend(page, values, found, *parts)
        expect(outcome(page)).to_contain_text(says)
        assert page.evaluate("lesson.begun[B3]") == values["b3"]
    descend(page, START, "b3", (1 / 3, 14))  # to and fro
    expect(outcome(page)).not_to_contain_text("overshot")
    descend(page, START, "b3", (1 / 3, 5000))
    button(page, "Step").click()
    expect(outcome(page)).to_contain_text("Step 5000: ")

    descend(page, START | statquest.THREE, THREE, (0.01, 5000))
    expect(outcome(page)).to_contain_text("The slope is not 0 here: with a learning rate of 0.01")
    assert page.evaluate("[lesson.converged, lesson.stuck()]") == [True, False]
    assert "max_steps=5000):\n" in page.locator("#python").inner_text()


def test_three_parameters_read_as_in_the_video_and_in_python(board: Open) -> None:
    def python() -> str:
        settle(page)
        return page.locator("#python").inner_text()

    def run(code: str) -> dict[str, Any]:
        space: dict[str, Any] = {}
        exec("\n".join(line for line in code.splitlines() if "explore(loss" not in line), space)
        return space

    page = board()
    page.get_by_role("button", name="w3, w4, b3").click()
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 1.40")
    code = python()
    assert 'sgd(loss, [net["w3"], net["w4"], net["b3"]], learning_rate=0.1)' in code
    assert run(code)["net"]["w3"].data == pytest.approx(-1.22, abs=0.1)
    button(page, "Step").click()
    script = "names => [lesson.values, lesson.steps[0].slopes].map(numbers => names.map(name => digits(numbers[data.names.indexOf(name)])))"
    values, slopes = page.evaluate(script, list(statquest.THREE))
    assert (values, slopes) == (["0.10", "0.50", "-0.19"], ["2.58", "1.26", "1.90"])
    page.get_by_role("button", name="b3 alone").click()
    settle(page)  # while a field is redrawn, nothing can be typed
    number(page, "b3").fill("1")
    button(page, "Step").click()
    assert '"b3": 1,' in python()  # where the descent began
    assert "changed during" not in python()
    switch(page, "b3").click()
    assert "# no parameter is trainable, so there is no descent\n" in python()
    run(python())


def test_random_initial_values_differ_and_extreme_numbers_leave_no_stale_scale(board: Open) -> None:
    page = board()
    drawn = []
    for _ in range(2):
        page.locator("#starts").get_by_role("button", name="random").click()
        drawn.append(page.evaluate("lesson.values"))
    assert drawn[0] != drawn[1]
    assert drawn[0][4:] == [0, 0, 0]
    button(page, "Step").click()
    button(page, "Reset").click()
    assert page.evaluate("lesson.values") == drawn[1]

    number(page, "w3").fill("50")
    number(page, "b3").fill("2e16")
    settle(page)
    assert page.locator("#board-squiggle .axis.y text").count() < 40
    page.get_by_role("button", name="b3 alone").click()
    settle(page)
    labels = page.locator("#board-squiggle .axis.y text").all_text_contents()
    assert {"-2", "0"} <= set(labels)
    assert max(float(label) for label in labels) < 3


def test_hostile_labels_stay_text(board: Open, tmp_path: Path) -> None:
    net = statquest.network()
    for parameter in net.parameters():
        parameter.label += HOSTILE
    write_page(tmp_path / "hostile.html", net)
    page = board(tmp_path / "hostile.html")
    button(page, "Step").click()
    assert page.evaluate("data.labels") == [name + HOSTILE for name in NAMES]
    expect(page.locator("#rows b").last).to_have_text("b3" + HOSTILE)
    assert page.title() == "How does a network learn?"
    assert (page.locator("img").count(), page.locator("script").count()) == (0, 2)


# ---- The file


def test_the_page_is_one_small_file_and_the_same_each_time(lesson: Path, tmp_path: Path) -> None:
    html = lesson.read_text()
    assert len(html.encode()) < 512_000
    assert "{{" not in html
    # The video, which a reader may follow, and the names of XML's languages.
    addresses = re.findall(r"https?://[^\"'`\s]+", html)
    assert {re.split(r"[?$]", address)[0] for address in addresses} == {
        "https://youtu.be/IN2XmBhILt4", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/",
    }  # fmt: skip
    assert '"optimised": [3.34, -3.53, -1.22, -2.3, -1.43, 0.57, 0.0]' in html
    assert f'"unoptimised": {[*statquest.SEVEN.values()]}' in html
    write_page(str(tmp_path / "again.html"), statquest.network(), ["b3"])
    assert (tmp_path / "again.html").read_bytes() == lesson.read_bytes()


@pytest.mark.parametrize(
    ("net", "to_find", "error", "message"),
    [
        (MLP(2, [2, 1]), ["b3"], ValueError, "MLP(2, [2, 1], 'softplus')"),
        ("net", ["b3"], ValueError, "'net'"),
        (None, ["b4"], ValueError, "to_find is ['b4'], but it must name one or more of w1, w2"),
        (None, "b3", TypeError, "to_find must be in a list, [...], not 'b3'"),
        (statquest.network(math.inf), ["b3"], ValueError, "b3 of net is inf"),
    ],
)
def test_what_the_page_cannot_show_is_an_error(
    tmp_path: Path, net: Any, to_find: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        write_page(tmp_path / "page.html", net, to_find)
    assert list(tmp_path.iterdir()) == []


# ---- The command


def test_explore_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    assert main(["explore", "--no-open", "--out", str(path), "--parameters", "w3,w4,b3"]) == 0
    assert capsys.readouterr() == (f"{path}\n", "")
    data = json.loads(re.findall('id="data">(.*?)</script>', path.read_text())[0])
    assert data["toFind"] == ["w3", "w4", "b3"]
    assert data["given"] == [3.34, -3.53, 0.36, 0.63, -1.43, 0.57, 0.0]
