"""Activations in the page: an image on its way through a network, layer by layer."""

from collections.abc import Callable

from aeviz.web.components.kit.mount import Component

_component = Component(
    name="activations",
    script="activations/activations.js",
    style="activations/activations.css",
    events=("image",),
)


def activations(payload: bytes, *, key: str, on_image: Callable[[], None]) -> None:
    """Show what `payload.activations_payload` packed; what its names stand for must be sent by `kit.blobs.send_blob`.

    Args:
        payload: The packed models.
        key: Identity of the component on the page.
        on_image: Called when the visitor has rested on an image that they chose; it reads which one by
            `read_image(kit.mount.state_of(key))`.
    """
    _component.show(payload, key=key, callbacks={"image": on_image})


def read_image(state: object) -> int | None:
    """Return the index of the chosen image in the test set; None for the one that is shown at first."""
    message = state.get("image") if isinstance(state, dict) else None
    place = message.get("place") if isinstance(message, dict) else None
    return place if type(place) is int and place >= 0 else None
