"""A cloud of points whose covariance is dragged, and two points with their distances from its mean, without a rerun."""

from collections.abc import Callable, Sequence

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""
_component = Component(
    name="mahalanobis", script="mahalanobis/mahalanobis.js", style="mahalanobis/mahalanobis.css", events=(CHANGED,)
)


def mahalanobis(values: Sequence[float], *, key: str, on_change: Callable[[], None]) -> None:
    """Show a cloud with circles and ellipses of equal distance, the same after whitening, and both distances.

    Args:
        values: Standard deviations along both axes of the cloud, the angle of the first in degrees, then both
            coordinates of the points A and B.
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    _component.show(
        {"values": list(values), "colours": {"a": FIRST, "b": SECOND}}, key=key, callbacks={CHANGED: on_change}
    )
