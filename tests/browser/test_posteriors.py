"""The posteriors and the prior of a variational model on the map, in a real browser."""

import re

import pytest
from app_server import wait_until_idle
from playwright.sync_api import expect

IMAGE = 17
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


@pytest.fixture
def open_map(visit):
    """A function that opens the map at an address and waits for it; the test fails if the page logged an error."""
    logged = []

    def open_page(path, **options):
        page = visit(path, **options)
        page.on("console", lambda message: logged.append(message.text) if message.type == "error" else None)
        latent_map = page.get_by_test_id("latent-map")
        wait_until_idle(page)
        expect(latent_map).to_have_attribute("data-drawn", "10000")
        size = None
        while size != (size := latent_map.bounding_box()):
            page.wait_for_timeout(200)
        return page, latent_map

    yield open_page
    # what the map's own scripts would log; Streamlit's server has no file of some fonts and icons
    assert not [text for text in logged if "404" not in text], logged


def choose(latent_map, name):
    button = latent_map.get_by_role("button", name=name, exact=True)
    button.click()
    return button


def ink(latent_map, layer):
    """Return how many pixels of a layer of the first panel are painted."""
    return (
        latent_map.locator("canvas:not(.mesh, .field)")
        .nth(layer)
        .evaluate(
            """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let painted = 0;
          for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
          return painted;
        }"""
        )
    )


def test_ellipses_of_all_images_and_of_a_clicked_one(open_map):
    """Ellipses of all, then a click on a point, then a zoom to its posterior: each is drawn and in the address."""
    page, latent_map = open_map("/explore?model=vae-2d&with.vae-2d=nothing")
    expect(latent_map).to_have_attribute("data-ellipses", "0")
    before = ink(latent_map, 0)
    pressed = choose(latent_map, "all")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(latent_map).to_have_attribute("data-ellipses", re.compile(r"^[1-9]\d+$"))
    expect(latent_map).to_contain_text(re.compile(r"1. ellipses of [\d,]+ of the [\d,]+ posteriors in view"))
    assert ink(latent_map, 0) > before
    expect(page).to_have_url(re.compile("ellipses=all"))

    choose(latent_map, "chosen")
    expect(latent_map).to_have_attribute("data-ellipses", "0")
    expect(latent_map).to_contain_text("Click a point to see its posterior.")
    canvas = latent_map.locator("canvas.front")
    canvas.scroll_into_view_if_needed()
    x, y = latent_map.evaluate("(map, index) => map.screenOf(0, index)", IMAGE)
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.get_by_role("heading", name=f"Test image {IMAGE}")).to_be_visible()
    expect(latent_map).to_have_attribute("data-ellipses", "1")
    expect(latent_map).to_contain_text(f"1{SIGMA} and 2{SIGMA} of the posterior of image {IMAGE}")
    expect(page).not_to_have_url(re.compile("ellipses="))
    small = latent_map.evaluate("map => map.cameraOf(0)")["half"]
    choose(
        latent_map,
        "Zoom to the posterior of the chosen image: "
        + latent_map.locator(".panel > figcaption").get_attribute("title"),
    )
    assert latent_map.evaluate("map => map.cameraOf(0)")["half"] < small / 10

    choose(latent_map, "off")
    expect(latent_map).to_have_attribute("data-ellipses", "0")
    expect(page).to_have_url(re.compile("ellipses=off"))


def test_prior_of_an_anchored_model_is_drawn_class_by_class(open_map):
    """A circle set a class; a hidden class takes its own away; the address keeps them shown."""
    page, latent_map = open_map("/explore?model=vae-2d-anchored&with.vae-2d-anchored=nothing")
    before = ink(latent_map, 2)
    choose(latent_map, f"1, 2, 3 {SIGMA}")
    expect(latent_map).to_have_attribute("data-priors", "10")
    expect(page).to_have_url(re.compile("prior=1"))
    shown = ink(latent_map, 2)
    assert shown > before
    choose(latent_map, "3")
    page.wait_for_timeout(300)
    assert ink(latent_map, 2) < shown
    page.reload()
    expect(latent_map).to_have_attribute("data-priors", "10", timeout=30_000)


def test_aligned_pair_draws_both_and_a_plain_model_none(open_map):
    """Two variational models: both have ellipses, also aligned; a plain model has no such controls."""
    page, latent_map = open_map("/explore?model=vae-2d&with.vae-2d=regime-both&align=true&ellipses=all&image=42")
    expect(latent_map).to_have_attribute("data-ellipses", re.compile(r"^[1-9]\d* [1-9]\d+$"))
    page, latent_map = open_map("/explore?model=mlp-2d-adam&with.mlp-2d-adam=nothing&ellipses=all&prior=1")
    expect(latent_map).to_have_attribute("data-ellipses", "0")
    expect(latent_map.get_by_text("Posterior ellipses")).to_have_count(0)
    assert page.get_by_text("Each point is", exact=True).count() == 0


def test_click_on_a_sample_shows_its_image(open_map):
    """With samples in place of means a point is still its image, and the choice is in the address."""
    page, latent_map = open_map("/explore?model=regime-both&with.regime-both=nothing")
    mean = latent_map.evaluate("(map, index) => map.screenOf(0, index)", IMAGE)
    page.get_by_role("button", name="More").click()
    page.get_by_role("radio", name="a sample").click()
    expect(page.get_by_text("Seed of the samples")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("points=a"))
    expect(page.get_by_text(re.compile("Each point is a sample of the posterior"))).to_be_visible()
    page.wait_for_timeout(500)
    x, y = latent_map.evaluate("(map, index) => map.screenOf(0, index)", IMAGE)
    assert [x, y] != mean
    canvas = latent_map.locator("canvas.front")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page).to_have_url(re.compile(r"image=\d+"))
    expect(page.get_by_role("img", name=re.compile("sample, decoded"))).to_be_visible()
