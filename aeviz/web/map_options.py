"""The controls of the latent map; all are in the URL."""

from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st

from aeviz.analysis.attributes import read_name
from aeviz.training.runs import RunFolder
from aeviz.web import cache

MEAN, SAMPLED = "the mean", "a sample"
"""Where the posterior of an image sets its point."""
SEEDS = 10_000
"""Seeds on offer for samples of the posteriors."""
ATTRIBUTE, USUAL_ATTRIBUTE = "attribute", "Smiling"
"""URL parameter of the attribute that colours the points; the one that does at first, by their readable names."""
Colour = Literal["class", "attribute", "reconstruction error", "KL divergence", "density"]
"""What the colour of a point tells; an attribute of images that have some, the divergence of variational models."""
ContourMode = Literal["off", "all points", "by class"]
COLOUR, CONTOURS = "colour", "contours"
"""URL parameters of both."""
CONTOURED_CLASSES = 20
"""More classes than that would be a tangle of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOptions:
    """How the map is shown."""

    dimensions: int
    aligned: bool
    two_viewpoints: bool
    seed: int | None = None
    """Seed of the samples of the posteriors that are shown; None shows their means."""
    attribute: str | None = None
    """Attribute of the images that colours the points, by its name; None colours by class."""
    colour: Colour = "class"
    contours: ContourMode = "off"


def pick_map_options(first: RunFolder, second: RunFolder | None) -> MapOptions:
    """Offer the choices that make sense for these models; all are in the URL."""
    least = min(run.config.model.latent_dim for run in (first, second) if run is not None)
    flat = all(run.config.model.latent_dim in (2, 3) for run in (first, second) if run is not None)
    mixed = second is not None and first.config.model.latent_dim != second.config.model.latent_dim
    dimensions = least if flat and not mixed else 2
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if least > 3 or (mixed and least >= 3):
            chosen = st.segmented_control(
                "Principal directions",
                [2, 3],
                default=2,
                required=True,
                key="directions",
                bind="query-params",
                help="More than 3 dimensions are shown by the directions in which the points vary most.",
            )
            dimensions = int(chosen or 2)
        aligned = two_viewpoints = False
        if second is not None and least > 1:
            aligned = st.toggle(
                "Align the right map to the left (Procrustes)",
                key="align",
                bind="query-params",
                help="Turns, mirrors, shifts and scales the right map so that equal images lie as close as possible.",
            )
        elif second is None and dimensions == 3:
            two_viewpoints = st.toggle(
                "From two viewpoints",
                value=True,
                key="viewpoints",
                bind="query-params",
                help="The same points seen from two sides, a quarter turn apart.",
            )
        spread = least > 1 and any(cache.has_posteriors(run) for run in (first, second) if run is not None)
        seed = _pick_seed() if spread else None
        colour = _pick_colour(first, second)
        attribute = _pick_attribute(first) if colour == "attribute" else None
        contours = _pick_contours(first) if dimensions == 2 else "off"
    return MapOptions(
        dimensions=dimensions,
        aligned=aligned,
        two_viewpoints=two_viewpoints,
        seed=seed,
        attribute=attribute,
        colour=colour,
        contours=contours,
    )


def _pick_colour(first: RunFolder, second: RunFolder | None) -> Colour:
    """Let the visitor choose what the colour of a point tells."""
    offered: list[Colour] = ["class"] if first.provenance.class_names else []
    if cache.attribute_names(cache.run_key(first)):
        offered.append("attribute")
    offered.append("reconstruction error")
    if any(cache.has_posteriors(run) for run in (first, second) if run is not None):
        offered.append("KL divergence")
    offered.append("density")
    if st.session_state.get(COLOUR, offered[0]) not in offered:  # chosen for another model
        del st.session_state[COLOUR]
    chosen = st.selectbox(
        "Colour by",
        offered,
        key=COLOUR,
        bind="query-params",
        width=200,
        help="The class or a property of the image; how far its reconstruction is from it (Euclidean norm); how many "
        "nats its posterior is from the prior; or how densely the points of this map lie around it.",
    )
    return next(name for name in get_args(Colour) if name == chosen)


def _pick_contours(run: RunFolder) -> ContourMode:
    """Let the visitor have lines drawn around the densest regions."""
    offered: list[ContourMode] = ["off", "all points"]
    if 2 <= len(run.provenance.class_names) <= CONTOURED_CLASSES:
        offered.append("by class")
    if st.session_state.get(CONTOURS, "off") not in offered:
        del st.session_state[CONTOURS]
    chosen = st.segmented_control(
        "Contours",
        offered,
        default="off",
        required=True,
        key=CONTOURS,
        bind="query-params",
        help="The inner line is around the densest half of the points, the outer one around nine of ten.",
    )
    return next(name for name in get_args(ContourMode) if name == chosen)


def _pick_attribute(run: RunFolder) -> str | None:
    """Let the visitor choose by which attribute of the images, which must have some, the points are coloured."""
    known = {read_name(name): name for name in cache.attribute_names(cache.run_key(run))}
    names = sorted(known)
    if st.session_state.get(ATTRIBUTE, names[0]) not in names:  # chosen for other images
        del st.session_state[ATTRIBUTE]
    index = names.index(USUAL_ATTRIBUTE) if USUAL_ATTRIBUTE in names else 0
    chosen = st.selectbox(
        "Attribute",
        names,
        index=index,
        key=ATTRIBUTE,
        bind="query-params",
        width=220,
        help="A property of the images that the publisher lists; the network was never told.",
    )
    return known[str(chosen)]


def _pick_seed() -> int | None:
    """Let the visitor set each image at a sample of its posterior; return the seed, or None for the means."""
    at = st.segmented_control(
        "Each point is",
        [MEAN, SAMPLED],
        default=MEAN,
        required=True,
        key="points",
        bind="query-params",
        help="A variational encoder gives each image a distribution, its posterior. In training the decoder sees a "
        "sample of it, not its mean.",
    )
    if at != SAMPLED:
        return None
    seed = st.number_input(
        "Seed of the samples",
        min_value=0.0,  # floats, since Streamlit 1.67 fails at ?seed=inf where it expects whole numbers
        max_value=float(SEEDS - 1),
        value=0.0,
        step=1.0,
        format="%.0f",
        key="sample",
        bind="query-params",
        width=150,
        help="Fixes the chance: the same seed always draws the same samples.",
    )
    return int(seed or 0)
