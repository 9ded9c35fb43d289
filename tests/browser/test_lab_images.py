"""Experiments of the Lab on images in a real browser: what hand and keys change is computed at once and kept."""

import re
from io import BytesIO

from PIL import Image
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
    expect(page).to_have_url(re.compile("layer=3_0_1_0_1_1_2_2_0_0_5_0_1_0"))
    part.get_by_label(re.compile("^Input. Arrow")).press("ArrowRight")
    box = part.get_by_label(re.compile("^Input. Arrow")).bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] - 22, steps=3)
    page.mouse.up()
    expect(page).to_have_url(re.compile("input=5_0_1"))
    part.get_by_label("Bias b").fill("-4")
    part.get_by_label("Bias b").press("Enter")
    part.get_by_label("φ").select_option("ReLU")
    expect(page).to_have_url(re.compile("layer=3_0_1_0_1_1_2_2_-4_1_5_"))
    shown = part.get_attribute("data-map")
    assert "−" not in shown  # noqa: RUF001
    part.get_by_label(re.compile("^Feature map.")).hover(position={"x": 10, "y": 10})
    expect(part.get_by_text(re.compile(r"φ\(z\) = ReLU\("))).to_be_visible()
    page.reload()
    expect(part).to_have_attribute("data-map", shown)
    part.get_by_label("Layer", exact=True).select_option("1")
    part.get_by_label("Stride", exact=True).select_option(label="2")
    expect(part).to_have_attribute("data-sides", re.compile("^13 "))


def test_equal_squared_error_follows_the_slider_and_an_own_image_stays(visit):
    page = visit("/lab?experiment=Losses+on+images")
    part = page.get_by_test_id("image-losses")
    expect(part).to_have_attribute("data-shown", re.compile("^1.000 0.9"))
    before = part.get_attribute("data-shown")
    part.get_by_label("Mean squared error of every distortion").press("ArrowRight")
    expect(part).not_to_have_attribute("data-shown", before)
    expect(page).to_have_url(re.compile(r"distorted=10\."))
    part.get_by_role("button", name=re.compile("mask")).click()
    expect(part.get_by_text("Where it differs: mask")).to_be_visible()
    expect(page).to_have_url(re.compile(r"distorted=10\.[0-9]+_0_6"))
    with page.expect_file_chooser() as chooser:
        part.get_by_role("button", name="Your own…").click()
    picture = BytesIO()
    Image.linear_gradient("L").save(picture, "PNG")
    chooser.value.set_files({"name": "ramp.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    expect(part.get_by_label("Image", exact=True)).to_have_value("-1")


def test_target_is_dragged_and_pixels_move_mean_and_median(visit):
    page = visit("/lab?experiment=Losses+of+a+pixel")
    part = page.get_by_test_id("pixel-loss")
    expect(part).to_have_attribute("data-losses", "0.2500 0.5000 1.0345")
    expect(part).to_have_attribute("data-best", "0.410 0.100 0.410")
    box = part.get_by_role("img", name=re.compile("^Losses at output")).bounding_box()
    width = box["width"] - 44
    page.mouse.move(box["x"] + 34 + 0.8 * width, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 34 + 0.5 * width, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("pixel=0.5_0.3_"))
    expect(part).to_have_attribute("data-losses", "0.0400 0.2000 0.7803")
    part.get_by_label("Pixel of image 3").press("End")
    expect(part).to_have_attribute("data-best", "0.590 0.900 0.590")
    expect(page).to_have_url(re.compile("pixel=0.5_0.3_0_0.05_1_0.9_1"))


def test_pixel_is_the_same_in_matrix_and_vector_ties_are_rounded_two_ways_and_a_pixel_of_rgb_is_set(visit):
    page = visit("/lab?experiment=An+image+as+numbers")
    part = page.get_by_test_id("image-numbers")
    expect(part).to_have_attribute("data-rounded", "127 128")
    part.get_by_role("application", name="The vector in rows").press("ArrowDown")
    expect(part.get_by_text("+ j = 9. With")).to_be_visible()
    part.get_by_label("Columns").select_option(label="16")
    expect(part.get_by_text("With 16 columns it stands in row 1, column 9.")).to_be_visible()
    part.get_by_label("Bits").press("Home")
    part.get_by_label("Cells show").select_option(label="level, ties down (S1)")
    expect(part).to_have_attribute("data-shown", "0 0 0 1 1 1 0 0")
    expect(page).to_have_url(re.compile("numbers=3_8_1_16_2_"))
    page.reload()
    expect(part).to_have_attribute("data-shown", "0 0 0 1 1 1 0 0")
    page.get_by_role("radio", name="RGB: d = 3").click()
    part = page.get_by_test_id("rgb-pixel")
    expect(part).to_have_attribute("data-grey", "105.914")
    part.get_by_role("application", name=re.compile("Channel red")).click(position={"x": 5, "y": 5})
    expect(page).to_have_url(re.compile("rgb=0_3_21_19_0"))
    part.get_by_role("slider", name="green").fill("255")
    expect(part).to_have_attribute("data-grey", "152.748")
    part.get_by_label("Weights of grey").select_option("mean")
    expect(part).to_have_attribute("data-grey", "92.333")
    expect(page).to_have_url(re.compile("rgb=0_3_255_19_2"))


def test_a_click_on_a_code_puts_it_into_the_image(visit):
    page = visit("/lab?experiment=Code+book+of+a+VQ-VAE&position=3")
    codes = page.locator(".js-plotly-plot .scatterlayer .trace").nth(1).locator(".points path")
    expect(codes).to_have_count(32, timeout=60_000)  # the first page that needs torch
    codes.nth(7).click(force=True)  # Plotly's own layer takes the pointer
    expect(page).to_have_url(re.compile("code=7"))
    expect(page.get_by_text(re.compile(r"\d+ → 7\b"))).to_be_visible()


def test_budget_buys_an_image_of_each_method(visit):
    page = visit("/lab?experiment=Rate+and+distortion&data=MNIST%2C+28+x+28")
    part = page.get_by_test_id("rate")
    expect(part).to_have_attribute("data-chosen", "k = 32|k = 10|-|40 bits|-|quality 0", timeout=60_000)
    expect(part.get_by_text("784 : 32 = 24.5 : 1 in numbers. In bytes 784 : (32 · 4) = 6.1 : 1.")).to_be_visible()
    part.get_by_role("combobox", name="A number in").select_option("8 bits")
    part.get_by_role("button", name="Count headers").click()
    expect(part).to_have_attribute("data-chosen", "k = 128|k = 64|k = 64|40 bits|quality 20|quality 15")
    part.get_by_role("button", name="budget of bytes").press("Shift+ArrowLeft")
    expect(part).to_have_attribute("data-chosen", "k = 32|k = 10|-|40 bits|-|-")
    expect(page).to_have_url(re.compile("budget=40_2_0_9"))
    part.get_by_role("slider", name="images a decoder").press("Home")
    expect(part).to_have_attribute("data-chosen", "k = 10|-|-|-|-|-")
    page.get_by_text("digits, 8 x 8").click()
    part.get_by_role("button", name="Reset").click()
    part.get_by_role("slider", name="budget").fill("2.11")  # 129 bytes, which WebP's best file exceeds on average
    expect(part).to_have_attribute("data-chosen", "k = 32|k = 2|-|quality 95")
    expect(part.get_by_text("quality 95: 128 bytes, error 2.1·10⁻⁵")).to_be_visible()
