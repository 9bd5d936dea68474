"""Fixtures that several test files use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from micrograd_sq import Value, explore, write_page
from tests.browser import ARGUMENTS, CHROMIUM, Open, Show, settle

collect_ignore = ["consumer.py"]  # for type checkers; it is full of mistakes


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that uses a browser as slow."""
    for item in items:
        if "tab" in getattr(item, "fixturenames", []):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def tab() -> Iterator[Page]:
    """Return the one page of a browser. A new page for each test would take four times as long."""
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(10_000)
        yield page
        browser.close()


@pytest.fixture
def visit(tab: Page) -> Iterator[Open]:
    """Return a function that opens a file. No visit may log a message or request another file."""
    heard: list[str] = []
    opened = set[str]()
    listeners = {
        "console": lambda message: heard.append(message.text),
        "pageerror": lambda error: heard.append(str(error)),
        "request": lambda request: heard.append(request.url),
    }

    def visit(path: Path, size: tuple[int, int] = (1280, 900), scheme: str = "light", address: str = "") -> Page:
        tab.goto("about:blank")
        tab.mouse.move(0, 0)
        tab.set_viewport_size({"width": size[0], "height": size[1]})
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # wants a literal
        tab.goto(path.as_uri() + address)
        opened.add(path.as_uri())  # which a test may load again
        return tab

    tab.goto("about:blank")  # so that nothing of an earlier test's page is heard
    for event, listener in listeners.items():
        tab.on(event, listener)  # type: ignore[call-overload]  # wants a literal
    yield visit
    settle(tab)
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)
    # The icon is in the page itself.
    assert [each for each in heard if each not in opened and not each.startswith(("data:", "about:"))] == []


@pytest.fixture
def show(visit: Open, tmp_path: Path) -> Show:
    """Return a function that opens the page of a Value's graph."""

    def show(root: Value, size: tuple[int, int] = (1280, 900), scheme: str = "light") -> Page:
        path = tmp_path / "graph.html"
        explore(root).write(path)
        page = visit(path, size, scheme)
        settle(page)
        return page

    return show


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the lesson's page, whose graphs take half a second to lay out, once."""
    path = tmp_path_factory.mktemp("lesson") / "lesson.html"
    write_page(path)
    return path
