"""Pictures from the clipboard, by a button or by Ctrl+V anywhere; `st.file_uploader` takes them only when focused."""

import base64
import binascii
import logging

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_log = logging.getLogger(__name__)

_component: ComponentRenderer | None = None
try:
    _component = st.components.v2.component("aeviz.paste_box", js="paste/paste_box.js", css="paste/paste_box.css")
except StreamlitAPIException as error:  # its assets are missing: the page offers uploads only
    _log.warning("the paste box cannot be loaded: %s", error)

IS_AVAILABLE = _component is not None
"""Whether the component's files were found."""

LIMIT_BYTES = 18_000_000
"""What one paste may hold, all its pictures together.

They arrive as base64, a third longer, and Streamlit cuts the connection at messages beyond 25 MB
(`server.maxWidgetStateSize`), in which the other widgets' values travel as well.
"""


def read_pasted(message: object) -> list[bytes]:
    """Take the pictures out of a component's message, which any browser may have made up.

    Whether the bytes are pictures shows when they are decoded.

    Args:
        message: Base64 texts; anything else, and what is beyond `LIMIT_BYTES`, is left out.
    """
    pictures: list[bytes] = []
    room = LIMIT_BYTES
    for text in message if isinstance(message, list) else []:
        if not isinstance(text, str) or len(text) > (room + 2) // 3 * 4:
            continue
        try:
            picture = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        if 0 < len(picture) <= room:
            pictures.append(picture)
            room -= len(picture)
    return pictures


def _ignore() -> None:
    """Streamlit hands a trigger value over only if a callback is named for it."""


def paste_box(*, key: str) -> list[bytes]:
    """Show the button, listen for Ctrl+V on the whole page and return what was pasted.

    The pictures come once, in the run that the paste started, and are not sent again with later runs: a page that
    needs them longer keeps them in its session state. Inside a form nothing arrives.

    Args:
        key: Identity of the box.

    Returns:
        The files as the clipboard held them: PNG as a rule, else what was copied in a file manager.
    """
    if _component is None:
        raise RuntimeError("the paste box is missing; the page must ask IS_AVAILABLE first")
    result = _component(key=key, data={"limit": LIMIT_BYTES}, on_pasted_change=_ignore)
    return read_pasted(result.get("pasted"))
