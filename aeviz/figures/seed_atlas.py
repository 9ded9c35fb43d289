"""Plotly figures of the map of models: a point a run, and how alike the latent planes of two runs are."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.method_lines import COLOURS, MARGIN
from aeviz.figures.palette import FIRST
from aeviz.lab.adaptive import METHODS, TrainedName
from aeviz.language import tr

PAIR = "#8888"
"""Colour of the lines between two runs of one seed."""
_SYMBOLS = ("circle", "diamond")


def model_map(points: np.ndarray, optimizers: Sequence[TrainedName], losses: np.ndarray) -> go.Figure:
    """Draw a point a run, coloured by its optimizer, and unseen lines between the runs of each seed.

    `meta` of a trace says to which optimizer its points belong; they are in the order of the seeds. `meta` of a line
    names its seed, for the page to show it.

    Args:
        points: (2 S, 2): the S seeds of the first optimizer, then those of the second.
        optimizers: Both.
        losses: Validation loss of each run, (2 S,).
    """
    count = len(points) // 2
    figure = go.Figure(
        [
            go.Scatter(
                x=points[[seed, seed + count], 0],
                y=points[[seed, seed + count], 1],
                mode="lines",
                line={"color": PAIR, "width": 1},
                opacity=0,
                hoverinfo="skip",
                showlegend=False,
                meta={"pair": seed},
                name=f"seed {seed}",
            )
            for seed in range(count)
        ]
    )
    for place, name in enumerate(optimizers):
        own = slice(place * count, (place + 1) * count)
        title = METHODS[name].title
        figure.add_trace(
            go.Scatter(
                x=points[own, 0],
                y=points[own, 1],
                mode="markers",
                name=title,
                meta={"group": place, "seeds": True, "paired": True},
                marker={"size": 10, "color": COLOURS[name], "symbol": _SYMBOLS[place], "opacity": 0.85},
                customdata=losses[own],
                hovertemplate=title
                + tr(", seed %{pointNumber}: validation loss %{customdata:.5f}")
                + "<extra></extra>",
            )
        )
    axis = {"showticklabels": False, "zeroline": False, "showgrid": False}
    figure.update_layout(
        xaxis={**axis, "title": {"text": tr("roughly: the nearer, the more alike the latent planes"), "standoff": 6}},
        yaxis={**axis, "scaleanchor": "x"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={**MARGIN, "t": 40},
        height=380,
        uirevision="atlas",
    )
    return figure


def agreement_bars(groups: Sequence[tuple[str, np.ndarray]]) -> go.Figure:
    """Draw the median agreement of each group of pairs as a bar; its line runs from the 5th to the 95th percentile.

    Args:
        groups: Title and shares of variance in which two planes agree, in [0, 1], (P,), from the top row on.
    """
    low, middle, high = np.array([100 * np.quantile(values, (0.05, 0.5, 0.95)) for _, values in groups]).T
    figure = go.Figure(
        go.Bar(
            x=middle,
            y=[title for title, _ in groups],
            orientation="h",
            text=[f"<b>{value:.0f} %</b>" for value in middle],
            textposition="inside",
            insidetextanchor="start",
            constraintext="none",
            error_x={"array": high - middle, "arrayminus": middle - low, "color": PAIR},
            marker={"color": FIRST},
            hovertemplate="%{y}: %{x:.0f} % (median)<extra></extra>",
        )
    )
    figure.update_layout(
        xaxis={
            "title": {
                "text": tr("variance in which two planes agree (%): median; line: 90 % of the pairs"),
                "standoff": 6,
            },
            "range": [0, 100],
        },
        yaxis={"autorange": "reversed", "automargin": True},
        showlegend=False,
        margin={**MARGIN, "t": 5},
        height=48 + 24 * len(groups),
    )
    return figure
