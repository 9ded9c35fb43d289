"""Plotly figure of a code book in the plane: codes, their cells and an image's groups."""

import numpy as np
import plotly.graph_objects as go

from aeviz.figures.palette import FIRST, SECOND, UNLABELLED
from aeviz.lab.code_book import cell_borders
from aeviz.language import tr

CODES_TRACE = 1
"""Number of the trace whose points are the codes, in their order."""
_LARGEST_PX, _LEAST_PX = 30.0, 5.0


def code_plane(
    codes: np.ndarray, share: np.ndarray, row: np.ndarray, outputs: np.ndarray | None, position: int, code: int
) -> go.Figure:
    """Draw the codes with areas that follow their use, the borders of their cells, and the groups of an image.

    Args:
        codes: (K, 2).
        share: Share of all groups that use each code, (K,).
        row: The image's codes, (M,), indices.
        outputs: Outputs of the encoder for it, (M, 2), or None where the image is not known.
        position: The group that is looked at, from 0.
        code: The code that it has in place of the encoder's.
    """
    own = int(row[position])
    colours = [SECOND if index == code != own else FIRST if index == own else UNLABELLED for index in range(len(codes))]
    traces = [_borders(codes), _codes(codes, share, colours), _groups(codes, row, outputs, position)]
    if outputs is not None:
        ends = np.stack([outputs[position], codes[own]])
        traces.append(
            go.Scatter(
                x=ends[:, 0], y=ends[:, 1], mode="lines", line={"color": FIRST, "width": 2}, hoverinfo="skip",
                showlegend=False,
            )
        )  # fmt: skip
    seen = codes if outputs is None else np.concatenate([codes, outputs])
    low, high = seen.min(axis=0), seen.max(axis=0)
    room = 0.08 * float((high - low).max()) or 1.0
    layout = {
        "xaxis": {"title": tr("first number of a code"), "range": [low[0] - room, high[0] + room], "zeroline": False},
        "yaxis": {
            "title": tr("second number"),
            "range": [low[1] - room, high[1] + room],
            "scaleanchor": "x",
            "zeroline": False,
        },
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemsizing": "constant"},
        "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "height": 430,
    }
    return go.Figure(traces, layout)  # at once: a layout that is updated costs a third of the figure again


def _borders(codes: np.ndarray) -> go.Scatter:
    segments = cell_borders(codes)
    gaps = np.full((len(segments), 1, 2), np.nan)
    line = np.concatenate([segments, gaps], axis=1).reshape(-1, 2)
    return go.Scatter(
        x=line[:, 0],
        y=line[:, 1],
        mode="lines",
        name=tr("borders of the cells"),
        line={"color": UNLABELLED, "width": 1},
        hoverinfo="skip",
    )


def _codes(codes: np.ndarray, share: np.ndarray, colours: list[str]) -> go.Scatter:
    side = np.sqrt(share / max(float(share.max()), 1e-12))
    return go.Scatter(
        x=codes[:, 0],
        y=codes[:, 1],
        mode="markers+text",
        name=tr("codes, area: use"),
        text=[str(index) for index in range(len(codes))],
        textfont={"color": "black"},
        marker={"color": colours, "size": np.maximum(_LARGEST_PX * side, _LEAST_PX), "opacity": 0.8},
        selected={"marker": {"opacity": 0.8}},
        unselected={"marker": {"opacity": 0.8}},
        customdata=share,
        hovertemplate=tr(
            "code %{text} at (%{x:.3f}, %{y:.3f})<br>used by %{customdata:.1%} of the groups<extra></extra>"
        ),
    )


def _groups(codes: np.ndarray, row: np.ndarray, outputs: np.ndarray | None, position: int) -> go.Scatter:
    at = codes[row] if outputs is None else outputs
    return go.Scatter(
        x=at[:, 0],
        y=at[:, 1],
        mode="markers",
        name=tr("codes of the image") if outputs is None else tr("outputs of the encoder"),
        marker={
            "symbol": "x-thin" if outputs is not None else "circle-open",
            "size": [14 if place == position else 9 for place in range(len(row))],
            "color": FIRST,
            "line": {"color": FIRST, "width": 2.5},
        },
        unselected={"marker": {"opacity": 1}},
        customdata=np.column_stack([np.arange(1, len(row) + 1), row]),
        hovertemplate=tr("position %{customdata[0]}: (%{x:.3f}, %{y:.3f}), code %{customdata[1]}<extra></extra>"),
    )
