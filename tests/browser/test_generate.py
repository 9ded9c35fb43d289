"""Generate in a real browser: typing, chance, the address and the saved picture."""

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import expect


def test_number_is_drawn_while_it_is_typed_and_is_in_the_address(visit):
    """No Enter is needed; a reload shows the same number; the seed counts on."""
    page = visit("/generate?model=digits-2d-adam&make=write+a+number")
    expect(page.get_by_role("img", name="31415, drawn by digits-2d-adam")).to_be_visible()
    page.get_by_role("textbox", name="Number").fill("77")
    expect(page.get_by_role("img", name="77, drawn by digits-2d-adam")).to_be_visible()
    page.get_by_role("button", name="Again").click()
    expect(page).to_have_url(re.compile("number=77"))
    expect(page).to_have_url(re.compile(r"seed=1(\.0)?(&|$)"))
    page.reload()
    expect(page.get_by_text("temperature 1, seed 1")).to_be_visible()
    expect(page.get_by_role("img", name="77, drawn by digits-2d-adam")).to_be_visible()


def test_number_is_saved_as_one_picture(visit):
    """The file holds the digits side by side: three of 8 x 8 pixels are three times as wide as high."""
    page = visit("/generate?model=digits-2d-adam&make=write+a+number&number=123")
    expect(page.get_by_role("img", name="123, drawn by digits-2d-adam")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert saved.value.suggested_filename == "digits-2d-adam-123-seed0.png"
    picture = Image.open(io.BytesIO(saved.value.path().read_bytes()))
    assert picture.width == 3 * picture.height


def test_model_chosen_on_another_section_stays(visit):
    """Sections change by a click; model and section are in the address."""
    page = visit("/generate?model=digits-2d-adam")
    expect(page.get_by_role("img", name=re.compile("100 draws from a Gaussian fitted")).first).to_be_visible()
    page.get_by_text("interpolate", exact=True).click()
    expect(page.get_by_role("img", name=re.compile("^Straight"))).to_be_visible()
    expect(page).to_have_url(re.compile("make=interpolate"))
    page.get_by_role("button", name="Random").first.click()
    expect(page).to_have_url(re.compile(r"start=\d+"))
    expect(page.get_by_role("combobox", name="Model")).to_have_value("digits-2d-adam")


def test_way_leads_from_a_picture_of_the_visitor(visit):
    """A picture becomes an end of the way; where it comes from is in the address, the picture itself is not."""
    page = visit("/generate?model=digits-2d-adam&make=interpolate&start-from=own+picture")
    expect(page.get_by_text("Bring a picture to go on.")).to_be_visible()
    drawn = io.BytesIO()
    Image.fromarray(np.diag(np.full(8, 255, dtype=np.uint8))).save(drawn, format="PNG")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "slash.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    expect(page.get_by_role("img", name="slash.png")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Straight"))).to_be_visible()
    expect(page).to_have_url(re.compile("start-own.from=files"))
