"""A visitor's choices for each of their images, under keys that are the same for all images.

Streamlit keeps what it knows of a key for the whole visit, some kilobytes. Keys that name an image would fill the
memory, image by image.
"""

from collections.abc import Mapping

import streamlit as st

MOST = 64
"""Images whose choices are kept for a visit, those that were shown last."""


def recall_choices(place: str, image: str, usual: Mapping[str, object]) -> None:
    """Put what was chosen for an image under the keys of its widgets, `PLACE.NAME`; call it before them, each time.

    Args:
        place: Prefix of the keys.
        image: What tells the image from others.
        usual: Value of each widget by its name, for an image without choices. The widgets get no default of their own.
    """
    state = st.session_state
    kept: dict[str, dict[str, object]] = state.setdefault(f"{place}.choices", {})
    before: str | None = state.get(f"{place}.choices-of")
    keys = {name: f"{place}.{name}" for name in usual}
    if before is not None and all(key in state for key in keys.values()):  # else the visitor was on another page
        kept.pop(before, None)
        kept[before] = {name: state[key] for name, key in keys.items()}
        while len(kept) > MOST:
            del kept[next(iter(kept))]
    chosen = kept.get(image, {})
    for name, key in keys.items():
        if before != image or key not in state:
            state[key] = chosen.get(name, usual[name])
    state[f"{place}.choices-of"] = image
