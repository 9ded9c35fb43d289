"""A latent unit that the visitor pushes by a slider; the image decoded then stands beside the original."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from aeviz.web.components.kit.mount import Component, numbers_of
from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.wire import pack

CHANGED = "changed"
"""Event: the slider rests; its value is a list with its share of the unit's range, from 0 to 1."""
_component = Component(
    name="pushed_unit", script="pushed_unit/pushed_unit.js", style="pushed_unit/pushed_unit.css", events=(CHANGED,)
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pushed:
    """A unit in the code of an image."""

    unit: int
    """From 0."""
    name: str
    code: np.ndarray
    """(D,), float32."""
    low: float
    """The unit's lowest activation on the test images."""
    high: float
    original: np.ndarray | None
    """(C, H, W), float32 in [0, 1]; None where the data set is not on this machine."""
    reconstruction: np.ndarray
    """Likewise."""
    image: np.ndarray
    """Decoded at `share`, likewise: what the page shows where it cannot decode."""
    share: float
    """Where the slider stands, from 0, the lowest activation, to 1, the highest."""


def pushed_unit(
    pushed: Pushed, network: Network | None, why: str, *, smooth: bool, key: str, on_change: Callable[[], None]
) -> None:
    """Show it. The page decodes by `network`, which `kit.blobs.send_blob` must send; without it the server does.

    Args:
        pushed: What is shown.
        network: The decoder; None where there is none for the page.
        why: Why there is none.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
        key: Identity on the page.
        on_change: Called when the slider rests somewhere else, which `reported_share` returns.
    """
    payload = {
        **{name: getattr(pushed, name) for name in ("unit", "name", "code", "low", "high", "share")},
        "shape": list(pushed.image.shape),
        "original": None if pushed.original is None else pushed.original.ravel(),
        "reconstruction": pushed.reconstruction.ravel(),
        "image": pushed.image.ravel(),
        "network": None if network is None else asdict(network),
        "why": why,
        "smooth": smooth,
    }
    _component.show(pack(payload), key=key, callbacks={CHANGED: on_change})


def reported_share(key: str) -> float | None:
    """Return where the visitor has left the slider with this key, from 0 to 1; None where that is not known."""
    found = numbers_of(key, CHANGED)
    return found[0] if found and 0 <= found[0] <= 1 else None
