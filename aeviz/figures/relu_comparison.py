"""Figures of a network against PCA: by class and image by image."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import FIRST, SECOND, UNLABELLED, class_colour
from aeviz.language import tr


def relu_bars(names: Sequence[str], pca: np.ndarray, network: np.ndarray) -> go.Figure:
    """Draw the mean error of each class as two bars.

    Args:
        names: Of the classes.
        pca: (classes,), floating point; NaN for a class without images.
        network: (classes,), as `pca`.
    """
    figure = go.Figure()
    for name, colour, values in (("PCA", FIRST, pca), (tr("with ReLU"), SECOND, network)):
        figure.add_trace(
            go.Bar(
                x=list(names),
                y=values,
                name=name,
                marker_color=colour,
                hovertemplate="%{x}: %{y:.4f}<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_layout(
        xaxis={"title": tr("class"), "type": "category"},
        yaxis_title=tr("mean squared error"),
        legend={"orientation": "h", "y": 1.12},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=340,
    )
    return figure


def relu_scatter(
    pca: np.ndarray, network: np.ndarray, labels: np.ndarray | None, class_names: Sequence[str]
) -> go.Figure:
    """Draw a point an image: error of PCA across, of the network upwards; below the line the network is better.

    Args:
        pca: (M,), floating point.
        network: (M,), floating point.
        labels: (M,), int64, or None.
        class_names: Of the classes.
    """
    figure = go.Figure()
    groups = [(name, class_colour(k), labels == k) for k, name in enumerate(class_names)] if labels is not None else []
    hover = tr("image %{customdata}<br>PCA %{x:.4f}, with ReLU %{y:.4f}")
    for name, colour, chosen in groups or [(tr("images"), UNLABELLED, np.ones(len(pca), dtype=bool))]:
        figure.add_trace(
            go.Scatter(
                x=pca[chosen],
                y=network[chosen],
                customdata=np.flatnonzero(chosen),
                mode="markers",
                name=name,
                marker={"color": colour, "size": 5, "opacity": 0.75},
                hovertemplate=hover + "<extra>%{fullData.name}</extra>",
            )
        )
    most = float(max(pca.max(initial=0), network.max(initial=0))) * 1.03
    figure.add_trace(
        go.Scatter(
            x=[0, most],
            y=[0, most],
            mode="lines",
            line={"color": UNLABELLED, "dash": "dot", "width": 1.5},
            name=tr("equal"),
            hoverinfo="skip",
        )
    )
    figure.update_layout(
        xaxis={"title": tr("error of PCA"), "range": [0, most]},
        yaxis={"title": tr("error with ReLU"), "range": [0, most]},
        legend={"orientation": "h", "y": 1.12},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=420,
    )
    return figure
