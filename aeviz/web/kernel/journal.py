"""Visits in the log of the server: each window has a random name, and its beginning and end are lines."""

import logging
import secrets

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from aeviz.serving.journal import is_json, set_session_finder

_log = logging.getLogger(__name__)
_names: dict[str, str] = {}
"""Random names of the open windows, by Streamlit's own identifier, which no log shall have: it opens the session."""


def note_visit() -> None:
    """Say that a visit has begun, where programs read the log; its end is said too."""
    context = get_script_run_ctx(suppress_warning=True)
    if is_json() and context is not None and context.session_id not in _names:
        _begin()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda session: _end(session))
def _begin() -> str:
    context = get_script_run_ctx()
    session = "" if context is None else context.session_id
    _names[session] = secrets.token_hex(4)
    _log.info("a visit has begun", extra={"event": "visit started", "session": _names[session]})
    return session


def _end(session: str) -> None:
    if (name := _names.pop(session, None)) is not None:
        _log.info("a visit has ended", extra={"event": "visit ended", "session": name})


def _find_session() -> str | None:
    context = get_script_run_ctx(suppress_warning=True)
    return None if context is None else _names.get(context.session_id)


set_session_finder(_find_session)
