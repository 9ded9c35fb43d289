"""The parts of a variational run's loss over the epochs."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from aeviz.analysis.curves import ObjectiveParts
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND
from aeviz.language import mark, tr

TOTAL_NAME, RECONSTRUCTION_NAME, KL_NAME = mark("validation loss"), mark("reconstruction"), mark("weighted KL")
SHARE_NAME = mark("share of the KL weight")
RECONSTRUCTION, KL, SHARE = CLASS_COLOURS[3], SECOND, CLASS_COLOURS[5]


def objective_parts_figure(parts: ObjectiveParts, quantity: str) -> go.Figure:
    """Draw loss, reconstruction and weighted KL; below them the KL in nats and the share of its weight that counted.

    Args:
        parts: Of one run.
        quantity: What the loss is, for the axis.
    """
    figure = make_subplots(
        rows=2, shared_xaxes=True, row_heights=[0.6, 0.4], vertical_spacing=0.08, specs=[[{}], [{"secondary_y": True}]]
    )
    known = np.isfinite(parts.kl_term).any()
    lines = [(TOTAL_NAME, parts.total, FIRST, "solid")]
    if known:
        lines += [(RECONSTRUCTION_NAME, parts.reconstruction, RECONSTRUCTION, "dash")]
        lines += [(KL_NAME, parts.kl_term, KL, "dot")]
    if known and parts.is_annealed:
        minimised = parts.reconstruction + parts.share * parts.kl_term
        lines += [(mark("what training minimises"), minimised, CLASS_COLOURS[2], "dashdot")]
    for name, values, colour, dash in lines:
        figure.add_trace(_line(parts.epoch, values, name, colour, dash), row=1, col=1)
    figure.add_trace(_line(parts.epoch, parts.kl, mark("KL (nats per image)"), KL, "solid"), row=2, col=1)
    if parts.is_annealed:
        share = _line(parts.epoch, parts.share, SHARE_NAME, SHARE, "dash")
        figure.add_trace(share, row=2, col=1, secondary_y=True)
        figure.update_yaxes(title=tr("share"), range=[0, 1.05], showgrid=False, row=2, col=1, secondary_y=True)
    figure.update_yaxes(title=quantity, rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title=tr("nats"), rangemode="tozero", row=2, col=1, secondary_y=False)
    figure.update_xaxes(title=tr("epoch"), row=2, col=1)
    figure.update_layout(
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemwidth": 50},
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
        height=360 + 25 * len(figure.data),  # on a telephone each line has one of the legend
        uirevision="parts",
    )
    return figure


def _line(epoch: np.ndarray, values: np.ndarray, name: str, colour: str, dash: str) -> go.Scatter:
    name = tr(name)
    return go.Scatter(
        x=epoch,
        y=values,
        mode="lines" if len(epoch) > 1 else "markers",
        name=name,
        line={"color": colour, "width": 2.5, "dash": dash},
        hovertemplate=tr("epoch %{x}") + f"<br>%{{y:.5g}}<extra>{name}</extra>",
    )
