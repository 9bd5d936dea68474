"""A page of one file: what is put in stays what it is, nothing else runs, everybody can use it, wherever it is shown."""

import base64
import hashlib
import html
import json
import math
import random
import re
import subprocess
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from micrograd_sq import Value, explore, topological_order
from micrograd_sq.page import contents, page
from tests.browser import (
    HOSTILE,
    NUMBERS,
    RESIDUAL,
    Open,
    Show,
    four,
    lesson,
    needs_browser,
    residual,
    settle,
    shared,
    to_place,
)
from tests.command import run

# ---- The parts of a page


DATA = {
    "label": HOSTILE,
    "numbers": [math.inf, -math.inf, math.nan, 1e-320, -0.0, 0.1],
    "deep": {"er": [True, None, (1, [2.5])], "<!--": "-->"},
}


@needs_browser
def test_data_and_functions_arrive_as_they_were_whatever_they_hold(
    visit: Open, tmp_path: Path
) -> None:
    functions = {
        "twice": f"function f(x) {{ // {HOSTILE.splitlines()[0]} <!-- \n  return 2 * x; }}"
    }
    text = page(HOSTILE, "<main></main>", styles=[], scripts=[], data=DATA, functions=functions)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    opened = visit(tmp_path / "page.html")
    assert opened.title() == HOSTILE
    assert opened.evaluate("data.label") == HOSTILE
    assert opened.evaluate("data.deep") == {"er": [True, None, [1, [2.5]]], "<!--": "-->"}
    assert opened.evaluate("data.numbers.map(Number).map(String)") == [
        "Infinity", "-Infinity", "NaN", "1e-320", "0", "0.1",
    ]  # fmt: skip
    assert opened.evaluate("twice(4)") == 8
    assert opened.locator("img").count() == 0
    assert opened.locator("script").count() == 2


@needs_browser
def test_numbers_read_as_those_of_python_s_pictures(visit: Open, tmp_path: Path) -> None:
    text = page("", "", styles=[], scripts=[], data={}, functions={})
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    chance = random.Random(3)
    numbers = [chance.uniform(-1, 1) * 10.0 ** chance.randrange(-12, 13) for _ in range(2000)]
    numbers += [number / 2**k for number in range(-9999, 9999, 37) for k in (1, 3, 9)]
    numbers += [0.0, -0.0, 9999.5, 99995.0, 0.00099995, 1.0005, 1.0015, 10005.0, 100050.0, 5e-324]
    numbers += [1e-5, 0.0001, 0.00009999, 1e300, -1e4, 123450.0, 123550.0, math.inf, -math.inf]
    assert visit(tmp_path / "page.html").evaluate("numbers => numbers.map(four)", numbers) == [
        four(number) for number in numbers
    ]


def test_a_page_s_policy_is_that_of_its_own_style_and_script() -> None:
    text = explore(residual()).text
    (policy,) = re.findall('Content-Security-Policy" content="(.*?)"', text)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (inside,) = re.findall(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


@needs_browser
def test_the_policy_runs_nothing_but_the_page_s_own_script(
    browser: Browser, tmp_path: Path
) -> None:
    explore(residual()).write(tmp_path / "graph.html")
    opened = browser.new_page()
    opened.goto((tmp_path / "graph.html").as_uri())
    opened.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
    }""")
    assert opened.evaluate("window.ran") is None
    opened.close()


def test_a_page_names_nothing_outside_and_is_the_same_each_time() -> None:
    text = explore(residual()).text
    assert explore(residual()).text == text
    assert "{{" not in text
    own = text.replace(contents("micrograd_sq.page/d3/d3.js"), "")
    assert set(re.findall(r"https?://[^\"'\s]+", own)) == {"http://www.w3.org/2000/svg"}


# ---- A graph's page: for everybody


@needs_browser
def test_hostile_labels_stay_text(show: Show) -> None:
    a, b = Value(0.5, "a" + HOSTILE), Value(-1.5, "b" + HOSTILE)
    root = a * b
    root.label = "r" + HOSTILE
    opened = show(root)
    assert opened.title() == f"r{HOSTILE}, to touch"
    expect(opened.locator(".leaf b").first).to_have_text("a" + HOSTILE)
    opened.locator("#graph svg:visible .value").last.click()
    to_place(opened, 2)
    assert opened.evaluate("model.nodes.map(node => node.label)") == [
        value.label for value in topological_order(root)
    ]
    assert opened.locator("img").count() == 0
    assert opened.locator("script").count() == 2


@needs_browser
@pytest.mark.parametrize("width", [360, 760, 1280, 2560])
@pytest.mark.parametrize("make", [residual, lesson, shared])
def test_nothing_is_wider_than_the_screen(
    show: Show, width: int, make: Callable[[], Value]
) -> None:
    opened = show(make(), width=width)
    for place in (0, 3, opened.evaluate("model.BACKWARD + 2"), opened.evaluate("model.LAST")):
        to_place(opened, place)
        assert opened.evaluate("document.documentElement.scrollWidth") == width


@needs_browser
def test_a_long_label_does_not_widen_a_phone_s_screen(show: Show) -> None:
    root = Value(0.5, "weight_" * 30) * Value(2.0, "x")
    opened = show(root, width=360)
    opened.locator("#graph svg:visible .value").first.click()
    settle(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") == 360


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("moment", ["sending", "wrong", "stale"])
def test_an_accessibility_checker_finds_nothing(
    show: Show, scheme: str, width: int, moment: str
) -> None:
    root = {"sending": lesson, "wrong": shared}.get(moment, Value(1.0, "x").log)()
    opened = show(root, width=width, color_scheme=scheme, bypass_csp=True)
    if moment == "sending":
        to_place(opened, opened.evaluate("model.BACKWARD + 3"))
    elif moment == "wrong":
        opened.get_by_role("switch", name="send too early").check()
    else:
        opened.get_by_role("spinbutton", name="x, a number").fill("-1")
    settle(opened)
    found = Axe().run(opened).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def tab_to(opened: Page, what: str) -> None:
    for _ in range(40):
        opened.keyboard.press("Tab")
        if opened.evaluate("what => document.activeElement.matches(what)", what):
            return
    pytest.fail(f"Tab does not lead to {what}")


@needs_browser
def test_the_keyboard_alone_reaches_boxes_sliders_and_lines(show: Show) -> None:
    opened = show(residual())
    tab_to(opened, "#graph .value")
    focused = "Number(document.activeElement.dataset.value)"
    first = opened.evaluate(focused)
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate(focused) == first + 1
    opened.keyboard.press("Enter")
    picked = opened.locator("#graph svg:visible .value.picked")
    expect(picked).to_have_attribute("data-value", str(first + 1))
    tab_to(opened, ".leaf input[type=range]")
    opened.keyboard.press("ArrowRight")
    settle(opened)
    leaf = opened.evaluate("document.activeElement.getAttribute('aria-label')")
    place = opened.evaluate("name => model.nodes.findIndex(node => node.label === name)", leaf)
    assert NUMBERS[leaf] < opened.evaluate("place => model.data[place]", place) < NUMBERS[leaf] + 1
    tab_to(opened, "#code [role=listbox]")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    line = opened.locator("#code [role=option]").nth(1)
    expect(line).to_have_attribute("aria-selected", "true")
    expect(picked).to_have_attribute("data-value", line.get_attribute("data-line-of") or "")
    expect(opened.locator("#code [role=listbox]")).to_have_attribute(
        "aria-activedescendant", line.get_attribute("id") or ""
    )


@needs_browser
def test_the_copied_program_runs_in_python(show: Show) -> None:
    root = residual()
    root.backward()
    opened = show(root, permissions=["clipboard-read", "clipboard-write"])
    button = opened.locator("#copy")
    button.click()
    expect(button).to_have_text("copied")
    names: dict[str, float] = {}
    exec(opened.evaluate("navigator.clipboard.readText()"), names)
    leaves = {value.label: value.grad for value in topological_order(root) if value.label}
    assert names["v_5"] == pytest.approx(root.data, rel=1e-12)
    assert {name: names[f"d_{name}"] for name in leaves} == pytest.approx(leaves, rel=1e-12)


# ---- Where it is shown


def test_it_is_written_opened_and_shown_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(webbrowser, "open", opened.append)
    root = residual()
    root.backward()
    before = [(value.data, value.grad, value.label) for value in topological_order(root)]
    page = explore(root)
    assert [(value.data, value.grad, value.label) for value in topological_order(root)] == before
    assert repr(page) == "<explore: a graph of 9 Values>"
    page.write(str(tmp_path / "graph.html"))
    assert (tmp_path / "graph.html").read_text(encoding="utf-8") == page.text
    path = page.open()
    assert opened == [path.as_uri()]
    assert path.read_text(encoding="utf-8") == page.text
    (inside,) = re.findall('srcdoc="(.*?)"', page._repr_html_(), re.DOTALL)
    assert html.unescape(inside) == page.text


def test_what_cannot_be_shown_or_written_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=re.escape("not to [")):
        explore([residual()])  # type: ignore[arg-type]  # as a user may by mistake
    many = Value(0.0)
    for _ in range(1000):
        many = -many
    with pytest.raises(ValueError, match="1,001 Values"):
        explore(many)
    with pytest.raises(ValueError, match="not in the graph"):
        explore(residual(), highlight=Value(1.0))
    with pytest.raises(ValueError, match=r"cannot write .*No such file or directory"):
        explore(residual()).write(tmp_path / "missing" / "graph.html")
    with pytest.raises(ValueError, match="Is a directory"):
        explore(residual()).write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@needs_browser
def test_two_graphs_in_a_notebook_do_not_get_in_each_other_s_way(
    browser: Browser, tmp_path: Path
) -> None:
    notebook = nbformat.v4.new_notebook()
    cells = [
        "from micrograd_sq import Value, explore\na, b = Value(2.0, 'a'), Value(-3.0, 'b')",
        "explore(a * b)",
        "explore((a * b + b).softplus())",
    ]
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, tmp_path / "two.ipynb")
    # In a process of its own, for the browser has its own way of waiting in this one.
    command = "import nbclient, nbformat; n = nbformat.read('two.ipynb', 4); nbclient.NotebookClient(n, timeout=120, kernel_name='python3').execute(); nbformat.write(n, 'two.ipynb')"
    subprocess.run([sys.executable, "-c", command], cwd=tmp_path, check=True, capture_output=True)
    outputs = [cell.outputs for cell in nbformat.read(tmp_path / "two.ipynb", 4).cells[1:]]
    shown = [output[0]["data"]["text/html"] for output in outputs]
    (tmp_path / "two.html").write_text("".join(shown), encoding="utf-8")
    opened, heard = browser.new_page(), list[str]()
    opened.on("console", lambda message: heard.append(message.text))
    opened.on("pageerror", lambda error: heard.append(str(error)))
    opened.goto((tmp_path / "two.html").as_uri())
    frames = opened.main_frame.child_frames
    assert len(frames) == 2
    for place, (frame, n_values) in enumerate(zip(frames, (3, 5), strict=True)):
        opened.locator("iframe").nth(place).scroll_into_view_if_needed()  # else it is not drawn
        expect(frame.locator("#graph svg:visible .value")).to_have_count(n_values)
    field = frames[0].get_by_role("spinbutton", name="a, a number")
    field.fill("4")
    expect(frames[0].locator('#graph svg:visible [data-value="2"] .data')).to_have_text("-12")
    expect(frames[1].locator('#graph svg:visible [data-value="0"] .data')).to_have_text("2")
    assert heard == []
    opened.close()


@needs_browser
def test_a_graph_in_a_cell_that_is_folded_waits_for_being_unfolded(
    browser: Browser, tmp_path: Path
) -> None:
    cell = f"<details><summary>cell</summary>{explore(residual())._repr_html_()}</details>"
    (tmp_path / "folded.html").write_text(cell, encoding="utf-8")
    opened, heard = browser.new_page(), list[str]()
    opened.on("pageerror", lambda error: heard.append(str(error)))
    opened.goto((tmp_path / "folded.html").as_uri())
    (frame,) = opened.main_frame.child_frames
    expect(frame.locator("#code [role=option]")).not_to_have_count(0)  # the script has run
    opened.get_by_text("cell").click()
    expect(frame.locator("#graph svg:visible .value")).to_have_count(9)
    expect(frame.get_by_role("slider", name="w", exact=True)).to_be_visible()
    assert heard == []
    opened.close()


# ---- From the shell


def test_a_formula_is_explored_from_the_shell(tmp_path: Path) -> None:
    settings = [part for name, number in NUMBERS.items() for part in ("--set", f"{name}={number}")]
    path = tmp_path / "f.html"
    done = run("explore", RESIDUAL, *settings, "--no-open", "--out", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")
    data = json.loads(re.findall('id="data">(.*?)</script>', path.read_text("utf-8"))[0])
    assert [node["label"] for node in data["nodes"] if node["label"]] == ["w", "x", "b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a*b + c", "--set", "a=1"], "the formula has no number for b, c"),
        (["a", "--set", "a=1", "--set", "z=1"], "the formula has no z; it has a"),
        (["a * * b", "--set", "a=1"], "a * * b\n      ^"),
        (["a ^ 2", "--set", "a=1"], "a power is written **, not ^"),
        (["cosine(a)", "--set", "a=1"], "the functions are exp, log"),
        (["log(a)", "--set", "a=-1"], "log of a = -1.0"),
        (["a", "--set", "a=1", "--parameters", "b3"], "--parameters is for the lesson"),
        (["--set", "a=1"], "--set is for a formula"),
        ([" + ".join(["a"] * 1200), "--set", "a=1"], "1,000"),
        (["", "--set", "a=1"], "the formula is not understood"),
    ],
)
def test_a_mistake_in_the_shell_is_a_message_and_exit_code_2(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = run("explore", *arguments, "--no-open", "--out", str(tmp_path / "f.html"))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "formula", ["(" * 1000 + "a" + ")" * 1000, "a" * 10_000, "-" * 10_000 + "a", "a" + "**a" * 3333]
)
def test_a_huge_formula_gets_an_answer(tmp_path: Path, formula: str) -> None:
    done = run("explore", "--no-open", "--out", str(tmp_path / "f.html"), "--set", "a=1", "--", formula)  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert 0 < len(done.stderr) < 25_000
    assert list(tmp_path.iterdir()) == []
