"""Rows of decoded images as a drawing, read as the browser reads it."""

import base64
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from aeviz.figures.pictures import to_pixel_svg, to_small_uri
from aeviz.figures.traversal import TILE, rows_svg

SVG = "{http://www.w3.org/2000/svg}"
STEPS = (-3.0, -1.5, 0.0, 1.5, 3.0)


def drawing(uri):
    head, _, body = uri.partition(",")
    assert head == "data:image/svg+xml;base64"
    return ET.fromstring(base64.b64decode(body))


def row(**options):
    return drawing(rows_svg("data:,", 1.0, STEPS, np.zeros(5, dtype=bool), **options))


def test_steps_and_names_are_written():
    root = drawing(rows_svg("data:,", 1.0, STEPS, np.zeros(10, dtype=bool), names=["z17 · 3.20 nats", "z3"]))
    words = [text.text for text in root.findall(f"{SVG}text")]
    assert words[:2] == ["z17 · 3.20 nats", "z3"]
    assert words[2:] == ["-3", "-1.5", "0", "+1.5", "+3"]


def test_images_keep_their_proportions():
    root = drawing(rows_svg("data:,", 1.25, STEPS, np.zeros(10, dtype=bool), names=["a", "b"]))
    image = root.find(f"{SVG}image")
    assert float(image.get("height")) / 2 == pytest.approx(1.25 * float(image.get("width")) / 5)


@pytest.mark.parametrize(("place", "column"), [(-3.0, 0.5), (0.0, 2.5), (2.25, 4.0), (99.0, 4.9), (-99.0, 0.1)])
def test_ring_stands_above_the_place_of_the_point(place, column):
    assert float(row(place=place).find(f"{SVG}circle").get("cx")) == pytest.approx(TILE * column)


def test_far_images_are_crossed():
    far = np.array([True, False, False, False, True])
    root = drawing(rows_svg("data:,", 1.0, STEPS, far))
    crosses = root.find(f"{SVG}g").findall(f"{SVG}path")
    columns = [int(float(cross.get("d")[1:].split()[0]) // TILE) for cross in crosses]
    assert columns == [0, 4]


def test_photographs_are_smooth_and_digits_are_squares():
    assert "auto" in row(smooth=True).find(f"{SVG}image").get("style")
    assert "pixelated" in row().find(f"{SVG}image").get("style")
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    assert "auto" in drawing(to_pixel_svg(picture, 40, smooth=True)).find(f"{SVG}image").get("style")


def test_grey_pictures_are_exact_and_colour_ones_small():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    grey, colour = np.stack([noise] * 3, axis=2), np.stack([noise, noise.T, noise], axis=2)
    assert (opened(to_small_uri(grey)) == noise).all()
    assert opened(to_small_uri(colour)).shape == (64, 64, 3)
    assert to_small_uri(colour).startswith("data:image/webp;base64,")


def opened(uri):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))
