"""PCA = linear autoencoder in a real browser: the film plays and stops, and the verdict follows the sliders."""

import re

import pytest
from playwright.sync_api import expect
from saved_image import check_saved_image


@pytest.mark.story
def test_film_plays_stops_and_follows_the_sliders(visit):
    """The start is far away, the end is PCA; another k gives another verdict, and its film plays by itself."""
    page = visit("/pca?data=digits")
    film = page.get_by_test_id("pca-film")
    words = film.get_by_role("status")
    expect(film).to_have_attribute("data-playing", "true")
    film.get_by_role("button", name="Pause").click()
    expect(film).to_have_attribute("data-playing", "false")
    film.get_by_role("slider", name="Step").press("Home")
    expect(words).to_have_text(re.compile(r"Step 0: error .* largest angle between the subspaces \d\d\.\d°"))
    film.get_by_role("button", name="Play").click()
    expect(film).to_have_attribute("data-playing", "false", timeout=20_000)
    expect(words).to_have_text(re.compile(r"less than 0\.001 % above PCA's .* largest angle .* 0\.\d\d°"))
    film.locator(".chart .front").first.click()
    clicked = film.get_attribute("data-step")
    page.keyboard.press("ArrowRight")
    expect(film).not_to_have_attribute("data-step", clicked)
    check_saved_image(page, film, f"pca-step-{film.get_attribute('data-step')}.png")

    verdict = page.locator(".st-key-verdict")
    expect(verdict).to_contain_text("The error is the same")
    before = verdict.inner_text()
    slider = page.get_by_role("slider", name="Latent size k")
    slider.focus()
    slider.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"k=3"))
    expect(verdict).not_to_have_text(before)
    expect(film).to_have_attribute("data-playing", "true")


def test_narrow_dark_page_shows_everything_without_sideways_scrolling(visit):
    """On a telephone the parts stand below each other."""
    page = visit("/pca?data=circles&k=3&weights=tied", width=390, dark=True)
    expect(page.get_by_test_id("pca-film")).to_contain_text("Decoder columns against principal components")
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390


PRESS_STOP = """
() => new Promise((done) => {
  const look = () => {
    if (!/Epoch [1-9]\\d? of 67: error 0\\.\\d{4}/.test(document.body.innerText)) { setTimeout(look, 10); return; }
    document.querySelector('.st-key-relu-stop button').click();
    done();
  };
  look();
})
"""
"""Presses Stop as soon as a pass was made: those on the circles may be over before Playwright has moved the mouse."""


def test_training_with_relu_can_be_stopped(visit):
    """A click on Stop ends the worker; nothing is kept of what it trained."""
    page = visit("/pca?data=circles&relu-epochs=longer")
    page.get_by_role("button", name="Switch on ReLU").click()
    page.evaluate(PRESS_STOP)
    expect(page.get_by_text("Nothing is trained yet")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Epoch \d"))).to_have_count(0)


@pytest.mark.parametrize("height", [900, 720])
def test_planes_stand_above_the_fold(visit, height):
    """On a laptop and on a projector the three planes are seen whole, with the player and the controls."""
    page = visit("/pca?data=digits", width=1440 if height == 900 else 1280)
    page.set_viewport_size({"width": 1440 if height == 900 else 1280, "height": height})
    planes = page.get_by_test_id("pca-film").locator(".plane")
    expect(planes).to_have_count(3)
    for plane in planes.all():
        expect(plane).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="More settings")).to_be_in_viewport(ratio=1)
