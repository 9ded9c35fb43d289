"""The latent map in the page: pan, zoom and turn without a rerun; classes and clicks come back to Python."""

from dataclasses import dataclass

import streamlit as st

_component = st.components.v2.component("aeviz.latent_map", js="latent_map.js", css="latent_map.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEvent:
    """What the visitor did to the map; None where it was not touched yet."""

    selected: int | None
    """Index of the clicked image."""
    hidden: tuple[int, ...] | None
    """Labels of the hidden classes."""


def _ignore() -> None:
    """Streamlit keeps a state value only if a callback is named for it."""


def latent_map(payload: bytes, *, key: str) -> MapEvent:
    """Show a map made by `aeviz.figures.point_map.map_payload`.

    Args:
        payload: The packed panels; sent to the browser only when it changes.
        key: Identity of the map; camera and hidden classes survive reruns.
    """
    result = _component(key=key, data=payload, on_selected_change=_ignore, on_hidden_change=_ignore)
    selected, hidden = result.get("selected"), result.get("hidden")
    return MapEvent(
        selected=selected if isinstance(selected, int) else None,
        hidden=tuple(int(label) for label in hidden) if isinstance(hidden, list) else None,
    )
