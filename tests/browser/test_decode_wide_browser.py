"""Decode in many dimensions, with a hand that is faster than the page."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

MODEL = "vae-64d"


def coordinates(page):
    """What the address says of the point, by name."""
    text = parse_qs(urlsplit(page.evaluate("location.href")).query).get(f"{MODEL}.at", [""])[0]
    return {name: float(value) for name, _, value in (part.partition("_") for part in text.split("~") if part)}


def test_no_move_is_lost_and_the_address_shows_the_same_image(visit):
    """Six presses of a step button, twelve of an arrow key, as fast as they go, a random jump and its undo."""
    page = visit(f"/decode?model={MODEL}")
    expect(page.get_by_role("img", name=re.compile("rows of"))).to_be_visible()
    for _ in range(6):
        page.get_by_test_id("stNumberInputStepUp").click()
    expect(page.get_by_text(re.compile(r"^z\d+ is \+3\.0 deviations"))).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("nats")).nth(2)
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(3000)
    values = coordinates(page)
    assert len(values) == 2
    shown = slider.get_attribute("aria-valuetext") or slider.input_value()
    assert min(abs(value - float(shown)) for value in values.values()) < 0.02
    image = page.get_by_role("img", name=re.compile("decodes at this point"))
    before = image.get_attribute("src")
    page.get_by_role("button", name="Random").click()
    expect(image).not_to_have_attribute("src", before)
    page.get_by_role("button", name="Undo").click()
    expect(image).to_have_attribute("src", before)
    for _ in range(20):  # the address follows the picture
        if coordinates(page) == values:
            break
        page.wait_for_timeout(500)
    assert coordinates(page) == values
    page.reload()
    expect(image).to_have_attribute("src", before)
