"""The studio in the page: a latent point under the pointer and what decoders make of it, without a rerun.

What comes back may have been made up by any browser, so that everything is checked and what is odd counts as absent.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_log = logging.getLogger(__name__)

_component: ComponentRenderer | None = None
try:
    _component = st.components.v2.component("aeviz.studio", js="explorer/studio.js", css="explorer/studio.css")
except StreamlitAPIException as error:  # its assets are missing
    _log.warning("the studio component cannot be loaded: %s", error)

IS_AVAILABLE = _component is not None
"""Whether the component's files were found."""

MOST_POINTS = 400
"""Points in one question."""
FARTHEST = 1e6
"""Coordinates of a point are below that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the page asks the server."""

    number: int
    kind: Literal["decode", "far"]
    model: int
    """Which of the models shown."""
    points: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the visitor looks at the space; None where that was not touched yet."""

    pair: tuple[int, int] | None = None
    along: int | None = None
    backdrop: str | None = None
    stops: tuple[tuple[float, ...], ...] | None = None


def studio(
    payload: bytes, *, key: str, on_point: Callable[[], None], on_view: Callable[[], None], on_ask: Callable[[], None]
) -> None:
    """Show what `payload.view_payload` packed; what its names stand for must be carried to the page.

    Args:
        payload: The packed view.
        key: Identity of the studio; callbacks read what happened by it.
        on_point: Called when the visitor has let go of the point: see `read_point`.
        on_view: Called when the visitor looks at the space in another way: see `read_look`.
        on_ask: Called when the page has a question: see `read_question`.
    """
    if _component is None:
        raise RuntimeError("the studio is missing; the page must ask IS_AVAILABLE first")
    _component(key=key, data=payload, on_point_change=on_point, on_view_change=on_view, on_ask_change=on_ask)


def read_point(state: object, dimensions: int) -> tuple[float, ...] | None:
    """Return the latent point of so many dimensions that the visitor let go of, or None."""
    message = state.get("point") if isinstance(state, dict) else None
    return _point(message.get("values"), dimensions) if isinstance(message, dict) else None


def read_look(state: object, dimensions: int) -> Look:
    """Return how the visitor looks at a space of so many dimensions."""
    message = state.get("view") if isinstance(state, dict) else None
    if not isinstance(message, dict):
        return Look()
    pair, along, backdrop, stops = (message.get(name) for name in ("pair", "along", "backdrop", "stops"))
    axes = range(dimensions)
    is_pair = isinstance(pair, list) and len(pair) == 2 and all(type(axis) is int and axis in axes for axis in pair)
    points = [_point(stop, dimensions) for stop in stops] if isinstance(stops, list) else None
    return Look(
        pair=(pair[0], pair[1]) if isinstance(pair, list) and is_pair and pair[0] != pair[1] else None,
        along=along if type(along) is int and along in axes else None,
        backdrop=backdrop if isinstance(backdrop, str) else None,
        stops=None if points is None else tuple(point for point in points if point is not None),
    )


def read_question(state: object, dimensions: int) -> Question | None:
    """Return what the page asks about points of so many dimensions, or None."""
    message = state.get("ask") if isinstance(state, dict) else None
    if not isinstance(message, dict):
        return None
    number, kind, model, given = (message.get(name) for name in ("number", "kind", "model", "points"))
    if type(number) is not int or type(model) is not int or not isinstance(given, list) or len(given) > MOST_POINTS:
        return None
    points = tuple(point for point in (_point(each, dimensions) for each in given) if point is not None)
    if not points or len(points) < len(given) or kind not in ("decode", "far"):
        return None
    return Question(number=number, kind="far" if kind == "far" else "decode", model=model, points=points)


def _point(values: object, dimensions: int) -> tuple[float, ...] | None:
    if not isinstance(values, list) or len(values) != dimensions:
        return None
    if not all(type(value) in (int, float) and abs(value) < FARTHEST for value in values):  # no NaN is below
        return None
    return tuple(float(value) for value in values)
