"""A visitor brings a picture: files of every kind, the clipboard, the drawing pad."""

import base64
import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from test_walk import drawn_map

PAGE = "/reconstruct?source=your+own+picture"
ROTATED = 6
"""EXIF orientation of a phone that was held upright."""


def seven(size=(240, 240), ink=0, paper=235, mode="L"):
    """A seven in ink on paper."""
    picture = Image.new("L", size, paper)
    brush = ImageDraw.Draw(picture)
    x, y = size[0] / 240, size[1] / 240
    brush.line([(70 * x, 60 * y), (175 * x, 60 * y), (105 * x, 190 * y)], fill=ink, width=max(1, int(18 * min(x, y))))
    return picture.convert(mode)


def encoded(picture, form, **options):
    buffer = io.BytesIO()
    picture.save(buffer, format=form, **options)
    return buffer.getvalue()


def rotated():
    exif = Image.Exif()
    exif[0x0112] = ROTATED
    return encoded(seven().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


def transparent():
    picture = seven(mode="RGBA")
    pixels = np.array(picture)
    pixels[..., 3] = np.where(pixels[..., 0] > 128, 0, 255)
    return encoded(Image.fromarray(pixels), "PNG")


def bomb():
    """A PNG of 60,000 x 60,000 pixels in 100 bytes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


READABLE = {
    "rotated.jpg": rotated,
    "sixteen-bit.png": lambda: encoded(Image.fromarray(np.array(seven()).astype(np.uint16) * 257), "PNG"),
    "palette.png": lambda: encoded(seven().quantize(4), "PNG"),
    "cmyk.jpg": lambda: encoded(seven(mode="CMYK"), "JPEG"),
    "alpha.png": transparent,
    "animated.gif": lambda: encoded(seven(), "GIF", save_all=True, append_images=[Image.new("L", (240, 240), 255)]),
    "grey.webp": lambda: encoded(seven(), "WEBP"),
    "dot.bmp": lambda: encoded(Image.new("L", (1, 1), 255), "BMP"),
    "strip.tiff": lambda: encoded(seven((2400, 60)), "TIFF"),
    "really-a-jpeg.png": lambda: encoded(seven(), "JPEG"),
}
REFUSED = {
    "truncated.jpg": (lambda: encoded(seven((900, 900)), "JPEG")[:2000], "cannot be read|truncated"),
    "bomb.png": (bomb, "pixels"),
}


def files(makers):
    kinds = {"jpg": "image/jpeg", "tiff": "image/tiff"}
    return [
        {"name": name, "mimeType": kinds.get(name.split(".")[-1], f"image/{name.split('.')[-1]}"), "buffer": make()}
        for name, make in makers.items()
    ]


def open_source(visit, name, **options):
    """Open the page at the address of a source."""
    page = visit(f"{PAGE}&from={name}", **options)
    drawn_map(page)
    return page


def test_every_kind_of_file_is_shown_or_refused_with_a_reason(visit):
    """A contact sheet of twelve awkward files: ten are prepared, two refused, none hides the others."""
    page = open_source(visit, "files")
    makers = {**READABLE, **{name: make for name, (make, _) in REFUSED.items()}}
    page.locator("input[type=file]").set_input_files(files(makers))
    expect(page.get_by_role("heading", name=f"{len(makers)} images")).to_be_visible()
    for name in READABLE:
        expect(page.get_by_role("img", name=f"{name}, preprocessed and reconstructed")).to_be_visible()
    for _, reason in REFUSED.values():
        expect(page.get_by_test_id("stAlertContentError").filter(has_text=re.compile(reason)).first).to_be_visible()
    expect(page.get_by_test_id("latent-map").first).to_have_attribute("data-markers", "1")


@pytest.mark.story
def test_photo_lands_on_the_map_with_a_verdict(visit):
    """One file: the steps of preparation, the verdict, the digit, a card for each model of that size."""
    page = open_source(visit, "files")
    page.locator("input[type=file]").set_input_files(files({"rotated.jpg": rotated}))
    page.get_by_text("Preprocessing: steps and settings").click()
    expect(page.get_by_role("img", name=re.compile("^rotated.jpg: Ink that was kept"))).to_be_visible()
    expect(page.get_by_text(re.compile("EXIF|camera")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"of the 10 nearest .* are of class 7"))).to_be_visible()
    page.get_by_text(re.compile(r"^Reconstructions by all \d+ models")).click()
    expect(page.get_by_role("img", name="reconstruction by conv-64d-amsgrad")).to_be_visible()
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-markers", "1")
    page.get_by_role("radio", name="90", exact=True).click()
    expect(page.get_by_text("turned by 90° clockwise, as you chose")).to_be_visible()


@pytest.mark.parametrize("size", [pytest.param((1440, 1000), marks=pytest.mark.slow), (390, 844)])
def test_drawn_digit_is_read_and_placed(visit, size):
    """A stroke with the mouse becomes a digit on the map; undo takes it away again."""
    page = open_source(visit, "draw", width=size[0], height=size[1])
    pad = page.get_by_test_id("drawing-pad")
    canvas = pad.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    unit = box["width"] / 280
    page.mouse.move(box["x"] + 80 * unit, box["y"] + 60 * unit)
    page.mouse.down()
    page.mouse.move(box["x"] + 200 * unit, box["y"] + 60 * unit, steps=6)
    page.mouse.move(box["x"] + 120 * unit, box["y"] + 230 * unit, steps=6)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"of the 10 nearest .* are of class 7"))).to_be_visible()
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-markers", "1")
    pad.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-markers", "0")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("node => node.scrollWidth <= node.clientWidth + 1")


def test_pad_answers_to_the_keyboard(visit):
    """Space puts the pen down, arrows draw."""
    page = open_source(visit, "draw")
    page.get_by_test_id("drawing-pad").locator("canvas").first.focus()
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-markers", "1")


def test_pasted_picture_is_taken(visit):
    """Ctrl+V anywhere on the page."""
    page = open_source(visit, "files")
    expect(page.get_by_test_id("paste-box")).to_have_attribute("data-state", "ready")
    page.evaluate(
        """text => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "seven.png", { type: "image/png" }));
          const options = { clipboardData: data, bubbles: true, composed: true, cancelable: true };
          document.body.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        base64.b64encode(encoded(seven(), "PNG")).decode(),
    )
    expect(page.get_by_text(re.compile("are of class 7"))).to_be_visible()
    page.get_by_role("button", name="Remove pasted images").click()
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-markers", "0")


def test_samples_are_for_those_who_have_none(visit):
    """A sample needs one click; the address keeps where it came from."""
    page = open_source(visit, "files")
    page.get_by_role("radio", name="Samples").click()
    expect(page.get_by_text("Synthetic photos")).to_be_visible()
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-markers", "1")
    expect(page).to_have_url(re.compile("from=samples"))
