"""Two densities whose means and widths are dragged, with their KL divergence, without a rerun."""

from collections.abc import Callable, Sequence

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""
_component = Component(
    name="divergence", script="divergence/divergence.js", style="divergence/divergence.css", events=(CHANGED,)
)


def divergence(values: Sequence[float], *, key: str, on_change: Callable[[], None]) -> None:
    """Show two densities p and q with the integrand of their KL divergence, its terms and a Monte Carlo estimate.

    Args:
        values: Mean and standard deviation of p, then of q; for a mixture p also of its second component.
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    _component.show(
        {"values": list(values), "colours": {"p": FIRST, "q": SECOND}}, key=key, callbacks={CHANGED: on_change}
    )
