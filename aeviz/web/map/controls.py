"""The controls of the latent map; all are in the URL."""

from dataclasses import dataclass
from typing import Literal, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.analysis.attributes import read_name
from aeviz.analysis.embedding import EmbeddingConfig
from aeviz.language import mark, tr, trc
from aeviz.web.kernel import posteriors
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import SEEDS, pick_whole
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.url import drop_stale_choice
from aeviz.web.map import factors

MEAN, SAMPLED = mark("the mean"), mark("a sample")
"""The point that stands for an image: the mean of its posterior, or a sample."""
ATTRIBUTE, USUAL_ATTRIBUTE = "attribute", "Smiling"
"""URL parameter of the attribute that colours the points; the one that does at first, by their readable names."""
FACTOR = "factor"
"""URL parameter of the generative factor that colours the points."""
Colour = Literal["class", "attribute", "true factor", "reconstruction error", "KL divergence", "density"]
"""Quantity that colours the points; attributes and factors need data that has some, the KL divergence a variational
model."""
ProjectionName = Literal["PCA", "chosen dimensions", "t-SNE", "UMAP"]
"""Projection of more than 3 dimensions: principal directions, chosen dimensions, or an embedding."""
PROJECTION, NEIGHBOUR_COUNT = "projection", "neighbours"
"""URL parameters of it, and of how many neighbours t-SNE and UMAP mind."""
NEIGHBOURS = ("5", "15", "30", "50", "100")
AXES = {"across": mark("Across"), "upwards": mark("Upwards"), "deep": mark("Into depth")}
"""URL parameters of the dimensions that are shown, and their labels."""
ContourMode = Literal["off", "all points", "by class"]
COLOUR, CONTOURS = "colour", "contours"
"""URL parameters of both."""
_TEXTS = (
    mark("class"),
    mark("attribute"),
    mark("true factor"),
    mark("reconstruction error"),
    mark("KL divergence"),
    mark("density"),
    mark("chosen dimensions"),
    mark("off"),
    mark("all points"),
    mark("by class"),
)
"""Options that are Literals, for the catalogues."""
EMBEDDING_SEED = 0
"""Seed of t-SNE and UMAP, the same for all, so that each map is computed once."""
CONTOURED_CLASSES = 20
"""More classes than that would be a tangle of lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOptions:
    """Options of the map."""

    dimensions: int
    aligned: bool
    two_viewpoints: bool
    seed: int | None = None
    """Seed of the samples of the posteriors that are shown; None shows their means."""
    attribute: str | None = None
    """Attribute of the images that colours the points, by its name; None colours by class."""
    factor: str | None = None
    """Generative factor that colours the points, by its name; None where another quantity does."""
    colour: Colour = "class"
    contours: ContourMode = "off"
    projection: ProjectionName = "PCA"
    """Of models with more dimensions than the map; others are shown untouched."""
    axes: tuple[int, ...] | None = None
    """The dimensions that are shown, where they were chosen."""
    neighbours: int = 30
    """That t-SNE and UMAP mind."""

    @property
    def is_linear(self) -> bool:
        """Whether the map is a projection, in which ellipses and directions mean something."""
        return self.projection in ("PCA", "chosen dimensions")

    def embedding(self, model: Model) -> EmbeddingConfig | None:
        """Return how the points of a model are embedded; None where they are projected or shown untouched."""
        if self.projection not in ("t-SNE", "UMAP") or model.config.model.latent_dim <= 3:
            return None
        return EmbeddingConfig(
            algorithm=self.projection, dimensions=self.dimensions, neighbours=self.neighbours, seed=EMBEDDING_SEED
        )


def pick_map_options(first: Model, second: Model | None, bar: DeltaGenerator | None = None) -> MapOptions:
    """Offer the choices that make sense for these models; all are in the URL.

    Args:
        first: The model on the left.
        second: The model on the right, if any.
        bar: A row that the choices are added to; one of their own by default.
    """
    least = min(model.config.model.latent_dim for model in (first, second) if model is not None)
    flat = all(model.config.model.latent_dim in (2, 3) for model in (first, second) if model is not None)
    mixed = second is not None and first.config.model.latent_dim != second.config.model.latent_dim
    dimensions = least if flat and not mixed else 2
    projection: ProjectionName = "PCA"
    axes, minded = None, 30
    with st.container(horizontal=True, vertical_alignment="bottom") if bar is None else bar:
        if least > 3 or (mixed and least >= 3):
            projection = _pick_projection()
            if projection != "t-SNE":
                dimensions = _pick_dimensions()
            if projection == "chosen dimensions":
                axes = _pick_axes(first, least, dimensions)
            elif projection != "PCA":
                minded = _pick_neighbours()
        aligned = two_viewpoints = False
        if second is not None and least > 1:
            aligned = st.toggle(
                tr("Align (Procrustes)"),
                key="align",
                bind="query-params",
                help=tr(
                    "Rotate, reflect, shift and scale the right map so that each image lies as close as possible "
                    "to its point on the left."
                ),
            )
        colour = _pick_colour(first, second)
        attribute = _pick_attribute(first) if colour == "attribute" else None
        factor = _pick_factor(first) if colour == "true factor" else None
        spread = least > 1 and any(posteriors.has_posteriors(model) for model in (first, second) if model is not None)
        samples = spread and projection in ("PCA", "chosen dimensions")
        seed: int | None = None
        contours: ContourMode = "off"
        if samples or dimensions == 2 or (second is None and dimensions == 3):
            parts: dict[str, str] = {}  # a short name of each, and a longer one
            if second is None and dimensions == 3:
                parts[tr("Two viewpoints")] = tr("Two viewpoints")
            if samples:
                parts[trc("of posteriors", "Samples")] = tr("Samples of the posteriors")
            if dimensions == 2:
                parts[tr("Contours")] = tr("Contours of the densest regions")
            label = tr("More") if len(parts) > 1 or second is not None else next(iter(parts))  # short beside two
            with st.popover(label, icon=":material/tune:", help=f"{', '.join(parts.values())}."):
                if second is None and dimensions == 3:
                    two_viewpoints = st.toggle(
                        tr("Two viewpoints"),
                        value=True,
                        key="viewpoints",
                        bind="query-params",
                        help=tr("The same points from two directions, 90° apart."),
                    )
                seed = _pick_seed() if samples else None
                contours = _pick_contours(first) if dimensions == 2 else contours
    return MapOptions(
        dimensions=dimensions,
        aligned=aligned,
        two_viewpoints=two_viewpoints,
        seed=seed,
        attribute=attribute,
        factor=factor,
        colour=colour,
        contours=contours,
        projection=projection,
        axes=axes,
        neighbours=minded,
    )


def _pick_projection() -> ProjectionName:
    """Let the visitor choose how many dimensions become few."""
    chosen = choose(
        st.selectbox,
        tr("Projection"),
        get_args(ProjectionName),
        key=PROJECTION,
        width=200,
        help=tr(
            "PCA: the directions of largest variance. t-SNE and UMAP: nonlinear maps that keep neighbours "
            "together; computed once, in the background."
        ),
    )
    return next(name for name in get_args(ProjectionName) if name == chosen)


def _pick_dimensions() -> int:
    chosen = st.segmented_control(
        tr("Dimensions shown"),
        [2, 3],
        default=2,
        required=True,
        key="directions",
        bind="query-params",
        help=tr("A flat map or a 3-D map."),
    )
    return int(chosen or 2)


def _pick_axes(model: Model, least: int, dimensions: int) -> tuple[int, ...]:
    """Let the visitor choose the dimensions that are shown; at first those that tell most of the images."""
    order = [int(axis) for axis in model.summary.order() if axis < least]
    chosen: list[int] = []
    for key, label in list(AXES.items())[:dimensions]:
        left = {f"z{axis + 1}": axis for axis in range(least) if axis not in chosen}
        usual = next(axis for axis in order if axis not in chosen)
        drop_stale_choice(key, left)
        names = list(left)
        name = st.selectbox(
            tr(label),
            names,
            index=names.index(f"z{usual + 1}"),
            key=key,
            bind="query-params",
            width=110,
            help=tr("A latent dimension. At first: the most informative ones."),
        )
        chosen.append(left[str(name)])
    return tuple(chosen)


def _pick_neighbours() -> int:
    chosen = st.select_slider(
        tr("Number of neighbours"),
        NEIGHBOURS,
        value="30",
        key=NEIGHBOUR_COUNT,
        bind="query-params",
        width=220,
        help=tr(
            "Perplexity of t-SNE, n_neighbors of UMAP. Few keep local detail, many keep the global shape. Each "
            "choice is computed separately."
        ),
    )
    return int(str(chosen))


def _pick_colour(first: Model, second: Model | None) -> Colour:
    """Let the visitor choose what the colour of a point tells."""
    offered: list[Colour] = ["class"] if first.provenance.class_names else []
    if first.attribute_names:
        offered.append("attribute")
    if factors.factor_names(first):
        offered.append("true factor")
    offered.append("reconstruction error")
    if any(posteriors.has_posteriors(model) for model in (first, second) if model is not None):
        offered.append("KL divergence")
    offered.append("density")
    drop_stale_choice(COLOUR, offered)  # chosen for another model
    chosen = choose(
        st.selectbox,
        tr("Colour by"),
        offered,
        key=COLOUR,
        width=200,
        help=tr(
            "Class or attribute of the image, a number it was drawn from, its reconstruction error (Euclidean norm), "
            "the KL divergence of its posterior (nats), or the density of points on this map."
        ),
    )
    return next(name for name in get_args(Colour) if name == chosen)


def _pick_contours(model: Model) -> ContourMode:
    """Let the visitor have lines drawn around the densest regions."""
    offered: list[ContourMode] = ["off", "all points"]
    if 2 <= len(model.provenance.class_names) <= CONTOURED_CLASSES:
        offered.append("by class")
    drop_stale_choice(CONTOURS, offered)
    chosen = choose(
        st.segmented_control,
        tr("Contours"),
        offered,
        default="off",
        required=True,
        key=CONTOURS,
        help=tr("The smallest regions that hold 50 % (inner line) and 90 % (outer line) of the points."),
    )
    return next(name for name in get_args(ContourMode) if name == chosen)


def _pick_attribute(model: Model) -> str | None:
    """Let the visitor choose by which attribute of the images, which must have some, the points are coloured."""
    known = {read_name(name): name for name in model.attribute_names}
    names = sorted(known)
    drop_stale_choice(ATTRIBUTE, names)  # chosen for other images
    index = names.index(USUAL_ATTRIBUTE) if USUAL_ATTRIBUTE in names else 0
    chosen = st.selectbox(
        tr("Attribute"),
        names,
        index=index,
        key=ATTRIBUTE,
        bind="query-params",
        width=220,
        help=tr("A label that comes with the data. The network never saw it."),
    )
    return known[str(chosen)]


def _pick_factor(model: Model) -> str:
    """Let the visitor choose which generative factor of the images, which must have some, colours the points."""
    names = factors.factor_names(model)
    drop_stale_choice(FACTOR, names)  # chosen for other images
    chosen = st.selectbox(
        tr("Factor"),
        names,
        key=FACTOR,
        bind="query-params",
        width=180,
        help=tr("A number from which the image was drawn: the ground truth. The network never saw it."),
    )
    return str(chosen)


def _pick_seed() -> int | None:
    """Let the visitor set each image at a sample of its posterior; return the seed, or None for the means."""
    at = choose(
        st.segmented_control,
        tr("Each point is"),
        [MEAN, SAMPLED],
        default=MEAN,
        required=True,
        key="points",
        help=tr(
            "The encoder gives each image a distribution, the posterior. Show its mean, or one sample as in training."
        ),
    )
    if at != SAMPLED:
        return None
    why = tr("Seed of the random numbers, 0 to {}. The same seed gives the same samples.")
    return pick_whole(tr("Seed of the samples"), "sample", SEEDS - 1, 0, why)
