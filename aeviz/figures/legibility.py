"""Text of Plotly figures that can be read from a seat in a class room."""

import plotly.graph_objects as go

SMALLEST = 13
"""Smallest text of a figure, in pixels."""
_DONE = "legible"
"""Marks a figure whose texts are large enough."""


def make_legible(figure: go.Figure) -> go.Figure:
    """Enlarge the small texts of a figure to 13 pixels, and return it.

    The sizes are set in the figure itself, because Streamlit's theme gives ticks 12 pixels and overrides a template.
    """
    layout = figure.layout
    if layout.meta == _DONE:
        return figure  # a figure that is kept for all visitors
    layout.font.size = _enlarged(layout.font.size)
    layout.legend.font.size = _enlarged(layout.legend.font.size)
    axes = {"xaxis", "yaxis"} | {name for name in layout.to_plotly_json() if name.startswith(("xaxis", "yaxis"))}
    for axis in (layout[name] for name in axes):
        axis.tickfont.size = _enlarged(axis.tickfont.size)
        axis.title.font.size = _enlarged(axis.title.font.size)
    for annotation in layout.annotations:
        annotation.font.size = _enlarged(annotation.font.size)
    layout.meta = _DONE
    return figure


def _enlarged(size: float | None) -> float:
    return SMALLEST if size is None else max(size, SMALLEST)
