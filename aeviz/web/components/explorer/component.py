"""The explorer in the page: a latent point under the pointer and the images that decoders give there, without a rerun.

What comes back may have been made up by any browser, so that everything is checked and what is odd counts as absent.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aeviz.web.components.explorer.payload import FARTHEST
from aeviz.web.components.kit.mount import Component

_component = Component(
    name="explorer", script="explorer/explorer.js", style="explorer/explorer.css", events=("point", "view", "request")
)

MOST_POINTS = 400
"""Points in one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request of the page to the server, for the images that it cannot decode itself."""

    number: int
    model: int
    """Which of the models shown."""
    points: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the visitor looks at the space; None where that was not touched yet."""

    pair: tuple[int, int] | None = None
    along: int | None = None
    backdrop: str | None = None
    waypoints: tuple[tuple[float, ...], ...] | None = None


def explorer(
    payload: bytes,
    *,
    key: str,
    on_point: Callable[[], None],
    on_view: Callable[[], None],
    on_request: Callable[[], None],
) -> None:
    """Show what `payload.view_payload` packed; what its names stand for must be sent by `kit.blobs.send_blob`.

    Args:
        payload: The packed view.
        key: Identity of the explorer; callbacks read what happened by `kit.mount.state_of(key)`.
        on_point: Called when the visitor has let go of the point: see `read_point`.
        on_view: Called when the visitor looks at the space in another way: see `read_look`.
        on_request: Called when the page has a request: see `read_request`.
    """
    _component.show(payload, key=key, callbacks={"point": on_point, "view": on_view, "request": on_request})


def read_point(state: object, dimensions: int) -> tuple[float, ...] | None:
    """Return the latent point of so many dimensions that the visitor let go of, or None."""
    message = state.get("point") if isinstance(state, dict) else None
    return _point(message.get("values"), dimensions) if isinstance(message, dict) else None


def read_look(state: object, dimensions: int) -> Look:
    """Return how the visitor looks at a space of so many dimensions."""
    message = state.get("view") if isinstance(state, dict) else None
    if not isinstance(message, dict):
        return Look()
    pair, along, backdrop, waypoints = (message.get(name) for name in ("pair", "along", "backdrop", "waypoints"))
    axes = range(dimensions)
    is_pair = isinstance(pair, list) and len(pair) == 2 and all(type(axis) is int and axis in axes for axis in pair)
    points = [_point(each, dimensions) for each in waypoints] if isinstance(waypoints, list) else None
    return Look(
        pair=(pair[0], pair[1]) if isinstance(pair, list) and is_pair and pair[0] != pair[1] else None,
        along=along if type(along) is int and along in axes else None,
        backdrop=backdrop if isinstance(backdrop, str) else None,
        waypoints=None if points is None else tuple(point for point in points if point is not None),
    )


def read_request(state: object, dimensions: int) -> Request | None:
    """Return what the page asks for at points of so many dimensions, or None."""
    message = state.get("request") if isinstance(state, dict) else None
    if not isinstance(message, dict):
        return None
    number, model, given = (message.get(name) for name in ("number", "model", "points"))
    if type(number) is not int or type(model) is not int or not isinstance(given, list) or len(given) > MOST_POINTS:
        return None
    points = tuple(point for point in (_point(each, dimensions) for each in given) if point is not None)
    if not points or len(points) < len(given):
        return None
    return Request(number=number, model=model, points=points)


def _point(values: object, dimensions: int) -> tuple[float, ...] | None:
    if not isinstance(values, list) or len(values) != dimensions:
        return None
    if not all(type(value) in (int, float) and abs(value) < FARTHEST for value in values):  # no NaN is below
        return None
    return tuple(float(value) for value in values)
