"""One image under distortions of equal squared error, with its losses, without a rerun."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from aeviz.web.components.kit.mount import Component
from aeviz.web.components.kit.wire import pack

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""
_component = Component(
    name="image_losses", script="image_losses/image_losses.js", style="kit/grids.css", events=(CHANGED,)
)


def image_losses(
    values: Sequence[float], images: Mapping[str, np.ndarray], *, key: str, on_change: Callable[[], None]
) -> None:
    """Show an image under eight distortions, the losses of each, and the maps of SSIM for one of them.

    Args:
        values: 1000 times the mean squared error, place of the image (-1: the visitor's own) and of the distortion.
        images: (S, S), uint8, by title.
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    sent = [{"name": name, "pixels": image.ravel(), "side": len(image)} for name, image in images.items()]
    _component.show(pack({"values": list(values), "images": sent}), key=key, callbacks={CHANGED: on_change})
