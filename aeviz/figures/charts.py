"""Plotly charts of training and of errors."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from aeviz.analysis.posterior import PriorMatch
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND, UNLABELLED
from aeviz.language import tr

COMPARED = (FIRST, SECOND, *(colour for colour in CLASS_COLOURS if colour not in (FIRST, SECOND)))
"""Colours of the sides of a comparison."""
STROKES = (
    ("2px,4px", "solid"),
    ("2px,8px", "14px,6px"),
    ("2px,3px,2px,9px", "14px,4px,2px,4px"),
    ("2px,12px", "6px,5px"),
    ("4px,8px", "22px,5px"),
    ("4px,3px,2px,9px", "10px,4px,2px,4px,2px,4px"),
)
"""Strokes of the training and the validation loss of each run: gaps let one curve be seen below another."""
PRIOR_STROKES = ("solid", "dot")
"""Strokes of the priors that differ, by turns."""

NAMED_BARS = 20
"""Bars of one model, at most, that have room for their names."""


def moving_average(values: np.ndarray, window: int) -> np.ndarray:
    """Return the mean of the values at most `window` // 2 places away, fewer at the ends; (N,), float64.

    The window is centred: one that looks back only would lag behind a falling curve.
    """
    sums: np.ndarray = np.cumsum(np.concatenate([[0.0], values.astype(np.float64)]))
    places = np.arange(len(values))
    starts = np.maximum(0, places - window // 2)
    ends = np.minimum(len(values), places + window // 2 + 1)
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
    """Draw training and validation loss over the epochs, after S1, figures 2.6 and 2.10.

    The moving average of each is that of its author's public code. `meta` of a trace holds the place of its run.

    Args:
        curves: Run name to (epoch, training loss, validation loss), each (E,).
        quantity: What the loss is, for the axis.
        window: Epochs in the moving average.
        first_epoch: Epochs before it are left out.
        last_epoch: Epochs after it are left out; None shows all.
        logarithmic: Whether the loss axis is logarithmic.
    """
    figure = go.Figure()
    titles = {"training": tr("training"), "validation": tr("validation")}
    styles = zip(itertools.cycle(COMPARED), itertools.cycle(STROKES), curves.items(), strict=False)
    for place, (colour, dashes, (name, (epoch, train_loss, val_loss))) in enumerate(styles):
        shown = (epoch >= first_epoch) & (epoch <= (last_epoch or epoch.max(initial=1)))
        for label, values, dash, width in zip(
            ("training", "validation"), (train_loss, val_loss), dashes, (2, 3.5), strict=True
        ):
            stroke = {"color": colour, "width": width, "dash": dash}
            title = f"{name}, {titles[label]}"
            common = {"x": epoch[shown], "mode": "lines", "legendgroup": f"{name}, {label}", "meta": {"group": place}}
            figure.add_trace(
                go.Scatter(
                    **common,
                    y=values[shown],
                    line={"color": colour, "width": 2, "dash": "solid"} if window > 1 else stroke,
                    opacity=0.2 if window > 1 else 0.5 if label == "training" else 1,
                    name=title,
                    showlegend=window <= 1,
                )
            )
            if window > 1:
                figure.add_trace(
                    go.Scatter(
                        **common,
                        y=moving_average(values, window)[shown],
                        line=stroke,
                        name=title,
                        hovertemplate=tr("epoch %{x}<br>mean of {window}: %{y:.5f}").replace("{window}", str(window))
                        + f"<extra>{title}</extra>",
                    )
                )
    figure.update_layout(
        xaxis_title=tr("epoch"),
        yaxis_title=quantity,
        yaxis_type="log" if logarithmic else "linear",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemwidth": 50},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=300 + 40 * len(curves),  # on a telephone each curve has a line of the legend
        uirevision="curves",
    )
    return figure


def difference_curves(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]], quantity: str = "mean squared error", *, window: int
) -> go.Figure:
    """Draw the validation loss of runs less that of the first, at the epochs that both have.

    Args:
        curves: Run name to (epoch, validation loss), each (E,); two runs or more. The first has none of its own.
        quantity: What the loss is, for the axis.
        window: Epochs in the moving average of the difference.
    """
    figure = go.Figure()
    (first, (base_epochs, base_losses)), *others = curves.items()
    styles = zip(itertools.cycle(COMPARED[1:]), itertools.cycle(STROKES[1:]), others, strict=False)
    for place, (colour, dashes, (name, (epochs, losses))) in enumerate(styles, start=1):
        common, own, base = np.intersect1d(epochs, base_epochs, return_indices=True)
        figure.add_trace(
            go.Scatter(
                x=common,
                y=moving_average(losses[own] - base_losses[base], window),
                mode="lines",
                name=f"{name} minus {first}",
                meta={"group": place},
                line={"color": colour, "width": 3.5, "dash": dashes[1]},
                hovertemplate="epoch %{x}: %{y:+.5f}<extra>%{fullData.name}</extra>",
            )
        )
    figure.add_hline(y=0, line={"color": COMPARED[0], "width": 2})
    figure.update_layout(
        xaxis_title="epoch",
        yaxis={"title": f"difference of validation loss ({quantity})", "tickformat": "+~g"},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemwidth": 50},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=300 + 40 * len(curves),
        uirevision="difference",
    )
    return figure


def kl_bars(models: Mapping[str, Sequence[float]]) -> go.Figure:
    """Draw the KL divergence of each latent dimension as bars, largest first, a colour a model.

    The dimensions are named above the bars where there is room.

    Args:
        models: Model name to nats per image by dimension, in the latent's own order.
    """
    figure = go.Figure()
    most = max(len(nats) for nats in models.values())
    for colour, (name, nats) in zip(COMPARED, models.items(), strict=False):
        order = sorted(range(len(nats)), key=lambda dimension: -nats[dimension])
        figure.add_trace(
            go.Bar(
                x=list(range(1, len(nats) + 1)),
                y=[nats[dimension] for dimension in order],
                customdata=[f"z{dimension + 1}" for dimension in order],
                texttemplate="%{customdata}" if most <= NAMED_BARS else None,
                textposition="outside",
                name=name,
                marker_color=colour,
                hovertemplate=tr("%{customdata}: %{y:.3f} nats") + "<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_layout(
        xaxis={
            "title": tr("latent dimensions, most informative first"),
            "dtick": 1 if most <= NAMED_BARS else None,
        },
        yaxis_title=tr("KL divergence (nats per image)"),
        legend={"orientation": "h", "y": -0.35},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=300,
    )
    return figure


def variance_bars(models: Mapping[str, Sequence[float]]) -> go.Figure:
    """Draw the share of the variance of the codes along each principal component as bars, a colour a model.

    Args:
        models: Model name to shares, each in [0, 1], largest first.
    """
    figure = go.Figure()
    for colour, (name, shares) in zip(COMPARED, models.items(), strict=False):
        figure.add_trace(
            go.Bar(
                x=list(range(1, len(shares) + 1)),
                y=list(shares),
                name=name,
                marker_color=colour,
                hovertemplate=tr("component %{x}: %{y:.2%} of the variance") + "<extra>%{fullData.name}</extra>",
            )
        )
    most = max(map(len, models.values()))
    figure.update_layout(
        xaxis={"title": tr("principal components of the codes, largest first"), "range": [0.3, most + 0.7], "tick0": 1},
        yaxis={"title": tr("share of the variance"), "tickformat": ".0%"},
        legend={"orientation": "h", "y": -0.35},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=300,
    )
    return figure


def error_bars(errors: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Draw the mean Euclidean reconstruction error of each class as bars, a colour a model.

    The public code of S1's author has such bars; the thesis does not.

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


def distance_from_origin(paths: Mapping[str, np.ndarray], usual: tuple[float, float]) -> go.Figure:
    """Draw how far the points of paths through a latent space lie from its origin.

    Args:
        paths: Name of a path to the norms of its points, (S,), from its start to its end.
        usual: Bounds between which most encoded images lie, drawn as a band.
    """
    figure = go.Figure()
    figure.add_hrect(y0=usual[0], y1=usual[1], fillcolor=UNLABELLED, opacity=0.22, line_width=0, layer="below")
    for colour, mark, (name, norms) in zip(COMPARED, ("circle", "diamond"), paths.items(), strict=False):
        figure.add_trace(
            go.Scatter(
                x=np.linspace(0, 1, len(norms)),
                y=norms,
                mode="lines+markers",
                name=name,
                line={"color": colour, "width": 2.5},
                marker={"symbol": mark, "size": 8},
                hovertemplate=f"%{{x:.0%}} of the path<br>%{{y:.2f}} from the origin<extra>{name}</extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": "share of the path", "tickformat": ".0%"},
        yaxis={"title": "norm of the point", "rangemode": "tozero"},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        height=190,
    )
    return figure


def prior_densities(models: Mapping[str, PriorMatch], axis: str) -> go.Figure:
    """Draw the density of all posteriors together along one latent dimension of each model, over that of the prior.

    Args:
        models: Name to the two densities, all on the same intervals.
        axis: Name of the dimension.
    """
    figure = go.Figure()
    drawn: list[np.ndarray] = []
    for name, match in models.items():
        if any(np.allclose(match.prior, prior) for prior in drawn):
            continue
        drawn.append(match.prior)
        figure.add_trace(
            go.Scatter(
                x=_middles(match.edges),
                y=match.prior,
                mode="lines",
                fill="tozeroy",
                line={"color": UNLABELLED, "width": 1.5, "dash": PRIOR_STROKES[(len(drawn) - 1) % 2]},
                opacity=0.6,
                name=tr("prior p(z)") if match.prior_moments == (0, 1) else tr("prior p(z) of {name}", name=name),
                hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
            )
        )
    for colour, (name, match) in zip(COMPARED, models.items(), strict=False):
        figure.add_trace(
            go.Scatter(
                x=_middles(match.edges),
                y=match.aggregate,
                mode="lines",
                line={"color": colour, "width": 2.5},
                name=tr("all posteriors q(z) of {name}", name=name),
                hovertemplate="%{y:.3f}<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_layout(
        xaxis_title=axis,
        yaxis={"title": tr("density"), "rangemode": "tozero"},
        hovermode="x",
        showlegend=True,
        legend={"orientation": "h", "y": -0.35},
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        height=320,
    )
    return figure


def _middles(edges: np.ndarray) -> np.ndarray:
    middles: np.ndarray = (edges[:-1] + edges[1:]) / 2
    return middles
