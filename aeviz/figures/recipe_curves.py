"""Plotly figure of one network trained in several ways: its error by time or by epoch."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.method_lines import log_ticks, style_axes
from aeviz.figures.palette import FIRST, SECOND, UNLABELLED
from aeviz.lab.recipe_curves import RecipeCurves, WayName
from aeviz.language import tr

_LOOKS: Mapping[WayName, tuple[str, str]] = {"sources": (FIRST, "solid"), "fast": (SECOND, "dash")}
"""Colour and dash of a way's lines."""


def recipe_lines(curves: RecipeCurves, titles: Mapping[WayName, str], by: Literal["seconds", "epochs"]) -> go.Figure:
    """Draw the validation error of each seed, a colour a way, and a line at the error that the source logged.

    Args:
        curves: What was measured.
        titles: What the ways are called.
        by: The unit of the horizontal axis, which is logarithmic.
    """
    figure = go.Figure()
    unit = tr("seconds") if by == "seconds" else tr("epochs")
    for name, way in curves.ways.items():
        colour, dash = _LOOKS[name]
        for seed, errors in zip(curves.seeds, way.errors, strict=True):
            steps = np.arange(1, len(errors) + 1) * (way.epoch_s if by == "seconds" else 1)
            figure.add_trace(
                go.Scatter(
                    x=steps,
                    y=errors,
                    mode="lines",
                    name=titles[name],
                    legendgroup=name,
                    showlegend=seed == curves.seeds[0],
                    line={"color": colour, "dash": dash, "width": 2.5},
                    opacity=0.8,
                    hovertemplate=f"%{{x:.3~g}} {unit}: %{{y:.4f}}<extra>{tr('seed {seed}', seed=seed)}</extra>",
                )
            )
    figure.add_hline(
        y=curves.goal,
        line={"color": UNLABELLED, "width": 1.5, "dash": "dot"},
        annotation={
            "text": tr("the source's last error"),
            "xanchor": "left",
            "yanchor": "top",
            "x": 0,
            "font": {"size": 14},
        },
    )
    title = tr("seconds of training") if by == "seconds" else tr("epochs of training")
    style_axes(figure, title, tr("error on the validation images"), is_log=False)
    every = [error for way in curves.ways.values() for errors in way.errors for error in errors]
    ends = [float(place) for line in figure.data for place in (line.x[0], line.x[-1])]
    figure.update_xaxes(type="log", tickvals=log_ticks(min(ends), max(ends)), tickformat="~g", tickangle=0)
    return figure.update_yaxes(range=[min(every) - 0.006, max(every) + 0.002], exponentformat="none", tickformat=".2f")
