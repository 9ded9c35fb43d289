"""What a visitor takes along from Explore: the latent space as one file, figures for print, and code."""

from functools import partial

import streamlit as st

from aeviz.export.figure_kinds import Kind
from aeviz.language import ENGLISH, in_language, tr
from aeviz.training.runs import RunFolder
from aeviz.web.kernel.figure_file import offer_figure
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import same_images
from aeviz.web.kernel.recipes import explore_code, offer_code
from aeviz.web.kernel.runtime import start_torch
from aeviz.web.takeaway.page import can_be_page, html_page


def offer_file(model: Model, second: Model | None) -> None:
    """Offer the latent space of a model, and of a second one beside it, as an HTML file, made when asked for."""
    if not can_be_page(model.folder):
        return
    beside = second.folder if second is not None and _fits(model, second) else None
    name = model.name if beside is None else f"{model.name}-{beside.name}"
    st.download_button(
        tr("Take along (HTML)"),
        partial(_make, model.folder, beside),
        file_name=f"{name}.html",
        mime="text/html",
        icon=":material/download:",
        on_click="ignore",
        key="take-along",
        help=tr(
            "One file with plane, sliders and decoder. It opens in any browser, without a network. On the command "
            "line: {command}",
            command=f"aeviz export {model.name} --format html",
        ),
    )


def offer_figures(model: Model) -> None:
    """Offer figures of a model for print: those that its files can have."""
    if not model.has_latents:
        return
    kinds: list[Kind] = ["map"]
    kinds += ["plane"] if model.config.model.latent_dim > 1 else []
    kinds += ["reconstructions"] if find_originals(model)[0] is not None else []
    offer_figure(kinds, [model.folder], key="explore")


def offer_python(model: Model, second: Model | None) -> None:
    """Offer the code of the map, and of a second one of the same test images."""
    if model.has_latents:
        twin = second.name if second is not None and second.has_latents and same_images(model, second) else None
        offer_code(explore_code(model.name, twin, has_images=find_originals(model)[0] is not None))


def _fits(model: Model, second: Model) -> bool:
    """Whether a file can hold a second model: of the same images, or without codes of any, as the first one is."""
    if not can_be_page(second.folder):
        return False
    left, right = model.stored_latents, second.stored_latents
    if left is None and right is None:
        same = model.config.model.image_shape == second.config.model.image_shape
        return same and model.config.data.name == second.config.data.name
    return left is not None and right is not None and left.fingerprint == right.fingerprint


def _make(folder: RunFolder, beside: RunFolder | None) -> str:
    start_torch()
    with in_language(ENGLISH):  # as its scripts are
        return html_page(folder, beside)
