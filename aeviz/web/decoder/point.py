"""The latent point that a visitor of Decode has come to: in the session, in the address, undone."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import has_just_arrived
from aeviz.web.kernel.point_url import POINT, bases_of, read_point, round_point, write_point
from aeviz.web.kernel.url import UrlState, drop_parameters

MOST_JUMPS = 50
"""Jumps that can be undone."""
MOST_WAYPOINTS = 12
"""Points that can be kept to interpolate between."""
MOST_TEXT = 3000
"""Characters that kept points may take in the address: servers between refuse longer lines."""
_WAYPOINTS, _SEPARATOR, _REST = ".stops", "!", "rest"

Waypoints = tuple[tuple[float, ...], ...]


def settle(model: Model, start: np.ndarray | None = None) -> None:
    """Follow the address to a point when the visitor comes with one, or begin at `start`, (D,), or at rest."""
    bases = bases_of(model)
    held = st.session_state.get(_point(model))
    if held is None or len(held) != len(bases[0].names):
        _hold(model, bases[0].origin)
        held = None
    if held is None or has_just_arrived():
        asked = _in_url(model).restore()
        asked = start if asked is None else asked
        if asked is not None and held is None:
            _hold(model, asked)
        elif asked is not None and write_point(bases, asked) != write_point(bases, point_of(model)):
            jump(model, asked)
        kept = _waypoints_in_url(model)
        if kept.is_given():
            keep_waypoints(model, kept.restore() or ())


def point_of(model: Model) -> np.ndarray:
    """Return the current point, (D,), float64."""
    return np.array(st.session_state[_point(model)])


def revision_of(model: Model) -> int:
    """Return how often the point was moved by anything but the visitor's hand in the page."""
    revision: int = st.session_state.get(_revision(model), 0)
    return revision


def follow(model: Model, point: np.ndarray) -> None:
    """Go where the visitor has moved the point, (D,), in the page, so that they can come back to the present one."""
    before = _held(model)
    _hold(model, point)
    if _held(model) != before:  # else an undo of this would seem to do nothing
        st.session_state[_past(model)] = [*_steps(_past(model)), before][-MOST_JUMPS:]
        st.session_state[_future(model)] = []


def jump(model: Model, point: np.ndarray) -> None:
    """Go to a point, (D,), as `follow` does, and take the page along."""
    follow(model, point)
    st.session_state[_revision(model)] = revision_of(model) + 1


def waypoints_of(model: Model) -> Waypoints:
    """Return the points, D numbers each, that the visitor keeps to interpolate between."""
    waypoints: Waypoints = st.session_state.get(_waypoints(model), ())
    return waypoints


def keep_waypoints(model: Model, waypoints: Sequence[Sequence[float]]) -> None:
    """Keep points to interpolate between, at most `MOST_WAYPOINTS`."""
    st.session_state[_waypoints(model)] = tuple(tuple(point) for point in waypoints[:MOST_WAYPOINTS])


def undo(model: Model) -> None:
    """Go back to where the last jump began; the present point is kept for `redo`."""
    _swap(model, _past(model), _future(model))


def redo(model: Model) -> None:
    """Take back the last `undo`."""
    _swap(model, _future(model), _past(model))


def can_undo(model: Model) -> bool:
    """Whether there is a jump to undo."""
    return bool(_steps(_past(model)))


def can_redo(model: Model) -> bool:
    """Whether there is an undo to take back."""
    return bool(_steps(_future(model)))


def keep_address(model: Model) -> bool:
    """Write the current point into the address, and take out what belongs to other models.

    Returns:
        Whether the kept points are there too; those of many dimensions may be too long for an address.
    """
    point, kept = _in_url(model), _waypoints_in_url(model)
    waypoints = waypoints_of(model)
    fits = len(kept.format(waypoints)) <= MOST_TEXT
    drop_parameters((POINT, _WAYPOINTS), keep=(point.name, kept.name))
    point.write(point_of(model))
    kept.write(waypoints if fits else None)
    return fits


def _in_url(model: Model) -> UrlState[np.ndarray]:
    bases = bases_of(model)
    return UrlState(model.name + POINT, lambda text: read_point(bases, text), lambda point: write_point(bases, point))


def _waypoints_in_url(model: Model) -> UrlState[Waypoints]:
    bases = bases_of(model)

    def parse(text: str) -> Waypoints:
        parts = text.split(_SEPARATOR)
        points = [bases[0].origin if part == _REST else read_point(bases, part) for part in parts]
        return tuple(tuple(point.tolist()) for point in points if point is not None)

    def write(waypoints: Waypoints) -> str:
        return _SEPARATOR.join(write_point(bases, np.array(point)) or _REST for point in waypoints)

    return UrlState(model.name + _WAYPOINTS, parse, write)


def _point(model: Model) -> str:
    return f"{model.name}.point"


def _revision(model: Model) -> str:
    return f"{model.name}.revision"


def _waypoints(model: Model) -> str:
    return f"{model.name}.kept"


def _past(model: Model) -> str:
    return f"{model.name}.past"


def _future(model: Model) -> str:
    return f"{model.name}.future"


def _steps(key: str) -> list[tuple[float, ...]]:
    steps: list[tuple[float, ...]] = st.session_state.get(key, [])
    return steps


def _held(model: Model) -> tuple[float, ...]:
    point: tuple[float, ...] = st.session_state[_point(model)]
    return point


def _hold(model: Model, point: np.ndarray) -> None:
    """Keep a point as the address names it, so that whoever follows the address sees the same image."""
    st.session_state[_point(model)] = tuple(round_point(bases_of(model), point).astype(np.float64).tolist())


def _swap(model: Model, source: str, target: str) -> None:
    steps = _steps(source)
    if steps:
        st.session_state[target] = [*_steps(target), _held(model)][-MOST_JUMPS:]
        st.session_state[source] = steps[:-1]
        _hold(model, np.array(steps[-1]))
        st.session_state[_revision(model)] = revision_of(model) + 1
