"""Import a model in a real browser: images take turns, a dragged point is decoded, a case is found out and mended."""

import re

from playwright.sync_api import expect


def test_images_take_turns_and_a_dragged_point_is_decoded(visit):
    page = visit("/import_model")
    way = page.get_by_test_id("import_way")
    expect(way).to_have_attribute("data-shown", "1")  # by itself
    way.get_by_role("button", name="Pause").click()
    way.get_by_role("button", name="Example image 4").click()
    expect(way).to_have_attribute("data-shown", "3")
    expect(way).to_have_attribute("data-at", "image")
    expect(way.get_by_text(re.compile(r"^error 0\.0"))).to_be_visible()
    way.get_by_role("button", name="latent point z").focus()
    page.keyboard.press("ArrowRight")
    expect(way).to_have_attribute("data-at", "own")
    expect(way.get_by_text("none: you chose z")).to_be_visible()
    page.get_by_text("Case B", exact=True).click()
    finder = way.get_by_label("Find the fault")
    expect(finder).to_have_attribute("data-state", "open")
    expect(way.get_by_text("find out").first).to_be_visible()
    finder.get_by_role("button", name="Upside down").click()
    expect(finder).to_have_attribute("data-state", "wrong")
    finder.get_by_role("button", name="Swapped axes").click()
    expect(finder).to_contain_text("Right: swapped axes.")
    finder.get_by_role("button", name="Mend it").click()
    expect(finder).to_contain_text(re.compile(r"Mended: error 0\.0\d\d in place of 0\.\d{3}"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="decoder-b.onnx", exact=True).click()
    assert saved.value.suggested_filename == "decoder-b.onnx"


def test_animation_goes_on_where_another_case_is_chosen(visit):
    page = visit("/import_model")
    way = page.get_by_test_id("import_way")
    expect(way.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_text("Case A", exact=True).click()
    expect(way.get_by_label("Find the fault")).to_have_attribute("data-state", "open")
    expect(way.get_by_role("button", name="Pause")).to_be_visible()
    shown = way.get_attribute("data-shown")
    expect(way).not_to_have_attribute("data-shown", shown)
