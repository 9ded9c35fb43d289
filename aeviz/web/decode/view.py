"""Decode: the explorer in the page, and what Python adds to it: jumps, distance from the data, the address."""

from collections.abc import Mapping

import streamlit as st

from aeviz.web.decoder.explorer import keep_look, send_explorer, show_explorer
from aeviz.web.decoder.jumps import show_jumps
from aeviz.web.decoder.nearest import show_nearest
from aeviz.web.decoder.point import keep_address, point_of, settle
from aeviz.web.kernel import spaces
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import NO_COMPARISON, errors_as_messages, pick_second
from aeviz.web.kernel.points import is_wide, show_distance

DIMENSIONS, DIRECTIONS = "latent dimensions", "principal directions"


def pick_axes(model: Model) -> spaces.AxesName:
    """Let the visitor choose the axes of a latent space with many dimensions; the choice is in the URL."""
    if not is_wide(model):
        return "latent"
    chosen = st.segmented_control(
        "Basis",
        [DIMENSIONS, DIRECTIONS],
        default=DIMENSIONS,
        required=True,
        key="basis",
        bind="query-params",
        help="Latent dimensions: the most informative first (by KL divergence, or by variance for a plain "
        "autoencoder). Principal directions: orthogonal directions of the codes, ordered by variance. The "
        "point stays the same.",
    )
    return "principal" if chosen == DIRECTIONS else "latent"


def pick_beside(found: Mapping[str, Model], model: Model) -> Model | None:
    """Let the visitor choose a second model that decodes at the same moves of the pointer, or none."""
    return pick_second(found, model, mapped=False, default=NO_COMPARISON, parameter="beside")


def show_decoder(model: Model, second: Model | None, axes: spaces.AxesName) -> None:
    """Show pad, sliders and images of one or two models, which decode in the page, and what goes with them."""
    settle(model)
    for each in (model, second):
        if each is not None:
            prepare_networks(each)
    _show(model, second, axes)
    send_explorer(model, second, axes)


@st.fragment
def _show(model: Model, second: Model | None, axes: spaces.AxesName) -> None:
    with errors_as_messages():
        show_explorer(model, second, axes)
        show_distance(model, point_of(model))
        show_nearest(model, point_of(model))
        show_jumps(model)
        if not keep_address(model):
            st.caption("Too many waypoints for a link: the page's address leaves them out.")
        keep_look(model, axes)
