"""Activations in the page: an image on its way through a network, layer by layer, without a rerun."""

from aeviz.web.components.kit.mount import Component

_component = Component(name="activations", script="activations/activations.js", style="activations/activations.css")


def activations(payload: bytes, *, key: str) -> None:
    """Show what `payload.activations_payload` packed; what its names stand for must be sent by `kit.blobs.send_blob`.

    Nothing comes back to Python.

    Args:
        payload: The packed models.
        key: Identity of the component on the page.
    """
    _component.show(payload, key=key)
