"""Losses of one pixel over its output, and the best constant for several images, without a rerun."""

from collections.abc import Callable, Sequence

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""
THIRD = "#c2419f"
_component = Component(name="pixel_loss", script="pixel_loss/pixel_loss.js", style="kit/grids.css", events=(CHANGED,))


def pixel_loss(values: Sequence[float], *, key: str, on_change: Callable[[], None]) -> None:
    """Show squared error, absolute error and cross-entropy with their slopes, and the constants that they prefer.

    Args:
        values: Target and output, then the same pixel of several images, each in [0, 1].
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    _component.show(
        {"values": list(values), "colours": [FIRST, SECOND, THIRD]}, key=key, callbacks={CHANGED: on_change}
    )
