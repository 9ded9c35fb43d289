"""The page Reconstruct in the browser: test images and their reconstructions, enlarged."""

import re

import pytest
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
    marked = grids.locator(".frame.marked")  # images that are read as another class: several, but not most
    assert 0 < marked.count() < 50
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("Image 24 of 100")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


@pytest.mark.story
def test_cell_of_the_confusion_table_lists_its_images_which_open_on_explore(visit):
    """By click, then by arrow keys and Enter; the link opens one of the images on the map."""
    page = visit("/reconstruct?model=digits-2d-adam&with.digits-2d-adam=nothing")
    tables = page.get_by_test_id("confusion")
    first = tables.locator("td.lost button").first
    words = re.match(r"(\d) read as (\d): (\d+) of (\d+) images", first.get_attribute("aria-label"))
    original, reading, count, total = words.groups()
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    lead = page.get_by_text(re.compile(rf"^{original} read as {reading} by digits-2d-adam: {count} of {total} images"))
    expect(lead).to_be_visible()
    pairs = page.get_by_role("link", name=re.compile("^test image .* and its reconstruction"))
    expect(pairs).to_have_count(min(8, int(count)))

    tables.get_by_role("button", name=f"{original} read as {original}").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(f"^{original} read as {original} by"))).to_be_visible()

    number = re.search(r"image=(\d+)$", pairs.first.get_attribute("href"))[1]
    pairs.first.click()
    expect(page).to_have_title("Explore")
    expect(page).to_have_url(re.compile(rf"/explore\?.*image={number}\b"))
    assert len(page.context.pages) == 1


def test_training_is_a_film_that_plays_when_asked_and_whose_curve_scrubs(visit):
    """It stands still until then; keys step; the epoch is in the address, and a phone holds it."""
    page = visit("/reconstruct?source=over+training&model=flat&with.flat=nothing&epoch=0", width=1440, height=900)
    film = page.get_by_test_id("image-film")
    expect(film).to_have_attribute("data-frame", "0")
    expect(film).to_have_attribute("data-playing", "false")
    expect(film.get_by_role("img", name="flat, before training")).to_be_in_viewport(ratio=1)
    curve = film.get_by_role("img", name="Validation MSE over the epochs")
    expect(curve).to_be_in_viewport(ratio=1)
    film.get_by_role("slider", name="Epoch").press("End")
    expect(film.get_by_role("img", name=re.compile("^flat, epoch 300: validation MSE 0"))).to_be_visible()
    expect(page).not_to_have_url(re.compile("epoch="))  # the last needs no word
    film.get_by_role("button", name="Play").click()
    expect(film).to_have_attribute("data-playing", "true")
    film.get_by_role("button", name="Pause").click()
    expect(film).to_have_attribute("data-playing", "false")
    box = curve.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(film).not_to_have_attribute("data-frame", re.compile("^(0|300)$"))
    epoch = film.get_attribute("data-frame")
    expect(page).to_have_url(re.compile(rf"epoch={epoch}(&|$)"))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(film).to_have_attribute("data-frame", epoch)
    assert film.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
