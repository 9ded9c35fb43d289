"""The classes of chosen images as bars."""

from collections.abc import Sequence

import plotly.graph_objects as go

from aeviz.figures.palette import class_colour
from aeviz.language import tr


def class_bars(counts: Sequence[int], totals: Sequence[int], class_names: Sequence[str]) -> go.Figure:
    """Draw how many of some images belong to each class, a bar a class that has any, in the colour of the map.

    Args:
        counts: Chosen images of each class.
        totals: All images of each class.
        class_names: Names of the classes.
    """
    shown = [label for label, count in enumerate(counts) if count]
    figure = go.Figure(
        go.Bar(
            x=[counts[label] for label in shown],
            y=[class_names[label] for label in shown],
            orientation="h",
            marker_color=[class_colour(label) for label in shown],
            text=[tr("{count:,} of {all:,}", count=counts[label], all=totals[label]) for label in shown],
            textposition="auto",
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    figure.update_layout(
        xaxis={"title": tr("chosen images"), "rangemode": "tozero"},
        yaxis={"type": "category", "autorange": "reversed", "title": None},
        height=max(120, 26 * len(shown) + 70),
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
    )
    return figure
