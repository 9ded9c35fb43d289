"""Probabilities of some outcomes, dragged as bars, with their information and entropy, without a rerun."""

from collections.abc import Callable, Sequence

from aeviz.figures.palette import FIRST
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of probabilities."""
_component = Component(name="entropy", script="entropy/entropy.js", style="entropy/entropy.css", events=(CHANGED,))


def entropy_bars(probabilities: Sequence[float], *, key: str, on_change: Callable[[], None]) -> None:
    """Show outcomes as bars of their probability, with the information of each and the entropy of all.

    Args:
        probabilities: Of 2 to 6 outcomes, each in [0, 1]; the page scales them to the sum 1.
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    _component.show({"values": list(probabilities), "colour": FIRST}, key=key, callbacks={CHANGED: on_change})
