"""Take the pictures of the documentation from a running app: `python docs/screenshots.py http://localhost:8501`.

Only pages about MNIST and the digits are pictured; no picture of a face belongs in the repository.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
VIEWS = {
    "latent-space": "/latent_space?model=mlp-2d-adam&image=1492",
    "latent-space-3d": "/latent_space?model=mlp-3d-amsgrad&with.mlp-3d-amsgrad=nothing",
    "decode": "/decode?model=mlp-3d-adam",
    "reconstruct": "/reconstruct?model=mlp-2d-adam&with.mlp-2d-adam=mlp-64d-amsgrad",
    "home": "/",
}
HEIGHTS = {"latent-space": 1190, "decode": 1000}
"""Heights in pixels of the views that need more than 900."""


def main(base: str) -> None:
    """Visit each view 1,280 pixels wide and keep what it shows."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, path in VIEWS.items():
            page = browser.new_page(viewport={"width": 1280, "height": HEIGHTS.get(name, 900)})
            page.goto(base + path)
            page.get_by_role("heading", level=1).wait_for()
            page.wait_for_timeout(5000)  # pictures and charts settle
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8501")
