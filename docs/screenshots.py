"""Take the pictures of the documentation from a running app: `python docs/screenshots.py http://localhost:8501`.

It trains quick-look-mnist on the way, so the server wants MNIST and a folder of runs that may grow. Names of views
after the address take only those. Only pages about MNIST and the digits are pictured; no picture of a face belongs in
the repository.
"""

import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
VIEWS = {
    "latent-space": "/explore?model=mlp-2d-adam&with.mlp-2d-adam=mlp-2d-amsgrad&image=1492",
    "latent-space-3d": "/explore?model=mlp-3d-amsgrad&with.mlp-3d-amsgrad=nothing",
    "decode": "/explore?show=decoded+plane&model=vae-10d&with.vae-10d=nothing",
    "reconstruct": "/reconstruct?model=mlp-2d-adam&with.mlp-2d-adam=mlp-64d-amsgrad",
    "train": "/train?preset=quick-look-mnist",
    "draw": "/explore?model=mlp-2d-adam&with.mlp-2d-adam=nothing&own=true",
    "home": "/",
    "network": "/network?model=mlp-2d-adam&with.mlp-2d-adam=mlp-2d-amsgrad",
    "playground": "/playground?data=mnist&second=amsgrad",
    "laid-over": "/explore?model=mlp-2d-adam&with.mlp-2d-adam=mlp-2d-amsgrad&align=true&morph=0.5",
}
HEIGHTS = {"train": 1270}
"""Heights in pixels of the views that need more than 900."""
WIDTHS = {"train": 1440, "playground": 1440}
"""Widths in pixels of the views that need more than 1,280."""


def train(page: Page) -> None:
    """Train to the end."""
    page.get_by_role("button", name="Start training").click()
    page.locator('[aria-label^="Training of quick-look-mnist"][data-live="false"]').wait_for(timeout=180_000)


def draw(page: Page) -> None:
    """Draw a seven."""
    canvas = page.get_by_test_id("drawing-pad").locator("canvas").first
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box is not None
    (x, y), side = (box["x"], box["y"]), box["width"]
    page.mouse.move(x + 0.25 * side, y + 0.2 * side)
    page.mouse.down()
    page.mouse.move(x + 0.7 * side, y + 0.2 * side, steps=8)
    page.mouse.move(x + 0.4 * side, y + 0.8 * side, steps=8)
    page.mouse.up()


def play(page: Page) -> None:
    """Train for a while, and join the latent planes of some moments to a strip, playground-strip.png."""
    step, planes = page.locator(".controls-bar"), page.locator(".latent-plane")
    page.locator("[data-testid=playground][data-structure]").wait_for()
    moments = []
    for until in STRIP:
        page.locator(".play").click()
        page.wait_for_function("([bar, step]) => Number(bar.dataset.step) >= step", arg=[step.element_handle(), until])
        page.locator(".play").click()
        page.locator("[data-testid=playground][data-idle]").wait_for()
        page.wait_for_timeout(1500)  # the points arrive
        moments.append(Image.open(io.BytesIO(planes.first.screenshot())))
    width, height = max(image.width for image in moments), max(image.height for image in moments)
    strip = Image.new("RGB", (len(moments) * width, height), "white")
    for place, image in enumerate(moments):
        strip.paste(image, (place * width, 0))
    strip.save(IMAGES / "playground-strip.png", optimize=True)


STRIP = (5, 60, 250, 1200)
"""Steps after which the strip of the playground has a picture."""
ACTIONS = {"train": train, "draw": draw, "playground": play}


def main(base: str, names: Sequence[str]) -> None:
    """Visit each view 1,280 pixels wide, do what it takes and keep what it shows."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path in VIEWS.items():
            if names and name not in names:
                continue
            page = browser.new_page(viewport={"width": WIDTHS.get(name, 1280), "height": HEIGHTS.get(name, 900)})
            page.goto(base + path)
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_timeout(5000)  # pictures and charts settle
            if name in ACTIONS:
                ACTIONS[name](page)
                page.wait_for_timeout(5000)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8501", sys.argv[2:])
