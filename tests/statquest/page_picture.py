"""Makes the README's picture of the page: `python -m tests.statquest.page_picture examples/page.png`."""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from micrograd_sq import write_page
from tests.browser import ARGUMENTS, CHROMIUM


def picture(out: Path) -> None:
    """The chain rule, after three gradients have been sent."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_page(Path(folder, "page.html"))
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page(
            viewport={"width": 1440, "height": 760},
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.goto(Path(folder, "page.html").as_uri())
        page.evaluate("go(steps.find(step => step.textContent.includes('Send them')))")
        page.locator(".step.now").get_by_role("button", name="Send", exact=True).click(
            click_count=1
        )
        for _ in range(2):
            page.locator(".step.now").get_by_role("button", name="Send", exact=True).click()
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        taken = page.screenshot()
        chromium.close()
    Image.open(BytesIO(taken)).quantize(128).save(out, optimize=True)


if __name__ == "__main__":
    picture(Path(sys.argv[1]))
