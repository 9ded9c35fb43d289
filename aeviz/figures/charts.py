"""Plotly charts of training and of errors."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import FIRST, SECOND

COMPARED = (FIRST, SECOND)


def moving_average(values: np.ndarray, window: int) -> np.ndarray:
    """Return the mean of each value and the `window` - 1 before it, fewer at the beginning; (N,), float64."""
    sums: np.ndarray = np.cumsum(np.concatenate([[0.0], values.astype(np.float64)]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - window)
    means: np.ndarray = (sums[ends] - sums[starts]) / (ends - starts)
    return means


def training_curves(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]],
    quantity: str = "mean squared error",
    *,
    window: int,
    first_epoch: int = 1,
    last_epoch: int | None = None,
    logarithmic: bool = True,
) -> go.Figure:
    """Draw training and validation loss over the epochs, with a moving average of each (S1, figures 2.6 and 2.10).

    Args:
        curves: Run name to (epoch, training loss, validation loss), each (E,).
        quantity: What the loss is, for the axis.
        window: Epochs in the moving average.
        first_epoch: Epochs before it are left out.
        last_epoch: Epochs after it are left out; None shows all.
        logarithmic: Whether the loss axis is logarithmic.
    """
    figure = go.Figure()
    for colour, (name, (epoch, train_loss, val_loss)) in zip(COMPARED, curves.items(), strict=False):
        shown = (epoch >= first_epoch) & (epoch <= (last_epoch or epoch.max(initial=1)))
        for label, values, dash in (("training", train_loss, "dot"), ("validation", val_loss, "solid")):
            common = {"x": epoch[shown], "mode": "lines", "legendgroup": f"{name}, {label}"}
            figure.add_trace(
                go.Scatter(
                    **common,
                    y=values[shown],
                    line={"color": colour, "width": 1, "dash": dash},
                    opacity=0.35 if window > 1 else 1,
                    name=f"{name}, {label}",
                    showlegend=window <= 1,
                )
            )
            if window > 1:
                figure.add_trace(
                    go.Scatter(
                        **common,
                        y=moving_average(values, window)[shown],
                        line={"color": colour, "width": 2.5, "dash": dash},
                        name=f"{name}, {label}",
                        hovertemplate=f"epoch %{{x}}<br>mean of {window}: %{{y:.5f}}<extra>{name}, {label}</extra>",
                    )
                )
    figure.update_layout(
        xaxis_title="epoch",
        yaxis_title=quantity,
        yaxis_type="log" if logarithmic else "linear",
        legend={"orientation": "h", "y": -0.25},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=420,
        uirevision="curves",
    )
    return figure


def error_bars(errors: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Draw the mean Euclidean reconstruction error of each class as bars, a colour a model (S1, section 2.3).

    Args:
        errors: Model name to class name to error.
    """
    figure = go.Figure()
    for colour, (name, per_class) in zip(COMPARED, errors.items(), strict=False):
        figure.add_trace(
            go.Bar(
                x=list(per_class),
                y=list(per_class.values()),
                name=name,
                marker_color=colour,
                hovertemplate="class %{x}: %{y:.2f}<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": "class", "type": "category"},
        yaxis_title="mean Euclidean error",
        legend={"orientation": "h", "y": -0.3},
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        height=320,
    )
    return figure


def latent_plane_mesh(
    picture_uri: str,
    ranges: Sequence[Sequence[float]],
    axis_names: tuple[str, str],
    point: tuple[float, float],
    side: int,
    far: np.ndarray,
) -> go.Figure:
    """Draw decoded images over the plane they come from, with the current point.

    Args:
        picture_uri: The tiled pictures as a data URI.
        ranges: (low, high) across and upwards.
        axis_names: Names of the two dimensions.
        point: The current point in the plane.
        side: Tiles along each side.
        far: Which tiles lie far from all data, (side * side,), bool, in reading order.
    """
    (left, right), (bottom, top) = ranges
    steps = np.arange(side) / side
    across = np.tile(left + (steps + 0.85 / side) * (right - left), side)  # the tile's upper right corner
    up = np.repeat(bottom + (steps[::-1] + 0.85 / side) * (top - bottom), side)
    far_marks = {
        "type": "scatter",
        "x": across[far],
        "y": up[far],
        "mode": "markers",
        "marker": {"symbol": "x-thin", "size": 7, "line": {"color": "#ffa90e", "width": 2}},
        "name": "far from any data",
        "hovertemplate": "far from any data<extra></extra>",
    }
    point_mark = {
        "type": "scatter",
        "x": [point[0]],
        "y": [point[1]],
        "mode": "markers",
        "marker": {"size": 16, "color": "rgba(0,0,0,0)", "line": {"color": "#e76300", "width": 4}},
        "name": "the decoded point",
        "hovertemplate": f"{axis_names[0]} %{{x:.2f}}, {axis_names[1]} %{{y:.2f}}<extra></extra>",
    }
    picture = {
        "source": picture_uri,
        "xref": "x",
        "yref": "y",
        "x": left,
        "y": top,
        "sizex": right - left,
        "sizey": top - bottom,
        "sizing": "stretch",
        "layer": "below",
    }
    bare = {"showgrid": False, "zeroline": False, "constrain": "domain", "fixedrange": True}
    layout = {
        "images": [picture],
        "xaxis": {"title": {"text": axis_names[0]}, "range": [left, right], **bare},
        "yaxis": {
            "title": {"text": axis_names[1]},
            "range": [bottom, top],
            "scaleanchor": "x",
            "constraintoward": "top",
            "scaleratio": (right - left) / (top - bottom),  # square tiles, whatever the two ranges are
            **bare,
        },
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        "margin": {"l": 10, "r": 10, "t": 40, "b": 10},
        "height": 540,
    }
    # one dictionary, validated once: a call for each part takes several times as long, and a slider waits for it
    return go.Figure({"data": [far_marks, point_mark], "layout": layout})
