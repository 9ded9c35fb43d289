"""A pad to draw on with mouse, finger, pen or keys; the image comes back to Python as a PNG."""

import base64
import binascii
from dataclasses import asdict, dataclass

from aeviz.web.components.kit.mount import Component, state_of
from aeviz.web.components.kit.network import Network

_component = Component(name="drawing", script="drawing/drawing.js", style="drawing/drawing.css", events=("drawing",))

IMAGE_PX = 280
"""Width and height of the image, whatever the size on the screen."""

_URL_START = "data:image/png;base64,"
_URL_LIMIT = 200_000
"""Characters; a pad full of scribbles takes about 50,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The last message of the browser."""

    number: int
    """Counts the images that the browser sent; sent back to it so that it sends the next one only then."""
    png: bytes | None
    """The image; None while nothing is drawn."""
    is_placed: bool = False
    """Whether the page itself has encoded it and shows its latent point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveModel:
    """A model that encodes and decodes a drawing in the page while it is drawn."""

    model: str
    """Its name, by which maps on the page know whose point it is."""
    shape: tuple[int, int, int]
    encoder: Network
    decoder: Network
    linked: bool = False
    """Whether an inspector on the page shows the drawing and its reconstruction."""


def read_drawing(state: object) -> Drawing:
    """Take the drawing out of a component's state, which any browser may have made up.

    The bytes begin as a PNG does; whether they are one shows when they are decoded.

    Args:
        state: The entry of the session state; anything but a well-formed drawing counts as an empty pad.
    """
    message = state.get("drawing") if isinstance(state, dict) else None
    if not isinstance(message, dict):
        return Drawing(number=0, png=None)
    number, url = message.get("number"), message.get("png")
    return Drawing(
        number=number if type(number) is int else 0, png=_decode(url), is_placed=message.get("placed") is True
    )


def _decode(url: object) -> bytes | None:
    if not isinstance(url, str) or len(url) > _URL_LIMIT or not url.startswith(_URL_START):
        return None
    try:
        png = base64.b64decode(url[len(_URL_START) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return png if png.startswith(b"\x89PNG\r\n\x1a\n") else None


def drawing_pad(*, key: str, size_px: int = IMAGE_PX, live: LiveModel | None = None, beside: bool = False) -> Drawing:
    """Show the pad; return what is drawn on it.

    The image arrives at the end of each stroke and a few times a second during a long one. In a fragment, no run of
    the page is cut short by the next image. A form would hold the images back, so the pad does not belong in one.

    Args:
        key: Identity of the pad. Its strokes live in the browser under this name and survive a visit to another page;
            a pad with a new name is empty.
        size_px: Width and height on the screen, where there is room.
        live: A model that follows the pen in the page, if it can run there; its networks must be sent to the page.
        beside: Whether the tools stand beside a small pad.

    Returns:
        What is drawn: `IMAGE_PX` x `IMAGE_PX` pixels, white ink on black.
    """
    received = read_drawing(state_of(key)).number
    following = None if live is None else asdict(live)
    data = {"pad": key, "size": size_px, "received": received, "live": following, "beside": beside}
    return read_drawing(_component.show(data, key=key))
