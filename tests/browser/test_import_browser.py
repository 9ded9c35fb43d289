"""Import a model in a real browser: images take turns, a dragged point is decoded, a puzzle is solved and mended."""

import re

from playwright.sync_api import expect


def test_images_take_turns_and_a_dragged_point_is_decoded(visit):
    page = visit("/import")  # leads on
    expect(page).to_have_url(re.compile("/import_model"))
    way = page.get_by_test_id("import_way")
    expect(way.get_by_label("Find the fault")).to_have_attribute("data-state", "open")  # a puzzle first
    page.get_by_text("As it should be", exact=True).click()
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
    finder = way.get_by_label("Find the fault")
    expect(finder).to_contain_text(re.compile(r"squared error 0\.0\d\d per pixel, averaged over the 10 images above"))
    page.get_by_text("Puzzle B", exact=True).click()
    expect(finder).to_have_attribute("data-state", "open")
    expect(finder).to_contain_text("What is wrong with Puzzle B?")
    expect(finder).not_to_contain_text("Hint:")
    expect(way.get_by_text("find out").first).to_be_visible()
    finder.get_by_role("button", name="Upside down").click()
    expect(finder).to_have_attribute("data-state", "wrong")
    finder.get_by_role("button", name="Upside down").click()  # the same guess is no second one
    expect(finder).to_contain_text("Hint: compare what goes in with what comes out.")
    finder.get_by_role("button", name="Wrong value range").click()
    expect(finder).to_contain_text("digits that lie on their side")
    finder.get_by_role("button", name="Swapped axes").click()
    expect(finder).to_have_attribute("data-state", "right")
    expect(finder).to_contain_text("Right: swapped axes.")
    finder.get_by_role("button", name="Mend it").click()
    expect(finder).to_contain_text(re.compile(r"Mended: error 0\.0\d\d in place of 0\.\d{3}"))
    expect(finder).to_contain_text("Import Puzzle B (below) still imports them with the fault")
    with page.expect_download() as saved:
        page.get_by_role("button", name="decoder-b.onnx", exact=True).click()
    assert saved.value.suggested_filename == "decoder-b.onnx"


def test_images_of_a_puzzle_wait_for_the_right_guess(visit):
    page = visit("/import_model")
    way = page.get_by_test_id("import_way")
    page.get_by_text("As it should be", exact=True).click()
    expect(way.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_text("Puzzle C", exact=True).click()
    finder = way.get_by_label("Find the fault")
    expect(finder).to_have_attribute("data-state", "open")
    expect(way.get_by_role("button", name="Play")).to_be_visible()
    expect(way).to_have_attribute("data-at", "image")  # it stands there without a glide
    shown = way.get_attribute("data-shown")
    finder.get_by_role("button", name="Upside down").click()
    expect(finder).to_have_attribute("data-state", "wrong")
    page.wait_for_timeout(2000)  # longer than an image rests
    expect(way).to_have_attribute("data-shown", shown)
    finder.get_by_role("button", name="Black and white exchanged").click()
    expect(way.get_by_role("button", name="Pause")).to_be_visible()
    expect(way).not_to_have_attribute("data-shown", shown)
