"""Plotly figures of regret and of descents in one variable."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.method_lines import COLOURS, FARTHEST, band, method_line, spaced, style_axes
from aeviz.figures.palette import FIRST, SECOND, UNLABELLED
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.descent import Course
from aeviz.lab.regret import Bound, Outcome
from aeviz.language import mark, tr

LOW_PX = 290
"""Height of a figure that stands above another one."""
UNCHANGED, CORRECTED = mark("only what the theorem asks"), mark("with the missing condition")
"""The two descents of an example: one that satisfies S1's theorem and fails, and one that converges."""


def regret_curves(outcomes: Mapping[MethodName, Outcome]) -> go.Figure:
    """Draw the average regret R_T / T of each method against T, with the bounds for AMSGrad.

    Bands are the least and the largest of several sequences of random costs.
    """
    figure = go.Figure()
    for name, outcome in outcomes.items():
        kept = spaced(len(outcome.regret))
        low, high = (side[kept] for side in outcome.spread)
        if (high > low).any():
            figure.add_trace(band(kept + 1, low, high, COLOURS[name], name))
        figure.add_trace(
            method_line(name, kept + 1, outcome.regret[kept], METHODS[name].title, 1.0, "T = %{x}: %{y:.4g}")
        )
    for outcome in outcomes.values():
        if outcome.bound is not None:
            figure.add_traces(_bound_lines(outcome.bound, spaced(len(outcome.regret))))
    figure = style_axes(figure, "T", tr("average regret R<sub>T</sub> / T"), is_log=False)
    figure.update_layout(height=LOW_PX)
    figure.update_xaxes(type="log")
    top = regret_axis_top(outcomes)
    figure.update_yaxes(range=[min(0.0, *(float(o.regret.min()) for o in outcomes.values())) - 0.02 * top, top])
    return figure


def regret_axis_top(outcomes: Mapping[MethodName, Outcome]) -> float:
    """Return the largest value that `regret_curves` shows: the measured regrets count, not the bounds."""
    return 1.15 * max(float(outcome.regret.max()) for outcome in outcomes.values())


def _bound_lines(bound: Bound, kept: np.ndarray) -> list[go.Scatter]:
    """Return the bound of S1's theorem and, where it is another, the one that Phuong & Phong quote."""
    quoted = tr("bound quoted by Phuong & Phong")
    lines = [(tr("bound for AMSGrad, from the thesis"), "dot", bound.total), (quoted, "dashdot", bound.quoted_total)]
    return [
        go.Scatter(
            x=kept + 1,
            y=values[kept],
            mode="lines",
            name=name,
            line={"color": UNLABELLED, "width": 2, "dash": dash},
            hovertemplate=tr("T = %{x}: at most %{y:.4g}") + f"<extra>{name}</extra>",
        )
        for name, dash, values in (lines if bound.momentum.any() else lines[:1])
    ]


def point_curves(outcomes: Mapping[MethodName, Outcome]) -> go.Figure:
    """Draw the points that each method chose against the step; -1 is the best one, 1 the worst."""
    figure = go.Figure()
    for name, outcome in outcomes.items():
        kept = spaced(len(outcome.x))
        figure.add_trace(
            method_line(name, kept + 1, outcome.x[kept], METHODS[name].title, 1.0, "t = %{x}: x = %{y:.3f}")
        )
    figure = style_axes(figure, "t", "x<sub>t</sub>", is_log=False)
    figure.update_layout(height=LOW_PX, showlegend=False)  # colours and dashes are those of the regret above
    figure.update_xaxes(type="log")
    figure.update_yaxes(range=[-1.08, 1.08])
    return figure


def descent_curves(broken: Course, mended: Course) -> go.Figure:
    """Draw the iterates of a descent that misses a condition, and of one that has it, against k; x_1 is the start."""
    figure = go.Figure()
    for colour, name, course in ((SECOND, tr(UNCHANGED), broken), (FIRST, tr(CORRECTED), mended)):
        kept = spaced(len(course.x))
        kept = kept[np.abs(course.x[kept]) < FARTHEST]
        figure.add_trace(
            go.Scatter(
                x=kept + 1,
                y=course.x[kept],
                mode="lines+markers",
                name=name,
                marker={"size": 4},
                line={"color": colour, "width": 2.5, "dash": "dash" if colour == SECOND else "solid"},
                hovertemplate=tr("point %{x}: %{y:.6g}") + f"<extra>{name}</extra>",
            )
        )
    figure = style_axes(figure, "k", "x<sub>k</sub>", is_log=False)
    figure.update_xaxes(type="log")
    if not broken.is_finite:  # what overflows leaves no room for the rest
        reach = 3 * max(1.0, float(np.abs(mended.x).max()))
        figure.update_yaxes(range=[-reach, reach])
    return figure
