import dataclasses
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from aeviz.errors import DataError
from benchmarks.photographs import PAPERS, PENS, draw_scene, photograph, to_jpeg

RANGES = {
    "line_width": (0.010, 0.028),
    "line_opacity": (0.2, 0.55),
    "size": (0.2, 0.6),
    "turn": (-15, 15),
    "exposure": (0.35, 0.95),
    "warmth": (-0.08, 0.12),
    "shadow": (0, 0.6),
    "shadow_softness": (0.01, 0.12),
    "blur": (0.5, 1.8),
    "noise": (1, 6),
    "jpeg_quality": (60, 92),
}


@pytest.fixture
def digit():
    """A 1 with a foot, 20 pixels high."""
    picture = Image.new("L", (28, 28))
    ImageDraw.Draw(picture).line([(14, 4), (14, 23), (8, 23), (20, 23)], fill=255, width=3)
    return np.array(picture)


def test_photo_is_decided_by_image_and_generator(digit):
    first = photograph(digit, np.random.default_rng(5))
    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    assert max(first.shape) <= 1024
    np.testing.assert_array_equal(first, photograph(digit[np.newaxis], np.random.default_rng(5)))
    other = photograph(digit, np.random.default_rng(6))
    assert first.shape != other.shape or (first != other).any()


def test_scenes_keep_to_their_ranges():
    generator = np.random.default_rng(0)
    scenes = [draw_scene(generator) for _ in range(300)]
    for name, (low, high) in RANGES.items():
        values = [getattr(scene, name) for scene in scenes]
        assert low <= min(values) < max(values) <= high, name
    assert {scene.pen for scene in scenes} == set(PENS)
    assert {scene.paper for scene in scenes} == set(PAPERS)
    assert 0.15 < np.mean([scene.table is not None for scene in scenes]) < 0.35
    assert 0.5 < np.mean([scene.shadow > 0 for scene in scenes]) < 0.7
    widths = {pen: [scene.pen_width for scene in scenes if scene.pen == pen] for pen in PENS}
    assert max(widths["blue ball pen"]) <= 0.055 < 0.06 <= min(widths["felt tip"])


@pytest.mark.slow
@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("paper", PAPERS)
def test_ink_is_darker_than_paper_and_pen_and_paper_are_as_asked(digit, pen, paper):
    generator = np.random.default_rng(1)
    scene = draw_scene(generator, pen=pen, paper=paper)
    assert (scene.pen, scene.paper) == (pen, paper)
    scene = dataclasses.replace(
        scene, shadow=0.0, table=None, gradient=(0.0, 0.0), slope=(0.0, 0.0), size=0.5, place=(0.5, 0.5)
    )
    photo = photograph(digit, generator, scene=scene).astype(float).mean(axis=2)
    assert photo.shape == (scene.frame[1], scene.frame[0])
    paper_level = np.median(photo)
    assert 60 < paper_level < 250
    height, width = photo.shape
    middle = photo[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
    assert np.quantile(middle, 0.002) < paper_level - 25


def test_turn_is_counter_clockwise(digit):
    generator = np.random.default_rng(2)
    scene = draw_scene(generator, pen="felt tip", paper="plain")
    scene = dataclasses.replace(
        scene, turn=15.0, shadow=0.0, table=None, gradient=(0.0, 0.0), slope=(0.0, 0.0), size=0.5, place=(0.5, 0.5)
    )
    digit[21:] = 0  # the stem alone
    photo = photograph(digit, generator, scene=scene).astype(float).mean(axis=2)
    rows, columns = np.nonzero(photo < np.median(photo) - 60)
    slope = np.polyfit(rows, columns, 1)[0]
    assert slope == pytest.approx(np.tan(np.deg2rad(15)), abs=0.05)  # the foot lies to the right of the head


def test_jpeg_can_be_read_back(digit):
    photo = photograph(digit, np.random.default_rng(0))
    data = to_jpeg(photo, 80)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (photo.shape[1], photo.shape[0])


def test_unusable_images_are_named(digit):
    generator = np.random.default_rng(0)
    for image in (digit[:20], np.stack([digit] * 3)):
        with pytest.raises(DataError, match=r"cannot photograph an image of shape \(.*expected uint8 of \(28, 28\)"):
            photograph(image, generator)
    with pytest.raises(DataError, match="cannot photograph an image without strokes: every pixel is 0"):
        photograph(np.zeros((28, 28), np.uint8), generator)
