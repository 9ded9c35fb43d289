"""Plotly figures of an optimizer comparison on a network: curves, rates, layers, moved points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from aeviz.figures.charts import COMPARED, moving_average
from aeviz.figures.method_lines import (
    COLOURS,
    DASHES,
    MARGIN,
    log_ticks,
    spaced,
    style_axes,
    thin,
)
from aeviz.figures.palette import CLASS_COLOURS, SECOND, UNLABELLED
from aeviz.lab.adaptive import MethodName, TrainedName
from aeviz.lab.learning_rates import Scan
from aeviz.language import tr
from aeviz.training.moments import Moments


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """The validation loss of one optimizer."""

    title: str
    method: MethodName
    losses: np.ndarray
    """(S, E): a row a seed, a column an epoch."""


def comparison_curves(curves: Sequence[Curve], quantity: str, window: int) -> go.Figure:
    """Draw the loss of each optimizer: a thin line for each seed, and above all of them a thick one for its mean.

    `meta` of a trace says to which place among `curves`, and to which row of its losses, it belongs.

    Args:
        curves: The optimizers.
        quantity: What the loss is, for the axis.
        window: Epochs in the moving average.
    """
    figure = go.Figure()
    means = []
    colours = colours_of([curve.method for curve in curves])
    for place, (curve, colour) in enumerate(zip(curves, colours, strict=True)):
        smooth = np.array([moving_average(row, window) for row in curve.losses])
        epochs = np.arange(1, smooth.shape[1] + 1)
        kept = spaced(len(epochs))
        common = {"x": epochs[kept], "mode": "lines", "legendgroup": curve.title}
        if len(smooth) > 1:
            figure.add_traces(
                [
                    go.Scatter(
                        **common,
                        y=row[kept],
                        opacity=0.6,
                        line={"color": colour, "width": 1},
                        name=f"{curve.title}, one seed",
                        showlegend=False,
                        meta={"group": place, "seed": seed},
                        hovertemplate="epoch %{x}: %{y:.5f}<extra>" + curve.title + ", one seed</extra>",
                    )
                    for seed, row in enumerate(smooth)
                ]
            )
        means.append(
            go.Scatter(
                **common,
                y=smooth.mean(axis=0)[kept],
                name=curve.title,
                meta={"group": place},
                line={"color": colour, "width": 3, "dash": DASHES[curve.method]},
                hovertemplate="epoch %{x}: %{y:.5f}<extra>" + curve.title + "</extra>",
            )
        )
    figure.add_traces(means)  # above the seeds of all
    return style_axes(figure, "epoch", quantity, is_log=True)


def colours_of(methods: Sequence[MethodName]) -> list[str]:
    """Return a colour for each optimizer: that of its method, or of its place where others have the same method."""
    return [
        COLOURS[method] if methods.count(method) == 1 else COMPARED[place % len(COMPARED)]
        for place, method in enumerate(methods)
    ]


def seed_points(results: Sequence[tuple[str, MethodName, np.ndarray]], quantity: str) -> go.Figure:
    """Draw what each seed of each optimizer reached as a point on a row, and the mean of the row as a stroke.

    `meta` of a trace says to which place among `results` it belongs.

    Args:
        results: Title, method and a number for each seed, (S,), from the top row on.
        quantity: What the numbers are, for the axis.
    """
    figure = go.Figure()
    colours = colours_of([method for _, method, _ in results])
    for place, ((title, _, values), colour) in enumerate(zip(results, colours, strict=True)):
        figure.add_trace(
            go.Scatter(
                x=values,
                y=[title] * len(values),
                mode="markers",
                meta={"group": place, "seeds": True},
                marker={"size": 11, "color": colour, "opacity": 0.7},
                hovertemplate="one seed: %{x:.6f}<extra>" + title + "</extra>",
            )
        )
        figure.add_trace(
            go.Scatter(
                x=[values.mean()],
                y=[title],
                mode="markers",
                meta={"group": place},
                marker={"symbol": "line-ns", "size": 24, "line": {"width": 3, "color": colour}},
                hovertemplate="mean: %{x:.6f}<extra>" + title + "</extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": {"text": quantity, "standoff": 6}, "nticks": 5, "zeroline": False},
        yaxis={"autorange": "reversed", "automargin": True},
        showlegend=False,
        margin={**MARGIN, "t": 5},
        height=70 + 40 * len(results),
    )
    return figure


def layer_curves(
    optimizers: Mapping[str, tuple[MethodName, Sequence[Moments]]], layers: Mapping[str, str], quantity: str
) -> go.Figure:
    """Draw the effective step size of each layer over the epochs, or how much AMSGrad's memory shortens it.

    Two panels stand side by side, which a telephone has room for too.

    Args:
        optimizers: Title to method and what was recorded, one or more epochs.
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
    for title, (method, recorded) in optimizers.items():
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
                    hovertemplate=tr("epoch %{x}: %{y:.3g}") + f"<extra>{title}</extra>",
                ),
                row=place // columns + 1,
                col=place % columns + 1,
            )
    figure.update_yaxes(type="log", tickformat="~g", nticks=4)
    for place in range(len(layers)):
        values = [value for trace in figure.data[place :: len(layers)] for value in trace.y if value > 0]
        if values and (ticks := log_ticks(min(values), max(values))):
            figure.update_yaxes(tickvals=ticks, row=place // columns + 1, col=place % columns + 1)
    figure.update_xaxes(matches="x", nticks=5)
    figure.update_xaxes(title={"text": tr("epoch"), "standoff": 4}, row=rows)
    figure.update_annotations(font_size=13)  # Plotly's 16 are too wide for a telephone
    figure.update_layout(
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top"},
        margin={**MARGIN, "t": 80},
        height=190 * rows + 120,
        uirevision="layers",
    )
    return figure


def rate_curves(scan: Scan, used: Sequence[tuple[str, TrainedName, float]], quantity: str) -> go.Figure:
    """Draw the error of each method by the learning rate that was tried, a dot a seed, and a star at the rates used.

    Rates at which training diverged have no dot.

    Args:
        scan: What was tried.
        used: Title, method and learning rate of each optimizer that is compared.
        quantity: What the error is, for the axis.
    """
    figure = go.Figure()
    hover, here_hover = tr("rate %{x}: %{y:.4f}"), tr("the rate of the comparison: %{x}")
    for title, method, rate in used:
        tried = scan.methods[method]
        colour = COLOURS[method]
        known = [each for each in tried if each.mean is not None]
        figure.add_trace(
            go.Scatter(
                x=[each.rate for each in tried for error in each.errors if error is not None],
                y=[error for each in tried for error in each.errors if error is not None],
                mode="markers",
                marker={"size": 6, "color": colour, "opacity": 0.5},
                showlegend=False,
                hovertemplate=f"{hover}<extra>{tr('{title}, one seed', title=title)}</extra>",
            )
        )
        figure.add_trace(
            go.Scatter(
                x=[each.rate for each in known],
                y=[each.mean for each in known],
                mode="lines",
                name=title,
                line={"color": colour, "width": 3, "dash": DASHES[method]},
                hovertemplate=f"{hover}<extra>{tr('{title}, mean', title=title)}</extra>",
            )
        )
        here = [each for each in known if each.rate == rate]
        figure.add_trace(
            go.Scatter(
                x=[each.rate for each in here],
                y=[each.mean for each in here],
                mode="markers",
                marker={"symbol": "star", "size": 17, "color": colour},
                showlegend=False,
                hovertemplate=f"{here_hover}<extra>{title}</extra>",
            )
        )
    style_axes(figure, tr("learning rate"), quantity, is_log=True)
    figure.update_xaxes(type="log", tickvals=sorted({each.rate for one in scan.methods.values() for each in one}))
    return figure.update_xaxes(tickformat="~g", tickangle=0)


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
    shown = thin(len(target), 2000)
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
                hovertemplate=tr("test image %{customdata}") + "<extra></extra>",
                name="moved most",
            ),
        ]
    )
    figure.update_layout(
        xaxis_title=axis_names[0],
        yaxis={"title": axis_names[1], "scaleanchor": "x"},
        showlegend=False,
        margin=MARGIN,
        height=520,
    )
    return figure
