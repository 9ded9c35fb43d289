"""Originals beside reconstructions, errors by class, and the images a model does best and worst on."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from aeviz.analysis.reconstruction import best_and_worst, pick_per_class
from aeviz.data import ImageDataset
from aeviz.figures.charts import error_bars
from aeviz.figures.images import shrink, take
from aeviz.language import mark, number, tr
from aeviz.training.samples import list_samples
from aeviz.web.components.pairs.component import Grid, pair_grids
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.images import decoded, find_originals, is_large, offer_download, originals, show_grid
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.navigation import is_lesson_beside
from aeviz.web.kernel.page import MODEL, USUAL_MODEL, Needs, errors_as_messages, has, pick_model, pick_second
from aeviz.web.kernel.reading import read_by_pixels
from aeviz.web.kernel.recipes import offer_code, reconstruct_code
from aeviz.web.kernel.scales import describe_ms_ssim
from aeviz.web.kernel.url import rename_choices
from aeviz.web.reconstruct.confusion import has_confusions, show_cell, show_confusions
from aeviz.web.reconstruct.part import Part, asked_part

TEST_IMAGES, OWN, LEARNING = mark("test images"), mark("your own image"), mark("over training")
CORRUPTED, ANOMALIES = mark("corrupted images"), mark("anomalies")
PAIRS = {
    LEARNING: ("digits-2d-adam", "digits-2d-amsgrad"),
    CORRUPTED: ("denoising", "mlp-10d-amsgrad"),
    ANOMALIES: ("anomaly-without-2", "mlp-10d-amsgrad"),
}
"""Models that stand beside each other at first: one that was trained or recorded for this, and another."""
NEEDS: dict[str, Needs] = {
    TEST_IMAGES: "latents",
    OWN: "summary",
    LEARNING: "weights",
    CORRUPTED: "latents",
    ANOMALIES: "latents",
}
"""The part of a model that each choice needs."""
LARGE_COLUMNS = 5
"""Large images in a row and a column: photographs need room."""
PER_CLASS = 10
EXTREMES = 10
TILE_PX = 64
"""Longest side in pixels of an image in a grid; larger ones are shown smaller, since a hundred are sent at once."""
_ROW, _CELL = "grids-and-tables", "cell-images"
_STYLE = f"""<style>
@media (max-width: 40rem) {{
  .st-key-{_ROW} .stHorizontalBlock:has(> .stColumn) {{ flex-direction: column; }}
  .st-key-{_ROW} :is(.stColumn, .stColumn > .stVerticalBlock) {{ display: contents; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{_CELL}) {{ order: 1; }}
}}
</style>"""
"""In a narrow window the images of a cell follow its table."""
_SOURCE = "source"
_SUBSTITUTE = "reconstruct.substitute"
"""Session key: the visitor's own model, and the one shown in its place where theirs was not trained for the choice."""


def pick_source() -> str:
    """Let the visitor choose what is reconstructed; the choice is in the URL.

    It is test images at first, or one's own picture where the model that the address names has none here.
    """
    asked = list_models().get(st.query_params.get(MODEL, ""))
    first = OWN if asked is not None and asked.has_summary and not has(asked, "latents") else TEST_IMAGES
    rename_choices(_SOURCE, {"your own picture": OWN, "as it learned": LEARNING})
    chosen = choose(
        st.segmented_control,
        tr("What to reconstruct"),
        [TEST_IMAGES, OWN, LEARNING, CORRUPTED, ANOMALIES],
        default=first,
        required=True,
        key=_SOURCE,
        label_visibility="collapsed",
        on_change=_choose_model,
    )
    return str(chosen or first)


def _choose_model() -> None:
    """Turn to a model that was trained for what the visitor has just chosen, unless theirs was or has other images.

    For a record of the training, images do not matter: without a record there is nothing to show.

    Their own comes back when they turn to something that it is fit for, unless they have chosen another meanwhile.
    """
    found, source = list_models(), str(st.session_state.get(_SOURCE))
    shown = str(st.session_state.get(MODEL))
    before, substitute = st.session_state.pop(_SUBSTITUTE, (shown, None))
    own = found.get(before if shown == substitute else shown)
    if own is None:
        return
    first, _ = PAIRS.get(source, (None, None))
    suits = first in found and (source == LEARNING or _is_like(own, found[first]))
    if suits and not _is_fit(own, source):
        st.session_state[_SUBSTITUTE] = (own.name, first)
        st.session_state[MODEL] = first
    elif own.name != shown:
        st.session_state[MODEL] = own.name


def _is_fit(model: Model, source: str) -> bool:
    """Whether a run was trained, or recorded, for what is chosen."""
    if source == LEARNING:
        return bool(list_samples(model.path))
    return model.config.objective.corruption != "none" if source == CORRUPTED else model.config.data.without is not None


def _is_like(first: Model, second: Model) -> bool:
    return first.config.data.shares_test_images(second.config.data)


def pick_pair(found: Mapping[str, Model], source: str) -> list[Model]:
    """Let the visitor choose a model and perhaps one beside it for what `pick_source` returned."""
    left, right = st.columns(2)
    trained_for_it, other = PAIRS.get(source, (USUAL_MODEL, None))
    with left:
        first = pick_model(found, default=trained_for_it)  # a model chosen before stays
    with right:
        if source in (CORRUPTED, ANOMALIES):
            default = other if first.name == trained_for_it else trained_for_it
            second = pick_second(found, first, default=default, parameter="beside")
        else:
            second = pick_second(found, first, mapped=source != LEARNING)
    return [model for model in (first, second) if model is not None]


def show_test_images(runs: list[Model]) -> None:
    """Show test images beside their reconstructions, errors by class, and the images a model does best and worst on."""
    part = asked_part()
    _show_grids_and_tables(runs, part)
    if part == "originals":
        return
    _show_error_bars(runs)
    _show_extremes(runs)


@st.fragment
def _show_grids_and_tables(runs: list[Model], part: Part) -> None:
    """Show ten images of each class and their reconstructions by each model; beside them how their classes are read."""
    if part != "all" or not has_confusions(runs):
        _show_grids(runs, part)
        return
    st.html(_STYLE)
    with st.container(key=_ROW):
        left, right = st.columns([13, 7], gap="medium")
    with left:
        _show_grids(runs, part)
    with right:
        cell = show_confusions(runs)
    if cell is not None:
        with left, st.container(key=_CELL):
            show_cell(runs, cell)


def _show_grids(runs: list[Model], part: Part) -> None:
    with errors_as_messages():
        pixels = math.prod(runs[0].config.model.image_shape)
        with st.container(horizontal=True, vertical_alignment="center"):
            seed = st.slider(
                tr("Seed of the selection"),
                min_value=0,
                max_value=99,
                key="images",
                bind="query-params",
                help=tr("The same number always selects the same test images, ten of each class."),
                width=240,
            )
            text = st.empty()
        first = runs[0].require_latents()
        labels = first.labels if first.labels is not None else np.zeros(len(first.z), dtype=np.int64)
        large = is_large(runs[0])
        count = LARGE_COLUMNS**2 if large else PER_CLASS**2
        per_class = PER_CLASS if first.labels is not None else count
        per_class = min(per_class, int(np.bincount(labels).max()))  # no empty places in a small test set
        chosen = pick_per_class(labels, per_class, int(seed))
        members = chosen[chosen >= 0]
        in_row = min(LARGE_COLUMNS if large and first.labels is None else PER_CLASS, per_class)
        dataset = originals(runs[0])
        places = np.where(chosen < 0, -1, np.cumsum(chosen >= 0) - 1)
        own = None if dataset is None else _original_grid(runs[0], dataset, chosen)
        grids = [] if part == "originals" else [_reconstruction_grid(model, members, places) for model in runs]
        if part == "images":
            grids = [replace(grid, marked=[]) for grid in grids]
        text.caption(
            (tr("Equal places show the same image.") if grids else "")
            + (
                " " + tr("Orange: read as another class than the original's.")
                if any(grid.marked for grid in grids)
                else ""
            ),
            width="stretch",
            help=tr(
                "The error is the Euclidean distance between original and reconstruction over {pixels:,} values in [0, "
                "1]: the square root of the sum of the squared differences; 0 is perfect. The mean squared error (MSE) "
                "of an image is the square of its error, divided by {pixels:,}. The 10 test images nearest to a "
                "reconstruction in pixels vote on its class.",
                pixels=pixels,
            ),
        )
        pair_grids(
            own,
            grids,
            columns=in_row,
            empty=chosen < 0,
            smooth=large,
            together=bool(grids) and is_lesson_beside(),
            key="reconstructions",
        )
        if dataset is None:
            offer_download(runs[0].config.data.name, tr("to show the original images"))
        else:
            offer_code(reconstruct_code([model.name for model in runs], int(seed), per_class))


def _original_grid(model: Model, dataset: ImageDataset, chosen: np.ndarray) -> Grid:
    labels, votes = dataset.labels, _votes(model, tuple(chosen.tolist()), decode=False)
    words, voted = [], tr("{text}; the nearest images vote {name}")
    image, of_class = tr("test image {index}"), tr("test image {index}, class {name}")
    for place, index in enumerate(chosen.tolist()):
        text = image.format(index=index)
        if labels is not None:
            text = of_class.format(index=index, name=model.class_names[labels[index]])
        words.append(text if votes is None else voted.format(text=text, name=model.class_names[votes[place]]))
    images = shrink(take(dataset.images, chosen), TILE_PX)
    return Grid(title=tr("Original"), images=images, text=tr("Originals"), words=words)


def _reconstruction_grid(model: Model, members: np.ndarray, places: np.ndarray) -> Grid:
    """Return the reconstructions of some test images as a grid.

    Args:
        model: The model, which must have latents.
        members: Indices of the test images, (M,), int64.
        places: For each place of the grid, which of them it shows, (N,), int64; -1 for an empty place.
    """
    table, votes = model.require_latents(), _votes(model, tuple(members.tolist()), decode=True)
    words, said, voted = [], tr("error {error}"), tr("{text}; the nearest images vote {name}")
    for place in places.tolist():
        text = said.format(error=number(table.error[members[place]], ".2f"))
        words.append(text if votes is None else voted.format(text=text, name=model.class_names[votes[place]]))
    is_other = (
        np.zeros(len(members), dtype=bool) if votes is None or table.labels is None else votes != table.labels[members]
    )
    return Grid(
        title=model.name,
        images=shrink(take(decoded(model, table.z[members]), places), TILE_PX),
        text=tr(
            "{model}: mean Euclidean error {error:.2f}; all {count:,}: {mean:.2f}{measures}",
            model=model.name,
            error=float(table.error[members].mean()),
            count=len(table.error),
            mean=float(table.error.mean()),
            measures=_measures(model),
        ),
        words=words,
        marked=np.flatnonzero((places >= 0) & is_other[places]).tolist(),
    )


@shared(max_entries=64)  # 1 kB each
def _votes(model: Model, indices: tuple[int, ...], *, decode: bool) -> np.ndarray | None:
    """Return the class that the nearest test images give to test images or their reconstructions; None without images.

    Args:
        model: The model, which must have latents.
        indices: Of the test images; -1 stands for none.
        decode: Whether the reconstructions are judged, else the test images.
    """
    dataset, _ = find_originals(model)
    if dataset is None or dataset.labels is None:
        return None
    own = np.array(indices, dtype=np.int64)
    images = decoded(model, model.require_latents().z[own]) if decode else take(dataset.images, own)
    return read_by_pixels(model, images, own)


def _measures(model: Model) -> str:
    """Return what was measured of a model on its whole test set, in words."""
    found = model.evaluation
    if found is None:
        return ""
    words = f", MSE {number(found.mse, '.5f')}"
    if found.ssim is None or found.ms_ssim is None:
        return words
    ssim, ms_ssim = number(found.ssim, ".3f"), number(found.ms_ssim, ".3f")
    return f"{words}, SSIM {ssim}, MS-SSIM {ms_ssim} ({describe_ms_ssim(model.config)})"


def _show_error_bars(runs: list[Model]) -> None:
    """Show the mean Euclidean error of each class over the whole test set."""
    evaluations = {model.name: model.evaluation for model in runs}
    errors = {name: found.euclidean_error_per_class for name, found in evaluations.items() if found is not None}
    if not any(errors.values()):
        return
    st.subheader(tr("Error by class"))
    show_figure(
        error_bars(errors),
        key="error-bars",
        alt=tr(
            "Mean Euclidean reconstruction error of each class: {errors}",
            errors="; ".join(
                f"{name}: " + ", ".join(f"{label} {number(value, '.2f')}" for label, value in values.items())
                for name, values in errors.items()
            ),
        ),
    )


def _show_extremes(runs: list[Model]) -> None:
    """Show the images that each model reconstructs best and worst, original above reconstruction."""
    st.subheader(tr("Best and worst"))
    for model in runs:
        table, dataset = model.require_latents(), originals(model)
        columns = st.columns(2)
        said = (
            tr("{model}, best: error {low} to {high} ({rows})"),
            tr("{model}, worst: error {low} to {high} ({rows})"),
        )
        for column, indices, words in zip(columns, best_and_worst(table.error, EXTREMES), said, strict=True):
            with column:
                images = decoded(model, table.z[indices])
                if dataset is not None:
                    images = np.concatenate([take(dataset.images, indices), images])
                low, high = (number(end, ".2f") for end in (table.error[indices].min(), table.error[indices].max()))
                rows = tr("original above reconstruction") if dataset is not None else tr("reconstructions")
                text = words.format(model=model.name, low=low, high=high, rows=rows)
                show_grid(images, text, columns=len(indices), tile_px=TILE_PX)
