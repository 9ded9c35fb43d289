"""Images that are corrupted before a model sees them, what it restores, and up to which level that helps."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.analysis.metrics import psnr
from aeviz.analysis.reconstruction import helpful_levels, pick_per_class, squared_errors
from aeviz.config import CorruptionName
from aeviz.data import ImageDataset
from aeviz.figures.detection import restoration_curves
from aeviz.paths import data_root
from aeviz.web.kernel import datasets
from aeviz.web.kernel.charts import show_figure
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
    "masking": "masking",
    "gaussian noise": "gaussian",
    "salt and pepper": "salt_pepper",
}
"""Kinds of corruption, by their names on the page."""
_LEVELS = {
    "masking": "share of pixels set to 0",
    "gaussian": "standard deviation of the noise (pixels are in [0, 1] and clipped)",
    "salt_pepper": "share of pixels set to 0 or to 1, either with the same chance",
}


@st.fragment
def show_denoising(runs: list[Model]) -> None:
    """Show ten test images, corrupted as the visitor asks, and what each of the models restores of them."""
    with errors_as_messages():
        dataset = originals(runs[0])
        if dataset is None:
            offer_download(runs[0].config.data.name, "to corrupt and restore them")
            st.info(
                "This needs the original images. Models of the 8x8 digits and of the circles need no download: "
                "try digits-2d-adam or circles-3d.",
                icon=":material/hide_image:",
            )
            return
        corruption, choice = _pick_corruption()
        _show_rows(runs, dataset, corruption, choice)
        _show_curve(runs, corruption)


def _pick_corruption() -> tuple[restored.Corruption, int]:
    """Offer kind, level and chance of the corruption, and other images; all is in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = st.segmented_control(
            "Corruption",
            list(KINDS),
            default="masking",
            required=True,
            key="corruption",
            bind="query-params",
            help="Masking sets pixels to black. Gaussian noise changes every pixel. Salt and pepper sets some to "
            "black, some to white.",
        )
        name = KINDS[str(kind or "masking")]
        level = st.slider(
            "Level",
            min_value=0.0,
            max_value=1.0,
            value=0.5,
            step=0.05,
            key="level",
            bind="query-params",
            width=260,
            help=f"0 (none) to 1: {_LEVELS[name]}.",
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        seed = pick_seed()
        choice = st.slider(
            "Seed of the selection",
            min_value=0,
            max_value=99,
            key="images",
            bind="query-params",
            width=200,
            help="The same number always selects the same test images, from all classes.",
        )
    return restored.Corruption(name=name, level=float(level), seed=seed), int(choice)


def _show_rows(runs: list[Model], dataset: ImageDataset, corruption: restored.Corruption, choice: int) -> None:
    """Show originals, corrupted and restored images below each other, with their errors against the originals."""
    chosen = _choose(dataset, choice)
    place = (str(data_root()), datasets.folder_stamp(dataset.name))
    clean = dataset.images[list(chosen)]
    rows = {"Originals": clean}
    rows["Corrupted"] = restored.corrupted(runs[0], *place, chosen, corruption)
    for model in runs:
        rows[f"Restored by {model.name}"] = restored.restored(model, *place, chosen, corruption)
    errors = {title: squared_errors(clean, shown) for title, shown in rows.items() if title != "Originals"}
    for title, shown in rows.items():
        caption = title if title not in errors else f"{title}: {_error_text(float(errors[title].mean()))}"
        show_grid(shown, caption, columns=len(chosen), least_px=ROW_PX, tile_px=TILE_PX)
    with st.expander("Error of each image"):
        labels = dataset.labels
        names = [
            f"image {index}" + ("" if labels is None else f", class {escape(dataset.class_names[int(labels[index])])}")
            for index in chosen
        ]
        cells = [[_error_text(float(value)) for value in row] for row in zip(*errors.values(), strict=True)]
        lines = [["", *map(escape, errors)], ["---"] * (1 + len(errors))]
        lines += [[name, *row] for name, row in zip(names, cells, strict=True)]
        st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    st.caption(
        "MSE and PSNR compare corrupted and restored images with the originals (pixels in [0, 1]). The same seed "
        "masks the same pixels; a higher level masks more."
    )


def _choose(dataset: ImageDataset, choice: int) -> tuple[int, ...]:
    """Return the places of ten test images, of as many classes as there are."""
    labels = dataset.labels if dataset.labels is not None else np.zeros(len(dataset), dtype=np.int64)
    each = -(-ROW // len(np.unique(labels)))
    chosen = pick_per_class(labels, each, choice)
    return tuple(chosen[chosen >= 0].tolist()[:ROW])


def _error_text(mse: float) -> str:
    ratio = psnr(mse)
    return f"MSE {mse:.4f}" + ("" if ratio is None else f", PSNR {ratio:.1f} dB")


def _show_curve(runs: list[Model], corruption: restored.Corruption) -> None:
    """Show the error over the level for some hundred images, and say in words where each model helps."""
    st.subheader("Levels at which it helps")
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
        alt=f"Mean squared error against the level of corruption, {_name(corruption.name)}: corrupted "
        + ", ".join(f"{error:.3f}" for error in first.corrupted)
        + "".join(
            f"; restored by {name} " + ", ".join(f"{error:.3f}" for error in curve.restored)
            for name, curve in curves.items()
        ),
    )
    st.markdown("\n".join(f"- {_verdict(model, curves[model.name], corruption.name)}" for model in runs))
    st.caption(
        f"Means over the first {first.count:,} test images of {escape(runs[0].config.data.name)}; levels 0, 0.1, "
        f"..., 1; seed {corruption.seed}. At level 0 the error is that of the plain reconstruction."
    )


def _verdict(model: Model, curve: restored.Restoration, kind: CorruptionName) -> str:
    """Say what a model was trained to restore, and at which levels it brings images nearer to the originals."""
    objective = model.config.objective
    if objective.corruption == "none":
        learned = "was trained on clean images only"
    else:
        learned = f"was trained to remove {_name(objective.corruption)} at level {objective.corruption_level:g}"
        if objective.corruption != kind:
            learned += f", not {_name(kind)}"
    found = helpful_levels(restored.CURVE_LEVELS, curve.corrupted, curve.restored)
    if found is None:
        return (
            f"**{escape(model.name)}** {learned}. At no level are its restored images closer to the originals than "
            "the corrupted ones."
        )
    low, high = found
    return f"**{escape(model.name)}** {learned}. It reduces the error at levels {low:g} to {high:g}."


def _name(kind: CorruptionName) -> str:
    return next(name for name, value in KINDS.items() if value == kind)
