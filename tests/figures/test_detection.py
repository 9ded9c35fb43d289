import base64
import re

import numpy as np
import pytest

from aeviz.figures.detection import ANOMALY, NORMAL, error_histogram, precision_recall_curves, restoration_curves
from aeviz.figures.images import latent_thumbnail
from aeviz.figures.prior_plane import (
    PRIOR_WINDOW,
    SIDE,
    Window,
    class_legend_svg,
    fit_window,
    prior_plane_svg,
    ring_places,
)


def test_histogram_counts_each_kind_in_the_same_bins():
    rng = np.random.default_rng(0)
    error, is_anomaly = rng.random(300), rng.random(300) < 0.2
    figure = error_histogram(error, is_anomaly, ("others", "class 7"), 0.7)
    normal, anomaly = figure.data
    assert (normal.name, anomaly.name) == ("others", "class 7")
    assert (normal.marker.color, anomaly.marker.color) == (NORMAL, ANOMALY)
    np.testing.assert_array_equal(normal.x, anomaly.x)
    assert (sum(normal.customdata), sum(anomaly.customdata)) == ((~is_anomaly).sum(), is_anomaly.sum())
    assert sum(anomaly.y) == pytest.approx(1)
    assert figure.layout.shapes[0].x0 == 0.7


def test_precision_recall_has_a_line_a_model_the_base_rate_and_the_choice():
    recall = np.linspace(1, 0.01, 9000)
    figure = precision_recall_curves({"a": (recall, 1 - recall), "b": (recall, recall)}, 0.1, (0.8, 0.6))
    assert [trace.name for trace in figure.data] == ["a", "b", "at the threshold"]
    assert figure.data[0].line.shape == "hv"  # as the average precision adds it up
    assert (figure.data[0].x[0], figure.data[0].x[-1]) == (recall[0], recall[-1])
    assert len(figure.data[0].x) < 2000
    assert (figure.data[2].x, figure.data[2].y) == ((0.8,), (0.6,))
    assert figure.layout.shapes[0].y0 == 0.1
    (label,) = figure.layout.annotations  # where no curve can come: below the base rate, at a high recall
    assert (label.text, label.xanchor, label.yanchor) == ("random guess: the base rate", "right", "top")
    assert len(precision_recall_curves({"a": (recall, recall)}, 0.1, None).data) == 1


def test_restoration_shows_what_was_given_and_what_each_model_made_of_it():
    levels = (0.0, 0.5, 1.0)
    figure = restoration_curves(levels, np.array([0, 1, 2]), {"one": np.ones(3), "two": np.zeros(3)}, 0.5)
    assert [trace.name for trace in figure.data] == ["corrupted, as it is", "restored by one", "restored by two"]
    assert all(tuple(trace.x) == levels for trace in figure.data)
    assert figure.layout.shapes[0].x0 == 0.5


def drawing(uri):
    return base64.b64decode(uri.split(",", 1)[1]).decode()


def test_window_holds_the_prior_and_nearly_all_points():
    points = np.random.default_rng(0).normal((10, -4), (6, 1), (5000, 2))
    window = fit_window(points)
    inside = (np.abs(points - window.centre) <= window.half).all(axis=1)
    assert inside.mean() > 0.97
    assert (np.abs(np.array(window.centre)) + 3 <= window.half).all()
    small = fit_window(np.zeros((50, 2)))
    assert small.centre == (0, 0)
    assert small.half >= PRIOR_WINDOW.half


def test_circles_of_the_prior_have_the_scale_of_the_plane():
    points = np.random.default_rng(0).normal(size=(500, 2))
    text = drawing(prior_plane_svg(points, None, (), np.zeros((3, 2)), Window(centre=(0.0, 0.0), half=4.0)))
    radii = [float(radius) for radius in re.findall(r'<circle [^>]*r="([\d.]+)"', text)]
    np.testing.assert_allclose(radii[:3], SIDE / 8 * np.array([1, 2, 3]), atol=0.06)
    assert text.index('r="45.0"') < text.index("<image")  # under the points
    assert "all images" not in text


def test_draws_outside_are_left_out_and_names_are_escaped():
    points = np.random.default_rng(0).normal(size=(500, 2))
    draws = np.array([[0.0, 0.0], [9.0, 0.0], [1.0, 1.0]])
    labels = np.zeros(500, dtype=np.int64)
    text = drawing(prior_plane_svg(points, labels, ("<b>", "other"), draws, PRIOR_WINDOW))
    rings = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5"', text)
    assert len(rings) == 2 * 2  # light and dark
    size = np.array([float(value) for value in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups()])
    places = ring_places(draws, PRIOR_WINDOW, ("<b>", "other"))
    assert places[1] is None
    np.testing.assert_allclose(np.array([places[0], places[2]]) * size, np.array(rings[:2], dtype=float), atol=0.06)
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


def test_cloud_too_small_to_see_is_marked():
    text = drawing(prior_plane_svg(np.zeros((50, 2)), None, (), np.zeros((0, 2)), PRIOR_WINDOW))
    assert "all images" in text


def test_thumbnail_of_a_window_shows_that_part_alone():
    points = np.array([[0.0, 0.0], [3.0, 3.0], [50.0, 0.0]])
    picture = latent_thumbnail(points, None, 101, window=((0.0, 0.0), 5.0))
    assert picture[50, 50, 3] > 0
    assert picture[20, 80, 3] > 0
    assert picture[..., 3].astype(bool).sum() < 60  # two small discs


def test_legend_of_several_planes_names_each_class_once():
    text = drawing(class_legend_svg([str(digit) for digit in range(10)] + ["<b>"]))
    assert text.count("<rect") == 11
    assert "&lt;b&gt;" in text
