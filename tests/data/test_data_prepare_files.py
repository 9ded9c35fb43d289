"""The files that visitors bring: kinds, colour modes, damage and limits."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageDraw, ImageFile
from sevens import COLOUR, GREY, check, draw_seven, encode, likeness, words

from aeviz.data import MAX_BYTES, MAX_PIXELS, prepare, prepare_image
from aeviz.data.image_files import WORKING_SIDE, read_upload
from aeviz.errors import DataError


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_kind_of_file_is_read(seven, kind, mode):
    found = prepare_image(encode(draw_seven().convert(mode), kind), GREY)
    check(found, GREY)
    assert likeness(found.image, seven.image) > 0.98
    assert f"read a {kind} image of 400 x 400 pixels" in words(found)
    colour = prepare_image(encode(draw_seven().convert(mode), kind), COLOUR)
    check(colour, COLOUR)
    assert colour.options.framing == "whole"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_undone_and_said(seven, orientation, kind):
    transpositions = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what the camera stored, from what should be seen
    picture = draw_seven(size=(480, 400))
    stored = picture if orientation == 1 else picture.transpose(Image.Transpose(transpositions[orientation]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    found = prepare_image(encode(stored, kind, exif=exif), GREY)
    assert likeness(found.image, seven.image) > 0.97
    assert "480 x 400 pixels" in found.steps[0]
    assert ("EXIF" in words(found)) == (orientation != 1)


def test_awkward_modes_are_understood_and_said(seven):
    deep = np.asarray(draw_seven(), np.uint16) * 257
    see_through = draw_seven((0, 0, 0, 0), (0, 0, 0, 255), mode="RGBA")
    light = draw_seven((0, 0, 0, 0), (255, 255, 255, 255), mode="RGBA")
    palette = draw_seven().convert("RGB").quantize(8)
    frames = [Image.new("L", (400, 400), 255), Image.new("L", (400, 400), 0)]
    cases = {
        "scaled 16-bit grey values to 8 bits": encode(deep),
        "laid transparent parts over white": encode(see_through),
        "laid transparent parts over black, since all that can be seen is light": encode(light),
        "CMYK": encode(draw_seven().convert("CMYK"), "JPEG"),
        "GIF image": encode(palette, "GIF"),
        "TIFF image": encode(draw_seven().convert("1"), "TIFF"),
        "first image of several": encode(draw_seven(), "GIF", save_all=True, append_images=frames),
        "several in the file": encode(draw_seven(), "TIFF", save_all=True, append_images=frames),
    }
    for text, data in cases.items():
        found = prepare_image(data, GREY)
        check(found, GREY)
        assert text in words(found)
        assert likeness(found.image, seven.image) > 0.97, text
        check(prepare_image(data, COLOUR), COLOUR)


def test_damaged_files_are_named():
    whole = encode(np.random.default_rng(0).integers(0, 256, (90, 80, 3), dtype=np.uint8))
    for data, message in {
        b"": r"the file is empty \(0 bytes\); expected an image; check that it was copied completely",
        b"hello": "the image is of no known kind or damaged; expected PNG, JPEG, .*; save it again as PNG or JPEG",
        whole[: len(whole) // 2]: "the image cannot be read: .*; expected a complete image; save it again",
        b"%PDF-1.7 ...": "the image is a PDF document; expected PNG",
        b"<svg xmlns=''></svg>": "the image is a text document",
        b"\0\0\0\x20ftypheic" + bytes(40): "the image is a HEIC file, which iPhones take when set to 'High",
        encode(Image.new("F", (9, 9)), "TIFF"): r"the image has 32-bit grey values \(mode 'F'\), whose range is",
    }.items():
        with pytest.raises(DataError, match=message):
            prepare_image(data, GREY)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_files_never_escape_as_another_error(kind, share):
    data = encode(np.random.default_rng(0).integers(0, 256, (90, 80, 3), dtype=np.uint8), kind)
    with pytest.raises(DataError, match=r"the image (cannot be read|is of no known kind)"):
        prepare_image(data[: int(len(data) * share)], GREY)


def test_limits_hold_before_pixels_are_decoded(monkeypatch):
    with pytest.raises(DataError, match=r"the image has 20\.0 MB; expected at most 20 MB; save it smaller"):
        prepare_image(bytes(MAX_BYTES + 1), GREY)
    bomb = encode(Image.new("1", (7100, 7100)))
    assert len(bomb) < 20_000
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(DataError, match=f"the image is too large: .*; expected at most {MAX_PIXELS:,} pixels"):
        prepare_image(bomb, GREY)


@pytest.mark.parametrize("side", [10_000, 20_000])
def test_greater_bombs_than_pillow_lets_pass_are_named(side):
    with pytest.raises(DataError, match=r"too large: .*; expected at most 50,000,000 pixels; save it again as PNG"):
        prepare_image(encode(Image.new("1", (side, side))), GREY)


def test_large_jpeg_is_decoded_small():
    picture = draw_seven(size=(4000, 3000), scale=5.0, pen=120)
    found = prepare_image(encode(picture, "JPEG"), GREY)
    check(found, GREY)
    assert "4,000 x 3,000 pixels" in words(found)
    assert max(found.stages[0][1].shape) == 320
    upload = read_upload(encode(picture, "JPEG"), side=56)
    assert upload.image.size == (1000, 750)
    assert read_upload(encode(picture, "JPEG"), side=2000).image.size == (4000, 3000)


def test_opaque_alpha_channel_is_not_mentioned():
    drawn = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    ImageDraw.Draw(drawn).line([(70, 60), (200, 60), (110, 230)], fill="white", width=20)
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    assert not any("transparent" in step for step in prepare_image(buffer.getvalue(), (1, 28, 28)).steps)


@pytest.mark.parametrize(("mode", "size"), [("P", (50_000_000, 1)), ("1", (1, 50_000_000)), ("L", (65_536, 70))])
def test_strip_that_would_take_half_a_minute_is_refused_before_it_is_decoded(size, mode, monkeypatch):
    data = encode(Image.new(mode, size))
    for decoder in (Image.Image, ImageFile.ImageFile):
        monkeypatch.setattr(decoder, "load", lambda image: pytest.fail("its pixels were decoded"))
    with pytest.raises(DataError, match=r"has [\d,]+ x [\d,]+ pixels; expected sides of at most 65,535"):
        prepare_image(data, GREY)


@pytest.mark.parametrize("mode", ["P", "RGBA", "L"])
def test_longest_strip_that_is_taken_is_made_small_before_ink_is_looked_for(mode, monkeypatch):
    find_ink, shapes = prepare.find_ink, []
    monkeypatch.setattr(prepare, "find_ink", lambda grey, **rest: shapes.append(grey.shape) or find_ink(grey, **rest))
    data = encode(Image.new(mode, (65_535, 7)))
    for shape in (GREY, (3, 64, 64)):
        prepare_image(data, shape)
    assert shapes == [(3, WORKING_SIDE)]


@pytest.mark.parametrize("depth", [10, 12, 14])
def test_unused_bits_of_a_16_bit_upload_are_said_and_stretched(depth):
    deep = np.asarray(draw_seven(), np.uint32) * ((1 << depth) - 1) // 255
    found = prepare_image(encode(deep.astype(np.uint16)), GREY)
    assert f"the values use {depth} of the 16" in words(found)
    np.testing.assert_allclose(found.image, prepare_image(encode(draw_seven()), GREY).image, atol=2)
