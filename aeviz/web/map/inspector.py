"""The inspector beside the map: the decoded image, the chosen image, sliders, an axis and a path, in the page."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from aeviz.language import tr
from aeviz.web.components.explorer.payload import Part
from aeviz.web.decoder.explorer import keep_look, send_explorer, show_explorer
from aeviz.web.decoder.jumps import show_jumps, show_undo
from aeviz.web.decoder.point import follow, jump, keep_address, point_of, settle
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.points import show_distance
from aeviz.web.kernel.spaces import has_all_codes
from aeviz.web.kernel.text import escape
from aeviz.web.map.layers import sprite_name
from aeviz.web.map.own_image import bring_own, has_own, pick_own, send_own

INSPECTOR = "inspector"
"""The part of the page that shows it, which runs again by itself."""
PARTS: tuple[Part, ...] = ("image", "sliders", "strip", "waypoints")


def show_inspector(
    model: Model, second: Model | None, image: int | None = None, choose: Callable[[int], None] | None = None
) -> None:
    """Show what stands beside the map of one or two models.

    Args:
        model: The model of the map.
        second: The model beside it.
        image: A test image that the visitor comes for: unless the address names a point, its code is where they begin.
        choose: Chooses a test image by its number, for the map and for what stands below it too.
    """
    if not model.has_summary:
        st.info(
            tr(
                "{model} has no statistics of its latent space, so nothing can be decoded here. Train it to its end, "
                "or choose another model.",
                model=escape(model.name),
            ),
            icon=":material/hourglass_empty:",
        )
        return
    settle(model, None if image is None else _code(model, image))
    pick_own()  # outside of the fragment: the page sends the encoders that a drawing needs
    _show(model, second, choose)


def go_to_image(model: Model, index: int) -> None:
    """Follow a visitor who has chosen a test image to its latent point."""
    code = _code(model, index)
    if model.has_summary and code is not None:
        (follow if has_all_codes(model) else jump)(model, code)


def _code(model: Model, index: int) -> np.ndarray | None:
    """Return the latent point of a test image, (D,), float64; None where it is not known."""
    table = model.latents
    return None if table is None or index >= len(table.z) else table.z[index].astype(np.float64)


@st.fragment(key=INSPECTOR)
def _show(model: Model, second: Model | None, choose: Callable[[int], None] | None) -> None:
    with errors_as_messages():
        own = bring_own(model) if has_own() else None
        show_undo(model)
        with st.container(key=INSPECTOR):
            show_explorer(model, second, "latent", PARTS, sprite_name(model), own, takes_own=has_own())
        show_distance(model, point_of(model))
        show_jumps(model, choose)
        if not keep_address(model):
            st.caption(tr("Too many waypoints for a link: the page's address leaves them out."))
        keep_look(model, "latent")


def send_inspector(model: Model, second: Model | None) -> None:
    """Send what the inspector's names stand for; call it at the end of the page, outside of fragments."""
    if model.has_summary:
        send_explorer(model, second, "latent")
        if has_own():
            send_own(model, second)
