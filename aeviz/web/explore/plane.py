"""The decoded plane: two axes of a latent space covered by the images decoded there, in place of the map."""

import streamlit as st

from aeviz.language import mark, tr
from aeviz.web.components.explorer.payload import Part
from aeviz.web.decoder.explorer import keep_look, send_explorer, show_explorer
from aeviz.web.decoder.jumps import show_jumps, show_undo
from aeviz.web.decoder.point import keep_address, point_of, settle
from aeviz.web.kernel import spaces
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.points import is_wide, show_distance
from aeviz.web.map.layers import send_sprites, sprite_name
from aeviz.web.map.own_image import bring_own_folded, has_own, keep_own, send_own

DIMENSIONS, DIRECTIONS = mark("latent dimensions"), mark("principal directions")
PARTS: tuple[Part, ...] = ("pad", "own", "sliders", "strip", "nearest", "waypoints")

_TOOLS = "plane-tools"
_STYLE = f"""<style>
.st-key-{_TOOLS} > div:has(> .st-key-undo-row) {{ width: auto !important; flex: none; }}
.st-key-{_TOOLS} button {{ min-height: 1.9rem; padding: 0 0.6rem; }}
@media (max-width: 40rem) {{
  .st-key-{_TOOLS} > div:has(> .st-key-undo-row) {{ order: 0; }}
  .st-key-{_TOOLS} .st-key-undo-row p {{ position: absolute; clip-path: inset(50%); width: 1px; }}
}}
</style>"""
"""All tools stand in one row; on a telephone those that take moves back show their icons alone."""


def pick_axes(model: Model) -> spaces.AxesName:
    """Let the visitor choose the axes of a latent space with many dimensions; the choice is in the URL."""
    if not is_wide(model):
        return "latent"
    chosen = choose(
        st.segmented_control,
        tr("Basis"),
        [DIMENSIONS, DIRECTIONS],
        default=DIMENSIONS,
        required=True,
        key="basis",
        help=tr(
            "Latent dimensions: the most informative first (by KL divergence, or by variance for a plain "
            "autoencoder). Principal directions: orthogonal directions of the codes, ordered by variance. The "
            "point stays the same."
        ),
    )
    return "principal" if chosen == DIRECTIONS else "latent"


def show_plane(model: Model, second: Model | None, axes: spaces.AxesName) -> None:
    """Show the plane, and beside it the images that one or two models decode at the point, with what moves it."""
    settle(model)
    for each in (model, second):
        if each is not None:
            prepare_networks(each)
    keep_own()
    _show(model, second, axes)
    send_explorer(model, second, axes)
    if has_own():
        send_own(model, second)
    if model.has_latents:
        send_sprites(model)


@st.fragment
def _show(model: Model, second: Model | None, axes: spaces.AxesName) -> None:
    with errors_as_messages():
        st.html(_STYLE)
        with st.container(horizontal=True, gap="small", key=_TOOLS):
            show_undo(model)
            own = bring_own_folded(model)
        sprite = sprite_name(model) if model.has_latents else None
        show_explorer(model, second, axes, PARTS, sprite, own, takes_own=has_own())
        show_jumps(model)
        show_distance(model, point_of(model))
        if not keep_address(model):
            st.caption(tr("Too many waypoints for a link: the page's address leaves them out."))
        keep_look(model, axes)
