"""Experiments of the Lab on images in a real browser: what hand and keys change is computed at once and kept."""

import re

from playwright.sync_api import expect


def test_window_sum_and_numbers_follow_hand_and_keys(visit):
    page = visit("/lab?experiment=Convolution+and+pooling")
    part = page.get_by_test_id("convolution")
    part.get_by_label("Image").select_option(label="S2, Figure 2.6")
    expect(part).to_have_attribute("data-map", "4 1 1 1")
    expect(part).to_have_attribute("data-next", re.compile("^4 "))
    expect(part).to_have_attribute("data-sides", "4 2 4")
    part.get_by_label("After the second step").hover(position={"x": 10, "y": 10})
    expect(part.get_by_text("max{4, 1, 2, 0} = 4")).to_be_visible()
    kernel = part.get_by_label(re.compile("^Kernel. Arrow"))
    kernel.press("5")
    expect(part).to_have_attribute("data-map", re.compile("^8 "))
    expect(page).to_have_url(re.compile("layer=3_0_1_0_1_1_2_2_5_0_1_0"))
    part.get_by_label(re.compile("^Input. Arrow")).press("ArrowRight")
    box = part.get_by_label(re.compile("^Input. Arrow")).bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] - 22, steps=3)
    page.mouse.up()
    expect(page).to_have_url(re.compile("input=5_0_1"))
    shown = part.get_attribute("data-map")
    page.reload()
    expect(part).to_have_attribute("data-map", shown)
    part.get_by_label("Layer", exact=True).select_option("1")
    part.get_by_label("Stride", exact=True).select_option(label="2")
    expect(part).to_have_attribute("data-sides", re.compile("^13 "))


def test_a_click_on_a_code_puts_it_into_the_image(visit):
    page = visit("/lab?experiment=Code+book+of+a+VQ-VAE&position=3")
    codes = page.locator(".js-plotly-plot .scatterlayer .trace").nth(1).locator(".points path")
    expect(codes).to_have_count(32, timeout=60_000)  # the first page that needs torch
    codes.nth(7).click(force=True)  # Plotly's own layer takes the pointer
    expect(page).to_have_url(re.compile("code=7"))
    expect(page.get_by_text(re.compile(r"\d+ → 7\b"))).to_be_visible()
