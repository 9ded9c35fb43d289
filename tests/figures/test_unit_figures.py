"""Figures of one unit."""

import re

import numpy as np
import pytest

from aeviz.figures.images import change_map, error_map
from aeviz.figures.palette import class_colour
from aeviz.figures.units import activation_histogram, class_mean_bars, pushed_table


def test_histogram_marks_mean_and_target():
    counts, edges = np.array([5, 0, 2]), np.array([0.0, 0.1, 0.2, 0.3])
    figure = activation_histogram(counts, edges, 0.07, name="z3", target=0.05, logarithmic=True)
    assert figure.data[0].x == pytest.approx([0.05, 0.15, 0.25])
    assert [shape.x0 for shape in figure.layout.shapes] == [0.07, 0.05]
    (words,) = figure.layout.annotations
    assert words.text == "mean 0.07 (solid)<br>target 0.05 (dashed)"
    assert figure.layout.title.text is None
    assert (words.x, words.xanchor) == (0, "left")  # the button that saves the figure is on the right
    assert [shape.line.dash for shape in figure.layout.shapes] == ["solid", "dash"]
    assert figure.layout.yaxis.type == "log"
    plain = activation_histogram(counts, edges, 0.07, name="z3")
    assert len(plain.layout.shapes) == 1
    assert plain.layout.yaxis.type == "linear"


def test_bars_have_the_names_and_colours_of_their_classes():
    bars = class_mean_bars([0.3, -0.1], [0, 2], ["cat", "dog", "owl"]).data[0]
    assert bars.x == ("cat", "owl")
    assert bars.marker.color == (class_colour(0), class_colour(2))


def test_change_is_blue_where_darker_and_red_where_brighter():
    red, white, blue = change_map(np.array([[[1.0, 0.0, -1.0]]]))[0].tolist()
    assert white == [255, 255, 255]
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    image, other = np.full((1, 2, 2), 51, np.uint8), np.full((1, 2, 2), 0.7, np.float32)
    assert np.array_equal(error_map(image, other), change_map(other - image / 255))


def test_table_has_an_image_a_level_and_the_change_with_its_text():
    images = np.random.default_rng(0).random((3, 1, 4, 4)).astype(np.float32)
    heads = [("as it is", ""), ("0%", "-1"), ("100%", "2")]
    html = pushed_table(heads, [("From <b>'x'", images)], unit="z1")
    assert "<b>" not in html
    alts = re.findall(r"alt='([^']*)'", html)
    assert [alt.rpartition(": ")[2] for alt in alts] == ["z1 as it is", "z1 at -1", "z1 at 2", "difference"]
    assert "0% to 100%" in html
    assert "image-rendering:auto" in pushed_table(heads, [("x", images)], unit="z1", smooth=True)
