"""The page Reconstruct in the browser: test images and their reconstructions, enlarged."""

import re

from playwright.sync_api import expect


def test_click_enlarges_an_image_beside_its_reconstruction_and_difference(visit):
    """Arrow keys go to the next image, Escape closes, Enter opens again; no rerun takes place."""
    page = visit("/reconstruct?model=digits-2d-adam&with.digits-2d-adam=nothing", width=1280, height=720)
    grids = page.get_by_test_id("pairs")
    dialog = page.get_by_role("dialog", name="Image and reconstruction, enlarged")
    originals = grids.get_by_role("application", name="Original")
    expect(originals).to_be_visible()
    expect(dialog).to_be_hidden()
    box = originals.bounding_box()
    originals.click(position={"x": 0.25 * box["width"], "y": 0.15 * box["height"]})
    expect(dialog.get_by_role("status")).to_have_text("Image 13 of 100")
    for name in ("Original: test image", "digits-2d-adam: error", "Difference, digits-2d-adam"):
        expect(dialog.get_by_role("img", name=re.compile(f"^{name}"))).to_be_in_viewport(ratio=1)
    expect(dialog.get_by_text(re.compile(r"^error \d+\.\d\d; the nearest images vote \d$"))).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("status")).to_have_text("Image 14 of 100")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("Image 24 of 100")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
