"""Make the README's picture of the page: `python -m tests.statquest.page_picture examples/page.png`."""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from micrograd_sq import write_page
from tests.browser import ARGUMENTS, CHROMIUM, settle

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder, "page.html")
        write_page(path)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1440, "height": 760}, reduced_motion="reduce")
        page.goto(path.as_uri())
        page.evaluate("go(steps.find(step => step.textContent.includes('Send them')))")
        for _ in range(3):
            page.locator(".step.now").get_by_role("button", name="Send", exact=True).click()
        page.mouse.move(0, 0)
        settle(page)
        taken = page.screenshot()
        chromium.close()
    Image.open(BytesIO(taken)).quantize(128).save(sys.argv[1], optimize=True)
