import math
import re

import numpy as np
import pytest

from aeviz.analysis.curves import ObjectiveParts
from aeviz.analysis.posterior import match_prior
from aeviz.figures.charts import (
    difference_curves,
    distance_from_origin,
    error_bars,
    kl_bars,
    moving_average,
    prior_densities,
    training_curves,
)
from aeviz.figures.objective_parts import objective_parts_figure
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND, UNLABELLED, class_colour


def curve(n=20, seed=0):
    rng = np.random.default_rng(seed)
    return np.arange(1, n + 1), rng.random(n) + 0.1, rng.random(n) + 0.1


@pytest.mark.parametrize("window", [1, 2, 5, 40])
def test_moving_average_equals_a_loop(window):
    values = np.random.default_rng(0).random(23)
    half = window // 2
    expected = [np.mean(values[max(0, i - half) : i + half + 1]) for i in range(23)]
    np.testing.assert_allclose(moving_average(values, window), expected, rtol=1e-12)


def test_moving_average_equals_numpys_convolution_where_that_is_defined():
    values = np.random.default_rng(1).random(50)
    expected = np.convolve(values, np.ones(7) / 7, mode="valid")
    np.testing.assert_allclose(moving_average(values, 7)[3:-3], expected, rtol=1e-9)


def test_moving_average_of_nothing_is_nothing():
    assert moving_average(np.zeros(0), 5).shape == (0,)


def test_training_curves_have_a_line_and_its_average():
    curves = {"adam": curve(), "amsgrad": curve(seed=1)}
    figure = training_curves(curves, window=5)
    assert [trace.type for trace in figure.data] == ["scatter"] * 8
    assert all(trace.mode == "lines" for trace in figure.data)
    shown = [trace for trace in figure.data if trace.showlegend is not False]
    assert [trace.name for trace in shown] == [
        "adam, training", "adam, validation", "amsgrad, training", "amsgrad, validation",
    ]  # fmt: skip
    assert [trace.line.color for trace in shown] == [FIRST, FIRST, SECOND, SECOND]
    assert len({trace.line.dash for trace in shown}) == 4
    assert shown[1].line.dash == "solid"
    np.testing.assert_allclose(shown[1].y, moving_average(curves["adam"][2], 5))
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("epoch", "mean squared error")
    assert figure.layout.yaxis.type == "log"


def test_training_curves_without_average_show_the_values():
    curves = {"adam": curve()}
    figure = training_curves(curves, window=1, logarithmic=False)
    assert len(figure.data) == 2
    np.testing.assert_array_equal(figure.data[0].y, curves["adam"][1])
    assert all(trace.showlegend for trace in figure.data)
    training, validation = figure.data
    assert training.opacity < validation.opacity == 1
    assert training.line.width < validation.line.width
    assert figure.layout.yaxis.type == "linear"


@pytest.mark.parametrize("window", [1, 5])
def test_curves_of_six_runs_differ_in_stroke_and_are_no_hairlines(window):
    figure = training_curves({f"run {k}": curve(seed=k) for k in range(6)}, window=window)
    shown = [trace for trace in figure.data if trace.showlegend is not False]
    assert len({trace.line.dash for trace in shown}) == 12
    assert len({trace.line.color for trace in shown}) == 6
    assert min(trace.line.width for trace in figure.data) >= 2


def test_training_curves_split_at_the_early_epochs():
    curves = {"adam": curve(20)}
    early = training_curves(curves, window=3, last_epoch=8)
    late = training_curves(curves, window=3, first_epoch=9)
    assert [list(trace.x) for trace in early.data] == [list(range(1, 9))] * 4
    assert [list(trace.x) for trace in late.data] == [list(range(9, 21))] * 4
    whole = moving_average(curves["adam"][1], 3)  # the average at epoch 9 still looks back to epoch 7
    np.testing.assert_allclose(late.data[1].y, whole[8:])


def test_training_curves_of_a_run_without_epochs():
    empty = (np.zeros(0, dtype=int), np.zeros(0), np.zeros(0))
    assert all(len(trace.x) == 0 for trace in training_curves({"new": empty}, window=5).data)


def test_error_bars_have_a_colour_a_model():
    figure = error_bars({"adam": {"0": 5.3, "1": 2.7}, "amsgrad": {"0": 5.1, "1": 2.6}})
    assert [trace.type for trace in figure.data] == ["bar", "bar"]
    assert [trace.marker.color for trace in figure.data] == [FIRST, SECOND]
    assert list(figure.data[0].x) == ["0", "1"]
    assert list(figure.data[0].y) == [5.3, 2.7]
    assert figure.layout.xaxis.type == "category"
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("class", "mean Euclidean error")


# Colours


def test_palette_has_ten_distinct_colours():
    assert len(set(CLASS_COLOURS)) == 10
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in (*CLASS_COLOURS, UNLABELLED, FIRST, SECOND))
    assert UNLABELLED not in CLASS_COLOURS


def test_class_colours_begin_again_after_ten():
    assert [class_colour(label) for label in range(10)] == list(CLASS_COLOURS)
    assert class_colour(13) == class_colour(3)


def test_unlabelled_points_are_grey():
    red, green, blue = (int(UNLABELLED[i : i + 2], 16) for i in (1, 3, 5))
    assert red == green == blue


def test_the_two_sides_of_a_comparison_are_far_apart():
    first, second = ([int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (FIRST, SECOND))
    assert math.dist(first, second) > 150


def test_distance_from_origin_draws_each_path_over_the_band_of_the_data():
    paths = {"linear": np.array([3.0, 1.0, 3.0]), "spherical": np.array([3.0, 3.0, 3.0])}
    figure = distance_from_origin(paths, (2.0, 4.0))
    assert [trace.name for trace in figure.data] == ["linear", "spherical"]
    assert len({trace.marker.symbol for trace in figure.data}) == 2  # colour is not the only difference
    assert list(figure.data[0].x) == [0, 0.5, 1]
    np.testing.assert_array_equal(figure.data[0].y, paths["linear"])
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (2.0, 4.0)


def test_kl_bars_name_their_dimensions_where_there_is_room():
    figure = kl_bars({"a": [0.1, 2.0, 0.0], "b": [1.0]})
    first, second = figure.data
    assert (list(first.y), list(first.customdata)) == ([2.0, 0.1, 0.0], ["z2", "z1", "z3"])
    assert first.texttemplate == second.texttemplate == "%{customdata}"
    assert kl_bars({"a": [0.1] * 64}).data[0].texttemplate is None


def density(prior_mean=0.0, seed=0):
    mean = np.random.default_rng(seed).normal(size=50)
    return match_prior(mean, np.zeros(50), np.array([prior_mean]), np.ones(1), np.linspace(-6, 6, 41))


def test_prior_densities_draw_a_shared_prior_once():
    figure = prior_densities({"a, z1": density(), "b, z2": density(seed=1)}, "z1 and z2")
    assert [trace.name for trace in figure.data] == [
        "prior p(z)", "all posteriors q(z) of a, z1", "all posteriors q(z) of b, z2",
    ]  # fmt: skip
    assert [trace.line.color for trace in figure.data] == [UNLABELLED, FIRST, SECOND]
    np.testing.assert_allclose(figure.data[0].x, np.linspace(-5.85, 5.85, 40))
    assert figure.layout.xaxis.title.text == "z1 and z2"


def test_prior_densities_draw_each_prior_that_differs():
    figure = prior_densities({"a, z1": density(), "b, z1": density(2.0)}, "z1")
    assert [trace.name for trace in figure.data][:2] == ["prior p(z)", "prior p(z) of b, z1"]


def test_difference_curves_subtract_the_first_at_common_epochs():
    first = (np.array([1, 2, 3, 4]), np.array([0.5, 0.4, 0.3, 0.2]))
    second = (np.array([2, 3, 5]), np.array([0.1, 0.6, 0.9]))
    (trace,) = difference_curves({"a": first, "b": second}, window=1).data
    assert trace.name == "b minus a"
    np.testing.assert_array_equal(trace.x, [2, 3])
    np.testing.assert_allclose(trace.y, [0.1 - 0.4, 0.6 - 0.3])


@pytest.mark.parametrize("share", [[1.0, 1.0], [0.2, 1.0]])
def test_parts_of_a_loss_are_drawn_with_the_kl_and_its_share(share):
    total, kl_term = np.array([0.5, 0.4]), np.array([0.1, 0.05])
    parts = ObjectiveParts(
        epoch=np.array([1, 2]), total=total, reconstruction=total - kl_term, kl_term=kl_term, kl=10 * kl_term,
        share=np.array(share),
    )  # fmt: skip
    lines = {trace.name: trace.y for trace in objective_parts_figure(parts, "mean squared error + KL").data}
    np.testing.assert_allclose(lines["reconstruction"] + lines["weighted KL"], lines["validation loss"])
    assert ("share of the KL weight" in lines) == (share[0] < 1)
    if share[0] < 1:
        np.testing.assert_allclose(lines["what training minimises"], [0.4 + 0.2 * 0.1, 0.4])
