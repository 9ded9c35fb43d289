"""Plotly charts of anomalies found by reconstruction error, and of images restored from corrupted ones."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.charts import COMPARED
from aeviz.figures.palette import FIRST, SECOND, UNLABELLED
from aeviz.language import tr

NORMAL, ANOMALY = FIRST, SECOND
"""Colours of normal images and of anomalies."""
BINS = 60
"""Bins of the histogram, the same for both."""
_POINTS = 1500
"""Points of a precision-recall curve that are drawn; ten thousand would look the same and take a megabyte."""


def error_histogram(
    error: np.ndarray,
    is_anomaly: np.ndarray,
    names: tuple[str, str],
    threshold: float,
    quantity: str = "Euclidean error",
) -> go.Figure:
    """Draw how the errors, or other scores, of normal images and of anomalies spread, with the threshold between them.

    Args:
        error: Error of each image, (N,), floating point.
        is_anomaly: Which images are anomalies, (N,), bool.
        names: What the normal images and the anomalies are called.
        threshold: Error from which an image is flagged.
        quantity: What the scores are, and their unit.
    """
    edges = np.histogram_bin_edges(error.astype(np.float64), BINS)
    centres = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    for colour, name, members in zip((NORMAL, ANOMALY), names, (~is_anomaly, is_anomaly), strict=True):
        counts, _ = np.histogram(error[members].astype(np.float64), edges)
        share = counts / max(1, counts.sum())
        figure.add_trace(
            go.Bar(
                x=centres,
                y=share,
                width=np.diff(edges),
                customdata=counts,
                name=name,
                marker={"color": colour, "line_width": 0},
                opacity=0.6,
                hovertemplate=tr("%{x:.2f}: %{y:.1%}, %{customdata} images") + "<extra>%{fullData.name}</extra>",
            )
        )
    figure.add_vline(x=threshold, line={"color": UNLABELLED, "width": 2.5, "dash": "dash"})
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        xaxis_title=quantity,
        yaxis={"title": tr("share of the images of each kind"), "tickformat": ".0%"},
        legend={"orientation": "h", "y": -0.3},
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        height=340,
        uirevision="errors",
    )
    return figure


def precision_recall_curves(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]], base_rate: float, chosen: tuple[float, float] | None
) -> go.Figure:
    """Draw precision over recall, a colour a model, with what a guess reaches.

    Args:
        curves: Model name to (recall, precision), each (T,), as `aeviz.analysis.anomaly.Detection` holds them.
        base_rate: Share of anomalies: the precision of a guess, at any recall.
        chosen: Recall and precision of the first model at the chosen threshold; None where nothing is flagged.
    """
    figure = go.Figure()
    hover, here = tr("recall %{x:.1%}<br>precision %{y:.1%}"), tr("at the threshold")
    for colour, (name, (recall, precision)) in zip(COMPARED, curves.items(), strict=False):
        kept = np.unique(np.linspace(0, len(recall) - 1, min(_POINTS, len(recall))).round().astype(int))
        figure.add_trace(
            go.Scatter(
                x=recall[kept],
                y=precision[kept],
                mode="lines",
                name=name,
                line={"color": colour, "width": 2.5, "shape": "hv"},
                hovertemplate=f"{hover}<extra>%{{fullData.name}}</extra>",
            )
        )
    figure.add_hline(
        y=base_rate,
        line={"color": UNLABELLED, "width": 2, "dash": "dot"},
        annotation={"text": tr("random guess: the base rate"), "font_color": UNLABELLED},
        annotation_position="bottom right",  # no curve is lower than the base rate times the recall
    )
    if chosen is not None:
        figure.add_trace(
            go.Scatter(
                x=[chosen[0]],
                y=[chosen[1]],
                mode="markers",
                name=here,
                cliponaxis=False,
                marker={"color": COMPARED[0], "size": 13, "symbol": "diamond", "line": {"color": "white", "width": 2}},
                hovertemplate=f"{hover}<extra>{here}</extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": tr("recall"), "range": [0, 1.01], "tickformat": ".0%"},
        yaxis={"title": tr("precision"), "range": [0, 1.03], "tickformat": ".0%"},
        showlegend=True,
        legend={"orientation": "h", "y": -0.3},
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        height=340,
        uirevision="precision-recall",
    )
    return figure


def restoration_curves(
    levels: Sequence[float], corrupted: np.ndarray, restored: Mapping[str, np.ndarray], level: float
) -> go.Figure:
    """Draw the error of corrupted and of restored images over the level of corruption.

    Args:
        levels: L levels, from 0 to 1.
        corrupted: Mean squared error of the corrupted images, (L,).
        restored: Model name to the mean squared error of what it restores, (L,).
        level: The level on show, marked.
    """
    figure = go.Figure()
    styles = [(tr("corrupted, as it is"), corrupted, UNLABELLED, "dash")]
    styles += [
        (tr("restored by {model}", model=name), errors, colour, "solid")
        for colour, (name, errors) in zip(COMPARED, restored.items(), strict=False)
    ]
    for name, errors, colour, dash in styles:
        figure.add_trace(
            go.Scatter(
                x=list(levels),
                y=errors,
                mode="lines+markers",
                name=name,
                line={"color": colour, "width": 2.5, "dash": dash},
                hovertemplate=tr("level %{x:g}: %{y:.4f}") + "<extra>%{fullData.name}</extra>",
            )
        )
    figure.add_vline(x=level, line={"color": UNLABELLED, "width": 1.5, "dash": "dot"})
    figure.update_layout(
        xaxis={"title": tr("level of corruption"), "range": [-0.02, 1.02]},
        yaxis={"title": tr("mean squared error against the original"), "rangemode": "tozero"},
        legend={"orientation": "h", "y": -0.25},
        margin={"l": 10, "r": 10, "t": 20, "b": 10},
        height=380,
        uirevision="restoration",
    )
    return figure
