"""Makes the README's picture of the page: `python -m tests.statquest.page_picture examples/page.png`."""

import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from micrograd_sq import write_page


def picture(out: Path) -> None:
    """The page after the lesson's three steps."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_page(Path(folder, "page.html"))
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(
            viewport={"width": 1840, "height": 1000},
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(Path(folder, "page.html").as_uri())
        page.get_by_role("button", name="Using gradient descent").click()
        for _ in range(3):
            page.locator("#step").click()
        page.evaluate("scrollTo(0, 0)")
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        taken = page.screenshot()
        chromium.close()
    Image.open(BytesIO(taken)).quantize(128).save(out, optimize=True)


if __name__ == "__main__":
    picture(Path(sys.argv[1]))
