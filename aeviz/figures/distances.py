"""Plotly figures of estimates with their standard errors, one line each, and of spectra."""

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND, UNLABELLED
from aeviz.language import tr

ROWS_TRACE = 0
"""Number of the trace whose points are the rows, in their order."""
_LINES = (0, 6, 3, 2)
"""Places of the colours of lines."""


def estimate_rows(
    names: list[str], means: np.ndarray, errors: np.ndarray, chosen: int, title: str, *, height: int = 460
) -> go.Figure:
    """Draw an estimate in each row with a bar of two standard errors to each side, the first row at the top.

    The axis is logarithmic, so that an estimate that is not above 0 is not drawn.

    Args:
        names: Of the rows; the first is what the others are compared with.
        means: (R,).
        errors: (R,), standard errors.
        chosen: The row that is shown beside the figure.
        title: Of the axis.
        height: In pixels.
    """
    least = 1e-4  # where the axis begins at the latest
    colours = [SECOND if row == chosen else UNLABELLED if row == 0 else FIRST for row in range(len(names))]
    figure = go.Figure(
        go.Scatter(
            x=means,
            y=names,
            mode="markers",
            marker={"color": colours, "size": [13 if row == chosen else 10 for row in range(len(names))]},
            error_x={
                "type": "data",
                "array": 2 * errors,
                "arrayminus": np.minimum(2 * errors, 0.99 * np.abs(means)),  # to the edge of a logarithmic axis
                "thickness": 2,
                "color": UNLABELLED,
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            customdata=errors,
            hovertemplate="%{y}: %{x:.4f} ± %{customdata:.4f}<extra></extra>",
        )
    )
    figure.add_vline(x=float(means[0]), line={"color": UNLABELLED, "width": 1, "dash": "dot"})
    figure.update_layout(
        xaxis={
            "title": title,
            "type": "log",
            "range": [np.log10(max(float(means.min()), least)) - 0.5, np.log10(max(float(means.max()), least)) + 0.3],
            "dtick": 1,
        },
        yaxis={"autorange": "reversed", "automargin": True, "type": "category"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=height,
        showlegend=False,
    )
    return figure


def spectrum_lines(spectra: dict[str, np.ndarray]) -> go.Figure:
    """Draw the energy of bands of equal width from 0 to 0.5 cycles a pixel, a line for each name; the first is dashed.

    Args:
        spectra: (B,), each above 0.
    """
    figure = go.Figure()
    for place, (name, energies) in enumerate(spectra.items()):
        bands = len(energies)
        figure.add_trace(
            go.Scatter(
                x=(np.arange(bands) + 0.5) / (2 * bands),
                y=energies,
                name=name,
                mode="lines+markers",
                line={
                    "color": UNLABELLED if place == 0 else CLASS_COLOURS[_LINES[(place - 1) % len(_LINES)]],
                    "width": 2.5,
                    "dash": "dash" if place == 0 else "solid",
                },
                hovertemplate=tr("%{x:.3f} cycles a pixel: %{y:.4f}<extra>%{fullData.name}</extra>"),
            )
        )
    figure.update_layout(
        xaxis={"title": tr("frequency, cycles a pixel"), "range": [0, 0.5]},
        yaxis={"title": tr("mean energy of a band"), "type": "log", "exponentformat": "power", "dtick": 1},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=430,
    )
    return figure
