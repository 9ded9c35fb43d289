"""The page Units in the browser."""

import re

import pytest
from app_server import choose, wait_until_idle
from playwright.sync_api import expect


def test_unit_is_chosen_by_its_card_and_followed_to_the_map_and_to_decode(visit):
    page = visit("/units?model=vae-10d&order=index")
    expect(page.get_by_role("button", name=re.compile("z10 "))).to_be_visible()
    card = page.get_by_role("button", name=re.compile("z4 "))
    picture = card.evaluate("button => getComputedStyle(button, '::before').backgroundImage")
    assert picture.startswith('url("data:image/png')
    card.click()
    expect(page.get_by_role("heading", name="Unit z4")).to_be_visible()
    expect(page).to_have_url(re.compile("unit=z4"))
    pushed = page.get_by_role("img", name=re.compile("^From the median code"))
    expect(pushed).to_have_count(7)
    assert pushed.last.evaluate("image => image.complete && image.naturalWidth > 0")
    page.reload()
    expect(page.get_by_role("heading", name="Unit z4")).to_be_visible()
    wait_until_idle(page)

    page.get_by_role("link", name="Show on the map").click()
    expect(page).to_have_title("Explore")
    expect(page.get_by_role("combobox", name="Across")).to_have_value("z4")
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value("vae-10d")

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Units").click()
    expect(page).to_have_title("Units")
    choose(page, "Unit", "z4")
    expect(page.get_by_role("heading", name="Unit z4")).to_be_visible()
    wait_until_idle(page)
    page.get_by_role("link", name="Move it on the decoded plane").click()
    expect(page).to_have_title("Explore")
    expect(page.get_by_role("combobox", name="Horizontal").locator("option:checked")).to_have_text("z4")
    expect(page).to_have_url(re.compile(r"vae-10d\.at=z4_"))


@pytest.mark.story
def test_push_is_above_the_fold_and_the_cards_follow_the_scroll(visit):
    page = visit("/units?model=vae-64d", height=900)
    expect(page.get_by_role("img", name=re.compile("^From the median code")).first).to_be_visible()
    wait_until_idle(page)
    pushed = page.get_by_test_id("pushed-unit")
    expect(pushed).to_have_attribute("data-engine", "ONNX Runtime")
    slider, image = pushed.get_by_role("slider"), pushed.get_by_role("img", name="Decoded with the unit pushed")
    expect(image).to_be_in_viewport(ratio=1)
    highest, frames = image.evaluate("canvas => canvas.toDataURL()"), int(pushed.get_attribute("data-frames"))
    slider.press("Home")
    expect(pushed).not_to_have_attribute("data-frames", str(frames))
    wait_until_idle(page)
    assert image.evaluate("canvas => canvas.toDataURL()") != highest
    expect(page).to_have_url(re.compile(r"push=0\.00(&|$)"))
    pushed.get_by_role("button", name="Reset").click()
    wait_until_idle(page)
    expect(page).not_to_have_url(re.compile(r"push=0\.00(&|$)"))
    pixels = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)"
    change = pushed.get_by_role("img", name="Change by the push").evaluate(pixels)
    assert min(change) > 240  # white: the page decodes the image's own code as the server does
    cards = page.locator(".st-key-unit-list")
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 150)")
    assert main.evaluate("main => main.scrollTop") > 0
    page.wait_for_function(
        "() => document.querySelector('.st-key-unit-list').getBoundingClientRect().top >= 60"
    )  # below the header
    expect(cards).to_be_in_viewport(ratio=0.95)
