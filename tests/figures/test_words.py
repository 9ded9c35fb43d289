"""The numbers of a figure in words."""

import numpy as np
import plotly.graph_objects as go
import pytest

from aeviz.figures.words import with_numbers

CURVE = go.Scatter(x=[1, 2, 3], y=[0.5, 0.1, 0.25], name="Adam", mode="lines")


@pytest.mark.parametrize(
    ("traces", "words"),
    [
        ([CURVE], "Loss. Adam: 0.5 at 1, 0.25 at 3, lowest 0.1 at 2."),
        ([go.Scatter(y=[3, 2, np.nan])], "Loss. 3 at 0, 2 at 1."),
        (
            [CURVE, go.Scatter(x=[1], y=[9.0], showlegend=False, name="seed")],
            "Loss. Adam: 0.5 at 1, 0.25 at 3, lowest 0.1 at 2.",
        ),
        ([go.Bar(x=["one", "two"], y=[1.25, 2])], "Loss. one 1.25, two 2."),
        ([go.Bar(x=[1.25, 2], y=["one", "two"], orientation="h", name="a<br>b")], "Loss. a b: one 1.25, two 2."),
        ([go.Scatter(x=[0, 0], y=[1, 4.5], mode="markers", name="runs")], "Loss. runs: 2 points from 1 to 4.5."),
        ([go.Scatter(x=[1, 4.5], y=["Adam", "Adam"], mode="markers")], "Loss. Adam: 2 points from 1 to 4.5."),
        ([go.Scattergl(x=[0, None, 1], y=[1, None, 4.5], mode="lines")], "Loss. 1 at 0, 4.5 at 1."),
        ([go.Heatmap(z=[[1, 2]])], "Loss"),
        ([go.Scatter(x=[1, 2], y=["a", "b"])], "Loss. a 1, b 2."),
        ([go.Scatter(x=["a", "b"], y=["c", "d"])], "Loss"),
        ([], "Loss"),
    ],
)
def test_numbers_follow_the_description(traces, words):
    assert with_numbers("Loss", go.Figure(traces)) == words


def test_description_with_numbers_stays():
    assert with_numbers("Loss of vae-2d: 0.25 at the end", go.Figure([CURVE])) == "Loss of vae-2d: 0.25 at the end"
    assert with_numbers("Loss of vae-2d.", go.Figure([CURVE])).startswith("Loss of vae-2d. Adam: 0.5")
