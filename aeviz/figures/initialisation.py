"""Plotly figure of the size of activations and gradients in each layer of a deep network."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from aeviz.figures.palette import CLASS_COLOURS
from aeviz.lab.initialisation import Signals
from aeviz.language import tr

FLOOR = 1e-30
"""Mean squares below it are not drawn."""
_SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up")


def signal_curves(signals: Mapping[str, Signals]) -> go.Figure:
    """Draw the mean squares of activations and of gradients over the layers, a line for each initialisation."""
    figure = make_subplots(1, 2, subplot_titles=(tr("activations"), tr("gradients")), horizontal_spacing=0.16)
    for place, (name, found) in enumerate(signals.items()):
        look = {"color": CLASS_COLOURS[place], "symbol": _SYMBOLS[place % len(_SYMBOLS)], "size": 6}
        for column, (values, first) in enumerate(((found.activations, 0), (found.gradients, 1)), start=1):
            shown = np.where(values > FLOOR, values, np.nan)
            figure.add_trace(
                go.Scatter(
                    x=first + np.arange(len(values)),
                    y=shown,
                    name=tr(name),
                    legendgroup=name,
                    showlegend=column == 1,
                    mode="lines+markers",
                    marker=look,
                    hovertemplate=tr("{name}, layer %{{x}}: %{{y:.2g}}", name=tr(name)) + "<extra></extra>",
                ),
                1,
                column,
            )
    figure.update_yaxes(type="log", exponentformat="power", nticks=8)
    figure.update_xaxes(title=tr("layer"), rangemode="tozero")
    figure.update_yaxes(title=tr("mean square"), col=1)
    figure.update_layout(
        height=370,
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        legend={"orientation": "h", "y": -0.2, "x": 0.5, "xanchor": "center"},
    )
    return figure
