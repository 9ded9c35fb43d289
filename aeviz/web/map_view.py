"""The latent map of one or two models, the image behind a point, and the measures beside them."""

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import streamlit as st

from aeviz.analysis.alignment import Alignment, align
from aeviz.analysis.attributes import read_name
from aeviz.analysis.posterior import prior_means
from aeviz.data import label_by_attribute
from aeviz.errors import CheckpointFormatError
from aeviz.figures.pictures import enlarge, error_map, similarity_map, tile, to_data_uri
from aeviz.figures.point_map import (
    VIEWPOINTS,
    EllipseMode,
    MapPanel,
    Posteriors,
    Prior,
    lay_over,
    make_panel,
    map_payload,
    move_points,
    share_view,
)
from aeviz.figures.scatter import scatter_map
from aeviz.training.latents import LatentTable
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.components.latent_map import IS_AVAILABLE, MapEvent, latent_map
from aeviz.web.page import describe, errors_as_messages
from aeviz.web.pictures import decoded, offer_download, originals

IMAGE, HIDDEN, ELLIPSES, PRIOR = "image", "hidden", "ellipses", "prior"
"""URL parameters of the map: the chosen image, the labels of hidden classes joined by dots, whose posteriors are drawn
(those of the chosen image if it is absent), and 1 where the prior is."""
MEAN, SAMPLED = "the mean", "a sample"
"""Where the posterior of an image sets its point."""
SEEDS = 10_000
"""Seeds on offer for samples of the posteriors."""

PICTURE_PX = 128
"""Width of the pictures of a chosen image."""
ATTRIBUTE, USUAL_ATTRIBUTE = "attribute", "Smiling"
"""URL parameter of the attribute that colours the points; the one that does at first, by their readable names."""
_DATA = "latent.data"
"""Session key: the data set whose map was shown last, and the attribute that coloured it."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """What the map shows when the page opens, from the address."""

    hidden: list[int]
    chosen: int | None
    ellipses: EllipseMode
    prior: bool


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
        attribute = _pick_attribute(first)
    return MapOptions(
        dimensions=dimensions, aligned=aligned, two_viewpoints=two_viewpoints, seed=seed, attribute=attribute
    )


def _pick_attribute(run: RunFolder) -> str | None:
    """Let the visitor choose by which attribute of the images, if they have some, the points are coloured."""
    known = {read_name(name): name for name in cache.attribute_names(cache.run_key(run))}
    if not known:
        return None
    names = sorted(known)
    if st.session_state.get(ATTRIBUTE, names[0]) not in names:  # chosen for other images
        del st.session_state[ATTRIBUTE]
    index = names.index(USUAL_ATTRIBUTE) if USUAL_ATTRIBUTE in names else 0
    chosen = st.selectbox(
        "Colour by",
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


def show_map(first: RunFolder, second: RunFolder | None, options: MapOptions) -> None:
    """Show the map as the address describes it; a click then shows the image behind the point.

    What is chosen and hidden at first comes from the address. Later clicks live in the browser: if they came back with
    the points, each click would send all of them again.
    """
    shown = (first.config.data.name, options.attribute)
    before = st.session_state.setdefault(_DATA, shown)
    if before != shown:  # other images or other classes: the old choice means nothing
        st.session_state[_DATA] = shown
        _set_parameter(HIDDEN, "")
        if before[0] != shown[0]:
            _set_parameter(IMAGE, "")
    classes = len(first.provenance.class_names) or 2
    asked = st.query_params.get(ELLIPSES)
    start = _Start(
        hidden=_numbers_from_url(HIDDEN, classes),
        chosen=next(iter(_numbers_from_url(IMAGE)), None),
        ellipses=next((mode for mode in get_args(EllipseMode) if mode == asked), "chosen"),
        prior=st.query_params.get(PRIOR) == "1",
    )
    _show_map(first, second, options, start)


@st.fragment
def _show_map(first: RunFolder, second: RunFolder | None, options: MapOptions, start: _Start) -> None:
    with errors_as_messages():
        table = cache.latents(cache.run_key(first))
        if table is None:
            st.stop()
        panels, alignment = _panels(first, second, options)
        labels, names = _classes(first, table, options.attribute)
        n = len(table.z)
        if IS_AVAILABLE:
            payload = map_payload(
                panels,
                labels,
                names,
                hidden=start.hidden,
                selected=start.chosen if start.chosen is not None and start.chosen < n else None,
                ellipses=start.ellipses,
                prior=start.prior,
            )
            event = latent_map(payload, key=f"latent-map-{first.config.data.name}{options.attribute or ''}")
        else:
            event = _plotly_map(panels, labels, names)
        if event.hidden is not None:
            _set_parameter(HIDDEN, ".".join(map(str, event.hidden)))
        if event.selected is not None and 0 <= event.selected < n:
            _set_parameter(IMAGE, str(event.selected))
        if event.ellipses is not None:
            _set_parameter(ELLIPSES, event.ellipses if event.ellipses != "chosen" else "")
        if event.prior is not None:
            _set_parameter(PRIOR, "1" if event.prior else "")
        runs = [run for run in (first, second) if run is not None]
        if any(run.config.model.is_variational for run in runs) and not any(panel.priors for panel in panels):
            st.caption("Posterior ellipses and priors are drawn on maps of two latent dimensions only.")
        if options.seed is not None:
            st.caption(
                f"Each point is a sample of its image's posterior (seed {options.seed}), seen along the axes of the "
                "means; ellipses stay around the means. A point shows its image all the same."
            )
        if alignment is not None:
            st.caption(
                f"Aligned: {alignment.explained:.0%} of the left map's variance is matched; "
                f"the right map was scaled by {alignment.scale:.2f}."
            )
        selected = next((index for index in _numbers_from_url(IMAGE) if index < n), None)
        if selected is None:
            st.caption("No image chosen yet: click a point, or press n on the map.")
        else:
            _show_image(selected, runs, options.seed)


def _classes(run: RunFolder, table: LatentTable, attribute: str | None) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the class of each point, or whether it has the attribute, and the names of the classes."""
    dataset = None if attribute is None else originals(run)
    if attribute is None or dataset is None:
        return table.labels, run.provenance.class_names
    labelled = label_by_attribute(dataset, attribute)
    return labelled.labels, labelled.class_names


def _plotly_map(panels: list[MapPanel], labels: np.ndarray | None, names: tuple[str, ...]) -> MapEvent:
    """Show the map by Plotly, which is slower and knows clicks only in two dimensions."""
    st.caption("The map of this page could not be loaded from the server; this is a plainer one, drawn by Plotly.")
    if any(panel.priors for panel in panels):
        st.caption("It shows no posteriors and no priors.")
    chart = st.plotly_chart(
        scatter_map(panels, labels, names),
        key="plotly-map",
        on_select="rerun",
        selection_mode="points",
        alt="; ".join(panel.title for panel in panels),
    )
    clicked = chart["selection"]["points"]
    return MapEvent(selected=int(clicked[0]["customdata"]) if clicked else None, hidden=None)


def _panels(first: RunFolder, second: RunFolder | None, options: MapOptions) -> tuple[list[MapPanel], Alignment | None]:
    left = _with_posteriors(make_map_panel(first, options.dimensions), first, options)
    if second is None:
        if options.two_viewpoints:
            twins = [replace(left, viewpoint=viewpoint) for viewpoint in VIEWPOINTS]
            return [
                replace(twins[0], title=left.title),
                replace(twins[1], title="a quarter turn on"),
            ], None
        return [left], None
    right = _with_posteriors(make_map_panel(second, options.dimensions), second, options)
    if not options.aligned:
        return [left, right], None
    means = [cache.projection(cache.run_key(run), options.dimensions).points for run in (second, first)]
    alignment = align(*means)
    moved = lay_over(right, alignment, tuple(f"{name} aligned" for name in left.axis_names))
    return [left, share_view(moved, left)], alignment


def make_map_panel(run: RunFolder, dimensions: int) -> MapPanel:
    """Return the latent points of a run as a panel of the map, in two or three dimensions."""
    key = cache.run_key(run)
    table = cache.latents(key)
    if table is None:
        raise CheckpointFormatError(f"run '{run.name}' has no latent points; train it again to have them")
    shown = cache.projection(key, dimensions)
    title = describe(run, len(table.z))
    if shown.explained < 1:
        title += f" · {shown.explained:.0%} of the variance"
    return make_panel(title, shown.points, table.error, shown.axis_names)


def _with_posteriors(panel: MapPanel, run: RunFolder, options: MapOptions) -> MapPanel:
    """Return the panel of a run with its posteriors and priors if it has some, and with its samples if asked for."""
    model, key = run.config.model, cache.run_key(run)
    shown = cache.projection(key, options.dimensions)
    if model.is_variational and options.dimensions == 2 and model.latent_dim > 1:
        centres = shown.apply(prior_means(model)).tolist()
        labels = [None] if len(centres) == 1 else range(len(centres))
        priors = tuple(Prior(centre=(x, y), label=label) for (x, y), label in zip(centres, labels, strict=True))
        panel = replace(panel, priors=priors)
    if not cache.has_posteriors(run):
        return panel
    if options.dimensions == 2 and model.latent_dim > 1:
        panel = replace(panel, posteriors=Posteriors(shapes=cache.posterior_ellipses(key)))
    if options.seed is None or model.latent_dim == 1:
        return panel
    return move_points(panel, shown.apply(cache.posterior_samples(key, options.seed)))


def _show_image(index: int, runs: list[RunFolder], seed: int | None) -> None:
    """Show an image, its reconstruction by each model, its coordinates and its error.

    Args:
        index: Its place in the test set.
        runs: The models.
        seed: That of the samples on the map, which are decoded too; None where it shows means.
    """
    from aeviz.analysis.evaluation import compare_pair  # with torch, which decoding needs anyway

    table = cache.latents(cache.run_key(runs[0]))
    names = runs[0].provenance.class_names
    label = None if table is None or table.labels is None else names[int(table.labels[index])]
    st.markdown(f"#### Test image {index}" + (f", class {label}" if label is not None else ""))
    dataset = originals(runs[0])
    with st.container(horizontal=True, gap="medium"):
        if dataset is not None:
            _picture(tile(dataset.images[index : index + 1], 1), "original")
        for run in runs:
            own = cache.latents(cache.run_key(run))
            if own is None or index >= len(own.z):
                continue
            image = decoded(run, own.z[index : index + 1])
            with st.container(horizontal=True, gap="small", width="content"):
                _picture(tile(image, 1), f"{run.name}: error {own.error[index]:.2f}")
                if dataset is not None:
                    _picture(error_map(dataset.images[index], image[0]), "red: too bright, blue: too dark")
                    by_place = compare_pair(dataset.images[index], image[0]).ssim_map
                    if by_place is not None:
                        _picture(similarity_map(by_place, *image.shape[2:]), "SSIM: white where alike")
                if seed is not None and cache.has_posteriors(run):
                    samples = cache.posterior_samples(cache.run_key(run), seed)
                    _picture(tile(decoded(run, samples[index : index + 1]), 1), f"{run.name}: its sample decoded")
    for run in runs:
        own = cache.latents(cache.run_key(run))
        if own is not None and index < len(own.z):
            spread = ""
            if own.log_variance is not None and cache.has_posteriors(run):
                spread = f", sigma = ({_listed(np.exp(own.log_variance[index] / 2), '.2g')})"
            st.caption(f"{run.name}: z = ({_listed(own.z[index], '.3f')}){spread}")
    if dataset is None:
        offer_download(runs[0].config.data.name, "to show the original beside its reconstruction")


def _listed(values: np.ndarray, form: str) -> str:
    """Return the first coordinates of a point, (D,), as text."""
    more = f", … ({len(values)} in all)" if len(values) > 12 else ""
    return ", ".join(format(float(value), form) for value in values[:12]) + more


def _picture(picture: np.ndarray, caption: str) -> None:
    st.image(to_data_uri(enlarge(picture, PICTURE_PX)), width=PICTURE_PX, caption=caption, alt=caption)


def show_measures(runs: list[RunFolder]) -> None:
    """Show neighbour preservation, kNN accuracy and error of each model, in a column a model."""
    measured = [(run, found) for run in runs if (found := run.evaluation()) is not None]
    if not measured:
        return
    rows = {
        "": [f"**{run.name}**" for run, _ in measured],
        "Trustworthiness": [_figure(found.trustworthiness, ".3f") for _, found in measured],
        "kNN accuracy": [_figure(found.knn_accuracy, ".1%") for _, found in measured],
        "Test error (MSE)": [_figure(found.mse, ".5f") for _, found in measured],
        "Active units": [f"{found.active_units} of {run.config.model.latent_dim}" for run, found in measured],
    }
    lines = [" | ".join(["", name, *cells, ""]) for name, cells in rows.items()]
    lines.insert(1, "|---" * (1 + len(measured)) + "|")
    st.markdown("\n".join(lines))


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _set_parameter(name: str, value: str) -> None:
    """Write a URL parameter, or drop it where it is empty; unchanged ones are left alone."""
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]


def _numbers_from_url(name: str, limit: int = 10**9) -> list[int]:
    """Return the numbers below `limit` in a URL parameter, where dots join them; whatever else it holds is ignored."""
    parts = st.query_params.get(name, "").split(".")
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) < 10]
    return [number for number in numbers if number < limit]
