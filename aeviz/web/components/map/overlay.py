"""What a latent map shows beyond its points, sent apart from them: it changes with a click, the points do not."""

import logging

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_log = logging.getLogger(__name__)

_component: ComponentRenderer | None = None
try:
    _component = st.components.v2.component("aeviz.map_overlay", js="map/map_overlay.js")
except StreamlitAPIException as error:  # its assets are missing: the map shows its points alone
    _log.warning("the overlay component cannot be loaded: %s", error)


def map_overlay(payload: bytes, *, key: str) -> None:
    """Send a map its overlay, made by `overlay_payload.pack_overlay`; nothing is seen of it here.

    Args:
        payload: The packed overlay; sent to the browser only when it changes.
        key: Identity of the overlay on the page.
    """
    if _component is not None:
        _component(key=key, data=payload)
