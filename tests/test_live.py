"""The live page runs the package in a browser, from its own folder. Pictures in Pyodide are laid out by viz-js."""

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from micrograd_sq import Value, draw_dot
from tests.browser import SCROLL_WIDTH, barriers

BUILD = Path(__file__).parent.parent / "examples" / "live" / "build.py"
QUIET = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
GRAPH = "from micrograd_sq import Value, draw_dot, explore\nv = Value(0.0, 'v')\n"


def test_viz_js_lays_out_a_picture_in_pyodide(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, js = draw_dot(Value(2.0) * 3), SimpleNamespace()
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setitem(sys.modules, "js", js)
    with pytest.raises(RuntimeError, match="no program to lay out the picture: in Pyodide, run `from"):
        picture.pipe()
    js.viz = SimpleNamespace(renderString=lambda source, format, engine: f"{format} by {engine}: {source}")
    assert picture.pipe(encoding="utf-8") == f"svg by dot: {picture.source}"
    assert picture.pipe("json") == f"json by dot: {picture.source}".encode()


def test_the_core_does_not_need_numpy() -> None:
    code = """import sys; sys.modules["numpy"] = None
from micrograd_sq import *
w, x = Value(3.0, "w"), Value(2.0, "x")
print(value_and_grad(w * x, [w])(3.0), len(list(sgd(lambda: w * w, [w], 0.4, max_steps=2))), explore(w * x))
over_data(w * x, [w], {x: [1, 2]})"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "(6.0, (2.0,)) 2 <explore: a graph of 3 Values>\n"
    assert done.stderr.endswith("ImportError: backend 'numpy' needs numpy: python -m pip install \"numpy\"\n")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the live page, and offer the page on this computer."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    subprocess.run([sys.executable, BUILD, folder := tmp_path_factory.mktemp("live")], check=True)
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 25e6
    assert "Mozilla Public License" in (folder / "pyodide" / "LICENSE").read_text()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QUIET, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def run(tab: Page, address: str) -> Iterator[Callable[..., str]]:
    """Open the page within 15 seconds. Return a function that runs a program and returns the text of the output."""

    def run(code: str = "") -> str:
        tab.fill("#editor", code or tab.input_value("#editor"))
        tab.click("#run", timeout=15_000)
        tab.wait_for_selector("body[data-state=ready]")
        return tab.locator("#output").inner_text().rstrip()

    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(address)
    tab.wait_for_selector("body[data-state=ready]", timeout=15_000)
    yield run
    assert f"{address}pyodide/pyodide.asm.wasm" in requests
    assert [url for url in requests if not url.startswith((address, "data:", "about:"))] == []


def test_the_page_runs_the_readme_and_shows_graphs(tab: Page, run: Callable[..., str]) -> None:
    assert run() == "d = 10.0, gradients: a 7.0, b 2.0"
    expect(tab.frame_locator("iframe").get_by_role("button", name="Play")).to_be_visible()
    tab.select_option("#menu", "The whole lesson")
    assert run() == "SSR 20.4, slope -15.7\n1.57 2.19 2.61"
    assert tab.get_by_role("img", name="Picture of a graph").evaluate("picture => picture.naturalWidth") > 300
    assert barriers(tab) == []
    assert run(GRAPH + "display(draw_dot(v))\nexplore(v).open()\ndraw_dot(v).write('v.svg')") == "Download v.svg"
    assert (tab.locator("#output img").count(), tab.locator("#output iframe").count()) == (1, 1)
    for width in (820, 390):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.evaluate(SCROLL_WIDTH) == width


def test_errors_long_chains_endless_loops_and_links(tab: Page, run: Callable[..., str]) -> None:
    error = run("from micrograd_sq import Value\nprint('before')\nValue(-1.0, 'p').log()")
    assert re.search(r'^before\s+Traceback.*\n  File "program.py", line 3, in .*\n.*\n.*\nValueError: log of p', error)
    chain = "for _ in range({}):\n    v = v + 1\nprint(v.data)"
    assert run(GRAPH + chain.format(990)) == "990.0"
    assert "keeps more than 2,000 Values at the same time" in run(GRAPH + chain.format(3000))
    assert run(GRAPH + "for _ in range(3000):\n    w = v + 1\nprint('freed')") == "freed"
    tab.fill("#editor", code := "print('é')\nwhile True:\n    pass\n")
    tab.click("#run")
    expect(tab.locator("#output")).to_have_text("é\n")
    tab.click("#link")
    tab.click("#stop")
    assert run("1 + 1") == "2"
    tab.goto("about:blank")
    tab.go_back()
    expect(tab.locator("#editor")).to_have_value(code)
