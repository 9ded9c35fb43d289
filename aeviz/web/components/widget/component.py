"""A latent space in somebody else's Streamlit page; what comes back may have been made up by any browser."""

import numpy as np

from aeviz.web.components.explorer.payload import FARTHEST
from aeviz.web.components.kit.mount import Component

_component = Component(name="widget", script="widget/in_page.js", events=("point", "selection"))


def latent_space(payload: bytes, *, key: str) -> object:
    """Show what `aeviz.web.takeaway.held` packed, and return what the visitor did: see `read_numbers`."""
    return _component.show(payload, key=key)


def read_point(state: object, dimensions: int) -> tuple[float, ...] | None:
    """Return the latent point of so many dimensions that the visitor let go of, or None."""
    found = _numbers(state, "point")
    if found is None or len(found) != dimensions or not (np.abs(found) < FARTHEST).all():  # no NaN is below
        return None
    return tuple(found.tolist())


def read_selection(state: object, count: int) -> np.ndarray:
    """Return the indices of the selected ones of so many points, (M,), int64, rising; none for what is odd."""
    found = _numbers(state, "selection")
    if found is None or not len(found) or not (found == np.floor(found)).all() or not (found < count).all():
        return np.zeros(0, np.int64)
    return np.zeros(0, np.int64) if found.min() < 0 else np.unique(found.astype(np.int64))


def _numbers(state: object, name: str) -> np.ndarray | None:
    """Return a list of numbers of the state as float64; None where there is none."""
    sent = state.get(name) if hasattr(state, "get") else None
    if not isinstance(sent, list) or not all(type(value) in (int, float) for value in sent):
        return None
    try:
        return np.array(sent, np.float64)
    except OverflowError:  # a whole number that no float holds
        return None
