"""Images that are pasted or dropped anywhere on the page; `st.file_uploader` takes them only on itself."""

import base64
import binascii

from aeviz.web.components.kit.mount import Component

_component = Component(name="paste", script="paste/paste.js", style="paste/paste.css", events=("pasted",))

LIMIT_BYTES = 18_000_000
"""Bytes that one paste may hold, all its images together.

They arrive as base64, a third longer, and Streamlit cuts the connection at messages beyond 25 MB
(`server.maxWidgetStateSize`), in which the other widgets' values travel as well.
"""


def read_pasted(message: object) -> list[bytes]:
    """Take the images out of a component's message, which any browser may have made up.

    Whether the bytes are images shows when they are decoded.

    Args:
        message: Base64 texts; anything else, and what is beyond `LIMIT_BYTES`, is left out.
    """
    images: list[bytes] = []
    room = LIMIT_BYTES
    for text in message if isinstance(message, list) else []:
        if not isinstance(text, str) or len(text) > (room + 2) // 3 * 4:
            continue
        try:
            image = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue
        if 0 < len(image) <= room:
            images.append(image)
            room -= len(image)
    return images


def paste_box(*, key: str, quiet: bool = False) -> list[bytes]:
    """Show the button, listen for Ctrl+V and for dropped files on the whole page, and return what was brought.

    The images come once, in the run that this started, and are not sent again with later runs: a page that
    needs them longer keeps them in its session state. Inside a form nothing arrives.

    Args:
        key: Identity of the box.
        quiet: Whether it listens alone and shows nothing.

    Returns:
        The files as the clipboard held them: PNG as a rule, else what was copied in a file manager.
    """
    result = _component.show({"limit": LIMIT_BYTES, "quiet": quiet}, key=key)
    return read_pasted(result.get("pasted"))
