"""Originals beside reconstructions, errors by class, and the images a model does best and worst on."""

import numpy as np
import streamlit as st

from aeviz.analysis.reconstruction import best_and_worst, pick_per_class
from aeviz.figures.charts import error_bars
from aeviz.figures.pictures import enlarge, shrink, take, tile, to_data_uri
from aeviz.training.latents import LatentTable
from aeviz.training.runs import RunFolder
from aeviz.web import cache
from aeviz.web.page import errors_as_messages
from aeviz.web.pictures import decoded, offer_download, originals

TEST_IMAGES, OWN = "test images", "your own picture"
PER_CLASS = 10
EXTREMES = 10
TILE_PX = 64
"""Longest side in pixels of an image in a grid; larger ones are shown smaller, since a hundred are sent at once."""
GRID_PX = 420
"""Least width in pixels to which a grid is enlarged before the browser scales it."""


def pick_source() -> str:
    """Let the visitor choose what is reconstructed; the choice is in the URL."""
    chosen = st.segmented_control(
        "What to reconstruct",
        [TEST_IMAGES, OWN],
        default=TEST_IMAGES,
        required=True,
        key="source",
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(chosen or TEST_IMAGES)


def _table(run: RunFolder) -> LatentTable:
    table = cache.latents(cache.run_key(run))
    if table is None:
        st.stop()
    return table


@st.fragment
def show_grids(runs: list[RunFolder]) -> None:
    """Show ten images of each class, and their reconstructions by each model."""
    with errors_as_messages():
        seed = st.slider(
            "Choice of images",
            min_value=0,
            max_value=99,
            key="images",
            bind="query-params",
            width=320,
            help="Another number shows other test images, ten of each class; the same number always shows the same.",
        )
        first = _table(runs[0])
        labels = first.labels if first.labels is not None else np.zeros(len(first.z), dtype=np.int64)
        per_class = PER_CLASS if first.labels is not None else PER_CLASS**2
        chosen = pick_per_class(labels, per_class, int(seed))
        members = chosen[chosen >= 0]
        dataset = originals(runs[0])
        columns = st.columns(len(runs) + (dataset is not None))
        if dataset is not None:
            with columns.pop(0):
                _grid(take(dataset.images, chosen), "Originals")
        for column, run in zip(columns, runs, strict=True):
            with column:
                table = _table(run)
                images = take(decoded(run, table.z[members]), np.where(chosen < 0, -1, np.cumsum(chosen >= 0) - 1))
                _grid(images, f"{run.name}: mean error {float(table.error[members].mean()):.2f}")
        if dataset is None:
            offer_download(runs[0].config.data.name, "to show the originals beside these reconstructions")


def show_error_bars(runs: list[RunFolder]) -> None:
    """Show the mean Euclidean error of each class over the whole test set."""
    evaluations = {run.name: run.evaluation() for run in runs}
    errors = {name: found.euclidean_error_per_class for name, found in evaluations.items() if found is not None}
    if not any(errors.values()):
        return
    st.subheader("Error by class")
    st.plotly_chart(
        error_bars(errors),
        key="error-bars",
        config={"displayModeBar": False},
        alt="Mean Euclidean reconstruction error of each class: "
        + "; ".join(
            f"{name}: " + ", ".join(f"{label} {value:.2f}" for label, value in values.items())
            for name, values in errors.items()
        ),
    )


def show_extremes(runs: list[RunFolder]) -> None:
    """Show the images that each model reconstructs best and worst, original above reconstruction."""
    st.subheader("Best and worst")
    for run in runs:
        table, dataset = _table(run), originals(run)
        columns = st.columns(2)
        for column, indices, word in zip(
            columns, best_and_worst(table.error, EXTREMES), ("best", "worst"), strict=True
        ):
            with column:
                images = decoded(run, table.z[indices])
                if dataset is not None:
                    images = np.concatenate([take(dataset.images, indices), images])
                low, high = table.error[indices].min(), table.error[indices].max()
                rows = "original above reconstruction" if dataset is not None else "reconstructions"
                _grid(images, f"{run.name}, {word}: error {low:.2f} to {high:.2f} ({rows})", columns=len(indices))


def _grid(images: np.ndarray, caption: str, *, columns: int = 10) -> None:
    picture = enlarge(tile(shrink(images, TILE_PX), columns), GRID_PX)
    st.image(to_data_uri(picture), width="stretch", caption=caption, alt=caption)
