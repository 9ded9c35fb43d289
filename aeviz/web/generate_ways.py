"""Ways through the latent space: from one image to another, and along the difference between two classes."""

import numpy as np
import streamlit as st

from aeviz.analysis.generation import group_direction, has_round_way, round_way, straight_way, walk, way_length
from aeviz.data import ImageDataset
from aeviz.figures.charts import distance_from_origin
from aeviz.figures.pictures import enlarge, take, tile, to_data_uri
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.generate_parts import (
    classes_of,
    far_text,
    is_anchored,
    pick_class,
    pick_image,
    read_points,
    show_many,
    show_test_image,
    table_of,
)
from aeviz.web.page import errors_as_messages
from aeviz.web.pictures import decoded, offer_download, originals

STEPS = 11
"""Images on a way, both ends included."""
STRENGTHS = np.linspace(-2, 2, 9)
"""Shares of a direction that are added to an image."""
RESULT_PX = 168
"""Width in pixels of each image of a sum."""
STRAIGHT, ROUND = "straight", "round"


@st.fragment
def show_ways(run: RunFolder) -> None:
    """Show the images on the straight and on the round way between two test images."""
    with errors_as_messages():
        table, dataset = table_of(run), originals(run)
        with st.container(horizontal=True, gap="large"):
            start = _pick_end(run, dataset, "From test image", "start", 0)
            end = _pick_end(run, dataset, "To test image", "end", min(1, len(table.z) - 1))
        a, b = table.z[start], table.z[end]
        ways = {STRAIGHT: straight_way(a, b, STEPS)}
        if has_round_way(a, b):
            ways[ROUND] = round_way(a, b, STEPS)
        names = {STRAIGHT: "Straight (linear)", ROUND: "Round (spherical, slerp)"}
        for name, way in ways.items():
            show_many(run, way, STEPS, f"{names[name]}: {way_length(way):.2f} long, {far_text(run, way)}")
        if ROUND not in ways:
            st.caption(
                "There is no round way here: in one dimension, from the origin itself, or between points that lie in "
                "the same direction from it or in opposite ones, no great circle is the one."
            )
        chart, words = st.columns([3, 2], gap="medium", vertical_alignment="center")
        with chart:
            _show_distances(run, ways)
        with words:
            st.markdown(_advice(run))
        offer_download(run.config.data.name, "to show the originals of the two images")


def _pick_end(run: RunFolder, dataset: ImageDataset | None, label: str, key: str, default: int) -> int:
    """Let the visitor choose an end of the way; show the image beside the controls."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        picture = st.container(width="content")
        with st.container(width="content", gap="small"):
            index = pick_image(run, label, key, default)
        with picture:
            show_test_image(run, dataset, index)
    return index


def _show_distances(run: RunFolder, ways: dict[str, np.ndarray]) -> None:
    low, high = cache.usual_norms(cache.run_key(run))
    norms = {name: np.linalg.norm(way, axis=1) for name, way in ways.items()}
    st.plotly_chart(
        distance_from_origin(norms, (low, high)),
        key="distance-from-origin",
        config={"displayModeBar": False},
        alt="Distance from the origin: "
        + ", ".join(f"on the {name} way {values.min():.2f} at least" for name, values in norms.items()),
    )
    st.caption(f"Grey band: 9 of 10 encoded test images lie {low:.2f} to {high:.2f} from the origin.")


def _advice(run: RunFolder) -> str:
    """Say which way makes sense for a model."""
    config = run.config.model
    if not config.is_variational:
        return (
            f"**Straight.** {run.name} has no prior, and its origin is no special place; the round way is there to "
            "compare, no principle speaks for it."
        )
    if is_anchored(run):
        return (
            "**Straight.** The priors of this model sit around anchors away from the origin, so that a circle about "
            "the origin means nothing to it and may lead through other classes."
        )
    used = int(cache.used_dimensions(cache.run_key(run)).sum())
    uses = f"{run.name} uses {used} of its {config.latent_dim} dimensions. " if used < config.latent_dim else ""
    if used <= 3:
        return (
            f"**Either.** {uses}In {used} the prior N(0, I) has much of its mass near the origin, so that the straight "
            "way passes through likely points too, and is shorter."
        )
    return (
        f"**Round.** {uses}In {used} dimensions nearly all draws from the prior N(0, I) lie about "
        f"{np.sqrt(used):.1f} (the root of {used}) from the origin: norms concentrate, the more so the more "
        "dimensions. The straight way dips below that in its middle, where images become average; the round way keeps "
        "its distance."
    )


@st.fragment
def show_arithmetic(run: RunFolder) -> None:
    """Add the difference between the means of two classes to a test image."""
    with errors_as_messages():
        table, classes = table_of(run), classes_of(run)
        if table.labels is None or len(classes) < 2:
            st.info(
                f"The images of {run.config.data.name} have no two classes, between which a direction could lead.",
                icon=":material/label_off:",
            )
            return
        image, plus, minus, strength = _pick_sum(run, classes, int(table.labels[0]))
        if plus == minus:
            st.info(f"The mean of {plus} less itself is nothing: choose two classes.", icon=":material/balance:")
            return
        z, labels = table.z, table.labels
        direction = group_direction(z[labels == classes[plus]], z[labels == classes[minus]])
        ends = walk(z[image], direction, np.array([0.0, strength]))
        drawn = decoded(run, ends)
        before, after = (run.provenance.class_names[int(label)] for label in read_points(run, ends))
        step = f"{'plus' if strength >= 0 else 'less'} {abs(strength):g} · ({plus} - {minus})"
        text = f"as {run.name} draws it (read as {before}); {step} (read as {after})"
        dataset = originals(run)
        if dataset is not None:
            drawn = np.concatenate([take(dataset.images, np.array([image])), drawn])
            text = f"image {image}, class {run.provenance.class_names[int(labels[image])]}; {text}"
        picture, width = tile(drawn, len(drawn)), RESULT_PX * len(drawn)
        st.image(to_data_uri(enlarge(picture, width)), width=width, alt=text)
        st.caption(f"From left to right: {text}.")
        way = walk(z[image], direction, STRENGTHS)
        text = f"Strength {STRENGTHS[0]:g} to {STRENGTHS[-1]:g} in steps of a half, 0 in the middle: "
        show_many(run, way, len(STRENGTHS), text + far_text(run, way))
        st.caption(
            f"From the mean of {minus} to the mean of {plus} it is {np.linalg.norm(direction):.2f}, one whole "
            "strength. An image is read as the class that most of the 10 encoded test images nearest to its point have."
        )
        offer_download(run.config.data.name, "to show the original of the image")


def _pick_sum(run: RunFolder, classes: dict[str, int], first_label: int) -> tuple[int, str, str, float]:
    """Let the visitor choose an image, the class to add, that to take away, and the strength."""
    names = list(classes)
    minus_default = run.provenance.class_names[first_label]
    plus_default = next(name for name in reversed(names) if name != minus_default)
    why = "The mean of the latent points of all encoded test images of this class is {}."
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        image = pick_image(run, "Test image", "onto", 0)
        plus = pick_class("plus the mean of", names, "plus", plus_default, why.format("added"))
        minus = pick_class("less the mean of", names, "minus", minus_default, why.format("taken away"))
        strength = st.slider(
            "Strength",
            min_value=-2.0,
            max_value=2.0,
            value=1.0,
            step=0.05,
            key="strength",
            bind="query-params",
            width=220,
            help="Share of the difference of the means that is added (no unit), -2 to 2: 1 is one whole step.",
        )
    return image, plus, minus, float(strength)
