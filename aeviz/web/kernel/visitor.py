"""Which visits belong to one visitor, without an account: the same browser, also after a reload."""

import hashlib
import secrets

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

_COOKIE = "_streamlit_xsrf"
"""The random cookie with which Streamlit protects uploads from other sites; it lasts as long as the browser."""
_OWN = "visitor.id"
"""Session key: the identifier of a visit without that cookie."""
_salt = secrets.token_bytes(16)
"""New with each start of the server, so that identifiers cannot be recognised later."""


def visitor_id() -> str:
    """Return an identifier of the visitor's browser, or of the visit where there is no cookie; it names nobody."""
    token, _ = decode_xsrf_token_string(st.context.cookies.get(_COOKIE, ""))
    if token:
        return hashlib.blake2b(token, key=_salt, digest_size=12).hexdigest()
    own: str = st.session_state.setdefault(_OWN, secrets.token_hex(12))
    return own
