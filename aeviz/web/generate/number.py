"""A number that the visitor types, written with digits that a model draws."""

import numpy as np
import streamlit as st

from aeviz.analysis.generation import MOST_DIGITS, draw_noise, draw_points, read_number
from aeviz.figures.pictures import enlarge, tile, to_data_uri
from aeviz.training.runs import RunFolder
from aeviz.web.kernel import cache, priors
from aeviz.web.kernel.controls import (
    anchoring,
    classes_of,
    find_far,
    is_anchored,
    offer_picture,
    pick_chance,
    read_points,
    table_of,
)
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import plain

DIGIT_PX, WIDEST_PX = 140, 1000
"""Width in pixels of a digit, and of the longest number."""


@st.fragment
def show_number(run: RunFolder) -> None:
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
        names = run.provenance.class_names
        labels = read_number(typed, names)
        absent = sorted({names[label] for label in labels} - set(classes_of(run)))
        if absent and not is_anchored(run):
            st.warning(
                f"No test image of class {', '.join(map(plain, absent))} was encoded, so {plain(run.name)} cannot draw "
                "it; type other digits or choose another model.",
                icon=":material/warning:",
            )
            return
        key = cache.run_key(run)
        of_class = priors.prior_gaussian if is_anchored(run) else priors.data_gaussian
        gaussians = [of_class(key, int(label)) for label in labels]
        noise = draw_noise(seed, len(labels), run.config.model.latent_dim)
        points = draw_points(gaussians, np.arange(len(labels)), noise, temperature)
        _show_picture(run, typed, points, f"temperature {temperature:g}, seed {seed}", f"{typed}-seed{seed}")
        _show_reading(run, labels, points)


def _show_picture(run: RunFolder, typed: str, points: np.ndarray, chance: str, name: str) -> None:
    picture = tile(decoded(run, points), len(points), gap=0)
    width = min(DIGIT_PX * len(points), WIDEST_PX)
    st.image(to_data_uri(enlarge(picture, width)), width=width, alt=f"{typed}, drawn by {run.name}")
    origin = (
        "the prior of its class" if is_anchored(run) else "a Gaussian fitted to the encoded test images of its class"
    )
    st.caption(f"{typed}, drawn by {plain(run.name)}, each digit from {origin}; {chance}")
    offer_picture(picture, f"{run.name}-{name}", 2 * width)


def _show_reading(run: RunFolder, labels: np.ndarray, points: np.ndarray) -> None:
    """Say as what the encoded test images nearest to each digit would read it."""
    if table_of(run).labels is not None:
        votes = read_points(run, points)
        read = " ".join(plain(run.provenance.class_names[vote]) for vote in votes)
        far = find_far(run, points)
        far_count = 0 if far is None else int(far.sum())
        st.markdown(
            f"Read by the 10 encoded test images nearest to each: **{read}**, {int((votes == labels).sum())} of "
            f"{len(labels)} as meant; {far_count} far from the data."
        )
    if is_anchored(run):
        st.markdown(anchoring(run))
    else:
        st.caption(
            f"{plain(run.name)} has no prior for a class, so that each digit is drawn where the test images of its "
            "class came to lie. Classes that overlap there are mixed up; a class-anchored model keeps them apart."
        )
