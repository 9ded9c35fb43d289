"""Blur of reconstructions: frequencies that models keep, beside their test images."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from aeviz.figures.distances import estimate_rows, spectrum_lines
from aeviz.lab.sharpness import high_energy, laplacian_variance, measured, to_grey
from aeviz.language import current_language, mark, number, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_whole
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import find_originals, offer_download, show_row
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape

_DATA = {"MNIST": "mnist", mark("CelebA faces"): "celeba"}
_MEASURES = {mark("high frequencies"): "high", mark("Laplacian"): "laplacian"}
_TITLES = {"high": mark("energy of high frequencies"), "laplacian": mark("variance of the Laplacian")}
_ORIGINAL = mark("test images")
_WIDTH = 105
"""Pixels of an image on the page."""


@st.fragment
def show_sharpness() -> None:
    """Let the visitor choose data and measure; show spectra, sharpness with its error, and one image by each model."""
    with errors_as_messages():
        bar = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
        with bar:
            title = choose(st.segmented_control, tr("Images"), list(_DATA), default="MNIST", required=True, key="data")
            measure = choose(
                st.segmented_control,
                tr("Sharpness by"),
                list(_MEASURES),
                default=next(iter(_MEASURES)),
                required=True,
                key="measure",
                help=tr(
                    "Energy of high frequencies: of waves shorter than four pixels. Variance of the Laplacian, the sum "
                    "of the four neighbours minus four times the pixel. Both of grey images."
                ),
            )
        name = _DATA[title or "MNIST"]
        entry = measured()[name]
        with bar:
            place = pick_whole(tr("Test image"), "image", entry["images"] - 1, 0, tr("Index in the test set, 0 to {}."))
        left, right = st.columns([5, 6], gap="medium")
        with left:
            show_figure(_spectra(name, current_language()), key="spectra", alt=_describe_spectra(name))
        with right:
            shown = str(measure or next(iter(_MEASURES)))
            show_figure(_ratios(name, shown, current_language()), key="sharpness", alt=_describe(name, shown))
            _show_images(name, place)
        st.latex(_formula(name))
        st.markdown(_table(name))
        st.caption(
            tr(
                "Means over {count:,} test images, ± standard errors. Bands of all directions, after a Hann window. "
                "MSE and MS-SSIM are those of the models' evaluations.",
                count=entry["images"],
            )
        )


@shared(max_entries=4)  # 20 kB each
def _spectra(name: str, language: str) -> go.Figure:
    entry = measured()[name]
    lines = {tr(_ORIGINAL): np.array(entry["spectrum"])}
    return spectrum_lines(lines | {model: np.array(found["spectrum"]) for model, found in entry["models"].items()})


def _describe_spectra(name: str) -> str:
    entry = measured()[name]
    parts = [f"{model} {number(found['high'][0], '.0%')}" for model, found in entry["models"].items()]
    return tr(
        "Mean energy by frequency; from 0.25 cycles a pixel on, of that of the test images: {shares}",
        shares=", ".join(parts),
    )


@shared(max_entries=8)  # 20 kB each
def _ratios(name: str, measure: str, language: str) -> go.Figure:
    models = measured()[name]["models"]
    pairs = np.array([(1.0, 0.0), *(found[_MEASURES[measure]] for found in models.values())])
    names = [tr(_ORIGINAL), *models]
    title = tr("{measure}, test images = 1", measure=tr(_TITLES[_MEASURES[measure]]))
    return estimate_rows(names, pairs[:, 0], pairs[:, 1], -1, title, height=225)


def _describe(name: str, measure: str) -> str:
    found = measured()[name]["models"]
    parts = [f"{model} {number(values[_MEASURES[measure]][0], '.3f')}" for model, values in found.items()]
    return tr(
        "{measure} of reconstructions over that of the test images: {ratios}",
        measure=tr(_TITLES[_MEASURES[measure]]),
        ratios=", ".join(parts),
    )


def _show_images(name: str, place: int) -> None:
    models = [model for model in (list_models().get(each) for each in measured()[name]["models"]) if model is not None]
    if not models:
        return
    images = _restored(tuple(models), place)
    if images is None:
        offer_download(name, tr("to see one image by each model"))
        return
    values = laplacian_variance(to_grey(images))
    names = [tr("original"), *(model.name for model in models)]
    text = "; ".join(f"{each}: {number(value, '.4f')}" for each, value in zip(names, values, strict=True))
    show_row(models[0], images, tr("Test image {number}: {values}", number=place, values=text), width=_WIDTH)
    st.caption(tr("Variance of the Laplacian. {values}", values=escape(text)))


@shared(max_entries=64)  # 0.1 MB each for faces
def _restored(models: tuple[Model, ...], number: int) -> np.ndarray | None:
    """Return a test image and its reconstructions, (1 + M, C, H, W), float32 in [0, 1]; None where it is not here."""
    dataset, _ = find_originals(models[0])
    if dataset is None or number >= len(dataset):
        return None
    image = np.asarray(dataset.images[number : number + 1])
    restored = [model.network().reconstruct(image).numpy() for model in models]
    return np.concatenate([image.astype(np.float32) / np.float32(255), *restored])


def _formula(name: str) -> str:
    """Return the ratio of high frequencies with the numbers of the model trained on MS-SSIM."""
    entry = measured()[name]
    model = next(each for each in entry["models"] if "msssim" in each)
    energy = [float(high_energy(np.array([each["spectrum"]]))[0]) for each in (entry["models"][model], entry)]
    return (
        r"\frac{\sum_{f \ge 1/4} E(\hat x, f)}{\sum_{f \ge 1/4} E(x, f)} = "
        rf"\frac{{{energy[0]:.4g}}}{{{energy[1]:.4g}}} = {energy[0] / energy[1]:.3f} \quad \text{{({model})}}"
    )


def _table(name: str) -> str:
    head = f"| | MSE | MS-SSIM | {tr(_TITLES['high'])} | {tr(_TITLES['laplacian'])} |\n|---|---|---|---|---|\n"
    rows = [
        f"| {escape(model)} | {number(found['mse'], '.4f')} | {number(found['ms_ssim'], '.3f')} | "
        f"{_percent(found['high'])} | "
        f"{_percent(found['laplacian'])} |"
        for model, found in measured()[name]["models"].items()
    ]
    return head + "\n".join(rows)


def _percent(pair: list[float]) -> str:
    return f"{number(100 * pair[0], '.1f')} ± {number(100 * pair[1], '.1f')} %"


EXPERIMENT = Experiment(
    name="Blur of reconstructions",
    group="Losses on images",
    source=(
        "S2 (R. Grabovac's thesis), sections 4.3 to 4.5, Figures 4.4 and 4.7; J. L. Pech-Pacheco et al., ICPR 2000 "
        "(variance of the Laplacian)"
    ),
    show=show_sharpness,
    notice=(
        "msssim-vae-10d and mlp-10d-amsgrad have the same squared error, and so have both face models; those "
        "trained on MS-SSIM keep 1.8 and 3 times as much energy of high frequencies."
    ),
    question="Why does squared error make images blurred, and why does less blur not lower it?",
    answer=(
        "The output of least squared error is the mean of all images that fit the code, and a mean of edges at "
        "slightly different places is a soft edge. A sharp edge at a wrong place costs twice: where it is and where it "
        "is not. MS-SSIM compares contrast and structure of neighbourhoods: a soft edge has too little contrast in "
        "each, so that the decoder is paid for a sharp one. Of faces even it keeps 14 % of the high frequencies: "
        "128 numbers cannot say where each hair lies, and no loss changes that. A measure of sharpness alone rewards "
        "noise; read it beside an error. The face models differ in the loss alone; msssim-vae-10d and mlp-10d-amsgrad "
        "differ in layers and KL, too."
    ),
)
