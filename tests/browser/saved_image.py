"""What *Save image* of an animation gives, compared with the page."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import expect

PIXELS = """film => {
  const board = film.querySelector(".board").getBoundingClientRect();
  const plane = film.querySelector(".plane");
  const box = plane.getBoundingClientRect();
  return {
    width: board.width, height: board.height,
    plane: [box.left - board.left, box.top - board.top, box.width, box.height],
    colours: [...film.querySelectorAll(".swatch")].map(node => getComputedStyle(node).backgroundColor.match(/\\d+/g)),
  };
}"""


def check_saved_image(page, film, name):
    """Save the frame that a film shows: a PNG of this name, two pixels a page pixel, with the points and a title."""
    expect(film).to_have_attribute("data-idle", "")
    with page.expect_download() as download:
        film.get_by_role("button", name="Save image").click()
    assert download.value.suggested_filename == name
    content = download.value.path().read_bytes()
    assert content.startswith(b"\x89PNG")
    image = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    expect(film).to_have_attribute("data-idle", "")
    page_sizes = film.evaluate(PIXELS)
    margin = 16
    height, width = image.shape[:2]
    assert width == round(2 * (page_sizes["width"] + 2 * margin))
    assert height > 2 * (page_sizes["height"] + 2 * margin)
    left, top, across, upwards = (round(2 * value) for value in page_sizes["plane"])
    plane = image[top + 2 * margin : top + 2 * margin + upwards, left + 2 * margin : left + 2 * margin + across]
    drawn = {tuple(colour) for colour in plane.reshape(-1, 3)}
    assert len(drawn) > 100  # points of all classes over the page's colour, with soft edges
    below = image[2 * round(page_sizes["height"] + 2 * margin) :]
    assert (below != below[0, 0]).any()  # the title
    return image
