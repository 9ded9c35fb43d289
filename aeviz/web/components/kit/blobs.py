"""What several parts of a page use is sent to it once: bytes under a name, which those parts then ask for.

A part's own payload stays small that way, and a change of it does not send a network or a thousand pictures again.
"""

import json
import logging

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_log = logging.getLogger(__name__)

_component: ComponentRenderer | None = None
try:
    _component = st.components.v2.component("aeviz.carrier", js="kit/carrier.js")
except StreamlitAPIException as error:  # its assets are missing: parts of the page do without
    _log.warning("the carrier component cannot be loaded: %s", error)

IS_AVAILABLE = _component is not None
"""Whether the component's files were found."""


def carry(name: str, content: bytes) -> None:
    """Put bytes on the page's shelf (components/kit/shelf.js), invisibly.

    Call it at the end of a page and outside of fragments: Streamlit hashes the bytes in every run that comes by, and
    sends them only when they changed.

    Args:
        name: What the parts of the page ask for; must change with the content, so best a digest of it.
        content: The bytes.
    """
    if _component is None:
        return
    header = json.dumps({"name": name}).encode()
    _component(key=f"carrier-{name}", data=len(header).to_bytes(4, "little") + header + content)
