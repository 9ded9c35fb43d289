"""The film of a linear autoencoder beside PCA: played, stopped and scrubbed in the page without a rerun."""

import logging

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_log = logging.getLogger(__name__)

_component: ComponentRenderer | None = None
try:
    _component = st.components.v2.component("aeviz.pca_film", js="pca_film/pca_film.js", css="pca_film/pca_film.css")
except StreamlitAPIException as error:  # its assets are missing: the page tells the result in words and figures
    _log.warning("the PCA film component cannot be loaded: %s", error)

IS_AVAILABLE = _component is not None
"""Whether the component's files were found."""


def pca_film(payload: bytes, *, key: str) -> None:
    """Show a film made by `payload.pca_film_payload`; it plays once by itself when it changes.

    Nothing comes back to Python.

    Args:
        payload: The packed film; sent to the browser only when it changes.
        key: Identity of the film on the page.
    """
    if _component is None:
        raise RuntimeError("the film component is missing; the page must ask IS_AVAILABLE first")
    _component(key=key, data=payload)
