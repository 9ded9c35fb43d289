"""The latent map as a Plotly figure, for a page whose own map component cannot be loaded."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from aeviz.figures.palette import UNLABELLED, class_colour
from aeviz.web.components.map.payload import MapPanel


def scatter_map(panels: Sequence[MapPanel], labels: np.ndarray | None, class_names: Sequence[str]) -> go.Figure:
    """Draw one or two clouds of the same images side by side, with one legend for both.

    Args:
        panels: One or two clouds of the same N images in the same order, all in 2 or all in 3 dimensions.
        labels: Classes, (N,), integer, or None.
        class_names: Names of the classes.
    """
    in_space = panels[0].points.shape[1] == 3
    kind = {"type": "scene"} if in_space else {"type": "xy"}
    titles = [panel.title for panel in panels]
    figure = make_subplots(rows=1, cols=len(panels), specs=[[kind] * len(panels)], subplot_titles=titles)
    groups = [(UNLABELLED, "images", np.arange(len(panels[0].points)))]
    if labels is not None:
        groups = [(class_colour(code), name, np.flatnonzero(labels == code)) for code, name in enumerate(class_names)]
    for column, panel in enumerate(panels, start=1):
        for colour, name, members in groups:
            axes = dict(zip("xyz", panel.points[members].T, strict=False))
            trace = go.Scatter3d if in_space else go.Scattergl
            figure.add_trace(
                trace(
                    **axes,
                    mode="markers",
                    name=name,
                    legendgroup=name,
                    showlegend=column == 1,
                    marker={"size": 2 if in_space else 4, "color": colour},
                    customdata=members,
                    hovertemplate=f"image %{{customdata}}, {name}<extra></extra>",
                ),
                row=1,
                col=column,
            )
        if not in_space:
            figure.update_xaxes(title=panel.axis_names[0], row=1, col=column)
            anchor = "x" if column == 1 else f"x{column}"
            figure.update_yaxes(title=panel.axis_names[1], scaleanchor=anchor, row=1, col=column)
    figure.update_layout(height=560, margin={"l": 10, "r": 10, "t": 40, "b": 10}, uirevision="map")
    return figure
