"""Which visits belong to one visitor, without an account: the same browser, also after a reload."""

import hashlib
import re
import secrets

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

from aeviz.serving.owners import hash_key

KEY = "aeviz_key"
"""The cookie with the random key of a browser, which `aeviz.web.server` gives it; no script of a page can read it."""
KEY_BYTES = 24
"""Random bytes of a key, written as 32 characters."""
_FORM = re.compile(r"[A-Za-z0-9_-]{32}")
_COOKIE = "_streamlit_xsrf"
"""Another random cookie, with which Streamlit protects uploads from other sites; it lasts as long as the browser."""
_OWN = "visitor.id"
"""Session key: the identifier of a visit without a cookie."""
_salt = secrets.token_bytes(16)
"""New with each start of the server, so that identifiers cannot be recognised later."""


def visitor_id() -> str:
    """Return an identifier of the visitor's browser, or of the visit where there is no cookie; it names nobody."""
    return hashlib.blake2b(_key().encode(), key=_salt, digest_size=12).hexdigest()


def owner() -> str:
    """Return what is stored with the visitor's runs: a hash of the browser's key, the same after a new start."""
    return hash_key(_key())


def is_key(text: str) -> bool:
    """Whether a cookie holds a key as the server makes it."""
    return _FORM.fullmatch(text) is not None


def _key() -> str:
    given = str(st.context.cookies.get(KEY, ""))
    if is_key(given):
        return given
    token, _ = decode_xsrf_token_string(st.context.cookies.get(_COOKIE, ""))
    if token:
        return token.hex()
    own: str = st.session_state.setdefault(_OWN, secrets.token_hex(16))
    return own
