"""Paths through the latent space: from one image to another, and along the difference between two classes."""

import numpy as np
import streamlit as st

from aeviz.analysis.generation import (
    group_direction,
    has_spherical_path,
    linear_path,
    move_along,
    path_length,
    spherical_path,
    usual_norms,
)
from aeviz.figures.charts import distance_from_origin
from aeviz.figures.images import take
from aeviz.web.generate.path_explorer import show_path
from aeviz.web.generate.starts import (
    DRAW,
    MEAN,
    TEST,
    explain_absent,
    gaussian_of_draws,
    has_test_images,
    list_origins,
    pick_start,
)
from aeviz.web.kernel import distances, priors
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.controls import pick_class, pick_image
from aeviz.web.kernel.distances import far_text
from aeviz.web.kernel.films import offer_walk
from aeviz.web.kernel.images import decoded, offer_download, originals, show_many, show_row
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.priors import is_anchored
from aeviz.web.kernel.reading import read_by_encoder
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.url import rename_choices

STEPS, MOST_STEPS = 11, 33
"""Images on a path at first, both ends included, and at most."""
ROW = 11
"""Images in a row at most; a longer path is broken into rows of the same length."""
STRENGTHS = np.linspace(-2, 2, 9)
"""Shares of a direction that are added to an image."""
LINEAR, SPHERICAL = "linear", "spherical"
_FORMER = {"straight": LINEAR, "round": SPHERICAL}
"""Names of the paths in addresses of older versions."""


@st.fragment
def show_interpolation(model: Model) -> None:
    """Show the images on the straight and on the spherical path between two latent points."""
    with errors_as_messages():
        model.network()  # before the controls: a file that is dropped while it loads would be lost
        origins = [origin for origin in list_origins(model) if origin != MEAN]
        left, right, choices = st.columns([5, 5, 3], gap="medium")
        with left:
            start = pick_start(model, "From", "start", 0, origins)
        with right:
            last = len(model.require_latents().z) - 1 if has_test_images(model) else 1
            end = pick_start(model, "To", "end", min(1, last), origins)
        if start is None or end is None:
            explain_absent(model)
            return
        with choices:
            steps = _pick_steps()
        columns = -(-steps // -(-steps // ROW))
        a, b = start.z, end.z
        paths = {LINEAR: linear_path(a, b, steps)}
        if has_spherical_path(a, b):
            paths[SPHERICAL] = spherical_path(a, b, steps)
        names = {LINEAR: "Linear interpolation", SPHERICAL: "Spherical interpolation (slerp)"}
        for name, path in paths.items():
            said = [f"{names[name]}: length {path_length(path):.2f}", far_text(model, path)]
            show_many(model, path, columns, ", ".join(filter(None, said)))
        if model.has_summary:
            with choices:
                chosen = _pick_animated(list(paths))
            prepare_networks(model)
            show_path(model, np.stack([a, b]), spherical=chosen == SPHERICAL, key=f"path-{model.name}")
            offer_walk(model, a, b, spherical=chosen == SPHERICAL)
        if SPHERICAL not in paths:
            st.caption("Spherical interpolation is undefined here: the points lie on a line through the origin.")
        chart, words = st.columns([3, 2], gap="medium", vertical_alignment="center")
        with chart:
            _show_distances(model, paths, is_drawn=start.origin == end.origin == DRAW)
        with words:
            st.markdown(_advice(model))
        explain_absent(model)
        if TEST in (start.origin, end.origin):
            offer_download(model.config.data.name, "to show the two original images")


def _pick_animated(paths: list[str]) -> str:
    """Let the visitor choose, where there are two paths, along which one the slider in the page moves."""
    rename_choices("way", _FORMER)
    if len(paths) < 2:
        return LINEAR
    asked = st.segmented_control(
        "Animate", paths, default=LINEAR, required=True, key="way", bind="query-params", width="content"
    )
    return str(asked)


def _pick_steps() -> int:
    steps = st.slider(
        "Images on the path",
        min_value=5,
        max_value=MOST_STEPS,
        value=STEPS,
        step=2,
        key="steps",
        bind="query-params",
        help=f"Number of images, both ends included (5 to {MOST_STEPS}).",
    )
    return int(steps)


def _show_distances(model: Model, paths: dict[str, np.ndarray], *, is_drawn: bool) -> None:
    """Show how far from the origin the paths lie, and how far what they lead between usually does.

    Args:
        model: The model.
        paths: Name of a path to its points, (S, D).
        is_drawn: Whether both ends are draws, and not images that were encoded.
    """
    has_one_prior = model.config.model.is_variational and not is_anchored(model)
    if has_one_prior and (is_drawn or not model.has_summary):
        gaussian, origin = gaussian_of_draws(model, 0)
        (low, high), which = usual_norms(gaussian), f"samples from {origin}"
    elif not model.has_summary:
        return
    elif has_test_images(model):
        (low, high), which = priors.usual_norms(model), "encoded test images"
    else:
        low, high = usual_norms(priors.data_gaussian(model, None))
        which = "samples from a Gaussian fitted to the data"
    norms = {name: np.linalg.norm(path, axis=1) for name, path in paths.items()}
    show_figure(
        distance_from_origin(norms, (low, high)),
        key="distance-from-origin",
        alt="Distance from the origin: "
        + ", ".join(f"minimum on the {name} path {values.min():.2f}" for name, values in norms.items()),
    )
    text = (
        f"Grey band: 90 % of the {which} ({low:.2f} to {high:.2f}). A point below it can have encoded images near it "
        "all the same, and is then not out of distribution."
    )
    if has_one_prior and not is_drawn:
        text += (
            " An image's point is its posterior mean, which lies nearer to the origin than samples of the prior (norm "
            f"about {np.sqrt(model.config.model.latent_dim):.1f}): those have the posterior's variance as well."
        )
    st.caption(text)


def _advice(model: Model) -> str:
    """Say which path makes sense for a model."""
    config = model.config.model
    if not config.is_variational:
        return (
            f"**Use linear interpolation.** {escape(model.name)} has no prior, so the origin has no meaning; the "
            "spherical path is only a comparison."
        )
    if is_anchored(model):
        return (
            "**Use linear interpolation.** The priors of this model have their means away from the origin; a "
            "circle around the origin can cross other classes."
        )
    used = int(distances.used_dimensions(model).sum()) if model.has_summary else config.latent_dim
    if used == 0:
        return (
            f"**Neither.** All dimensions of {escape(model.name)} have collapsed: its decoder ignores the latent "
            "point and gives the same image everywhere."
        )
    count = config.latent_dim
    uses = f" {escape(model.name)} has {used} active dimensions of {count}." if used < count else ""
    if count <= 3:
        return (
            f"**Either.** In {count} dimensions much of the mass of N(0, I) is near the origin, so the linear path "
            f"also passes through likely points.{uses}"
        )
    return (
        f"**Use spherical interpolation.** In {count} dimensions samples of N(0, I) have norm about "
        f"{np.sqrt(count):.1f} (the square root of {count}). The middle of the linear path has a smaller norm, and "
        f"its images look average; the spherical path keeps the norm.{uses}"
    )


@st.fragment
def show_arithmetic(model: Model) -> None:
    """Add the difference between the means of two classes to a test image."""
    with errors_as_messages():
        table, classes = model.require_latents(), model.encoded_classes()
        if table.labels is None or len(classes) < 2:
            st.info(
                f"{escape(model.config.data.name)} has fewer than two classes, so there is no class direction.",
                icon=":material/label_off:",
            )
            return
        if not distances.used_dimensions(model).any():
            st.info(
                f"All dimensions of {escape(model.name)} have collapsed: no direction changes its images. Choose "
                "another model.",
                icon=":material/compress:",
            )
            return
        image, plus, minus, strength = _pick_sum(model, classes, int(table.labels[0]))
        if plus == minus:
            st.info(
                f"Choose two different classes: the difference of {escape(plus)} with itself is zero.",
                icon=":material/balance:",
            )
            return
        z, labels = table.z, table.labels
        direction = group_direction(z[labels == classes[plus]], z[labels == classes[minus]])
        ends = move_along(z[image], direction, np.array([0.0, strength]))
        drawn = decoded(model, ends)
        before, after = (model.provenance.class_names[int(label)] for label in read_by_encoder(model, drawn))
        step = f"{'plus' if strength >= 0 else 'minus'} {abs(strength):g} · (mean of {plus} minus mean of {minus})"
        text = f"reconstruction by {model.name} (classified as {before}); {step} (classified as {after})"
        dataset = originals(model)
        if dataset is not None:
            drawn = np.concatenate([take(dataset.images, np.array([image])), drawn])
            text = f"image {image}, class {model.provenance.class_names[int(labels[image])]}; {text}"
        show_row(model, drawn, text)
        st.caption(f"From left to right: {escape(text)}.")
        path = move_along(z[image], direction, STRENGTHS)
        text = f"Strength {STRENGTHS[0]:g} to {STRENGTHS[-1]:g} in steps of 0.5, 0 in the middle: "
        show_many(model, path, len(STRENGTHS), text + far_text(model, path))
        st.caption(
            f"Strength 1 is the distance from the mean of {escape(minus)} to the mean of {escape(plus)}: "
            f"{np.linalg.norm(direction):.2f}. Each decoded image is encoded again; its 10 nearest test images give "
            "its class."
        )
        offer_download(model.config.data.name, "to show the original image")


def _pick_sum(model: Model, classes: dict[str, int], first_label: int) -> tuple[int, str, str, float]:
    """Let the visitor choose an image, the class to add, that to take away, and the strength."""
    names = list(classes)
    minus_default = model.provenance.class_names[first_label]
    plus_default = next(name for name in reversed(names) if name != minus_default)
    why = "The mean of the codes of this class is {}."
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        image = pick_image(model, "Test image", "onto", 0)
        plus = pick_class("plus the mean of", names, "plus", plus_default, why.format("added"))
        minus = pick_class("minus the mean of", names, "minus", minus_default, why.format("subtracted"))
        strength = st.slider(
            "Strength",
            min_value=-2.0,
            max_value=2.0,
            value=1.0,
            step=0.05,
            key="strength",
            bind="query-params",
            width=220,
            help="Multiple of the difference of the two means, -2 to 2.",
        )
    return image, plus, minus, float(strength)
