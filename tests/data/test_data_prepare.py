import dataclasses
import io
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sevens import COLOUR, GREY, check, draw_seven, encode, likeness, words

from aeviz.data import PrepareOptions, is_available, load_dataset, prepare_image
from aeviz.errors import DataError
from benchmarks.photographs import draw_scene, photograph, to_jpeg


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
