"""Plotly figures of optimizers: ways over a surface, regret, descents in one variable, and duels on a network."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from aeviz.figures.charts import COMPARED, moving_average
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND, UNLABELLED
from aeviz.figures.relief import relief
from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.descent import Course
from aeviz.lab.duel import CONFIDENCE
from aeviz.lab.regret import Outcome
from aeviz.lab.surfaces import Surface, Way
from aeviz.training.moments import Moments

COLOURS: Mapping[MethodName, str] = {
    "adam": FIRST,
    "amsgrad": SECOND,
    "sgd": CLASS_COLOURS[4],
    "momentum": CLASS_COLOURS[7],
}
DASHES: Mapping[MethodName, str] = {"adam": "solid", "amsgrad": "dash", "sgd": "solid", "momentum": "dot"}
"""AMSGrad often goes where ADAM does: gaps let one be seen below the other."""
FRAMES, TAIL = 50, 6
"""Pictures of the film after the first, at most; points behind the head of a way."""
_FARTHEST = 1e30
"""Size from which a point is left out: a browser refuses pixels beyond single precision, and nobody sees them."""
DRAWN = 400
"""Points of a curve, at most: more cannot be told apart."""
_MARGIN = {"l": 10, "r": 10, "t": 20, "b": 10}
_LEGEND = {"orientation": "h", "y": -0.2}
_WINDOW = {"constrain": "domain", "zeroline": False, "showgrid": False}


def surface_film(surface: Surface, ways: Mapping[MethodName, Way]) -> go.Figure:
    """Draw the ways of methods over a surface's contours, with a button that plays them step by step.

    Each way is there as a whole, and the film runs a head with a short tail along it: whole ways in each picture of the
    film would take ten times as long to build and to send.

    Args:
        surface: The function; its contours are those of the logarithm of f above its minimum.
        ways: Method to its way.
    """
    (x_low, y_low), (x_high, y_high) = surface.low, surface.high
    figure = go.Figure(
        go.Scatter(
            x=[point[0] for point in surface.minimisers],
            y=[point[1] for point in surface.minimisers],
            mode="markers",
            name="minimum",
            marker={"symbol": "star", "size": 13, "color": "#ffa90e", "line": {"width": 1, "color": "black"}},
            hovertemplate="minimum at (%{x:.3f}, %{y:.3f})<extra></extra>",
        )
    )
    longest = max(way.trace.steps for way in ways.values())
    for below, (name, way) in zip(range(len(ways) - 1, -1, -1), ways.items(), strict=True):
        kept = _thin(len(way.points), DRAWN)
        width = 2 + 1.5 * below  # wider than those above it: methods share a valley's floor
        figure.add_trace(
            go.Scatter(
                x=np.round(way.points[kept, 0], 4),
                y=np.round(way.points[kept, 1], 4),
                customdata=np.column_stack([kept, way.values[kept]]),
                mode="lines",
                name=METHODS[name].title,
                line={"color": COLOURS[name], "width": width, "dash": DASHES[name]},
                hovertemplate="step %{customdata[0]}: (%{x:.3f}, %{y:.3f})<br>f = %{customdata[1]:.4g}<extra>"
                f"{METHODS[name].title}</extra>",
            )
        )
    heads = {name: len(figure.data) + place for place, name in enumerate(ways)}
    for name, way in ways.items():
        figure.add_trace(
            go.Scatter(
                **_head(way.points, longest),
                mode="lines+markers",
                name=METHODS[name].title,
                showlegend=False,
                hoverinfo="skip",
                line={"color": COLOURS[name], "width": 5},
                marker={"size": [4] * TAIL + [13], "color": COLOURS[name], "line": {"width": 1, "color": "white"}},
            )
        )
    steps = _spread(longest)
    figure.frames = [
        go.Frame(
            name=str(step),
            traces=list(heads.values()),
            data=[go.Scatter(**_head(way.points, step)) for way in ways.values()],
        )
        for step in steps
    ]
    figure.update_layout(
        xaxis={"title": "x", "range": [x_low, x_high], **_WINDOW},
        yaxis={"title": "y", "range": [y_low, y_high], "scaleanchor": "x", "constraintoward": "top", **_WINDOW},
        images=[
            {
                "source": relief(surface),
                "xref": "x",
                "yref": "y",
                "x": x_low,
                "y": y_high,
                "sizex": x_high - x_low,
                "sizey": y_high - y_low,
                "sizing": "stretch",
                "layer": "below",
            }
        ],
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        modebar={"orientation": "v"},
        margin={**_MARGIN, "r": 40},
        height=180 + round(440 * min(1.0, (y_high - y_low) / (x_high - x_low))),
        uirevision=surface.name,
        updatemenus=[_play_buttons(len(steps))],
        sliders=[
            {
                "active": len(steps) - 1,
                "currentvalue": {"prefix": "step "},
                "pad": {"t": 35},
                "steps": [
                    {
                        "label": str(step),
                        "method": "animate",
                        "args": [[str(step)], {"mode": "immediate", "frame": {"duration": 0, "redraw": False}}],
                    }
                    for step in steps
                ],
            }
        ],
    )
    return figure


def _spread(steps: int) -> list[int]:
    """Return round steps from 0 on, evenly spaced, and the last one."""
    least = max(1.0, steps / FRAMES)
    power = 10 ** int(np.log10(least))
    stride = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    return [*range(0, steps, stride), steps]


def _head(points: np.ndarray, step: int) -> dict[str, list[float]]:
    """Return the point after a step, or the last one of a way that ended before, behind those that led there."""
    places = np.clip(np.arange(step - TAIL, step + 1), 0, len(points) - 1)
    return {"x": np.round(points[places, 0], 3).tolist(), "y": np.round(points[places, 1], 3).tolist()}


def _play_buttons(frames: int) -> dict[str, object]:
    pace = {"frame": {"duration": max(40, 5000 // frames), "redraw": False}, "transition": {"duration": 0}}
    stop = {"frame": {"duration": 0, "redraw": False}, "mode": "immediate"}
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "pad": {"t": 120},
        "buttons": [
            {"label": "▶ Play", "method": "animate", "args": [None, pace]},
            {"label": "❚❚", "method": "animate", "args": [[None], stop]},
        ],
    }


def _thin(count: int, most: int) -> np.ndarray:
    """Return at most `most` places of a sequence, the ends among them."""
    places: np.ndarray = np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))
    return places


def value_curves(ways: Mapping[MethodName, Way], minimum: float) -> go.Figure:
    """Draw f above its least value against the step, on a logarithmic scale."""
    return _curves(
        {name: np.maximum(way.values - minimum, 1e-16) for name, way in ways.items()}, "f above its minimum", "%{y:.3g}"
    )


def effective_steps(ways: Mapping[MethodName, Way]) -> go.Figure:
    """Draw the effective step size of each method along x (strong) and y (faint) against the step."""
    figure = go.Figure()
    for name, way in ways.items():
        for axis, label, opacity in ((0, "x", 1.0), (1, "y", 0.45)):
            values = way.trace.effective[:, axis]
            kept = _thin(len(values), DRAWN) if len(values) else np.zeros(0, dtype=int)
            kept = kept[np.isfinite(values[kept])]
            figure.add_trace(
                _line(name, kept + 1, values[kept], f"{METHODS[name].title}, {label}", opacity, "%{y:.3g}")
            )
    return _style(figure, "step", "effective step size", is_log=True)


def regret_curves(outcomes: Mapping[MethodName, Outcome]) -> go.Figure:
    """Draw the average regret R_T / T of each method against T, with the bound of Theorem 1.2.17 for AMSGrad.

    Bands are the least and the largest of several sequences of random costs.
    """
    figure = go.Figure()
    for name, outcome in outcomes.items():
        kept = _spaced(len(outcome.regret))
        low, high = (side[kept] for side in outcome.spread)
        if (high > low).any():
            figure.add_trace(_band(kept + 1, low, high, COLOURS[name], name))
        if outcome.bound is not None:
            figure.add_trace(
                go.Scatter(
                    x=kept + 1,
                    y=outcome.bound[kept],
                    mode="lines",
                    name="bound for AMSGrad",
                    line={"color": UNLABELLED, "width": 2, "dash": "dot"},
                    hovertemplate="T = %{x}: at most %{y:.4g}<extra>Theorem 1.2.17</extra>",
                )
            )
        figure.add_trace(_line(name, kept + 1, outcome.regret[kept], METHODS[name].title, 1.0, "T = %{x}: %{y:.4g}"))
    figure = _style(figure, "T", "average regret R<sub>T</sub> / T", is_log=False)
    figure.update_xaxes(type="log")
    most = max(float(outcome.regret.max()) for outcome in outcomes.values())
    figure.update_yaxes(
        range=[min(0.0, *(float(o.regret.min()) for o in outcomes.values())) - 0.02 * most, 1.15 * most]
    )
    return figure


def point_curves(outcomes: Mapping[MethodName, Outcome]) -> go.Figure:
    """Draw the points that each method chose against the step; -1 is the best one, 1 the worst."""
    figure = go.Figure()
    for name, outcome in outcomes.items():
        kept = _spaced(len(outcome.x))
        figure.add_trace(_line(name, kept + 1, outcome.x[kept], METHODS[name].title, 1.0, "t = %{x}: x = %{y:.3f}"))
    figure = _style(figure, "t", "x<sub>t</sub>", is_log=False)
    figure.update_xaxes(type="log")
    figure.update_yaxes(range=[-1.08, 1.08])
    return figure


def _spaced(count: int) -> np.ndarray:
    """Return places of a sequence, dense at the start as on a logarithmic axis."""
    places: np.ndarray = np.unique(np.geomspace(1, count, DRAWN).round().astype(int)) - 1
    return places


def descent_curves(broken: Course, mended: Course) -> go.Figure:
    """Draw the iterates of a descent that misses a condition, and of one that has it, against k; x_1 is the start."""
    figure = go.Figure()
    for colour, name, course in ((SECOND, "as printed", broken), (FIRST, "with the condition", mended)):
        kept = _spaced(len(course.x))
        kept = kept[np.abs(course.x[kept]) < _FARTHEST]
        figure.add_trace(
            go.Scatter(
                x=kept + 1,
                y=course.x[kept],
                mode="lines+markers",
                name=name,
                marker={"size": 4},
                line={"color": colour, "width": 2.5, "dash": "dash" if colour == SECOND else "solid"},
                hovertemplate="point %{x}: %{y:.6g}<extra>" + name + "</extra>",
            )
        )
    figure = _style(figure, "k", "x<sub>k</sub>", is_log=False)
    figure.update_xaxes(type="log")
    if not broken.is_finite:  # what overflows leaves no room for the rest
        reach = 3 * max(1.0, float(np.abs(mended.x).max()))
        figure.update_yaxes(range=[-reach, reach])
    return figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """The validation loss of one contestant."""

    title: str
    method: MethodName
    losses: np.ndarray
    """(S, E): a row a seed, a column an epoch."""


def duel_curves(curves: Sequence[Curve], quantity: str, window: int) -> go.Figure:
    """Draw the mean loss of each contestant over its seeds, in a band from the best seed to the worst.

    Args:
        curves: The contestants.
        quantity: What the loss is, for the axis.
        window: Epochs in the moving average.
    """
    figure = go.Figure()
    methods = [curve.method for curve in curves]
    for place, curve in enumerate(curves):
        colour = COLOURS[curve.method] if methods.count(curve.method) == 1 else COMPARED[place % len(COMPARED)]
        smooth = np.array([moving_average(row, window) for row in curve.losses])
        epochs = np.arange(1, smooth.shape[1] + 1)
        kept = _spaced(len(epochs))
        if len(smooth) > 1:
            figure.add_trace(
                _band(epochs[kept], smooth.min(axis=0)[kept], smooth.max(axis=0)[kept], colour, curve.title)
            )
        figure.add_trace(
            go.Scatter(
                x=epochs[kept],
                y=smooth.mean(axis=0)[kept],
                mode="lines",
                name=curve.title,
                line={"color": colour, "width": 2.5, "dash": DASHES[curve.method]},
                hovertemplate="epoch %{x}: %{y:.5f}<extra>" + curve.title + "</extra>",
            )
        )
    return _style(figure, "epoch", quantity, is_log=True)


def layer_curves(
    contestants: Mapping[str, tuple[MethodName, Sequence[Moments]]], layers: Mapping[str, str], quantity: str
) -> go.Figure:
    """Draw the effective step size of each layer over the epochs, or how much AMSGrad's memory shortens it.

    Two panels stand side by side, which a telephone has room for too.

    Args:
        contestants: Title to method and what was recorded, one or more epochs.
        layers: Name of a layer's weights to its title, in the order of the panels.
        quantity: effective or held.
    """
    columns = min(2, len(layers))
    rows = -(-len(layers) // columns)
    figure = make_subplots(
        rows,
        columns,
        subplot_titles=list(layers.values()),
        horizontal_spacing=0.16,
        vertical_spacing=0.3 / rows,
    )
    for title, (method, recorded) in contestants.items():
        for place, layer in enumerate(layers):
            known = [moments for moments in recorded if layer in moments.effective]
            figure.add_trace(
                go.Scatter(
                    x=[moments.epoch for moments in known],
                    y=[getattr(moments, quantity)[layer] for moments in known],
                    mode="lines",
                    name=title,
                    legendgroup=title,
                    showlegend=place == 0,
                    line={"color": COLOURS[method], "width": 2, "dash": DASHES[method]},
                    hovertemplate=f"epoch %{{x}}: %{{y:.3g}}<extra>{title}</extra>",
                ),
                row=place // columns + 1,
                col=place % columns + 1,
            )
    figure.update_yaxes(type="log", tickformat="~g", nticks=4, tickfont_size=11)
    for place in range(len(layers)):
        values = [value for trace in figure.data[place :: len(layers)] for value in trace.y if value > 0]
        if values and (ticks := _log_ticks(min(values), max(values))):
            figure.update_yaxes(tickvals=ticks, row=place // columns + 1, col=place % columns + 1)
    figure.update_xaxes(matches="x", nticks=5, tickfont_size=11)
    figure.update_xaxes(title={"text": "epoch", "font": {"size": 12}, "standoff": 4}, row=rows)
    figure.update_annotations(font_size=12)
    figure.update_layout(
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top"},
        margin={**_MARGIN, "t": 80},
        height=190 * rows + 120,
        uirevision="layers",
    )
    return figure


def _log_ticks(low: float, high: float) -> list[float]:
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


def gap_bars(gaps: Sequence[tuple[str, float, tuple[float, float] | None]]) -> go.Figure:
    """Draw the difference of means of pairs of contestants with its interval, over a line at 0.

    Args:
        gaps: What is compared, the difference and Welch's interval, None where there is none.
    """
    figure = go.Figure(
        go.Scatter(
            x=[difference for _, difference, _ in gaps],
            y=[name.replace(" less ", "<br>less ") for name, _, _ in gaps],
            mode="markers",
            marker={"size": 10, "color": FIRST},
            error_x={
                "type": "data",
                "array": [0.0 if interval is None else interval[1] - difference for _, difference, interval in gaps],
                "thickness": 2,
                "width": 7,
            },
            hovertemplate="%{y}: %{x:.6f}<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": UNLABELLED, "dash": "dash"})
    figure.update_layout(
        xaxis={"title": f"difference, {CONFIDENCE:.0%} interval", "nticks": 5},
        yaxis={"autorange": "reversed", "automargin": True},
        margin=_MARGIN,
        height=110 + 42 * len(gaps),
    )
    return figure


def arrows(
    target: np.ndarray,
    moved: np.ndarray,
    chosen: np.ndarray,
    labels: np.ndarray | None,
    axis_names: tuple[str, ...] = ("z1", "z2"),
) -> go.Figure:
    """Draw a latent plane with arrows from where one network puts images to where another does, laid over it.

    Args:
        target: Points of the first network, (N, 2).
        moved: Those of the other, aligned or as they are, (N, 2).
        chosen: Places of the images that get an arrow.
        labels: Classes, (N,), or None.
        axis_names: What the plane's two axes are.
    """
    shown = _thin(len(target), 2000)
    colours = UNLABELLED if labels is None else [CLASS_COLOURS[label % len(CLASS_COLOURS)] for label in labels[shown]]
    ends = np.stack([target[chosen], moved[chosen]], axis=1)  # (K, 2, 2)
    gaps = np.full((len(ends), 1, 2), np.nan)
    lines = np.concatenate([ends, gaps], axis=1).reshape(-1, 2)
    figure = go.Figure(
        [
            go.Scattergl(
                x=target[shown, 0],
                y=target[shown, 1],
                mode="markers",
                marker={"size": 4, "color": colours, "opacity": 0.35},
                hoverinfo="skip",
                name="images",
            ),
            go.Scatter(
                x=lines[:, 0],
                y=lines[:, 1],
                mode="lines+markers",
                line={"color": UNLABELLED, "width": 1.5},
                marker={"symbol": "arrow", "size": 11, "angleref": "previous", "color": SECOND},
                customdata=np.repeat(chosen, 3),
                hovertemplate="test image %{customdata}<extra></extra>",
                name="moved most",
            ),
        ]
    )
    figure.update_layout(
        xaxis_title=axis_names[0],
        yaxis={"title": axis_names[1], "scaleanchor": "x"},
        showlegend=False,
        margin=_MARGIN,
        height=520,
    )
    return figure


def _curves(curves: Mapping[MethodName, np.ndarray], quantity: str, form: str) -> go.Figure:
    figure = go.Figure()
    for name, values in curves.items():
        kept = _thin(len(values), DRAWN)
        figure.add_trace(_line(name, kept, values[kept], METHODS[name].title, 1.0, "step %{x}: " + form))
    return _style(figure, "step", quantity, is_log=True)


def _line(name: MethodName, x: np.ndarray, y: np.ndarray, title: str, opacity: float, hover: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        name=title,
        opacity=opacity,
        line={"color": COLOURS[name], "width": 2.5, "dash": DASHES[name]},
        hovertemplate=f"{hover}<extra>{title}</extra>",
    )


def _band(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, name: str) -> go.Scatter:
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


def _style(figure: go.Figure, x_title: str, y_title: str, *, is_log: bool) -> go.Figure:
    figure.update_layout(
        xaxis_title=x_title,
        yaxis={"title": y_title, "type": "log" if is_log else "linear", "exponentformat": "power"},
        legend=_LEGEND,
        margin=_MARGIN,
        height=360,
        showlegend=True,
    )
    return figure
