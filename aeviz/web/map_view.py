"""The latent map of one or two models, the image behind a point, and the measures beside them."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from aeviz.analysis.alignment import Alignment, align
from aeviz.errors import CheckpointFormatError
from aeviz.figures.pictures import enlarge, error_map, tile, to_data_uri
from aeviz.figures.point_map import VIEWPOINTS, MapPanel, make_panel, map_payload, share_view
from aeviz.figures.scatter import scatter_map
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.components.latent_map import IS_AVAILABLE, MapEvent, latent_map
from aeviz.web.page import describe, errors_as_messages
from aeviz.web.pictures import decoded, offer_download, originals

IMAGE, HIDDEN = "image", "hidden"
"""URL parameters of the map: the chosen image, and the labels of hidden classes joined by dots."""

PICTURE_PX = 128
"""Width of the pictures of a chosen image."""
_DATA = "latent.data"
"""Session key: the data set whose map was shown last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapOptions:
    """How the map is shown."""

    dimensions: int
    aligned: bool
    two_viewpoints: bool


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
    return MapOptions(dimensions=dimensions, aligned=aligned, two_viewpoints=two_viewpoints)


def show_map(first: RunFolder, second: RunFolder | None, options: MapOptions) -> None:
    """Show the map as the address describes it; a click then shows the image behind the point.

    What is chosen and hidden at first comes from the address. Later clicks live in the browser: if they came back with
    the points, each click would send all of them again.
    """
    data = first.config.data.name
    if st.session_state.setdefault(_DATA, data) != data:  # other images and other classes: the old choice means nothing
        st.session_state[_DATA] = data
        _set_parameter(IMAGE, "")
        _set_parameter(HIDDEN, "")
    classes = len(first.provenance.class_names)
    _show_map(first, second, options, _numbers_from_url(HIDDEN, classes), next(iter(_numbers_from_url(IMAGE)), None))


@st.fragment
def _show_map(
    first: RunFolder, second: RunFolder | None, options: MapOptions, hidden: list[int], chosen: int | None
) -> None:
    with errors_as_messages():
        table = cache.latents(cache.run_key(first))
        if table is None:
            st.stop()
        panels, alignment = _panels(first, second, options)
        names = first.provenance.class_names
        n = len(table.z)
        if IS_AVAILABLE:
            start = chosen if chosen is not None and chosen < n else None
            payload = map_payload(panels, table.labels, names, hidden=hidden, selected=start)
            event = latent_map(payload, key=f"latent-map-{first.config.data.name}")
        else:
            event = _plotly_map(panels, table.labels, names)
        if event.hidden is not None:
            _set_parameter(HIDDEN, ".".join(map(str, event.hidden)))
        if event.selected is not None and 0 <= event.selected < n:
            _set_parameter(IMAGE, str(event.selected))
        if alignment is not None:
            st.caption(
                f"Aligned: {alignment.explained:.0%} of the left map's variance is matched; "
                f"the right map was scaled by {alignment.scale:.2f}."
            )
        selected = next((index for index in _numbers_from_url(IMAGE) if index < n), None)
        if selected is None:
            st.caption("No image chosen yet: click a point, or press n on the map.")
        else:
            _show_image(selected, [run for run in (first, second) if run is not None])


def _plotly_map(panels: list[MapPanel], labels: np.ndarray | None, names: tuple[str, ...]) -> MapEvent:
    """Show the map by Plotly, which is slower and knows clicks only in two dimensions."""
    st.caption("The map of this page could not be loaded from the server; this is a plainer one, drawn by Plotly.")
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
    left = make_map_panel(first, options.dimensions)
    if second is None:
        if options.two_viewpoints:
            twins = [replace(left, viewpoint=viewpoint) for viewpoint in VIEWPOINTS]
            return [
                replace(twins[0], title=left.title),
                replace(twins[1], title="a quarter turn on"),
            ], None
        return [left], None
    right = make_map_panel(second, options.dimensions)
    if not options.aligned:
        return [left, right], None
    alignment = align(right.points, left.points)
    names = tuple(f"{name} aligned" for name in left.axis_names)
    moved = replace(right, points=alignment.apply(right.points), axis_names=names)
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


def _show_image(index: int, runs: list[RunFolder]) -> None:
    """Show an image, its reconstruction by each model, its coordinates and its error."""
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
    for run in runs:
        own = cache.latents(cache.run_key(run))
        if own is not None and index < len(own.z):
            values = ", ".join(f"{value:.3f}" for value in own.z[index, :12])
            more = f", … ({own.z.shape[1]} in all)" if own.z.shape[1] > 12 else ""
            st.caption(f"{run.name}: z = ({values}{more})")
    if dataset is None:
        offer_download(runs[0].config.data.name, "to show the original beside its reconstruction")


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
