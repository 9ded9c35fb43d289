"""The decoded plane in many dimensions, with a hand that is faster than the page."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from aeviz.web.kernel.upload import SAMPLES

MODEL = "vae-64d"


def coordinates(page):
    """What the address says of the point, by name."""
    text = parse_qs(urlsplit(page.evaluate("location.href")).query).get(f"{MODEL}.at", [""])[0]
    return {name: float(value) for name, _, value in (part.partition("_") for part in text.split("~") if part)}


def point(page):
    """The latent point in the page, its first four dimensions."""
    text = page.get_by_test_id("latent-explorer").get_attribute("data-point")
    return [float(value) for value in text.split()]


@pytest.mark.story
def test_no_move_is_lost_and_the_address_shows_the_same_image(visit):
    """Six presses of a step button, twelve of an arrow key, as fast as they go, a random jump and its undo."""
    page = visit(f"/explore?show=decoded+plane&model={MODEL}&with.{MODEL}=nothing")
    view, strip = page.locator(".view").first, page.get_by_test_id("latent-strip")
    expect(view).to_have_attribute("data-frames", re.compile(r"\d+"))
    for _ in range(6):
        strip.get_by_role("button", name="Half a standard deviation up").click()
    expect(strip.get_by_text(re.compile(r"^z\d+ is at \+3\.00"))).to_be_visible()
    slider = page.get_by_test_id("latent-sliders").get_by_role("slider", name=re.compile("nats")).nth(2)
    slider.focus()
    start, step = slider.evaluate("node => [node.valueAsNumber, Number(node.step)]")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    shown = slider.evaluate("node => node.valueAsNumber")
    assert abs(shown - start - 12 * step) < 1e-3
    for _ in range(100):
        if len(coordinates(page)) == 2:
            break
        page.wait_for_timeout(200)
    values = coordinates(page)
    assert min(abs(value - shown) for value in values.values()) < step
    there, address = point(page), page.url
    page.get_by_role("button", name="Random point").click()
    expect(page).not_to_have_url(address)
    page.get_by_role("button", name="Undo").click()
    for _ in range(100):  # the address and the page follow
        if coordinates(page) == values:
            break
        page.wait_for_timeout(200)
    assert coordinates(page) == values
    page.wait_for_timeout(500)
    assert max(abs(a - b) for a, b in zip(point(page), there, strict=True)) < 0.01
    page.reload()
    expect(view).to_have_attribute("data-frames", re.compile(r"\d+"))
    assert max(abs(a - b) for a, b in zip(point(page), there, strict=True)) < 0.01


def test_overview_goes_where_it_is_clicked_and_the_plane_takes_other_axes(visit):
    """Rows of the first axes, made when somebody looks; the pad shows any two of the axes."""
    page = visit(f"/explore?show=decoded+plane&model={MODEL}&with.{MODEL}=nothing")
    view, pad = page.locator(".view").first, page.get_by_test_id("latent-pad")
    expect(view).to_have_attribute("data-frames", re.compile(r"\d+"))
    overview = page.get_by_test_id("latent-overview")
    overview.get_by_text("The first 10 axes, one per row").click()
    tile = overview.get_by_role("button", name=re.compile("at 3.00 standard deviations")).first
    expect(tile).to_be_visible()
    tile.click()
    expect(page).to_have_url(re.compile(rf"{MODEL}\.at=z"))
    expect(pad).to_have_attribute("data-mesh", re.compile(r"\d+"))
    mesh = int(pad.get_attribute("data-mesh"))
    page.get_by_role("combobox", name="Horizontal").select_option(index=4)
    expect(pad).not_to_have_attribute("data-mesh", str(mesh))
    expect(page).to_have_url(re.compile(rf"{MODEL}\.plane=z"))
    choice = page.get_by_role("combobox", name="Horizontal").input_value()
    page.reload()
    expect(page.get_by_role("combobox", name="Horizontal")).to_have_value(choice)


def test_picture_is_encoded_beside_the_plane(visit):
    """A file is brought behind its button: image and reconstruction appear, and the point moves."""
    page = visit(f"/explore?show=decoded+plane&model={MODEL}&with.{MODEL}=nothing")
    expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"))
    before = point(page)
    page.get_by_role("button", name="Your image").click()
    page.get_by_role("radio", name="Files").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.png", "mimeType": "image/png", "buffer": (SAMPLES / "seven-on-ruled-paper.jpg").read_bytes()}
    )
    card = page.get_by_test_id("chosen-image")
    expect(card).to_have_attribute("data-image", "own")
    expect(card).to_contain_text("Your image: mine.png")
    for _ in range(100):
        if point(page) != before:
            break
        page.wait_for_timeout(100)
    assert point(page) != before
