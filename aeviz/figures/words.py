"""The numbers of a figure in words, for a reader who does not see it."""

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go

from aeviz.language import ENGLISH, current_language, number, tr

_MOST_TRACES = 8
"""Traces that are put into words; of more nobody keeps the numbers in mind."""
_MOST_BARS = 12
_DECIMAL = re.compile(r"\d\.\d")
_LOCAL_DECIMAL = re.compile(r"\d[.,]\d")
_TAG = re.compile(r"<[^>]*>")


def with_numbers(alt: str, figure: go.Figure) -> str:
    """Return the description of a figure with the numbers of its curves, points and bars; as it is if it has numbers.

    Args:
        alt: Says what the figure shows.
        figure: Its named traces of two dimensions that are in the legend, or the only ones, are put into words: of a
            curve the first, the last and the lowest value, of points the range, of bars each value.
    """
    if (_DECIMAL if current_language() == ENGLISH else _LOCAL_DECIMAL).search(alt):
        return alt
    traces = [trace for trace in figure.data if trace.type in ("scatter", "scattergl", "bar")]
    named = [trace for trace in traces if trace.name and trace.showlegend is not False]
    parts = [words for trace in (named or traces)[:_MOST_TRACES] if (words := _describe(trace))]
    return f"{alt.rstrip('.')}. {'; '.join(parts)}." if parts else alt


def _describe(trace: Any) -> str:
    is_bar = trace.type == "bar"
    is_in_rows = not is_bar and not len(_numbers(trace.y)) and len(_numbers(trace.x)) > 0
    flat = is_in_rows or (is_bar and trace.orientation == "h")
    at, values = (trace.y, trace.x) if flat else (trace.x, trace.y)
    y = _numbers(values)
    x = range(len(y)) if at is None else at
    kept = np.flatnonzero(np.isfinite(y))
    if not len(kept) or len(x) != len(y):
        return ""
    one_row = str(x[0]) if is_in_rows and len({str(place) for place in x}) == 1 else ""
    name = _TAG.sub(" ", trace.name or one_row).strip()
    start = f"{name}: " if name else ""
    if is_bar or (is_in_rows and not one_row):
        return start + ", ".join(f"{_place(x[k])} {number(y[k], '.3g')}" for k in kept[:_MOST_BARS])
    if "lines" in (trace.mode or "lines"):
        first, lowest, last = kept[0], kept[np.argmin(y[kept])], kept[-1]
        ends = ", ".join(
            tr("{value:.3g} at {place}", value=y[k], place=_place(x[k])) for k in dict.fromkeys((first, last))
        )
        if lowest in (first, last):
            return start + ends
        return start + tr("{ends}, lowest {value:.3g} at {place}", ends=ends, value=y[lowest], place=_place(x[lowest]))
    low, high = y[kept].min(), y[kept].max()
    if low == high:
        return start + number(low, ".3g")
    return start + tr("{count} points from {low:.3g} to {high:.3g}", count=len(kept), low=low, high=high)


def _numbers(values: Any) -> np.ndarray:
    """Return values as (N,) float64, none where they are names."""
    try:
        return np.asarray([] if values is None else values, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        return np.zeros(0)


def _place(value: Any) -> str:
    return number(float(value), ".4g") if isinstance(value, int | float | np.number) else _TAG.sub(" ", str(value))
