"""A number that the visitor types, written with digits that a model draws."""

import numpy as np
import streamlit as st

from aeviz.analysis.generation import MOST_DIGITS, Gaussian, draw_noise, draw_points, read_number
from aeviz.errors import DataError
from aeviz.figures.images import enlarge, tile, to_data_uri
from aeviz.figures.palette import class_colour
from aeviz.web.components.latent_walk.component import Mark, latent_walk
from aeviz.web.generate.ground import ground, plane
from aeviz.web.kernel import priors
from aeviz.web.kernel.controls import pick_chance
from aeviz.web.kernel.distances import find_far
from aeviz.web.kernel.images import decoded, offer_image
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import anchoring, is_anchored
from aeviz.web.kernel.reading import read_by_encoder, read_by_pixels
from aeviz.web.kernel.text import escape

START, LAST = "31415", "number-shown"
"""The number at first, and the key of the last one that could be written."""
DIGIT_PX, WIDEST_PX = 140, 1000
"""Width in pixels of a digit, and of the longest number."""


@st.fragment
def show_number(model: Model) -> None:
    """Draw each digit of a number and set them side by side in one image."""
    with errors_as_messages():
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            typed = st.text_input(
                "Number",
                value=START,
                max_chars=MOST_DIGITS,
                key="number",
                bind="query-params",
                live=True,
                autocomplete="off",
                width=220,
                help=f"1 to {MOST_DIGITS} digits; each is sampled separately.",
            ).strip()
            temperature, seed = pick_chance()
        if not typed:
            st.info(f"Type a number of 1 to {MOST_DIGITS} digits.", icon=":material/dialpad:")
            return
        names = model.provenance.class_names
        try:
            labels = read_number(typed, names)
        except DataError as error:
            shown = st.session_state.get(LAST, START)
            labels = read_number(shown, names)  # of another model it may fail: then that is the message
            st.warning(f"{escape(str(error))}. Shown is still {shown}.", icon=":material/dialpad:")
            typed = shown
        st.session_state[LAST] = typed
        absent = sorted({names[label] for label in labels} - set(model.encoded_classes()))
        if absent and not is_anchored(model):
            st.warning(
                f"{escape(model.name)} has no encoded test image of class {', '.join(map(escape, absent))}. Type "
                "other digits or choose another model.",
                icon=":material/warning:",
            )
            return
        of_class = priors.prior_gaussian if is_anchored(model) else priors.data_gaussian
        gaussians = [of_class(model, int(label)) for label in labels]
        noise = draw_noise(seed, len(labels), model.config.model.latent_dim)
        points = draw_points(gaussians, np.arange(len(labels)), noise, temperature)
        images = decoded(model, points)
        shown, on_map = st.columns([5, 4], gap="medium")
        with shown:
            _show_image(model, typed, images, f"temperature {temperature:g}, seed {seed}", f"{typed}-seed{seed}")
            _show_reading(model, labels, images, points)
        with on_map:
            _show_map(model, labels, gaussians, points)


def _show_map(model: Model, labels: np.ndarray, gaussians: list[Gaussian], points: np.ndarray) -> None:
    """Show on the map what each digit was drawn around, and where its point came to lie."""
    found, sent = plane(model), ground(model)
    if found is None or sent is None:
        return
    names, marks = model.provenance.class_names, []
    means = {int(label): each.mean for label, each in zip(labels, gaussians, strict=True)}
    if is_anchored(model):
        means = {label: priors.prior_gaussian(model, label).mean for label in model.encoded_classes().values()}
    for label, (x, y) in zip(means, found.place(np.stack(list(means.values()))).tolist(), strict=True):
        marks.append(Mark(at=(x, y), text=names[label], colour=class_colour(label), is_faint=True))
    for label, (x, y) in zip(labels.tolist(), found.place(points).tolist(), strict=True):
        marks.append(Mark(at=(x, y), text=names[label], colour=class_colour(label)))
    what = "anchors" if is_anchored(model) else "class means"
    latent_walk(sent.name, label=f"The digits on the map of {model.name}", marks=marks, key=f"digits-{model.name}")
    st.caption(f"Discs: {what}. Dots with a rim: the points that the digits were decoded from.")


def _show_image(model: Model, typed: str, images: np.ndarray, chance: str, name: str) -> None:
    picture = tile(images, len(images), gap=0)
    width = min(DIGIT_PX * len(images), WIDEST_PX)
    st.image(to_data_uri(enlarge(picture, width)), width=width, alt=f"{typed}, generated by {model.name}")
    origin = (
        "the prior of its class" if is_anchored(model) else "a Gaussian fitted to the encoded test images of its class"
    )
    repeated = len(set(typed)) < len(typed)
    alike = (
        " Equal digits are draws of their own; they look alike where the decoder changes little near the class mean."
    )
    st.caption(
        f"{typed}, generated by {escape(model.name)}, each digit from {origin}; {chance}.{alike if repeated else ''}"
    )
    offer_image(picture, f"{model.name}-{name}", 2 * width)


def _show_reading(model: Model, labels: np.ndarray, images: np.ndarray, points: np.ndarray) -> None:
    """Say how the images are classified: encoded again, and by pixels; their points have the class that was typed."""
    if model.require_latents().labels is not None:
        far = find_far(model, points)
        lines = [f"- Encoded again: {_compare(model, labels, read_by_encoder(model, images))}"]
        by_pixels = read_by_pixels(model, images)
        if by_pixels is not None:
            lines.append(f"- By their pixels: {_compare(model, labels, by_pixels)}")
        st.markdown(
            "**Do the images show what was typed?** The 10 nearest test images vote on each:\n\n" + "\n".join(lines)
        )
        st.caption(f"{0 if far is None else int(far.sum())} of the sampled points are out of distribution.")
    if is_anchored(model):
        st.markdown(anchoring(model))
    else:
        st.caption(
            f"{escape(model.name)} has no class priors, so each digit is sampled from a Gaussian fitted to its "
            "class. Classes that overlap get mixed up; a class-anchored model separates them."
        )


def _compare(model: Model, labels: np.ndarray, votes: np.ndarray) -> str:
    read = " ".join(escape(model.class_names[vote]) for vote in votes)
    return f"**{read}**, {int((votes == labels).sum())} of {len(labels)} as typed"
