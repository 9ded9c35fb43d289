"""The question before the answer: what an experiment comes to is shown once the visitor has seen it happen."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STYLE = """<style>
html:not([data-told-{0}]) [class*="st-key-{0}-answer"] {{
  height: 0 !important; flex: none !important; overflow: hidden;
}}
html:not([data-told-{0}]) [class*="st-key-{0}-answer"] * {{ visibility: hidden !important; }}
html[data-told-{0}] .st-key-{0}-question {{ display: none; }}
</style>"""
"""An answer that is hidden keeps its width, to which figures are drawn."""


def ask(name: str, question: str) -> None:
    """Show a question until the component of the experiment marks the page as told (kit/told.js).

    Args:
        name: The experiment, as the component calls it.
        question: Markdown.
    """
    st.html(_STYLE.format(name))
    with st.container(key=f"{name}-question"):
        st.markdown(question)


def answer(name: str, part: str = "") -> DeltaGenerator:
    """Return a container for what is shown once the page is told; `part` tells several of an experiment apart."""
    return st.container(key=f"{name}-answer{part and f'-{part}'}")
