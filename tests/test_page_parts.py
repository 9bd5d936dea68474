"""A page in one file: data arrive unchanged, nothing else runs, everybody can use the page, in a notebook too."""

import html
import math
import random
import re
import struct
import webbrowser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from micrograd_sq import Value, explore, topological_order
from micrograd_sq.expression import value_of
from micrograd_sq.page import contents, page
from tests import browser
from tests.browser import HOSTILE, NUMBERS, SCROLL_WIDTH, Open, Show, box, four, residual, to_place

# ---- The parts of a page

DATA = {
    "label": HOSTILE,
    "numbers": [math.inf, -math.inf, math.nan, 1e-320, -0.0, 0.1],
    "deep": {"er": [True, None, (1, [2.5])], "<!--": "-->"},
}


def test_data_arrive_unchanged_and_numbers_read_as_in_python(visit: Open, tmp_path: Path) -> None:
    twice = f"function f(x) {{ // {HOSTILE.splitlines()[0]} <!-- \n  return 2 * x; }}"
    text = page(HOSTILE, "<main></main>", styles=[], scripts=[], data=DATA, functions={"twice": twice})
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    opened = visit(tmp_path / "page.html")
    assert [opened.title(), opened.evaluate("data.label")] == [HOSTILE, HOSTILE]
    assert opened.evaluate("data.deep") == {"er": [True, None, [1, [2.5]]], "<!--": "-->"}
    assert opened.evaluate("data.numbers.map(Number).map(String)") == [
        "Infinity", "-Infinity", "NaN", "1e-320", "0", "0.1",
    ]  # fmt: skip
    assert opened.evaluate("twice(4)") == 8
    assert (opened.locator("img").count(), opened.locator("script").count()) == (0, 2)

    chance = random.Random(3)
    numbers = [chance.uniform(-1, 1) * 10.0 ** chance.randrange(-12, 13) for _ in range(2000)]
    numbers += [number / 2**k for number in range(-9999, 9999, 37) for k in (1, 3, 9)]
    numbers += [0.0, -0.0, 9999.5, 99995.0, 0.00099995, 1.0005, 1.0015, 10005.0, 100050.0, 5e-324]
    numbers += [1e-5, 0.0001, 0.00009999, 1e300, -1e4, 123450.0, 123550.0, math.inf, -math.inf]
    assert opened.evaluate("numbers => numbers.map(four)", numbers) == list(map(four, numbers))


def test_a_page_names_nothing_outside_and_its_policy_allows_only_its_own_script(tab: Page, tmp_path: Path) -> None:
    text = explore(residual()).text
    assert explore(residual()).text == text
    assert "{{" not in text
    own = text.replace(contents("micrograd_sq.page/d3/d3.js"), "")
    assert set(re.findall(r"https?://[^\"'\s]+", own)) == {"http://www.w3.org/2000/svg"}
    (policy,) = re.findall('Content-Security-Policy" content="(.*?)"', text)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    (tmp_path / "graph.html").write_text(text, encoding="utf-8")
    tab.goto((tmp_path / "graph.html").as_uri())
    tab.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
    }""")
    assert tab.evaluate("[window.ran, typeof model]") == [None, "object"]


# ---- The page of a graph, for everybody


def test_hostile_and_long_labels_stay_text_and_fit_the_screen(show: Show) -> None:
    root = Value(0.5, "a" + HOSTILE) * Value(-1.5, "weight_" * 30)
    root.label = "r" + HOSTILE
    opened = show(root, (360, 900))
    assert opened.title() == f"r{HOSTILE}"
    expect(opened.locator("h1")).to_have_text(opened.title())
    expect(opened.locator(".leaf b").first).to_have_text("a" + HOSTILE)
    opened.locator("#graph svg:visible .value").first.press("Enter")
    to_place(opened, 2)
    for width in (360, 1280):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate(SCROLL_WIDTH) == width
    assert opened.evaluate("model.nodes.map(node => node.label)") == [value.label for value in topological_order(root)]
    assert (opened.locator("img").count(), opened.locator("script").count()) == (0, 2)


@pytest.mark.parametrize(
    ("moment", "width", "scheme"), [("sending", 360, "light"), ("too early", 760, "dark"), ("stale", 2560, "light")]
)
def test_a_page_fits_the_screen_and_is_accessible(show: Show, moment: str, width: int, scheme: str) -> None:
    roots = {"sending": browser.lesson, "too early": browser.shared, "stale": Value(1.0, "x").log}
    opened = show(roots[moment](), (width, 900), scheme)
    for place in (0, opened.evaluate("model.LAST"), opened.evaluate("model.BACKWARD") + 1):
        to_place(opened, place)
        assert opened.evaluate(SCROLL_WIDTH) == width
    if moment == "too early":
        opened.get_by_role("switch", name="too early").check()
    if moment == "stale":
        opened.get_by_role("spinbutton", name="x, a number").fill("-1")
        opened.get_by_role("button", name="range of x").click()
    browser.settle(opened)
    assert opened.evaluate(SCROLL_WIDTH) == width
    assert browser.barriers(opened) == []


def test_the_page_opens_on_the_result_below_a_short_head_and_a_slider_has_a_range(show: Show) -> None:
    root = value_of("(1 - w * -0.1234567)**2", {"w": -1234.567})
    opened = show(root, (390, 844))
    for width, height in ((390, 844), (1440, 900)):
        opened.set_viewport_size({"width": width, "height": height})
        browser.settle(opened)
        assert opened.locator("#graph").evaluate("graph => graph.getBoundingClientRect().top + scrollY") < 120
        assert opened.get_by_role("slider", name="w", exact=True).evaluate("slider => slider.clientWidth") >= 200
    assert (opened.title(), opened.locator("h1").inner_text()) == ("A graph of 7 Values",) * 2
    expect(browser.box(opened, root, root)).to_have_class(re.compile(r"\bpicked\b"))
    expect(opened.locator("#code .picked code").first).to_contain_text("result = ")
    field = opened.get_by_role("spinbutton", name="w, a number")
    expect(field).to_have_value("-1234.567")
    assert field.evaluate("field => field.scrollWidth <= field.clientWidth")
    opened.get_by_role("button", name="range of w").click()
    for name, number in (("least", "-1"), ("greatest", "2")):
        opened.get_by_role("spinbutton", name=f"{name} value of w").fill(number)
        opened.keyboard.press("Enter")
    slider = opened.get_by_role("slider", name="w", exact=True)
    assert slider.evaluate("({ min, max, value }) => [min, max, value].map(Number)") == [-1, 2, -1]
    field.fill("1.5")
    field.blur()
    browser.settle(opened)
    assert slider.evaluate("({ min, max, value }) => [min, max, value].map(Number)") == [-1, 2, 1.5]


def tab_to(opened: Page, what: str) -> None:
    for _ in range(40):
        opened.keyboard.press("Tab")
        if opened.evaluate("what => document.activeElement.matches(what)", what):
            return
    pytest.fail(f"Tab does not lead to {what}")


def test_the_keyboard_alone_reaches_boxes_sliders_and_lines(show: Show) -> None:
    opened = show(residual())
    tab_to(opened, "#graph .value")
    focused = "Number(document.activeElement.dataset.value)"
    first = opened.evaluate(focused)
    opened.keyboard.press("ArrowLeft")
    assert opened.evaluate(focused) == first - 1
    opened.keyboard.press("Enter")
    picked = opened.locator("#graph svg:visible .value.picked")
    expect(picked).to_have_attribute("data-value", str(first - 1))
    tab_to(opened, ".leaf input[type=range]")
    opened.keyboard.press("ArrowRight")
    browser.settle(opened)
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


# ---- What a page copies and saves


def test_the_program_runs_in_python_a_link_keeps_the_state_and_the_picture_is_saved(
    show: Show, visit: Open, tmp_path: Path
) -> None:
    root = residual()
    root.backward()
    opened = show(root, scheme="dark")
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.locator("#copy").click()
    expect(opened.locator("#copy")).to_have_text("copied")
    names: dict[str, float] = {}
    exec(opened.evaluate("navigator.clipboard.readText()"), names)
    leaves = {value.label: value.grad for value in topological_order(root) if value.label}
    assert names["result"] == pytest.approx(root.data, rel=1e-12)
    assert {name: names[f"d_{name}"] for name in leaves} == pytest.approx(leaves, rel=1e-12)
    opened.get_by_role("spinbutton", name="x, a number").fill("0.75")
    box(opened, root, topological_order(root)[1]).press("Enter")
    to_place(opened, 7)
    opened.get_by_role("button", name="link").click()
    link = opened.evaluate("navigator.clipboard.readText()")
    assert link.partition("#")[2] == "w=2&x=0.75&b=-1.25&place=7&picked=w"
    opened.wait_for_function("link => location.href === link", arg=link)
    opened = visit(tmp_path / "graph.html", address="#" + link.partition("#")[2], scheme="dark")
    browser.settle(opened)
    assert opened.evaluate("[model.numbers, model.place, picked]") == [[1, 2, 0.75, -1.25], 7, 1]
    assert opened.get_by_role("button", name="show the path to w").is_visible()

    saved = {}
    for kind in ("SVG", "PNG"):
        with opened.expect_download() as download:
            opened.get_by_role("button", name=kind).click()
        saved[kind] = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename == f"graph.{kind.lower()}"
    svg = ElementTree.fromstring(saved["SVG"])
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"w", "x", "0.75", "grad 1"} <= set(texts)
    assert not re.search(r"var\(|color-mix|class=|<style", saved["SVG"].decode())
    assert svg[0].get("fill") == "rgb(255, 255, 255)"
    width, height = (int(svg.attrib[name]) for name in ("width", "height"))
    assert struct.unpack(">II", saved["PNG"][16:24]) == (2 * width, 2 * height)


# ---- Where a page is shown


def test_a_page_is_written_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(webbrowser, "open", opened.append)
    root = residual()
    root.backward()
    before = [(value.data, value.grad, value.label) for value in topological_order(root)]
    page = explore(root)
    assert [(value.data, value.grad, value.label) for value in topological_order(root)] == before
    page.write(str(tmp_path / "graph.html"))
    path = page.open()
    assert opened == [path.as_uri()]
    for file in (path, tmp_path / "graph.html"):
        assert file.read_text(encoding="utf-8") == page.text
    (inside,) = re.findall('srcdoc="(.*?)"', page._repr_html_(), re.DOTALL)
    assert html.unescape(inside) == page.text


def test_a_notebook_keeps_a_static_picture_where_no_script_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.publish_display_data", shown.append)
    root = residual()
    root.backward()
    explore(root)._ipython_display_()
    still, live = shown
    assert [*still, *live] == ["image/svg+xml", "text/plain", "application/javascript"]
    for value in topological_order(root):
        assert f">{four(value.data)}</text>" in html.unescape(still["image/svg+xml"])
    assert "</script" not in live["application/javascript"]


def test_what_cannot_be_shown_or_written_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not in the graph"):
        explore(residual(), highlight=Value(1.0))
    with pytest.raises(ValueError, match=r"cannot write .*No such file or directory"):
        explore(residual()).write(tmp_path / "missing" / "graph.html")
    assert list(tmp_path.iterdir()) == []


def test_graphs_in_cells_are_independent_and_may_be_folded(visit: Open, tmp_path: Path) -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    shown = [explore(root)._repr_html_() for root in (a * b, (a * b + b).softplus(), residual())]
    shown[2] = f"<details><summary>cell</summary>{shown[2]}</details>"
    (tmp_path / "cells.html").write_text('<!DOCTYPE html><meta charset="utf-8">' + "".join(shown), encoding="utf-8")
    opened = visit(tmp_path / "cells.html")
    first, second, folded = opened.main_frame.child_frames
    for place, (frame, n_values) in enumerate(((first, 3), (second, 5))):
        opened.locator("iframe").nth(place).scroll_into_view_if_needed()  # else it is not drawn
        expect(frame.locator("#graph svg:visible .value")).to_have_count(n_values)
    first.get_by_role("spinbutton", name="a, a number").fill("4")
    expect(first.locator('#graph svg:visible [data-value="2"] .data')).to_have_text("-12")
    expect(second.locator('#graph svg:visible [data-value="0"] .data')).to_have_text("2")
    expect(folded.locator("#code [role=option]")).not_to_have_count(0)  # the script has run
    opened.get_by_text("cell").click()
    expect(folded.locator("#graph svg:visible .value")).to_have_count(9)
    expect(folded.get_by_role("slider", name="w", exact=True)).to_be_visible()
