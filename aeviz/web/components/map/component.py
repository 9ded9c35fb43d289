"""The latent map in the page: pan, zoom and rotate without a rerun; classes and clicks come back to Python."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeGuard, get_args

from aeviz.analysis.selection import FARTHEST, Selection, read_selection
from aeviz.web.components.kit.mount import Component
from aeviz.web.components.map.payload import EllipseMode, FieldName

EVENTS = ("selected", "hidden", "ellipses", "prior", "selection", "blend", "field", "morph", "whole")
"""Events that the visitor can trigger on the map."""
_component = Component(name="map", script="map/map.js", style="map/map.css", events=EVENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEvent:
    """The visitor's last actions on the map; None for those not taken yet."""

    selected: int | None
    """Index of the clicked image."""
    hidden: tuple[int, ...] | None
    """Labels of the hidden classes."""
    ellipses: EllipseMode | None = None
    """Whose posteriors are drawn."""
    prior: bool | None = None
    """Whether the prior's contours are drawn."""
    selection: Selection | None = None
    """The outline of the selected points; see `aeviz.analysis.selection.points_in_selection`."""
    is_cleared: bool = False
    """Whether there was a selection, which the visitor cleared."""
    blend: float | None = None
    """What is shown: from 0, the points, to 1, the images decoded all over the plane."""
    field: FieldName | None = None
    """What is drawn over the plane."""
    morph: float | None = None
    """The second map laid over the first: from 0, the first, to 1, the second."""
    whole: bool | None = None
    """Whether all points are drawn, not a part of very many."""
    is_beside: bool = False
    """Whether both are shown side by side again."""


def latent_map(payload: bytes, *, key: str, callbacks: Mapping[str, Callable[[], None]] | None = None) -> MapEvent:
    """Show a map made by `aeviz.web.components.map.payload.map_payload`.

    Args:
        payload: The packed panels; sent to the browser only when it changes.
        key: Identity of the map; camera and hidden classes survive reruns.
        callbacks: Called before the run that an event starts, by the event's name; see `read_event`.
    """
    return read_event(_component.show(payload, key=key, callbacks=callbacks))


def read_event(state: object) -> MapEvent:
    """Return what the visitor did to a map, from `kit.mount.state_of` its key, which any browser may have made up."""
    result = state if isinstance(state, Mapping) else {}
    selected, hidden = result.get("selected"), result.get("hidden")
    ellipses, prior = result.get("ellipses"), result.get("prior")
    drawn, whole = result.get("selection"), result.get("whole")
    return MapEvent(
        selected=selected if _is_index(selected) else None,
        hidden=tuple(hidden) if isinstance(hidden, list) and all(_is_index(label) for label in hidden) else None,
        ellipses=next((mode for mode in get_args(EllipseMode) if mode == ellipses), None),
        prior=prior if isinstance(prior, bool) else None,
        whole=whole if isinstance(whole, bool) else None,
        selection=read_selection(drawn),
        is_cleared=isinstance(drawn, Mapping) and not drawn.get("polygon"),
        blend=_read_blend(result.get("blend")),
        morph=_read_blend(result.get("morph")),
        is_beside=result.get("morph") == -1,
        field=next((name for name in get_args(FieldName) if name == result.get("field")), None),
    )


def _is_index(value: object) -> TypeGuard[int]:
    """Return whether a value is the number of an image, a class or a panel, from 0; bool is none."""
    return type(value) is int and 0 <= value < FARTHEST


def _read_blend(value: object) -> float | None:
    """Return a number from 0 to 1, or None for whatever else."""
    return float(value) if type(value) in (int, float) and 0 <= value <= 1 else None  # type: ignore[operator, arg-type]
