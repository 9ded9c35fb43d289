"""The images that the visitor selected on the map: how they look, what they share, and the set as a file."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from aeviz.analysis.selection_summary import SHOWN, selection_table, spread_out
from aeviz.data import ImageDataset
from aeviz.data.folder_layout import MIN_IMAGES
from aeviz.data.picked import write_picked, zip_picked
from aeviz.figures.images import shrink, tile, to_png
from aeviz.figures.selection import class_bars
from aeviz.language import current_language, tr
from aeviz.paths import runs_root
from aeviz.serving.limits import limits
from aeviz.serving.usage import check_free
from aeviz.web.kernel import jobs
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.images import decoded, is_large, originals, show_grid
from aeviz.web.kernel.importing import bring
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.navigation import open_address
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.map import cached

COLUMNS = 12
"""Images in a row of the grid."""
TILE_PX = 64
"""Longest side of an image in the grid."""
MEAN_PX = 112
"""Width of the mean images."""
NARROW_PX = 350
"""Width of a phone's page: a grid of few images is no wider."""


def show_selection(chosen: np.ndarray | None, runs: Sequence[Model]) -> None:
    """Show a set of test images, or how to pick one.

    Args:
        chosen: Which images, (N,), bool, or their places, (M,), integer; None where nothing was picked out.
        runs: The models of the map, which encoded the same images.
    """
    if chosen is None:
        st.caption(tr("Lasso some points to see what they have in common."))
        return
    table = runs[0].latents
    if table is None:
        return
    places = np.flatnonzero(chosen) if chosen.dtype == bool else np.unique(chosen)
    places = places[(places >= 0) & (places < len(table.z))].astype(np.int64)
    selected = tr("{count:,} of {all:,} images selected", count=len(places), all=len(table.z))
    st.markdown(f"#### {selected}")
    if not len(places):
        st.caption(tr("The outline contains no visible point. Draw it around some points."))
        return
    digest = cached.digest_of(places)
    dataset = originals(runs[0])
    found = cached.chosen_set(runs[0], digest, places)
    _show_images(places, runs[0], dataset)
    left, right = st.columns(2)
    with left:
        if found.class_counts:
            show_figure(
                _class_bars(found.class_counts, found.class_totals, runs[0].class_names, current_language()),
                key="selection-classes",
                alt=tr("chosen images of each class"),
            )
    with right:
        _show_means(places, digest, runs, dataset)
    for model in runs:
        own = cached.chosen_set(model, digest, places)
        st.caption(
            tr(
                "{model}: spread {spread:.3g} (all images: {usual:.3g}), mean reconstruction error {error:.3g} (all "
                "images: {usual_error:.3g}). Spread: root mean squared distance from the mean.",
                model=escape(model.name),
                spread=own.spread,
                usual=own.usual_spread,
                error=own.error,
                usual_error=own.usual_error,
            )
        )
    _offer_files(places, digest, runs, dataset)


@shared(max_entries=64)  # 20 kB each; takes as long to build as all else on the page
def _class_bars(counts: tuple[int, ...], totals: tuple[int, ...], names: tuple[str, ...], language: str) -> go.Figure:
    return class_bars(counts, totals, names)


def _images(places: np.ndarray, model: Model, dataset: ImageDataset | None) -> np.ndarray:
    """Return some of the images, evenly spaced among them; decoded where the originals are not here."""
    some = spread_out(places)
    if dataset is not None:
        return shrink(dataset.images[some], TILE_PX)
    table = model.latents
    if table is None:
        raise LookupError("the run has no latents; the caller must check first")
    return shrink(decoded(model, table.z[some]), TILE_PX)


def _show_images(places: np.ndarray, model: Model, dataset: ImageDataset | None) -> None:
    images = _images(places, model, dataset)
    text = tr("All selected images")
    if len(images) < len(places):
        text = tr("{count} of the selected images, evenly spaced by index", count=SHOWN)
    if dataset is None:
        text = tr(
            "{text}, decoded by {model}, because the originals are not on this machine", text=text, model=model.name
        )
    columns = min(COLUMNS, len(images))
    width: int | Literal["stretch"] = "stretch" if columns == COLUMNS else min(TILE_PX, NARROW_PX // columns) * columns
    smooth, alt = is_large(model), tr("{count} selected images", count=len(images))
    show_grid(images, text, columns=columns, width=width, least_px=TILE_PX * columns, smooth=smooth, alt=alt)


def _show_means(places: np.ndarray, digest: str, runs: Sequence[Model], dataset: ImageDataset | None) -> None:
    with st.container(horizontal=True, gap="small"):
        if dataset is not None:
            mean = cached.mean_of_chosen(runs[0], digest, places, dataset)
            _show_mean(mean, tr("mean image"))
        for model in runs:
            own = cached.chosen_set(model, digest, places)
            _show_mean(decoded(model, own.mean[None]), tr("{model}: mean latent point, decoded", model=model.name))


def _show_mean(image: np.ndarray, caption: str) -> None:
    show_grid(image, caption, columns=1, width=MEAN_PX)


def _offer_files(places: np.ndarray, digest: str, runs: Sequence[Model], dataset: ImageDataset | None) -> None:
    """Offer the set as a table, its grid as an image, and a network trained on it; made when the visitor asks."""
    with st.container(horizontal=True):
        for model in runs:
            st.download_button(
                tr("Table (CSV)") if len(runs) == 1 else tr("Table of {model} (CSV)", model=escape(model.name)),
                partial(_table_of, places, model),
                file_name=f"{model.name}-{len(places)}-images.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                key=f"selection-table-{model.name}",
                help=tr("Index, class, reconstruction error and latent coordinates of each selected image."),
            )
        st.download_button(
            tr("Images (PNG)"),
            partial(_grid_of, places, runs[0], dataset),
            file_name=f"{runs[0].config.data.name.replace(':', '-').replace('/', '-')}-{digest[:8]}.png",
            mime="image/png",
            icon=":material/download:",
            on_click="ignore",
            key="selection-grid",
            help=tr("Save the images above as one PNG file."),
        )
        is_asked = dataset is not None and not jobs.is_demo() and _ask_to_train(len(places))
    if dataset is not None and is_asked:
        with errors_as_messages(stop=False):
            _train_on(dataset, places)


def _train_on(dataset: ImageDataset, places: np.ndarray) -> None:
    """Open the form of Train with the images: in a folder of the server, or as an upload where nobody may name one."""
    if jobs.may_name_folders():
        check_free(runs_root(), limits().free_mb)
        folder = write_picked(dataset, places, runs_root() / ".picked")
        side = min(dataset.images.shape[2:])
        open_address("/train", [("folder", str(folder.resolve())), ("side", str(side))])
    jobs.check_upload(0)
    bar = st.progress(0.0, tr("Copying the images"))
    name, archive = zip_picked(dataset, places)

    def report(share: float, text: str) -> None:
        bar.progress(min(share, 1.0), escape(text))

    store = bring({name: archive}, report)
    open_address("/train", [("images", store.name)])


def _ask_to_train(count: int) -> bool:
    why = tr(
        "Start the form of Train with these images, at least {least}. They are copied on the server.", least=MIN_IMAGES
    )
    if not jobs.may_name_folders():
        why = tr(
            "Start the form of Train with these images, at least {least}. They are copied on the server, as yours for "
            "this visit.",
            least=MIN_IMAGES,
        )
    return st.button(
        tr("Train on these"),
        icon=":material/model_training:",
        key="selection-train",
        disabled=count < MIN_IMAGES,
        help=why,
    )


def _table_of(places: np.ndarray, model: Model) -> str:
    table = model.latents
    if table is None:
        raise LookupError("the run has no latents; the caller must check first")
    return selection_table(places, table.z, table.labels, model.provenance.class_names, table.error)


def _grid_of(places: np.ndarray, model: Model, dataset: ImageDataset | None) -> bytes:
    images = _images(places, model, dataset)
    return to_png(tile(images, min(8, len(images))), effort=9)
