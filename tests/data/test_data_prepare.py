import dataclasses
import io
import re

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageDraw, ImageFile

from aeviz.data import MAX_BYTES, MAX_PIXELS, PrepareOptions, is_available, load_dataset, prepare, prepare_image
from aeviz.data.image_files import WORKING_SIDE, read_upload
from aeviz.errors import DataError
from benchmarks.photographs import draw_scene, photograph, to_jpeg

GREY, COLOUR = (1, 28, 28), (3, 64, 64)


def encode(picture, kind="PNG", **settings):
    stream = io.BytesIO()
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(picture)
    picture.save(stream, kind, **settings)
    return stream.getvalue()


def draw_seven(ground=255, ink=0, *, pen=20, size=(400, 400), mode="L", scale=1.0, at=(0.5, 0.5)):
    """A 7 of straight strokes."""
    picture = Image.new(mode, size, ground)
    middle = np.array(size) * at
    points = [tuple(middle + np.array(point) * scale) for point in ((-80, -120), (80, -120), (-20, 130))]
    ImageDraw.Draw(picture).line(points, fill=ink, width=pen, joint="curve")
    return picture


def likeness(a, b):
    """Correlation of two images of digits where they match best: whole pixels of place are luck."""
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float(np.corrcoef(np.roll(a, shift, (-2, -1)).ravel(), b.ravel())[0, 1]) for shift in shifts)


def words(prepared):
    return " | ".join(prepared.steps)


def check(prepared, shape):
    assert prepared.image.shape == shape
    assert prepared.image.dtype == np.uint8
    assert prepared.image.flags.c_contiguous
    assert prepared.image.flags.writeable
    assert prepared.steps
    assert all(step and step == step.strip() for step in prepared.steps)
    for title, picture in prepared.stages:
        assert title
        assert picture.dtype == np.uint8
        assert picture.shape[2] == 3
        assert max(picture.shape) <= 320
    options = prepared.options
    assert "auto" not in (options.framing, options.invert, options.pen)
    assert options.tilt is not None


@pytest.fixture(scope="module")
def seven():
    return prepare_image(encode(draw_seven()), GREY)


@pytest.fixture(scope="module")
def photo():
    """A 7 photographed on grid paper, as a JPEG, and the 7."""
    small = np.array(draw_seven(0, 255, pen=40).resize((28, 28), Image.Resampling.BOX))
    generator = np.random.default_rng(3)
    scene = draw_scene(generator, pen="blue ball pen", paper="grid")
    scene = dataclasses.replace(scene, turn=9.0, slope=(0.05, -0.05), size=0.45, table=None, shadow=0.4)
    return to_jpeg(photograph(small, generator, scene=scene), 80), small


def test_an_image_of_the_data_set_comes_back_pixel_for_pixel():
    generator = np.random.default_rng(0)
    levels = np.zeros((28, 28), np.uint8)
    levels[5:24, 8:20] = generator.integers(0, 256, (19, 12))
    for mode in ("L", "RGB", "RGBA"):
        found = prepare_image(encode(Image.fromarray(levels).convert(mode)), GREY)
        check(found, GREY)
        np.testing.assert_array_equal(found.image[0], levels)
        assert "has the 28 x 28 pixels that the model takes" in words(found)
        assert found.box is None
    inverted = prepare_image(encode(255 - levels), GREY)
    np.testing.assert_array_equal(inverted.image[0], levels)
    assert "inverted: its border is light (255 of 255)" in words(inverted)
    colour = generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    np.testing.assert_array_equal(prepare_image(encode(colour), COLOUR).image, np.moveaxis(colour, 2, 0))


@pytest.mark.parametrize(
    ("ground", "ink", "pen", "scale"),
    [(255, 0, 20, 1.0), (0, 255, 20, 1.0), (255, 0, 3, 1.0), (0, 255, 60, 0.9), (255, 0, 8, 0.25), (250, 90, 24, 1.4)],
)
def test_drawings_come_to_the_same_whatever_pen_size_and_polarity(seven, ground, ink, pen, scale):
    found = prepare_image(encode(draw_seven(ground, ink, pen=pen, scale=scale, at=(0.45, 0.5))), GREY)
    check(found, GREY)
    assert found.options.framing == "ink"
    assert found.options.invert == ("yes" if ink < ground else "no")
    assert likeness(found.image, seven.image) > 0.85


def test_ink_has_the_size_and_place_of_mnist_digits(seven):
    rows, columns = np.nonzero(seven.image[0] > 20)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    total = seven.image[0].sum(dtype=float)
    centre = [(seven.image[0].sum(axis=axis) @ np.arange(28)) / total for axis in (1, 0)]
    np.testing.assert_allclose(centre, 14, atol=0.55)  # whole pixels only
    assert seven.image.max() == 255
    assert len(np.unique(seven.image)) > 10  # grey levels along the edges
    left, top, right, bottom = seven.box
    assert (left, top, right, bottom) == pytest.approx((0.28, 0.18, 0.73, 0.84), abs=0.04)


def test_photo_of_grid_paper_is_cleaned_straightened_and_explained(photo):
    data, small = photo
    found = prepare_image(data, GREY)
    check(found, GREY)
    upright = prepare_image(encode(255 - small.repeat(10, axis=0).repeat(10, axis=1)), GREY)
    assert likeness(found.image, upright.image) > 0.75
    assert found.options.tilt == pytest.approx(-9, abs=4)  # it was turned counter-clockwise
    for text in (
        "inverted: the ink is darker",
        "lighting",
        "straight lines",
        "kept the ink",
        "straightened by",
    ):
        assert text in words(found)
    assert "cropped to the ink: " in words(found)
    assert "thickened the strokes from" in words(found)
    assert [title for title, _ in found.stages][:3] == [
        "Selected part", "Lighting corrected", "Ruled lines removed",
    ]  # fmt: skip


def test_overexposed_photo_is_not_taken_for_a_drawing(photo):
    _, small = photo
    generator = np.random.default_rng(3)
    scene = draw_scene(generator, pen="black ball pen", paper="plain")
    scene = dataclasses.replace(scene, exposure=1.6, shadow=0.5, turn=0.0, slope=(0.0, 0.0), size=0.4, table=None)
    found = prepare_image(to_jpeg(photograph(small, generator, scene=scene), 80), GREY)
    assert "corrected the lighting" in words(found)
    upright = prepare_image(encode(255 - small.repeat(10, axis=0).repeat(10, axis=1)), GREY)
    assert likeness(found.image, upright.image) > 0.75


def test_result_is_pure_and_resolved_options_repeat_it(photo):
    for data in (
        photo[0],
        encode(draw_seven()),
        encode(Image.new("L", (50, 40), 255)),
        encode(draw_seven(size=(28, 28))),
    ):
        first, second = prepare_image(data, GREY), prepare_image(bytes(data), GREY)
        np.testing.assert_array_equal(first.image, second.image)
        assert (first.steps, first.options, first.box) == (second.steps, second.options, second.box)
        again = prepare_image(data, GREY, options=first.options)
        np.testing.assert_array_equal(first.image, again.image)
        assert again.options == first.options


def test_larger_photo_gives_the_same_digit_in_its_own_pixels(photo):
    data, _ = photo
    picture = Image.open(io.BytesIO(data))
    large = picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.BICUBIC)
    first, second = prepare_image(data, GREY), prepare_image(encode(large, "JPEG", quality=90), GREY)
    assert likeness(first.image, second.image) > 0.9
    assert second.box == pytest.approx(first.box, abs=0.02)
    assert f"of {large.width:,} x {large.height:,} pixels" in words(second)


def test_every_decision_can_be_overridden(photo):
    data = encode(draw_seven(at=(0.4, 0.5)))
    whole = prepare_image(data, GREY, options=PrepareOptions(framing="whole"))
    assert whole.options.framing == "whole"
    assert whole.box is None
    assert "resized to 28 x 28 pixels (Lanczos), in grey" in words(whole)
    assert "inverted: its border is light" in words(whole)
    kept = prepare_image(data, GREY, options=PrepareOptions(framing="whole", invert="no"))
    np.testing.assert_array_equal(kept.image, 255 - whole.image)
    turned = prepare_image(data, GREY, options=PrepareOptions(framing="whole", turn=90))
    np.testing.assert_allclose(turned.image[0], np.rot90(whole.image[0], -1).astype(float), atol=20)
    assert "turned by 90° clockwise, as you chose" in words(turned)
    cut = prepare_image(data, GREY, options=PrepareOptions(crop=(0.0, 0.0, 0.75, 1.0)))
    assert "cropped to 300 x 400 of 400 x 400 pixels, as you chose" in words(cut)
    assert cut.box == pytest.approx(prepare_image(data, GREY).box, abs=0.01)
    tilted = prepare_image(data, GREY, options=PrepareOptions(tilt=30.0))
    assert "straightened by 30.0°, as you chose" in words(tilted)
    assert tilted.options.tilt == 30.0
    thin, thick = (
        prepare_image(encode(draw_seven(pen=4)), GREY, options=PrepareOptions(pen=pen)) for pen in ("no", "yes")
    )
    assert thin.image.sum(dtype=float) < 0.6 * thick.image.sum(dtype=float)
    assert "pixels of the image" in words(thick)
    assert "strokes" not in words(thin)
    other = prepare_image(photo[0], GREY, options=PrepareOptions(framing="ink", invert="no"))
    assert "looked for ink that is lighter than the paper, as you chose" in words(other) or "no ink" in words(other)


def test_tilt_turns_the_ink_back():
    upright = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(upright).line([(200, 80), (200, 320)], fill=0, width=24)
    turned = upright.rotate(-20, Image.Resampling.BICUBIC, fillcolor=255)  # clockwise
    found = prepare_image(encode(turned), GREY, options=PrepareOptions(tilt=20.0))
    assert np.ptp(np.nonzero(found.image[0] > 20)[1]) <= 4


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"turn": 45}, "turn=45; expected 0, 90, 180 or 270 degrees clockwise"),
        ({"crop": (0.5, 0.0, 0.5, 1.0)}, "crop=(0.5, 0.0, 0.5, 1.0); expected left, top, right, bottom as shares"),
        ({"crop": (-0.1, 0.0, 0.5, 1.0)}, "crop=(-0.1, 0.0, 0.5, 1.0); expected left"),
        ({"tilt": 50.0}, "tilt=50.0; expected -45 to 45 degrees, or None"),
        ({"tilt": float("nan")}, "tilt=nan; expected -45 to 45 degrees"),
        ({"turn": 1, "tilt": 99.0}, "turn=1; expected 0, 90, 180 or 270 degrees clockwise; tilt=99.0; expected"),
    ],
)
def test_wrong_options_are_named(settings, message):
    with pytest.raises(DataError, match=re.escape(message)):
        PrepareOptions(**settings)


@pytest.mark.parametrize("shape", [(2, 28, 28), (1, 0, 28)])
def test_impossible_shape_is_named(shape):
    with pytest.raises(DataError, match=re.escape(f"cannot prepare an image of shape {shape}; expected (C, H, W)")):
        prepare_image(encode(draw_seven()), shape)


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


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 3), (1, 28), (3000, 3), (2, 2500), (40, 1)])
@pytest.mark.parametrize("shape", [GREY, COLOUR, (1, 8, 8), (3, 20, 40), (1, 40, 12)])
def test_tiny_and_extreme_pictures_are_no_failure(size, shape):
    generator = np.random.default_rng(1)
    pixels = generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    for framing in ("auto", "ink", "whole"):
        check(prepare_image(encode(pixels), shape, options=PrepareOptions(framing=framing)), shape)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_picture_says_so(level):
    found = prepare_image(encode(Image.new("L", (300, 200), level)), GREY)
    check(found, GREY)
    assert "found no ink: the image looks blank" in words(found)
    assert found.options.framing == "whole"


def test_blank_photographed_paper_is_blank():
    generator = np.random.default_rng(0)
    paper = np.clip(generator.normal(200, 5, (300, 400)), 0, 255).astype(np.uint8)
    assert "found no ink" in words(prepare_image(encode(paper, "JPEG"), GREY))


def test_scene_is_taken_as_a_whole():
    generator = np.random.default_rng(0)
    coarse = Image.fromarray(generator.integers(0, 256, (25, 30, 3), dtype=np.uint8))
    found = prepare_image(encode(coarse.resize((300, 250), Image.Resampling.BICUBIC), "JPEG"), GREY)
    assert found.options.framing == "whole"
    assert "taken as a whole: it does not look like ink on an even ground" in words(found)
    assert "cut out the middle, 250 x 250 of 300 x 250 pixels" in words(found)


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


def test_digits_come_back_close_to_the_original():
    digits = load_dataset("digits", "test")
    found = []
    for image in digits.images[:25, 0]:
        large = np.asarray(Image.fromarray(255 - image).resize((240, 240), Image.Resampling.BICUBIC))
        prepared = prepare_image(encode(large), (1, 8, 8))
        assert prepared.options.framing == "ink"
        assert prepared.options.invert == "yes"
        found.append(likeness(prepared.image, image))
    assert np.median(found) > 0.9
    assert min(found) > 0.7


@pytest.mark.slow
def test_photos_of_mnist_are_understood(shared_root):
    """The target of benchmarks/photos.py on fewer digits: at least 90 % as many right as without camera."""
    if not is_available("mnist", shared_root):
        pytest.skip("AEVIZ_DATA holds no mnist")
    from sklearn.neighbors import KNeighborsClassifier

    import aeviz

    train = load_dataset("mnist", "train", root=shared_root).take(np.arange(20_000))
    test = load_dataset("mnist", "test", root=shared_root).take(np.arange(16))
    run = aeviz.load("mlp-10d-amsgrad")
    classifier = KNeighborsClassifier(10).fit(run.encode(train.images).numpy(), train.labels)
    prepared = []
    for index, image in enumerate(test.images):
        generator = np.random.default_rng((11, index))
        scene = draw_scene(generator)
        prepared.append(
            prepare_image(to_jpeg(photograph(image, generator, scene=scene), scene.jpeg_quality), GREY).image
        )
    clean = (classifier.predict(run.encode(test.images).numpy()) == test.labels).mean()
    photos = (classifier.predict(run.encode(np.stack(prepared)).numpy()) == test.labels).mean()
    assert photos >= 0.9 * clean


def test_opaque_alpha_channel_is_not_mentioned():
    drawn = Image.new("RGBA", (280, 280), (0, 0, 0, 255))
    ImageDraw.Draw(drawn).line([(70, 60), (200, 60), (110, 230)], fill="white", width=20)
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    assert not any("transparent" in step for step in prepare_image(buffer.getvalue(), (1, 28, 28)).steps)


@pytest.mark.parametrize(
    "settings",
    [
        {"turn": "90"},
        {"turn": None},
        {"turn": [90]},
        {"turn": np.array([90, 180])},
        {"turn": True},
        {"crop": "abcd"},
        {"crop": 0.5},
        {"crop": (0.1, 0.1, 0.9)},
        {"crop": (0.1, None, 0.9, 0.9)},
        {"crop": (0.1, float("nan"), 0.9, 0.9)},
        {"crop": {"left": 0.1}},
        {"tilt": "3"},
        {"tilt": float("nan")},
        {"tilt": 3 + 0j},
        {"framing": 1},
        {"framing": ["ink"]},
        {"invert": True},
        {"pen": np.array(["yes", "no"])},
    ],
)
def test_options_of_a_wrong_type_are_refused_with_a_sentence(settings, unchecked):
    (name,) = settings
    with pytest.raises(DataError, match=rf"cannot be prepared with {name}=.*; expected"):
        PrepareOptions(**settings)


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
