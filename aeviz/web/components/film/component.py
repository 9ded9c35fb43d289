"""The training film in the page: played, scrubbed and followed live without a rerun."""

import logging

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_log = logging.getLogger(__name__)

_component: ComponentRenderer | None = None
try:
    _component = st.components.v2.component(
        "aeviz.training_film", js="film/training_film.js", css="film/training_film.css"
    )
except StreamlitAPIException as error:  # its assets are missing: the page shows Plotly charts instead
    _log.warning("the film component cannot be loaded: %s", error)

IS_AVAILABLE = _component is not None
"""Whether the component's files were found."""


def training_film(payload: bytes, *, key: str) -> None:
    """Show a film made by `aeviz.web.components.film.payload.film_payload`.

    Nothing comes back to Python: playing and scrubbing cause no rerun. While a run trains, call it again with a longer
    film under the same key, best from a fragment of its own; the visitor's place in the film stays.

    Args:
        payload: The packed film; sent to the browser only when it changes.
        key: Identity of the film on the page.
    """
    if _component is None:
        raise RuntimeError("the film component is missing; the page must ask IS_AVAILABLE first")
    _component(key=key, data=payload)
