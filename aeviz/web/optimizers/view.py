"""The sections of the page on optimizers."""

from collections.abc import Callable

import streamlit as st

from aeviz.web.optimizers.comparison import show_comparison
from aeviz.web.optimizers.descent import show_descent
from aeviz.web.optimizers.regret import show_counterexample
from aeviz.web.optimizers.surfaces import show_surfaces

_SECTIONS: dict[str, Callable[[], None]] = {
    "surfaces": show_surfaces,
    "counterexample": show_counterexample,
    "convergence theorem": show_descent,
    "comparison": show_comparison,
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
