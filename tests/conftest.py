"""Fixtures that more than one file of tests uses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from micrograd_sq import Value, explore
from tests.browser import ARGUMENTS, CHROMIUM, Open, Show, settle

collect_ignore = ["consumer.py"]  # for type checkers; it is full of mistakes


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a page as a file; at the end, nothing may have been asked of a network or logged."""
    contexts, heard = [], []

    def visit(path: Path, width: int = 1280, **options: Any) -> Page:
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


@pytest.fixture
def show(visit: Open, tmp_path: Path) -> Show:
    """Opens the page of a Value's graph."""

    def show(root: Value, **options: Any) -> Page:
        path = tmp_path / "graph.html"
        explore(root).write(path)
        page = visit(path, **options)
        settle(page)
        return page

    return show
