"""Plotly figures on a page: one way to show them, with text that can be read and a button that saves them."""

import re
from collections.abc import Callable
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from aeviz.figures.legibility import enlarge_text, make_legible
from aeviz.figures.palette import on_dark
from aeviz.figures.words import with_numbers
from aeviz.language import ENGLISH, catalogue_of, current_language
from aeviz.web.kernel.looks import FACTOR, is_dark, is_projected

_UNSAFE = re.compile(r"[^\w.-]+")
"""Characters that a file name does without."""


def show_figure(
    figure: go.Figure, *, key: str, alt: str, on_click: Callable[[], None] | None = None, fills: bool = False
) -> None:
    """Show a figure; under the pointer a button saves it as SVG.

    Args:
        figure: The figure; its small texts are enlarged.
        key: Identity on the page, from which the saved file gets its name.
        alt: Text that stands for the figure; the numbers of its curves and bars are added where it has none.
        on_click: Called after a click on a point; `clicked_point` says on which.
        fills: Whether it takes the height that a style gives to the element with its key, and not its own.
    """
    height: Literal["stretch", "content"] = "stretch" if fills else "content"
    shown = enlarge_text(figure, FACTOR) if is_projected() else make_legible(figure)
    if is_dark():
        shown = on_dark(shown)
    language = current_language()
    if language != ENGLISH:
        signs = catalogue_of(language)
        shown = go.Figure(shown)  # a copy: the figure may be kept for all visitors
        shown.layout.separators = signs.decimal + signs.group
    alt = with_numbers(alt, figure)
    if on_click is None:
        st.plotly_chart(shown, key=key, alt=alt, config=save_button(key), height=height)
    else:
        st.plotly_chart(
            shown,
            key=key,
            alt=alt,
            config=save_button(key),
            height=height,
            on_select=on_click,
            selection_mode="points",
        )


def clicked_point(key: str, trace: int) -> int | None:
    """Return the number of the point of a trace that the visitor has clicked on in a figure, or None."""
    points = (st.session_state.get(key) or {}).get("selection", {}).get("points", [])
    for point in points:
        if point.get("curve_number") == trace and isinstance(point.get("point_index"), int):
            return int(point["point_index"])
    return None


def save_button(name: str) -> dict[str, object]:
    """Return the Plotly settings of a figure whose only button saves it as an SVG file of this name."""
    file_name = _UNSAFE.sub("-", name).strip("-.")
    return {
        "displayModeBar": "hover",
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "svg", "filename": f"aeviz-{file_name}"},
    }
