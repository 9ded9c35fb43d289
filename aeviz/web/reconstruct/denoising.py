"""Images that are corrupted before a model sees them, what it restores, and up to which level that helps."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.metrics import psnr
from aeviz.analysis.reconstruction import helpful_levels, pick_per_class, squared_errors
from aeviz.config import CorruptionName
from aeviz.data import ImageDataset
from aeviz.figures.detection import restoration_curves
from aeviz.language import mark, number, tr
from aeviz.paths import data_root
from aeviz.web.kernel import datasets
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_seed
from aeviz.web.kernel.images import offer_download, originals, show_grid
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape
from aeviz.web.reconstruct import restored

ROW = 10
"""Images in a row."""
TILE_PX, ROW_PX = 64, 840
"""Longest side in pixels of an image in a row; least width to which the row is enlarged."""
KINDS: Mapping[str, CorruptionName] = {
    mark("masking"): "masking",
    mark("gaussian noise"): "gaussian",
    mark("salt and pepper"): "salt_pepper",
}
"""Kinds of corruption, by their names on the page."""
_LEVELS = {
    "masking": mark("share of pixels set to 0"),
    "gaussian": mark("standard deviation of the noise (pixels are in [0, 1] and clipped)"),
    "salt_pepper": mark("share of pixels set to 0 or to 1, either with the same chance"),
}


@st.fragment
def show_denoising(runs: list[Model]) -> None:
    """Show ten test images, corrupted as the visitor asks, and what each of the models restores of them."""
    with errors_as_messages():
        dataset = originals(runs[0])
        if dataset is None:
            offer_download(runs[0].config.data.name, tr("to corrupt and restore them"))
            st.info(
                tr(
                    "This needs the original images. Models of the 8x8 digits and of the circles need no download: "
                    "try digits-2d-adam or circles-3d."
                ),
                icon=":material/hide_image:",
            )
            return
        corruption, choice = _pick_corruption()
        _show_rows(runs, dataset, corruption, choice)
        _show_curve(runs, corruption)


def _pick_corruption() -> tuple[restored.Corruption, int]:
    """Offer kind, level and chance of the corruption, and other images; all is in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = choose(
            st.segmented_control,
            tr("Corruption"),
            list(KINDS),
            default="masking",
            required=True,
            key="corruption",
            help=tr(
                "Masking sets pixels to black. Gaussian noise changes every pixel. Salt and pepper sets some to black, "
                "some to white."
            ),
        )
        name = KINDS[str(kind or "masking")]
        level = st.slider(
            tr("Level"),
            min_value=0.0,
            max_value=1.0,
            value=0.5,
            step=0.05,
            key="level",
            bind="query-params",
            width=260,
            help=tr("0 (none) to 1: {meaning}.", meaning=tr(_LEVELS[name])),
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        seed = pick_seed()
        choice = st.slider(
            tr("Seed of the selection"),
            min_value=0,
            max_value=99,
            key="images",
            bind="query-params",
            width=200,
            help=tr("The same number always selects the same test images, from all classes."),
        )
    return restored.Corruption(name=name, level=float(level), seed=seed), int(choice)


def _show_rows(runs: list[Model], dataset: ImageDataset, corruption: restored.Corruption, choice: int) -> None:
    """Show originals, corrupted and restored images below each other, with their errors against the originals."""
    chosen = _choose(dataset, choice)
    place = (str(data_root()), datasets.folder_stamp(dataset.name))
    clean = dataset.images[list(chosen)]
    originals_title = tr("Originals")
    rows = {originals_title: clean}
    rows[tr("Corrupted")] = restored.corrupted(runs[0], *place, chosen, corruption)
    for model in runs:
        rows[tr("Restored by {model}", model=model.name)] = restored.restored(model, *place, chosen, corruption)
    errors = {title: squared_errors(clean, shown) for title, shown in rows.items() if title != originals_title}
    for title, shown in rows.items():
        caption = title if title not in errors else f"{title}: {_error_text(float(errors[title].mean()))}"
        show_grid(shown, caption, columns=len(chosen), least_px=ROW_PX, tile_px=TILE_PX)
    with st.expander(tr("Error of each image")):
        labels = dataset.labels
        names = [
            tr("image {index}", index=index)
            if labels is None
            else tr("image {index}, class {name}", index=index, name=escape(dataset.class_names[int(labels[index])]))
            for index in chosen
        ]
        cells = [[_error_text(float(value)) for value in row] for row in zip(*errors.values(), strict=True)]
        lines = [["", *map(escape, errors)], ["---"] * (1 + len(errors))]
        lines += [[name, *row] for name, row in zip(names, cells, strict=True)]
        st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    st.caption(
        tr(
            "MSE and PSNR compare corrupted and restored images with the originals (pixels in [0, 1]). The same seed "
            "masks the same pixels; a higher level masks more."
        )
    )


def _choose(dataset: ImageDataset, choice: int) -> tuple[int, ...]:
    """Return the places of ten test images, of as many classes as there are."""
    labels = dataset.labels if dataset.labels is not None else np.zeros(len(dataset), dtype=np.int64)
    each = -(-ROW // len(np.unique(labels)))
    chosen = pick_per_class(labels, each, choice)
    return tuple(chosen[chosen >= 0].tolist()[:ROW])


def _error_text(mse: float) -> str:
    ratio = psnr(mse)
    return f"MSE {number(mse, '.4f')}" + ("" if ratio is None else f", PSNR {number(ratio, '.1f')} dB")


def _show_curve(runs: list[Model], corruption: restored.Corruption) -> None:
    """Show the error over the level for some hundred images, and say in words where each model helps."""
    st.subheader(tr("Levels at which it helps"))
    place = (str(data_root()), datasets.folder_stamp(runs[0].config.data.name))
    curves = {model.name: restored.restoration(model, *place, corruption.name, corruption.seed) for model in runs}
    first = curves[runs[0].name]
    show_figure(
        restoration_curves(
            restored.CURVE_LEVELS,
            first.corrupted,
            {name: curve.restored for name, curve in curves.items()},
            corruption.level,
        ),
        key="restoration",
        alt=tr(
            "Mean squared error against the level of corruption, {kind}: corrupted {errors}",
            kind=tr(_name(corruption.name)),
            errors=_list_errors(first.corrupted),
        )
        + "".join(
            "; " + tr("restored by {model} {errors}", model=name, errors=_list_errors(curve.restored))
            for name, curve in curves.items()
        ),
    )
    st.markdown("\n".join(f"- {_verdict(model, curves[model.name], corruption.name)}" for model in runs))
    st.caption(
        tr(
            "Means over the first {count:,} test images of {data}; levels 0, 0.1, ..., 1; seed {seed}. At level 0 the "
            "error is that of the plain reconstruction.",
            count=first.count,
            data=escape(runs[0].config.data.name),
            seed=corruption.seed,
        )
    )


def _list_errors(errors: np.ndarray) -> str:
    return ", ".join(number(error, ".3f") for error in errors)


def _verdict(model: Model, curve: restored.Restoration, kind: CorruptionName) -> str:
    """Say what a model was trained to restore, and at which levels it brings images nearer to the originals."""
    objective, name = model.config.objective, escape(model.name)
    if objective.corruption == "none":
        learned = tr("**{model}** was trained on clean images only.", model=name)
    elif objective.corruption == kind:
        learned = tr(
            "**{model}** was trained to remove {kind} at level {level:g}.",
            model=name,
            kind=tr(_name(kind)),
            level=objective.corruption_level,
        )
    else:
        learned = tr(
            "**{model}** was trained to remove {kind} at level {level:g}, not {other}.",
            model=name,
            kind=tr(_name(objective.corruption)),
            level=objective.corruption_level,
            other=tr(_name(kind)),
        )
    found = helpful_levels(restored.CURVE_LEVELS, curve.corrupted, curve.restored)
    if found is None:
        return f"{learned} " + tr(
            "At no level are its restored images closer to the originals than the corrupted ones."
        )
    low, high = found
    return f"{learned} " + tr("It reduces the error at levels {low:g} to {high:g}.", low=low, high=high)


def _name(kind: CorruptionName) -> str:
    return next(name for name, value in KINDS.items() if value == kind)
