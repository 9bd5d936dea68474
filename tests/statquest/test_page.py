"""The page's numbers, its last chapter, and how it is made, in a real browser; `test_story.py` has the chapters."""

import json
import math
import re
import webbrowser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from micrograd_sq import MLP, Value, sgd, statquest, topological_order, value_and_grad, write_page
from micrograd_sq.cli import main
from micrograd_sq.text import digits, ssr_digits
from tests.browser import HOSTILE, Open, agree, needs_browser, settle


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.html"
    write_page(path)
    return path


@pytest.fixture
def visit(visit: Open, lesson: Path) -> Open:
    """Opens the lesson's page, or another; tests/conftest.py says what is checked at the end."""

    def visit_lesson(path: Path = lesson, **options: Any) -> Page:
        return visit(path, **options)

    return visit_lesson


@pytest.fixture
def board(visit: Open) -> Open:
    """The page at its last chapter."""

    def open_board(*arguments: Any, **options: Any) -> Page:
        page = visit(*arguments, **options)
        page.get_by_role("link", name="Board", exact=True).click()
        expect(page.locator("#board")).to_be_in_viewport()
        settle(page)
        return page

    return open_board


def steps(page: Page) -> list[list[str]]:
    """The rows of the board's table of steps."""
    settle(page)
    rows = page.locator("#taken tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def button(page: Page, name: str) -> Any:
    return page.locator("#board-descent").get_by_role("button", name=name, exact=True)


# ---- The numbers


@needs_browser
@pytest.mark.parametrize("found", [["b3"], list(statquest.THREE), list(statquest.SEVEN)])
def test_a_hundred_steps_in_the_page_are_the_engine_s(visit: Open, found: list[str]) -> None:
    net = statquest.network()
    net.load({name: statquest.SEVEN[name] for name in found})
    taken = list(sgd(lambda: statquest.loss(net), [net[name] for name in found], 0.1, 1e-300, 100))
    expected = [
        [step.loss, list(step.values.values()), list(step.gradients.values())] for step in taken
    ]
    script = """found => {
      const start = starts.find(({ finding }) => finding.join() === found.map(name => data.names.indexOf(name)).join());
      lesson.begin(start.values, start.finding);
      for (let step = 0; step < 100; step++) lesson.step();
      const wanted = numbers => found.map(name => numbers[data.names.indexOf(name)]);
      return lesson.steps.map(step => [step.loss, wanted(step.values), wanted(step.slopes)]);
    }"""
    assert len(expected) == 100
    assert agree(visit().evaluate(script, found), expected)


def gradients_of(net: MLP, dosage: float) -> tuple[list[float], list[float]]:
    """Data and gradients of one dosage's squared residual, in topological order."""
    observed = statquest.OBSERVED[statquest.DOSAGES.index(dosage)]
    residual = Value(observed) - statquest.predict(net, dosage)
    root = residual**2.0
    root.backward()
    order = topological_order(root)
    return [value.data for value in order], [value.grad for value in order]


@needs_browser
@pytest.mark.parametrize("values", [statquest.OPTIMISED, statquest.SEVEN])
def test_every_number_in_the_graph_is_that_of_backward(
    visit: Open, values: dict[str, float]
) -> None:
    net = statquest.network()
    net.load(values)
    shown = visit().evaluate(
        """values => {
          follow(values);
          const { whole, three } = models, moment = model => { model.place = model.LAST; return model.moment().sums; };
          return [[whole.data, moment(whole)], three.gradients[three.picked]];
        }""",
        [net[name].data for name in statquest.SEVEN],
    )
    assert agree(shown[0], list(gradients_of(net, 0.5)))
    statquest.loss(net).backward()
    net.zero_grad()
    statquest.loss(net).backward()
    assert agree(shown[1], net["b3"].grad)


@needs_browser
def test_the_slope_of_the_slope_is_the_engine_s(visit: Open) -> None:
    net = statquest.network()
    net.load(statquest.SEVEN)
    parameters = [net[name] for name in statquest.SEVEN]
    _, slopes = value_and_grad(statquest.loss(net), parameters, backend="value")(*parameters)
    expected = []
    for slope, parameter in zip(slopes, parameters, strict=True):
        net.zero_grad()
        slope.backward()
        expected.append(parameter.grad)
    script = "values => slopesOf.map((slope, which) => slope(...values)[1][which])"
    assert agree(visit().evaluate(script, [each.data for each in parameters]), expected)
    assert expected[-1] == pytest.approx(6, rel=1e-12)


@needs_browser
def test_numbers_read_as_those_that_the_command_prints_but_small_ones_are_written_out(
    visit: Open,
) -> None:
    numbers = [sign * 1.2345678 * 10**power for power in range(-4, 5) for sign in (1, -1)]
    numbers += [0.0, 0.00499, 0.005, 9.996, 99999.9, 1.996, 0.00095, 20.4236]
    page = visit()
    script = "numbers => numbers.map(each => [digits(each), ssrDigits(each)])"
    both = page.evaluate(script, numbers)
    assert both == [[digits(number), ssr_digits(number)] for number in numbers]
    small = page.evaluate("[7e-5, -7e-5, 6e-10].map(each => digits(each))")
    assert small == ["0.00007", "-0.00007", "0.00"]
    assert page.evaluate("[0, 6e-10, 2e-5].map(ssrDigits)") == ["0.00", "below 0.000001", "0.00002"]


@needs_browser
def test_four_digits_are_python_s_four_digits(visit: Open) -> None:
    numbers = [sign * m * 10.0**e for e in range(-9, 12) for m in (1, 1.2345, 9.9995, 1.5, 2.00049)
               for sign in (1, -1)]  # fmt: skip
    numbers += [1234.5, 1235.5, 12.345, 0.5, 2.0**-20, 1e300, 5e-324, 0.03125, 0.000123450]
    shown = visit().evaluate("numbers => numbers.map(four)", numbers)
    assert shown == [f"{number:.4g}" for number in numbers]


# ---- The board


@needs_browser
def test_three_steps_from_b3_0_read_as_in_the_video(board: Open) -> None:
    page = board()
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 20.4")
    for _ in range(3):
        button(page, "Step").click()
    first, second, third = steps(page)
    assert first == ["1", "0.00", "20.4", "-15.7", "-1.57", "1.57"]
    assert second == ["2", "1.57", "3.3", "-6.26", "-0.63", "2.19"]
    assert third[0] == "3"
    expect(page.locator("#board-descent .outcome")).to_have_text(
        "Step 3: slope -2.50 × learning rate 0.1 = step size -0.25. New b3 = 2.19 − (-0.25) = 2.44."
    )


@needs_browser
def test_a_parameter_is_typed_or_dragged_and_all_pictures_follow(board: Open) -> None:
    page = board()
    squiggle = page.locator("#board-squiggle .curve.green")
    before = squiggle.get_attribute("d")
    page.get_by_role("spinbutton", name="b3, a number").fill("1")
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 7.8")
    assert squiggle.get_attribute("d") != before
    slider = page.get_by_role("slider", name="b3, a slider")
    slider.fill("2")
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 1.11")
    slider.press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="b3, a number")).to_have_value("2.01")
    node = page.evaluate("boardGraph.model.nodes.findIndex(({ label }) => label === 'b3')")
    expect(page.locator(f'#board-graph [data-value="{node}"]').first).to_contain_text("2.01")


@needs_browser
def test_a_number_that_is_none_is_marked_and_changes_nothing(board: Open) -> None:
    page = board()
    number = page.get_by_role("spinbutton", name="b3, a number")
    number.fill("")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 20.4")
    number.blur()
    expect(number).to_have_value("0.00")


@needs_browser
def test_a_switch_makes_a_parameter_one_to_find(board: Open) -> None:
    page = board()
    switch = page.get_by_role("switch", name="w3 is to find")
    expect(switch).to_have_text("fixed")
    switch.press("Enter")
    expect(switch).to_have_text("to find")
    expect(switch).to_be_checked()
    button(page, "Step").click()
    moved = page.evaluate("lesson.values.map((value, which) => value !== data.given[which])")
    assert moved == [name in ("w3", "b3") for name in statquest.SEVEN]
    for name in ("w3", "b3"):
        page.get_by_role("switch", name=f"{name} is to find").click()
    expect(button(page, "Step")).to_be_disabled()


@needs_browser
def test_what_is_found_is_no_longer_to_find(board: Open) -> None:
    page = board()
    button(page, "Play").click()
    outcome = page.locator("#board-descent .outcome")
    expect(outcome).to_contain_text("stops after 10 steps, at b3 = 2.61", timeout=20_000)
    expect(page.get_by_role("switch", name="b3 is to find")).to_have_text("found")
    expect(button(page, "Play")).to_be_visible()
    assert [row[0] for row in steps(page)][-1] == "10"
    button(page, "Reset").click()
    assert steps(page)[0][0] == "no steps yet"
    expect(page.get_by_role("switch", name="b3 is to find")).to_have_text("to find")
    assert page.evaluate("lesson.values[B3]") == 0


@needs_browser
def test_pause_stops_the_descent(board: Open) -> None:
    page = board()
    button(page, "Play").click()
    expect(page.locator("#taken tr td").first).to_have_text("1")
    button(page, "Pause").click()
    taken = page.evaluate("lesson.steps.length")
    page.wait_for_timeout(1200)
    assert page.evaluate("lesson.steps.length") == taken < 10


@needs_browser
def test_a_learning_rate_of_0_4_diverges_and_is_told_so(board: Open) -> None:
    page = board()
    page.locator("#board-descent").get_by_label("learning rate, a number").fill("0.4")
    button(page, "Step").click()
    outcome = page.locator("#board-descent .outcome")
    expect(outcome).to_contain_text("The step overshot: the SSR grew from 20.4 to 40.0")
    button(page, "Play").click()
    expect(outcome).to_contain_text("Gradient descent diverges", timeout=20_000)
    expect(outcome).to_contain_text("Try a smaller learning rate than 0.4")


@needs_browser
def test_short_steps_where_it_is_not_flat_are_not_called_stuck(board: Open) -> None:
    page = board()
    page.get_by_role("button", name="w3, w4, b3").click()
    page.locator("#board-descent").get_by_label("learning rate, a number").fill("0.01")
    page.evaluate("while (!lesson.step()); lesson.moved()")
    outcome = page.locator("#board-descent .outcome")
    expect(outcome).to_contain_text("it is not flat here: with a learning rate of 0.01 the steps")
    assert page.evaluate("[lesson.converged, lesson.stuck()]") == [True, False]
    assert "max_steps=5000):\n" in page.locator("#python").inner_text()


@needs_browser
def test_a_last_step_that_overshot_is_told_so_and_not_called_too_short(board: Open) -> None:
    page = board()
    for others, w3, rate in (("unoptimised", 0.031912, 1), ("given", 0.41922282, 2)):
        page.evaluate(
            """([others, w3, rate]) => {
                 lesson.begin(data[others].map((value, which) => which === W3 ? w3 : value), [W3]);
                 lesson.rate = rate;
                 lesson.step();
                 lesson.moved();
               }""",
            [others, w3, rate],
        )
        expect(page.locator("#board-descent .outcome")).to_contain_text(
            f"and the last step overshot: it made it larger. Try a smaller learning rate than {rate}"
        )


@needs_browser
def test_it_takes_no_more_steps_than_it_says(board: Open) -> None:
    page = board()
    page.evaluate("lesson.rate = 1 / 3; while (!lesson.step()); lesson.moved()")
    for _ in range(2):
        button(page, "Step").click()
        expect(page.locator("#board-descent .outcome")).to_contain_text("Step 5000: ")


@needs_browser
def test_the_board_s_gradients_are_those_of_the_numbers_beside_them(board: Open) -> None:
    page = board()
    page.get_by_role("spinbutton", name="b3, a number").fill("2")
    settle(page)
    b3 = page.locator("#board-graph svg:visible").get_by_role("button", name=re.compile("^b3,"))
    expect(b3).to_have_attribute("aria-label", "b3, value 2, gradient -1.218")


@needs_browser
def test_a_number_that_is_typed_and_taken_back_goes_on_following_the_page(board: Open) -> None:
    page = board()
    for field in (
        page.get_by_role("spinbutton", name="b3, a number"),
        page.locator("#board-descent").get_by_label("learning rate, a number"),
    ):
        before = field.input_value()
        field.focus()
        for key in ("End", "5", "Backspace", "Tab"):
            field.press(key) if key != "Tab" else page.keyboard.press(key)
        assert field.input_value() == before
    page.get_by_role("spinbutton", name="w1, a number").fill("3.34")  # and left there
    page.evaluate("lesson.step(); lesson.put(W1, 3); lesson.rate = 0.2; lesson.moved()")
    settle(page)
    expect(page.get_by_role("spinbutton", name="w1, a number")).to_have_value("3.00")
    expect(page.get_by_role("spinbutton", name="b3, a number")).to_have_value("1.57")
    expect(page.locator("#board-descent").get_by_label("learning rate, a number")).to_have_value(
        "0.2"
    )


@needs_browser
def test_only_parameters_are_nudged_on_the_board(board: Open) -> None:
    page = board()
    nudge = page.locator("#board-graph").get_by_role("button", name=re.compile("^nudge"))
    for label, is_there in (("dosage", False), ("observed", False), ("w1", True)):
        page.locator("#board-graph svg:visible").get_by_role(
            "button", name=re.compile(f"^{label},")
        ).first.click()
        expect(nudge).to_be_visible(visible=is_there)


@needs_browser
def test_what_ends_after_some_steps_is_told_by_what_happened(board: Open) -> None:
    page = board()
    rate = page.locator("#board-descent").get_by_label("learning rate, a number")
    outcome = page.locator("#board-descent .outcome")
    button(page, "Step").click()
    rate.fill("1e308")
    button(page, "Step").click()
    expect(outcome).to_contain_text("after 1 step a number is too large to be kept")
    rate.fill(str(1 / 3))
    for _ in range(14):
        button(page, "Step").click()
        expect(outcome).not_to_contain_text("overshot")


@needs_browser
def test_the_verdict_has_the_digits_that_it_speaks_of(board: Open) -> None:
    verdicts = {
        rate: board().evaluate(f"verdict({rate}, 6)") for rate in ("0.33334", "0.33333", "5e-6")
    }
    assert "a little more than 1 times as far away" in verdicts["0.33334"]
    assert "only nearly 1 of what was left" in verdicts["0.33333"]
    assert "leaves nearly 1 of what was left" in verdicts["5e-6"]


@needs_browser
@pytest.mark.parametrize(
    ("b3", "rate"), [("1", "1e308"), ("1e160", "0.1"), ("1e100", "0.1"), ("1", "1e200")]
)
def test_numbers_that_are_too_large_are_told_and_drawn_without_errors(
    b3: str, rate: str, board: Open
) -> None:
    page = board()  # which fails at any message of the console
    page.evaluate(f"lesson.put(B3, {b3})")
    page.locator("#board-descent").get_by_label("learning rate, a number").fill(rate)
    for _ in range(2):  # what has ended begins anew from there
        button(page, "Step").click()
        page.wait_for_timeout(500)
        assert page.evaluate("lesson.begun[B3]") == float(b3)
    outcome = page.locator("#board-descent .outcome")
    expect(outcome).to_contain_text("diverges" if (b3, rate) != ("1e100", "0.1") else "Step 2")


@needs_browser
def test_the_three_parameters_read_as_in_the_video(board: Open) -> None:
    page = board()
    page.get_by_role("button", name="w3, w4, b3").click()
    expect(page.locator("#board-descent .readout")).to_have_text("SSR 1.40")
    button(page, "Step").click()
    values = [
        page.evaluate(f"lesson.values[data.names.indexOf('{name}')]") for name in statquest.THREE
    ]
    assert [f"{value:.2f}" for value in values] == ["0.10", "0.50", "-0.19"]
    slopes = page.evaluate("lesson.steps[0].slopes")
    assert [f"{slopes[list(statquest.SEVEN).index(name)]:.2f}" for name in statquest.THREE] == [
        "2.58", "1.26", "1.90",
    ]  # fmt: skip


@needs_browser
def test_random_start_values_differ_from_time_to_time_and_reset_returns(board: Open) -> None:
    page = board()
    drawn = []
    for _ in range(2):
        page.locator("#starts").get_by_role("button", name="random").click()
        drawn.append(page.evaluate("lesson.values"))
        button(page, "Step").click()
        button(page, "Reset").click()
        assert page.evaluate("lesson.values") == drawn[-1]
    assert drawn[0] != drawn[1]
    assert drawn[0][4:] == [0, 0, 0]


@needs_browser
def test_the_board_s_python_does_the_same(board: Open) -> None:
    page = board()
    page.get_by_role("button", name="w3, w4, b3").click()
    settle(page)
    code = page.locator("#python").inner_text()
    assert 'sgd(loss, [net["w3"], net["w4"], net["b3"]], learning_rate=0.1)' in code
    space: dict[str, Any] = {}
    exec("\n".join(line for line in code.splitlines() if "explore(loss" not in line), space)
    assert space["net"]["w3"].data == pytest.approx(-1.22, abs=0.1)
    page.get_by_role("button", name="b3 alone").click()
    page.get_by_role("spinbutton", name="b3, a number").fill("1")
    button(page, "Step").click()
    settle(page)
    code = page.locator("#python").inner_text()
    assert '"b3": 1,' in code  # where the descent began
    assert code.count("changed on the way") == 0
    page.get_by_role("switch", name="b3 is to find").click()
    settle(page)
    code = page.locator("#python").inner_text()
    assert "# nothing is to find, so there is no descent\n" in code
    exec("\n".join(line for line in code.splitlines() if "explore(loss" not in line), {})


@needs_browser
def test_extreme_numbers_get_an_answer_and_leave_no_stale_scale(board: Open) -> None:
    page = board()
    page.get_by_role("spinbutton", name="w3, a number").fill("50")
    page.get_by_role("spinbutton", name="b3, a number").fill("2e16")
    settle(page)
    assert page.locator("#board-squiggle .axis.y text").count() < 40
    page.get_by_role("button", name="b3 alone").click()
    page.wait_for_function("lesson.shown[B3] === 0")
    settle(page)
    labels = page.locator("#board-squiggle .axis.y text").all_text_contents()
    assert {"-3", "0", "1"} <= set(labels)
    assert max(float(label) for label in labels) < 3


# ---- How it is made


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_what_one_presses_and_looks_at_stays_where_it_is_while_it_plays(
    visit: Open, width: int
) -> None:
    page = visit(width=width)
    page.evaluate("go(steps.find(step => step.querySelector('[data-kind=b3]')))")
    expect(page.locator(".step.now")).to_contain_text("take a step against it")
    settle(page)
    page.evaluate("""() => {
      window.places = new Set();
      const step = document.querySelector(".step.now");
      const parts = [...step.querySelectorAll("button, .outcome, .formula"), ...document.querySelectorAll(".view:not([hidden]) .plot")];
      const watch = () => {
        places.add(JSON.stringify(parts.map(part => part.getBoundingClientRect())));
        if (!lesson.converged) requestAnimationFrame(watch);
      };
      lesson.play();
      watch();
    }""")
    expect(page.locator(".step.now .outcome")).to_contain_text("stops after", timeout=20_000)
    assert page.evaluate("places.size") == 1


@needs_browser
def test_hostile_labels_stay_text(board: Open, tmp_path: Path) -> None:
    net = statquest.network()
    for parameter in net.parameters():
        parameter.label += HOSTILE
    write_page(tmp_path / "hostile.html", net)
    page = board(tmp_path / "hostile.html")
    button(page, "Step").click()
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
    assert len(html.encode()) < 512_000
    # The video, which a reader may follow, and the names of XML's languages.
    outside = {
        re.split(r"[?$]", address)[0] for address in re.findall(r"https?://[^\"'`\s]+", html)
    }
    assert outside == {
        "https://youtu.be/IN2XmBhILt4", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/",
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
        ("net", ["b3"], ValueError, "'net'"),
        (None, ["b4"], ValueError, "to_find is ['b4']: give one or more of w1, w2"),
        (None, [], ValueError, "to_find is []"),
        (None, "b3", TypeError, "to_find must be in a list, [...], not 'b3'"),
        (statquest.network(math.inf), ["b3"], ValueError, "'b3': inf"),
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
    assert data["given"] == [3.34, -3.53, 0.36, 0.63, -1.43, 0.57, 0.0]


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
        (["--set", "w=2"], "--set is for a formula"),
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
