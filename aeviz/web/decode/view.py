"""Decode: the explorer in the page, and what Python adds to it: jumps, distance from the data, the address."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.generation import draw_noise, draw_points
from aeviz.analysis.neighbours import nearest_to
from aeviz.figures.images import shrink, tile, to_small_uri
from aeviz.web.decode.explorer import keep_look, send_explorer, show_explorer
from aeviz.web.decode.point import can_redo, can_undo, jump, keep_address, point_of, redo, settle, undo
from aeviz.web.kernel import distances, priors, spaces
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.images import decoded, originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import NO_COMPARISON, errors_as_messages, pick_second
from aeviz.web.kernel.points import can_pick_image, is_wide, random_image_point, show_distance
from aeviz.web.kernel.text import escape

DIMENSIONS, DIRECTIONS = "latent dimensions", "principal directions"
NEAREST, NEAREST_PX = 8, 48
"""Encoded images that are shown as the nearest to the point, and the longer side of each in pixels."""
_TEMPERATURE = "temperature"


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
        _show_nearest(model, point_of(model))
        _jumps(model)
        if not keep_address(model):
            st.caption("Too many waypoints for a link: the page's address leaves them out.")
        keep_look(model, axes)


def _show_nearest(model: Model, point: np.ndarray) -> None:
    """Show the encoded images nearest to a latent point, (D,), where the run has kept them."""
    table, used = model.stored_latents, distances.used_dimensions(model)
    if table is None or not used.any():
        return
    near = nearest_to(table.z[:, used], point[used], NEAREST)
    dataset = originals(model)
    images = decoded(model, table.z[near.indices]) if dataset is None else dataset.images[near.indices]
    names = [str(index) for index in near.indices.tolist()]
    if table.labels is not None:
        classes = model.provenance.class_names
        names = [classes[int(label)] for label in table.labels[near.indices]]
    what = "decoded by the model" if dataset is None else "originals"
    st.image(
        to_small_uri(tile(shrink(images, NEAREST_PX), len(images))),
        width=len(images) * (NEAREST_PX + 4),
        alt=f"The {len(images)} nearest encoded images: {', '.join(names)}",
    )
    first, last = float(near.distances[0]), float(near.distances[-1])
    st.caption(f"Nearest test images ({what}): {' · '.join(map(escape, names))}. Distance {first:.3g} to {last:.3g}.")


def _jumps(model: Model) -> None:
    variational = model.config.model.is_variational
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            on_click=undo,
            args=(model,),
            disabled=not can_undo(model),
            help="Undo the last move.",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            key="redo",
            on_click=redo,
            args=(model,),
            disabled=not can_redo(model),
            help="Redo the move.",
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            key="reset",
            on_click=_jump_to_rest,
            args=(model,),
            help="Set every coordinate to its median over the encoded images.",
        )
        if can_pick_image(model):
            st.button(
                "Random test image",
                icon=":material/image:",
                key="image",
                on_click=_jump_to_image,
                args=(model,),
                help="Go to the latent point of a random test image.",
            )
        st.button(
            "Random point",
            icon=":material/casino:",
            key="random",
            on_click=_jump_at_random,
            args=(model,),
            help=f"Draw a point from {'the prior' if variational else 'a Gaussian fitted to the encoded images'}.",
        )
        st.slider(
            "Temperature",
            min_value=0.1,
            max_value=2.0,
            value=1.0,
            step=0.05,
            key=_TEMPERATURE,
            bind="query-params",
            width=240,
            help="Factor of the standard deviation of random points, 0.1 to 2.",
        )


def _jump_at_random(model: Model) -> None:
    with errors_as_messages(stop=False):
        config, chance = model.config.model, np.random.default_rng()
        if config.is_variational:
            label = int(chance.integers(config.classes)) if config.prior == "anchored" else None
            gaussian = priors.prior_gaussian(model, label)
        else:
            gaussian = priors.data_gaussian(model, None)
        noise = draw_noise(int(chance.integers(2**32)), 1, config.latent_dim)
        temperature = float(st.session_state.get(_TEMPERATURE) or 1.0)
        jump(model, draw_points([gaussian], np.zeros(1, dtype=np.int64), noise, temperature)[0])


def _jump_to_image(model: Model) -> None:
    with errors_as_messages(stop=False):
        point = random_image_point(model)
        if point is not None:
            jump(model, point)


def _jump_to_rest(model: Model) -> None:
    jump(model, spaces.basis(model, "latent").origin)
