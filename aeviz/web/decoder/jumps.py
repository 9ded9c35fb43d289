"""Buttons that move the latent point: undo and redo, to its median, to a test image, at random."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from aeviz.analysis.generation import draw_noise, draw_points
from aeviz.language import tr
from aeviz.web.decoder.point import can_redo, can_undo, jump, redo, undo
from aeviz.web.kernel import priors, spaces
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.points import can_pick_image, random_image_point

_TEMPERATURE = "temperature"


_STYLE = """<style>
.st-key-undo-row button { min-height: 1.9rem; padding: 0 0.6rem; }
@media (max-width: 40rem) { :is(.st-key-undo-row, div:has(> .st-key-undo-row)) { order: 1; } }
</style>"""
"""On a telephone the row stands last: the image needs the room."""


def show_undo(model: Model) -> None:
    """Show what takes moves back; call it in the fragment that shows the explorer, before that."""
    st.html(_STYLE)
    with st.container(horizontal=True, gap="small", key="undo-row"):
        st.button(
            tr("Undo"),
            icon=":material/undo:",
            key="undo",
            on_click=undo,
            args=(model,),
            disabled=not can_undo(model),
            help=tr("Undo the last move."),
        )
        st.button(
            tr("Redo"),
            icon=":material/redo:",
            key="redo",
            on_click=redo,
            args=(model,),
            disabled=not can_redo(model),
            help=tr("Redo the move."),
        )
        st.button(
            tr("Reset"),
            icon=":material/restart_alt:",
            key="reset",
            on_click=_jump_to_rest,
            args=(model,),
            help=tr("Set every coordinate to its median over the encoded images."),
        )


def show_jumps(model: Model, choose: Callable[[int], None] | None = None) -> None:
    """Show the buttons that go elsewhere; call it in the fragment that shows the explorer.

    Args:
        model: The model.
        choose: Chooses a test image by its number, where the page shows chosen ones; the point then follows.
    """
    variational = model.config.model.is_variational
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if can_pick_image(model):
            st.button(
                tr("Random test image"),
                icon=":material/image:",
                key="image",
                on_click=_jump_to_image,
                args=(model, choose),
                help=tr("Go to the latent point of a random test image."),
            )
        st.button(
            tr("Random point"),
            icon=":material/casino:",
            key="random",
            on_click=_jump_at_random,
            args=(model,),
            help=tr("Draw a point from the prior.")
            if variational
            else tr("Draw a point from a Gaussian fitted to the encoded images."),
        )
        st.slider(
            tr("Temperature"),
            min_value=0.1,
            max_value=2.0,
            value=1.0,
            step=0.05,
            key=_TEMPERATURE,
            bind="query-params",
            width=240,
            help=tr("Factor of the standard deviation of random points, 0.1 to 2."),
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


def _jump_to_image(model: Model, choose: Callable[[int], None] | None) -> None:
    with errors_as_messages(stop=False):
        if choose is not None and model.stored_latents is not None:
            choose(int(np.random.default_rng().integers(len(model.stored_latents.z))))
            return
        point = random_image_point(model)
        if point is not None:
            jump(model, point)


def _jump_to_rest(model: Model) -> None:
    jump(model, spaces.basis(model, "latent").origin)
