"""The layers of a latent map above its points. They are sent apart: they change with a click, the points do not."""

from aeviz.web.components.kit.mount import Component

_component = Component(name="map_overlay", script="map/overlay.js")


def map_overlay(payload: bytes, *, key: str) -> None:
    """Send a map its overlay, made by `overlay_payload.pack_overlay`; nothing is seen of it here.

    Args:
        payload: The packed overlay; sent to the browser only when it changes.
        key: Identity of the overlay on the page.
    """
    _component.show(payload, key=key)
