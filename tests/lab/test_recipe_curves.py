"""The curves of two recipes: what they say of seeds that reach the source's error, and what ships."""

import pytest

from aeviz.figures.recipe_curves import recipe_lines
from aeviz.lab.recipe_curves import RecipeCurves, Way, measured
from aeviz.presets import get_preset
from aeviz.recipes import with_recipe

CURVES = RecipeCurves(
    preset="mlp-2d-adam",
    goal=0.5,
    seeds=(0, 1, 2),
    ways={
        "sources": Way(epoch_s=2.0, errors=((0.9, 0.8, 0.7, 0.6), (0.9, 0.7, 0.5, 0.4), (0.9, 0.5, 0.6, 0.3))),
        "fast": Way(epoch_s=1.0, errors=((0.9, 0.8, 0.7), (0.9, 0.8, 0.7), (0.8, 0.7, 0.6))),
    },
)


def test_first_epoch_at_the_goal_counts_and_the_median_is_over_those_that_reach_it():
    sources, fast = CURVES.ways["sources"], CURVES.ways["fast"]
    assert sources.epochs_until(0.5) == [None, 3, 2]
    assert sources.seconds_until(0.5) == 2.0 * 2.5
    assert fast.seconds_until(0.5) is None


@pytest.mark.parametrize("by", ["seconds", "epochs"])
def test_figure_has_a_line_a_seed_and_one_name_a_way(by):
    figure = recipe_lines(CURVES, {"sources": "thesis", "fast": "fast"}, by)
    assert [line.name for line in figure.data if line.showlegend] == ["thesis", "fast"]
    assert len(figure.data) == 6
    scale = 2.0 if by == "seconds" else 1
    assert list(figure.data[0].x) == [scale * epoch for epoch in (1, 2, 3, 4)]
    assert figure.layout.shapes[0].y0 == CURVES.goal


def test_what_ships_is_of_the_preset_and_its_recipe():
    curves = measured()
    preset = get_preset(curves.preset)
    assert curves.goal == preset.logged_val_mse
    assert len(curves.ways["fast"].errors[0]) == with_recipe(preset.config, "fast").train.epochs
    for way in curves.ways.values():
        assert len(way.errors) == len(curves.seeds)
        assert all(0.03 < error < 0.1 for run in way.errors for error in run)
    assert None not in curves.ways["fast"].epochs_until(curves.goal)
