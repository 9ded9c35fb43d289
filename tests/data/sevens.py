"""Drawn sevens as image files, and what every prepared image must be."""

import io

import numpy as np
from PIL import Image, ImageDraw

GREY, COLOUR = (1, 28, 28), (3, 64, 64)
"""Shapes, (C, H, W), of the images that the tests ask for."""


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
