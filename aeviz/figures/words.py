"""The numbers of a figure in words, for a reader who does not see it."""

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go

_MOST_TRACES = 8
"""Traces that are put into words; of more nobody keeps the numbers in mind."""
_MOST_BARS = 12
_DECIMAL = re.compile(r"\d\.\d")
_TAG = re.compile(r"<[^>]*>")


def with_numbers(alt: str, figure: go.Figure) -> str:
    """Return the description of a figure with the numbers of its curves, points and bars; as it is if it has numbers.

    Args:
        alt: Says what the figure shows.
        figure: Its named traces of two dimensions that are in the legend, or the only ones, are put into words: of a
            curve the first, the last and the lowest value, of points the range, of bars each value.
    """
    if _DECIMAL.search(alt):
        return alt
    traces = [trace for trace in figure.data if trace.type in ("scatter", "scattergl", "bar")]
    named = [trace for trace in traces if trace.name and trace.showlegend is not False]
    parts = [words for trace in (named or traces)[:_MOST_TRACES] if (words := _describe(trace))]
    return f"{alt.rstrip('.')}. {'; '.join(parts)}." if parts else alt


def _describe(trace: Any) -> str:
    flat = trace.type == "bar" and trace.orientation == "h"
    at, values = (trace.y, trace.x) if flat else (trace.x, trace.y)
    y = _numbers(values)
    x = list(range(len(y))) if at is None else list(at)
    kept = np.flatnonzero(np.isfinite(y))
    if not len(kept) or len(x) != len(y):
        return ""
    places = [(_place(x[k]), float(y[k])) for k in kept]
    name = _TAG.sub(" ", trace.name or "").strip()
    start = f"{name}: " if name else ""
    if trace.type == "bar":
        return start + ", ".join(f"{place} {value:.3g}" for place, value in places[:_MOST_BARS])
    if "lines" in (trace.mode or "lines"):
        lowest = min(places, key=lambda place: place[1])
        told = dict.fromkeys((places[0], places[-1]))
        least = "" if lowest in told else f", lowest {lowest[1]:.3g} at {lowest[0]}"
        return start + ", ".join(f"{value:.3g} at {place}" for place, value in told) + least
    low, high = min(value for _, value in places), max(value for _, value in places)
    return start + (f"{low:.3g}" if low == high else f"{len(places)} points from {low:.3g} to {high:.3g}")


def _numbers(values: Any) -> np.ndarray:
    """Return values as (N,) float64, none where they are names."""
    try:
        return np.asarray([] if values is None else values, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        return np.zeros(0)


def _place(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float | np.number) else _TAG.sub(" ", str(value))
