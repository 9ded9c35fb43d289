"""The sections of the page on optimizers."""

from collections.abc import Callable

import streamlit as st

from aeviz.web.descent_view import show_descent
from aeviz.web.duel_view import show_duel
from aeviz.web.regret_view import show_counterexample
from aeviz.web.surface_view import show_surfaces

_SECTIONS: dict[str, Callable[[], None]] = {
    "surfaces": show_surfaces,
    "counterexample": show_counterexample,
    "convergence theorem": show_descent,
    "duel": show_duel,
}


def show_section() -> None:
    """Let the visitor choose a section and show it; the choice is in the URL."""
    names = list(_SECTIONS)
    chosen = st.segmented_control(
        "Section",
        names,
        default=names[0],
        required=True,
        key="section",
        bind="query-params",
        label_visibility="collapsed",
    )
    _SECTIONS.get(str(chosen), show_surfaces)()
