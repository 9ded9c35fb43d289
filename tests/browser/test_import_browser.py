"""Import a model in a real browser: images take turns through the two files, and a point that is dragged is decoded."""

from playwright.sync_api import expect


def test_images_take_turns_and_a_dragged_point_is_decoded(visit):
    page = visit("/import_model")
    way = page.get_by_test_id("import_way")
    expect(way).to_have_attribute("data-shown", "1")  # by itself
    way.get_by_role("button", name="Pause").click()
    way.get_by_role("button", name="Example image 4").click()
    expect(way).to_have_attribute("data-shown", "3")
    expect(way).to_have_attribute("data-at", "image")
    expect(way.get_by_text("error 0.0")).to_be_visible()
    way.get_by_role("button", name="latent point z").focus()
    page.keyboard.press("ArrowRight")
    expect(way).to_have_attribute("data-at", "own")
    expect(way.get_by_text("none: you chose z")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="decoder.onnx", exact=True).click()
    assert saved.value.suggested_filename == "decoder.onnx"
