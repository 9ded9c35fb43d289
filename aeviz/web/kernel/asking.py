"""The question before the answer: what an experiment comes to is shown once the visitor has seen it happen."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STYLE = """<style>
html:not([data-told-{0}]) [class*="st-key-{0}-answer"] {{
  height: 0 !important; flex: none !important; overflow: hidden;
}}
html:not([data-told-{0}]) [class*="st-key-{0}-answer"] * {{ visibility: hidden !important; }}
.st-key-{0}-rules {{ display: none; }}
html[data-told-{0}] [data-testid=stLayoutWrapper]:has(> [class*="st-key-{0}-answer"]) {{
  height: auto !important; flex: none !important;
}}
html[data-told-{0}] [class*="st-key-{0}-answer"] {{ height: auto !important; overflow: visible !important; }}
</style>"""
"""An answer that is hidden keeps its width, to which figures are drawn."""
_CLOSED_PX = 1
"""Height of an answer until these rules are there: Streamlit sets it with the answer, while a style may come later."""


def hide_answers(name: str) -> None:
    """Hide what `answer` returns until the component of the experiment marks the page as told (kit/told.js).

    Args:
        name: The experiment, as the component calls it.
    """
    with st.container(key=f"{name}-rules"):
        st.markdown(_STYLE.format(name), unsafe_allow_html=True)


def answer(name: str, part: str = "") -> DeltaGenerator:
    """Return a container for what is shown once the page is told.

    Args:
        name: As for `hide_answers`.
        part: Tells several answers of an experiment apart.
    """
    return st.container(key=f"{name}-answer{part and f'-{part}'}", height=_CLOSED_PX, border=False)


def kept_back(is_asked: bool, name: str, part: str = "") -> DeltaGenerator:
    """Return `answer` where something is asked, or else a container that is shown from the start."""
    return answer(name, part) if is_asked else st.container()
