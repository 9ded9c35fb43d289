"""Marked images are a drawing; it is read here as the browser reads it, as XML."""

import base64
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from aeviz.figures.plane import PLANE, marked_svg, ticks

SVG = "{http://www.w3.org/2000/svg}"


def drawing(uri):
    head, _, body = uri.partition(",")
    assert head == "data:image/svg+xml;base64"
    return ET.fromstring(base64.b64decode(body))


@pytest.mark.parametrize(("smooth", "rendering"), [(False, "pixelated"), (True, "auto")])
def test_marked_picture_is_smooth_on_request(smooth, rendering):
    uri = marked_svg("data:image/png;base64,", (20, 10), 2, np.zeros(2, dtype=bool), smooth=smooth)
    assert drawing(uri).find(f"{SVG}image").get("style") == f"image-rendering:{rendering}"


@pytest.mark.parametrize(("columns", "size"), [(10, (289, 289)), (4, (100, 75)), (11, (308, 28))])
def test_marked_pictures_keep_their_shape_and_cross_the_far_ones(columns, size):
    far = np.zeros(columns * 3 if columns < 11 else 11, dtype=bool)
    far[[1, columns - 1]] = True
    root = drawing(marked_svg("data:image/png;base64,", size, columns, far))
    image = root.find(f"{SVG}image")
    assert float(image.get("width")) / float(image.get("height")) == pytest.approx(size[0] / size[1], rel=1e-2)
    starts = [cross.get("d")[1:].split("l")[0].split() for cross in root.iter(f"{SVG}path")]
    assert [int(float(x) // (PLANE / columns)) for x, _ in starts] == [1, columns - 1]
    assert all(0 <= float(y) < PLANE / columns for _, y in starts)


def test_marked_pictures_without_far_ones_have_no_cross():
    root = drawing(marked_svg("data:image/png;base64,", (100, 100), 2, np.zeros(4, dtype=bool)))
    assert list(root.iter(f"{SVG}path")) == []


@pytest.mark.parametrize(
    ("low", "high", "texts"), [(-3.0, 3.0, ["-3", "-2", "-1", "0", "1", "2", "3"]), (0.0, 0.02, ["0.000", "0.005"])]
)
def test_ticks_are_round_numbers(low, high, texts):
    assert [text for _, text in ticks(low, high)][: len(texts)] == texts
