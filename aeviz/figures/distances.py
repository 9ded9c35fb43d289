"""Plotly figure of estimates with their standard errors, one line each."""

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import FIRST, SECOND, UNLABELLED

ROWS_TRACE = 0
"""Number of the trace whose points are the rows, in their order."""


def estimate_rows(names: list[str], means: np.ndarray, errors: np.ndarray, chosen: int, title: str) -> go.Figure:
    """Draw an estimate in each row with a bar of two standard errors to each side, the first row at the top.

    The axis is logarithmic, so that an estimate that is not above 0 is not drawn.

    Args:
        names: Of the rows; the first is what the others are compared with.
        means: (R,).
        errors: (R,), standard errors.
        chosen: The row that is shown beside the figure.
        title: Of the axis.
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
        height=460,
        showlegend=False,
    )
    return figure
