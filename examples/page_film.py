"""Film the backward pass on the interactive page: write page.gif into the current folder.

The script needs Debian's chromium, and `python -m pip install ".[test]"`.
"""

import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from micrograd_sq import write_page

GRAPH = '.walk[data-graph="one"]'  # the controls of the graph of dosage 0.5, in the chapter on the chain rule
PART = 100  # milliseconds of the page from one picture to the next

pictures = list[Image.Image]()
with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    path = Path(folder, "page.html")
    write_page(path)
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = chromium.new_page(viewport={"width": 1440, "height": 480})
    page.clock.install()  # so that the page waits for each picture
    page.goto(path.as_uri())
    page.evaluate(f"go(document.querySelector('{GRAPH}').closest('.step'))")
    page.evaluate("element('stage').classList.remove('with-code')")
    page.clock.run_for(1000)
    forward = page.locator(f"{GRAPH} button.first")
    while not forward.is_disabled():
        forward.click()
        for _ in range(8 if pictures else 1):
            page.clock.run_for(PART)
            pictures.append(Image.open(BytesIO(page.locator("#stage").screenshot())).convert("RGB"))
    chromium.close()

# One palette serves all pictures. With a palette for each picture the background would flicker.
strip = Image.new("RGB", (pictures[0].width, pictures[0].height * len(pictures)))
for place, picture in enumerate(pictures):
    strip.paste(picture, (0, place * picture.height))
palette = strip.quantize(128)
frames = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
durations = [60] * (len(frames) - 1) + [600]
frames[0].save("page.gif", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True)
print(f"wrote page.gif: {len(frames)} pictures in {sum(durations) / 1000:.1f} seconds")
