"""A number that the visitor types, written with digits that a model draws."""

import numpy as np
import streamlit as st

from aeviz.analysis.generation import MOST_DIGITS, draw_noise, draw_points, read_number
from aeviz.figures.pictures import enlarge, tile, to_data_uri
from aeviz.web.kernel import priors
from aeviz.web.kernel.controls import pick_chance
from aeviz.web.kernel.distances import find_far, read_points
from aeviz.web.kernel.images import decoded, offer_picture
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import anchoring, is_anchored
from aeviz.web.kernel.text import escape

DIGIT_PX, WIDEST_PX = 140, 1000
"""Width in pixels of a digit, and of the longest number."""


@st.fragment
def show_number(model: Model) -> None:
    """Draw each digit of a number and set them side by side in one picture."""
    with errors_as_messages():
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            typed = st.text_input(
                "Number",
                value="31415",
                max_chars=MOST_DIGITS,
                key="number",
                bind="query-params",
                live=True,
                autocomplete="off",
                width=220,
                help=f"1 to {MOST_DIGITS} digits; each is drawn by itself.",
            ).strip()
            temperature, seed = pick_chance()
        if not typed:
            st.info(f"Type a number of 1 to {MOST_DIGITS} digits.", icon=":material/dialpad:")
            return
        names = model.provenance.class_names
        labels = read_number(typed, names)
        absent = sorted({names[label] for label in labels} - set(model.encoded_classes()))
        if absent and not is_anchored(model):
            st.warning(
                f"No test image of class {', '.join(map(escape, absent))} was encoded, so {escape(model.name)} "
                "cannot draw it; type other digits or choose another model.",
                icon=":material/warning:",
            )
            return
        of_class = priors.prior_gaussian if is_anchored(model) else priors.data_gaussian
        gaussians = [of_class(model, int(label)) for label in labels]
        noise = draw_noise(seed, len(labels), model.config.model.latent_dim)
        points = draw_points(gaussians, np.arange(len(labels)), noise, temperature)
        _show_picture(model, typed, points, f"temperature {temperature:g}, seed {seed}", f"{typed}-seed{seed}")
        _show_reading(model, labels, points)


def _show_picture(model: Model, typed: str, points: np.ndarray, chance: str, name: str) -> None:
    picture = tile(decoded(model, points), len(points), gap=0)
    width = min(DIGIT_PX * len(points), WIDEST_PX)
    st.image(to_data_uri(enlarge(picture, width)), width=width, alt=f"{typed}, drawn by {model.name}")
    origin = (
        "the prior of its class" if is_anchored(model) else "a Gaussian fitted to the encoded test images of its class"
    )
    st.caption(f"{typed}, drawn by {escape(model.name)}, each digit from {origin}; {chance}")
    offer_picture(picture, f"{model.name}-{name}", 2 * width)


def _show_reading(model: Model, labels: np.ndarray, points: np.ndarray) -> None:
    """Say as what the encoded test images nearest to each digit would read it."""
    if model.require_latents().labels is not None:
        votes = read_points(model, points)
        read = " ".join(escape(model.provenance.class_names[vote]) for vote in votes)
        far = find_far(model, points)
        far_count = 0 if far is None else int(far.sum())
        st.markdown(
            f"Read by the 10 encoded test images nearest to each: **{read}**, {int((votes == labels).sum())} of "
            f"{len(labels)} as meant; {far_count} far from the data."
        )
    if is_anchored(model):
        st.markdown(anchoring(model))
    else:
        st.caption(
            f"{escape(model.name)} has no prior for a class, so that each digit is drawn where the test images of its "
            "class came to lie. Classes that overlap there are mixed up; a class-anchored model keeps them apart."
        )
