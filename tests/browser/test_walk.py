"""A visitor walks through the app in a real browser."""

import re
import subprocess
import sys

import pytest
from app_server import choose, wait_until_idle
from playwright.sync_api import expect

TITLES = {
    "/": "Home",
    "/explore": "Explore",
    "/units": "Units",
    "/reconstruct": "Reconstruct",
    "/generate": "Generate",
    "/regimes": "Three regimes",
    "/lessons": "Lessons",
    "/playground": "Playground",
    "/import_model": "Import a model",
    "/train": "Train",
    "/compare": "Compare runs",
    "/lab": "Lab",
    "/pca": "PCA = linear autoencoder",
    "/optimizers": "Optimizers",
    "/network": "Network and training",
}
FITS = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  return main.scrollWidth <= main.clientWidth + 1;
}"""
DRAWN = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"


def drawn_map(page):
    """Wait until the latent map has painted its points and the page stands still; return it."""
    latent_map = page.get_by_test_id("latent-map")
    wait_until_idle(page)
    expect(latent_map).to_have_count(1)  # for a moment that of another model may still be there
    expect(latent_map).to_have_attribute("data-drawn", re.compile(r"\d+"))
    size = None
    while size != (size := latent_map.bounding_box()):  # the sidebar and the scroll bar may still take their room
        page.wait_for_timeout(200)
    return latent_map


def quick_and_slow(values, quick):
    """Parameters of which all but some are marked slow."""
    return [value if value in quick else pytest.param(value, marks=pytest.mark.slow) for value in values]


def point_on_screen(latent_map, index, panel=0):
    """Return where a point of the map lies in the window, scrolled into view."""
    canvas = latent_map.locator("canvas.front").nth(panel)
    canvas.scroll_into_view_if_needed()
    x, y = latent_map.evaluate("(map, [panel, index]) => map.screenOf(panel, index)", [panel, index])
    box = canvas.bounding_box()
    return box["x"] + x, box["y"] + y


@pytest.mark.story
def test_walk_from_home_to_map_to_decoder_to_reconstructions(visit):
    """Home -> latent space in 2-D -> click a point -> 3-D, turn, click -> decode -> reconstruct."""
    page = visit("/?find=digits-2d-adam")
    card = page.locator(".st-key-card-digits-2d-adam")
    expect(card.get_by_role("img")).to_be_visible()
    card.get_by_role("link", name="Explore").click()

    expect(page).to_have_url(re.compile(r"/explore\?.*model=digits-2d-adam"))
    latent_map = drawn_map(page)
    choose(page, "Compare with", "digits-2d-amsgrad")
    expect(latent_map.locator("canvas.front")).to_have_count(2)  # Adam | AMSGrad
    drawn_map(page)
    page.mouse.click(*point_on_screen(latent_map, 17))
    expect(page.get_by_role("heading", name="Test image 17")).to_be_visible()
    expect(page).to_have_url(re.compile("image=17"))
    expect(page.get_by_role("img", name="original")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("digits-2d-amsgrad: error"))).to_be_visible()

    choose(page, "Model", "circles-3d")
    expect(page.locator("[data-testid=latent-map][data-drawn='1000']")).to_be_visible()
    expect(latent_map).to_have_count(1)  # for a moment both are there
    expect(latent_map).to_have_attribute("data-drawn", "1000")
    latent_map.locator("canvas.front").first.scroll_into_view_if_needed()
    box = latent_map.locator("canvas.front").first.bounding_box()
    before = latent_map.evaluate("map => map.cameraOf(0)")
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + box["height"] - 60, steps=5)
    page.mouse.up()
    turned = latent_map.evaluate("map => map.cameraOf(0)")
    assert (turned["yaw"], turned["pitch"]) != (before["yaw"], before["pitch"])
    page.mouse.click(*point_on_screen(latent_map, 100))
    chosen = re.compile(r"Test image \d+, class (small|medium|large)")
    expect(page.get_by_role("heading", name=chosen)).to_be_visible()
    assert latent_map.evaluate("map => map.cameraOf(0)") == turned

    page.get_by_text("decoded plane").click()
    expect(page.get_by_test_id("latent-pad")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Image decoded by .* at this point"))).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Reconstruct").click()
    expect(page.get_by_role("img", name=re.compile("mean Euclidean error")).first).to_be_visible()


@pytest.mark.story
@pytest.mark.parametrize("path", quick_and_slow(TITLES, quick=("/", "/explore", "/train")))
def test_page_fits_the_window_and_shows_no_error(visit, path):
    """Each page has a title, a heading, no error and nothing that sticks out sideways, and a window that turns."""
    page = visit(path)
    for width, scheme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 1000})
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wait_until_idle(page)
        expect(page).to_have_title(TITLES[path])
        assert page.get_by_test_id("stAlertContentError").count() == 0
        page.wait_for_function(FITS)


def test_map_answers_to_the_keyboard_and_its_legend_hides_a_class(visit):
    """Arrow keys move, plus zooms, 0 resets, n selects the next image; the address keeps a class hidden."""
    page = visit("/explore?model=digits-2d-adam&image=4")
    latent_map = drawn_map(page)
    canvas = latent_map.locator("canvas.front").first
    start = latent_map.evaluate("map => map.cameraOf(0)")
    canvas.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    moved = latent_map.evaluate("map => map.cameraOf(0)")
    assert moved["centre"] != start["centre"]
    assert moved["half"] < start["half"]
    page.keyboard.press("0")
    assert latent_map.evaluate("map => map.cameraOf(0)") == start
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Test image 5")).to_be_visible()
    page.keyboard.press("n")  # the map kept the focus over the rerun
    expect(page.get_by_role("heading", name="Test image 6")).to_be_visible()
    chip = latent_map.get_by_role("button", name="3", exact=True)
    expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(page).to_have_url(re.compile("hidden=3"))
    page.reload()
    expect(drawn_map(page).get_by_role("button", name="3", exact=True)).to_have_attribute("aria-pressed", "false")
    latent_map.get_by_role("button", name="All").click()
    expect(page).not_to_have_url(re.compile("hidden"))


def test_map_answers_to_touch(visit):
    """A tap on a phone selects the point under the finger."""
    page = visit("/explore?model=digits-2d-adam", width=390, height=844, touch=True)
    latent_map = drawn_map(page)
    page.touchscreen.tap(*point_on_screen(latent_map, 30))
    expect(page.get_by_role("heading", name="Test image 30")).to_be_visible()


@pytest.mark.slow  # tests/browser/test_map_selection.py does the same without the app
def test_hover_shows_the_image_number_in_both_maps(visit):
    """Hovering a point names it, and marks the same image in the other map."""
    page = visit("/explore?model=digits-2d-adam&with.digits-2d-adam=digits-2d-amsgrad")
    latent_map = drawn_map(page)
    page.mouse.move(*point_on_screen(latent_map, 17))
    expect(latent_map.locator(".tip").nth(0)).to_contain_text("image 17")
    expect(latent_map.locator(".tip").nth(1)).to_contain_text("image 17")


def test_alignment_keeps_the_left_map_and_moves_the_right(visit):
    """Aligning moves the right map into the left one's frame; the left map keeps its zoom."""
    page = visit("/explore?model=digits-2d-adam&with.digits-2d-adam=digits-2d-amsgrad")
    latent_map = drawn_map(page)
    latent_map.get_by_role("button", name="Zoom in: digits-2d-adam").click()
    page.wait_for_timeout(200)
    left = latent_map.evaluate("map => map.screenOf(0, 3)")
    right = latent_map.evaluate("map => map.screenOf(1, 3)")
    page.get_by_text("Align (Procrustes)").click()
    expect(page.get_by_text(re.compile(r"Aligned: \d+% of the left map"))).to_be_visible()
    drawn_map(page)
    assert latent_map.evaluate("map => map.screenOf(0, 3)") == pytest.approx(left, abs=1)
    assert latent_map.evaluate("map => map.screenOf(1, 3)") != pytest.approx(right, abs=1)


def test_slider_decodes_another_image_and_is_in_the_address(visit):
    """A step of a slider by keyboard redraws the image; the address shows the same image again."""
    page = visit("/explore?show=decoded+plane&model=digits-2d-adam&with.digits-2d-adam=nothing")
    image = page.get_by_role("img", name=re.compile("^Image decoded by .* at this point"))
    view = page.locator(".view").first
    expect(view).to_have_attribute("data-frames", re.compile(r"\d+"))
    before, frames = image.evaluate(DRAWN), int(view.get_attribute("data-frames"))
    page.get_by_test_id("latent-sliders").get_by_role("slider").first.focus()
    page.keyboard.press("End")
    expect(view).not_to_have_attribute("data-frames", str(frames))
    expect(page).to_have_url(re.compile(r"digits-2d-adam\.at=z1_"))
    after = image.evaluate(DRAWN)
    assert after != before
    page.reload()
    expect(view).to_have_attribute("data-frames", re.compile(r"\d+"))
    assert image.evaluate(DRAWN) == pytest.approx(after, abs=3)  # the address rounds the point


def test_missing_mnist_pictures_are_offered(visit):
    """Without MNIST's own pictures: reconstructions are shown all the same, the originals are offered."""
    page = visit("/reconstruct?model=mlp-2d-adam")
    expect(page.get_by_role("img", name=re.compile("mlp-2d-adam: mean Euclidean error"))).to_be_visible()
    expect(page.get_by_role("img", name="Originals")).to_have_count(0)
    expect(page.get_by_test_id("stMain").get_by_role("button", name=re.compile("Download MNIST"))).to_be_visible()


def test_model_trained_in_a_shell_appears_in_the_gallery(visit, runs_dir):
    """`aeviz train` on the digits, then a look at the gallery of the running app."""
    page = visit("/?find=digits-2d-adam")
    expect(page.locator(".st-key-card-digits-2d-adam")).to_be_visible()
    subprocess.run(
        [
            sys.executable,
            "-m",
            "aeviz",
            "train",
            "digits-2d-adam",
            "--epochs",
            "3",
            "--out",
            str(runs_dir / "from-a-shell"),
        ],
        check=True,
        capture_output=True,
    )
    page.goto(page.url.partition("?")[0])
    card = page.locator(".st-key-card-from-a-shell")
    expect(card.get_by_role("img")).to_be_visible()
    card.get_by_role("link", name="Explore").click()
    expect(page.get_by_role("img", name=re.compile("decoded by from-a-shell"))).to_be_visible()


def test_nonsense_in_the_address_is_ignored(visit):
    """Unknown models, images out of range and hidden classes that do not exist fall back to defaults.

    The page names the image until another one is chosen.
    """
    page = visit(f"/explore?model=../../etc&image={'9' * 5000}&hidden=1.77.x.{'8' * 5000}&align=maybe")
    latent_map = drawn_map(page)
    expect(latent_map.get_by_role("button", name="1", exact=True)).to_have_attribute("aria-pressed", "false")
    assert page.get_by_test_id("stAlertContentError").count() == 0
    expect(page.get_by_text("Unknown model '../../etc'")).to_be_visible()
    message = page.get_by_text("in the address is none of the")
    expect(message).to_be_visible()
    latent_map.get_by_role("button", name=re.compile("Zoom in")).first.click()
    camera = latent_map.evaluate("map => map.cameraOf(0)")
    page.mouse.click(*point_on_screen(latent_map, 17))
    expect(page).to_have_url(re.compile(r"image=\d{1,4}\b"))
    expect(message).to_have_count(0)
    assert drawn_map(page).evaluate("map => map.cameraOf(0)") == camera


@pytest.mark.slow  # tests/pages/ has many more of them
@pytest.mark.parametrize(
    "path", ["/reconstruct?images=inf", "/explore?mlp-2d-adam.at=z1_nan", "/network?epochs=&window=x"]
)
def test_nonsense_numbers_in_the_address_are_ignored(visit, path):
    """Numbers that are none leave a working page."""
    page = visit(path)
    wait_until_idle(page)
    expect(page.get_by_role("img").first).to_be_visible()
    assert page.get_by_test_id("stAlertContentError").count() == 0


def test_model_goes_along_to_the_next_page(visit):
    """A model chosen on one page is the model of the next, also over a page that has none."""
    page = visit("/explore")
    drawn_map(page)
    choose(page, "Model", "circles-3d")
    expect(page).to_have_url(re.compile("model=circles-3d"))
    for name in ("Reconstruct", "Home", "Network and training"):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        expect(page).to_have_title(name)
        wait_until_idle(page)
        if name != "Home":
            expect(page.get_by_role("combobox", name="Model")).to_have_value("circles-3d")


@pytest.mark.parametrize(
    "start",
    ["/explore?model=circles-3d", pytest.param("/explore?show=decoded+plane&model=circles-3d", marks=pytest.mark.slow)],
)
def test_model_of_a_shared_link_goes_along_too(visit, start):
    """A model that came by the address, or by a card of the gallery, stays when the page changes."""
    page = visit(start)
    expect(page.get_by_role("combobox", name="Model")).to_have_value("circles-3d")
    wait_until_idle(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Reconstruct").click()
    expect(page).to_have_title("Reconstruct")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("circles-3d")
    expect(page).to_have_url(re.compile("model=circles-3d"))


def test_map_opened_anew_shows_what_the_address_says(visit):
    """A class hidden and an image chosen in one visit to the page do not haunt the next."""
    page = visit("/explore?model=digits-2d-adam&image=17&hidden=3")
    expect(drawn_map(page)).to_have_attribute("data-selected", "17")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Home").click()
    page.get_by_role("textbox", name="Find a model").fill("digits-2d-adam")
    page.locator(".st-key-card-digits-2d-adam").get_by_role("link", name="Explore").click()
    latent_map = drawn_map(page)
    expect(latent_map.get_by_role("button", name="3", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(latent_map).to_have_attribute("data-selected", "-1")


def test_choice_does_not_go_along_to_another_data_set(visit):
    """Image 17 and class 3 of the digits mean nothing to the circles."""
    page = visit("/explore?model=digits-2d-adam&image=17&hidden=2")
    drawn_map(page)
    choose(page, "Model", "circles-3d")
    expect(page).not_to_have_url(re.compile("hidden"))
    large = drawn_map(page).get_by_role("button", name="large", exact=True)
    expect(large).to_have_attribute("aria-pressed", "true")
