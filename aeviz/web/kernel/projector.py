"""Larger type and points for a class room, on every page: in the session, and in the address for links."""

import streamlit as st

from aeviz.web.kernel.url import UrlState

FACTOR = 1.25
"""How much larger type is; the area of a point grows by its fourth power."""
_PARAMETER = UrlState("projector", lambda text: text == "1", lambda is_on: "1" if is_on else "", default=False)
_ON, _SWITCH, _PLACE = "projector.on", "projector.switch", "projector-switch"
"""Session keys: whether it is on, and its switch; and the switch's place on the page."""
_STYLE = f"""<style>
html:root {{ font-size: {16 * FACTOR}px !important; }}
[data-testid="stSidebarNav"] {{ zoom: 0.85; }}
</style>"""
"""All sizes on a page are in rem, but for those of canvases and charts, which follow that of the root by themselves.

The titles of the navigation grow less, so that they have room.
"""


def is_projected() -> bool:
    """Whether the visitor's type is that for a projector."""
    return bool(st.session_state.get(_ON))


def show_projector_switch() -> None:
    """Follow the address or write it, and offer the choice below the navigation. Called once a run, before the page."""
    if _PARAMETER.restore():
        st.session_state[_ON] = True
    is_on = is_projected()
    _PARAMETER.write(is_on)
    if is_on:
        st.html(_STYLE)
    st.session_state[_SWITCH] = is_on
    with st.sidebar, st.container(key=_PLACE):
        st.toggle(
            "Projector size",
            key=_SWITCH,
            on_change=_switch,
            help="Larger type and points on all pages, for a class room. The address keeps it.",
        )


def _switch() -> None:
    is_on = bool(st.session_state[_SWITCH])
    st.session_state[_ON] = is_on
    _PARAMETER.write(is_on)
