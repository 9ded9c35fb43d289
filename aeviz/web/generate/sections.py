"""Names of the sections of Generate, and the way from one model to another that can do what a section shows."""

from collections.abc import Iterable

import streamlit as st

from aeviz.language import mark
from aeviz.web.kernel.navigation import open_address
from aeviz.web.kernel.page import MODEL

MAKE = "make"
"""URL parameter of the section."""
SAMPLES, LEARNED, INTERPOLATE = mark("samples"), mark("over training"), mark("interpolate")
ARITHMETIC, NUMBER = mark("arithmetic"), mark("write a number")
_OFFERED = 5
"""Models that are offered at most."""


def offer_models(names: Iterable[str], section: str) -> None:
    """Show a button for each of the first few models, which opens a section with it."""
    with st.container(horizontal=True, gap="small"):
        for name in list(names)[:_OFFERED]:
            if st.button(name, key=f"open-{section}-{name}", icon=":material/arrow_forward:"):
                open_address("/generate", ((MAKE, section), (MODEL, name)))
