"""Text of Plotly figures that can be read from a seat in a class room."""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

SMALLEST = 13
"""Smallest text of a figure, in pixels."""
_DONE = "legible"
"""Marks a figure whose texts are large enough."""


def make_legible(figure: go.Figure) -> go.Figure:
    """Enlarge the small texts of a figure to 13 pixels, and return it.

    The sizes are set in the figure itself, because Streamlit's theme gives ticks 12 pixels and overrides a template.
    """
    if figure.layout.meta == _DONE:
        return figure  # a figure that is kept for all visitors
    for font in _fonts(figure):
        font.size = _enlarged(font.size)
    figure.layout.meta = _DONE
    return figure


def enlarge_text(figure: go.Figure, factor: float) -> go.Figure:
    """Return a copy of a legible figure with all texts larger by a factor, as for a projector."""
    larger = go.Figure(make_legible(figure))
    for font in _fonts(larger):
        font.size = factor * font.size
    return larger


def _fonts(figure: go.Figure) -> Iterator[Any]:
    """Yield each font that a figure sets."""
    layout = figure.layout
    yield layout.font
    yield layout.legend.font
    axes = {"xaxis", "yaxis"} | {name for name in layout.to_plotly_json() if name.startswith(("xaxis", "yaxis"))}
    for axis in (layout[name] for name in axes):
        yield axis.tickfont
        yield axis.title.font
    for annotation in layout.annotations:
        yield annotation.font


def _enlarged(size: float | None) -> float:
    return SMALLEST if size is None else max(size, SMALLEST)
