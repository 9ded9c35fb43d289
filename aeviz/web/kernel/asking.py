"""The question before the answer: what an experiment comes to is shown once the visitor has seen it happen."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STYLE = """<style>
html:not([data-told-{0}]) [class*="st-key-{0}-answer"] {{
  height: 0 !important; flex: none !important; overflow: hidden;
}}
html:not([data-told-{0}]) :is([class*="st-key-{0}-answer"], [class*="st-key-{0}-kept"]) * {{
  visibility: hidden !important;
}}
html[data-told-{0}] .st-key-{0}-question * {{ visibility: hidden !important; }}
html[data-told-{0}] [class*="st-key-{0}-question-"], .st-key-{0}-rules {{ display: none; }}
[data-testid=stLayoutWrapper]:has(> [class*="st-key-{0}-kept"]),
html[data-told-{0}] [data-testid=stLayoutWrapper]:has(> [class*="st-key-{0}-answer"]) {{
  height: auto !important; flex: none !important;
}}
:is([class*="st-key-{0}-kept"], html[data-told-{0}] [class*="st-key-{0}-answer"]) {{
  height: auto !important; overflow: visible !important;
}}
</style>"""
"""An answer that is hidden keeps its width, to which figures are drawn; a question keeps its room: nothing jumps."""
_CLOSED_PX = 1
"""Height of an answer until these rules are there: Streamlit sets it with the answer, while a style may come later."""


def hide_answers(name: str) -> None:
    """Hide what `answer` returns until the component of the experiment marks the page as told (kit/told.js).

    Args:
        name: The experiment, as the component calls it.
    """
    with st.container(key=f"{name}-rules"):
        st.markdown(_STYLE.format(name), unsafe_allow_html=True)


def answer(name: str, part: str = "", *, keeps_room: bool = False) -> DeltaGenerator:
    """Return a container for what is shown once the page is told.

    Args:
        name: As for `hide_answers`.
        part: Tells several answers of an experiment apart.
        keeps_room: Whether it takes its room before, too, so that nothing below it moves.
    """
    kind = "kept" if keeps_room else "answer"
    return st.container(key=f"{name}-{kind}{part and f'-{part}'}", height=_CLOSED_PX, border=False)


def until_told(name: str, part: str) -> DeltaGenerator:
    """Return a container for what stands in the place of an answer until the page is told; arguments as `answer`."""
    return st.container(key=f"{name}-question-{part}")


def kept_back(is_asked: bool, name: str, part: str = "", *, keeps_room: bool = False) -> DeltaGenerator:
    """Return `answer` where something is asked, or else a container that is shown from the start."""
    return answer(name, part, keeps_room=keeps_room) if is_asked else st.container()
