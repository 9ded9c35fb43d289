"""The decoded plane is a drawing; it is read here as the browser reads it, as XML."""

import base64
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from aeviz.figures.pictures import to_pixel_svg
from aeviz.figures.plane import LEFT, PLANE, TOP, marked_svg, plane_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawing(uri):
    head, _, body = uri.partition(",")
    assert head == "data:image/svg+xml;base64"
    return ET.fromstring(base64.b64decode(body))


def draw(point=(1.0, 12.0), far=()):
    mask = np.zeros(9, dtype=bool)
    mask[list(far)] = True
    return drawing(plane_svg("data:image/png;base64,", ((-3.0, 3.0), (10.0, 16.0)), ("z1", "z4"), point, 3, mask))


def test_point_stands_where_its_coordinates_are():
    ring = draw().findall(f"{SVG}circle")[0]
    assert float(ring.get("cx")) == pytest.approx(LEFT + PLANE * 4 / 6, abs=0.1)
    assert float(ring.get("cy")) == pytest.approx(TOP + PLANE * 4 / 6, abs=0.1)


def test_point_outside_stands_on_the_edge():
    ring = draw(point=(9.0, -5.0)).findall(f"{SVG}circle")[0]
    assert (float(ring.get("cx")), float(ring.get("cy"))) == (LEFT + PLANE, TOP + PLANE)


def test_far_tiles_are_crossed_in_reading_order():
    crosses = draw(far=[0, 5]).find(f"{SVG}g").findall(f"{SVG}path")[:-1]  # the last one explains the mark
    starts = [[float(number) for number in cross.get("d")[1:].split("l")[0].split()] for cross in crosses]
    cells = [(int((x - LEFT) // (PLANE / 3)), int((y - TOP) // (PLANE / 3))) for x, y in starts]
    assert cells == [(0, 0), (2, 1)]


def test_axes_are_named_and_have_round_numbers():
    words = [text.text for text in draw().findall(f"{SVG}text")]
    assert {"z1", "z4", "-3", "0", "3", "10", "16"} <= set(words)


def test_axis_of_a_narrow_range_has_decimals():
    uri = plane_svg("", ((0.0, 0.02), (0.0, 1.0)), ("a", "b"), (0.0, 0.0), 2, np.zeros(4, dtype=bool))
    words = [text.text for text in drawing(uri).findall(f"{SVG}text")]
    assert "0.005" in words


@pytest.mark.parametrize(("smooth", "rendering"), [(False, "pixelated"), (True, "auto")])
def test_marked_picture_is_smooth_on_request(smooth, rendering):
    uri = marked_svg("data:image/png;base64,", (20, 10), 2, np.zeros(2, dtype=bool), smooth=smooth)
    assert drawing(uri).find(f"{SVG}image").get("style") == f"image-rendering:{rendering}"


def test_small_picture_keeps_its_pixels():
    root = drawing(to_pixel_svg(np.zeros((4, 8, 3), dtype=np.uint8), 400))
    image = root.find(f"{SVG}image")
    assert (root.get("width"), root.get("height")) == ("400", "200")
    assert image.get("href").startswith("data:image/png;base64,")
    assert "pixelated" in image.get("style")


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
