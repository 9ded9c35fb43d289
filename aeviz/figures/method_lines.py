"""Common parts of the figures of optimizers: colours, lines, bands and axes."""

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.language import tr

COLOURS: Mapping[MethodName, str] = {
    "adam": FIRST,
    "amsgrad": SECOND,
    "sgd": CLASS_COLOURS[4],
    "momentum": CLASS_COLOURS[2],
    "nesterov": CLASS_COLOURS[8],
    "adagrad": CLASS_COLOURS[3],
    "rmsprop": CLASS_COLOURS[5],
}
DASHES: Mapping[MethodName, str] = {
    "adam": "solid",
    "amsgrad": "dash",
    "sgd": "longdashdot",
    "momentum": "dot",
    "nesterov": "dashdot",
    "adagrad": "longdash",
    "rmsprop": "3px,6px,12px,6px",
}
"""Methods often go the same way: gaps let one be seen below the other."""
FARTHEST = 1e30
"""Size from which a point is left out: a browser refuses pixels beyond single precision, and nobody sees them."""
DRAWN = 400
"""Points of a curve, at most: more cannot be told apart."""
MARGIN = {"l": 10, "r": 10, "t": 20, "b": 10}
LEGEND = {"orientation": "h", "y": -0.28}


def thin(count: int, most: int) -> np.ndarray:
    """Return at most `most` places of a sequence, the ends among them."""
    places: np.ndarray = np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))
    return places


def spaced(count: int) -> np.ndarray:
    """Return places of a sequence, dense at the start as on a logarithmic axis."""
    places: np.ndarray = np.unique(np.geomspace(1, count, DRAWN).round().astype(int)) - 1
    return places


def log_ticks(low: float, high: float) -> list[float]:
    """Return two to five round numbers between two positive ones; none where that takes more digits or more decades.

    Plotly's own, on a low panel, name each digit of a decade, one over the other.
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        found = [
            value for decade in decades for digit in digits if low <= (value := float(f"{digit}e{decade}")) <= high
        ]
        if 2 <= len(found) <= 5:
            return found
    return []


def method_curves(curves: Mapping[MethodName, np.ndarray], quantity: str, form: str) -> go.Figure:
    """Draw a curve for each method over the steps; `form` writes a value, as in d3-format."""
    figure = go.Figure()
    for name, values in curves.items():
        kept = thin(len(values), DRAWN)
        figure.add_trace(method_line(name, kept, values[kept], METHODS[name].title, 1.0, "step %{x}: " + form))
    style_axes(figure, tr("step"), quantity, is_log=True)
    sizes = np.concatenate([values[np.isfinite(values) & (values > 0)] for values in curves.values()] or [np.empty(0)])
    ticks = log_ticks(float(sizes.min()), float(sizes.max())) if len(sizes) else []
    if ticks:
        figure.update_yaxes(tickvals=ticks)
    return figure


def method_line(name: MethodName, x: np.ndarray, y: np.ndarray, title: str, opacity: float, hover: str) -> go.Scatter:
    """Return a line in the colour and dash of a method."""
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        name=title,
        opacity=opacity,
        line={"color": COLOURS[name], "width": 2.5, "dash": DASHES[name]},
        hovertemplate=f"{hover}<extra>{title}</extra>",
    )


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, name: str) -> go.Scatter:
    """Return the area between two curves, without a legend of its own."""
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=colour,
        opacity=0.2,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        name=f"{name}, from seed to seed",
    )


def style_axes(figure: go.Figure, x_title: str, y_title: str, *, is_log: bool) -> go.Figure:
    """Title the axes of a figure of curves, place its legend below, and return it."""
    figure.update_layout(
        xaxis_title=x_title,
        yaxis={"title": y_title, "type": "log" if is_log else "linear", "exponentformat": "power"},
        legend=LEGEND,
        margin=MARGIN,
        height=360,
        showlegend=True,
    )
    return figure
