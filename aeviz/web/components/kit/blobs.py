"""The page's blob store: what several parts of a page use is sent once, under a name by which those parts ask for it.

The payload of a part stays small that way, and a change of it does not send a network or a thousand images again.
"""

from aeviz.web.components.kit.mount import Component
from aeviz.web.components.kit.wire import pack

_component = Component(name="blobs", script="kit/blobs.js")


def send_blob(name: str, content: bytes) -> None:
    """Put bytes into the page's blob store (components/kit/blobs.js); nothing is seen of it.

    Call it at the end of a page and outside of fragments: Streamlit hashes the bytes in every run that comes by, and
    sends them only when they changed.

    Args:
        name: What the parts of the page ask for; must change with the content, so best `kit.wire.blob_name`.
        content: The bytes.
    """
    _component.show(pack({"name": name, "content": content}, digests=False), key=f"blob-{name}")
