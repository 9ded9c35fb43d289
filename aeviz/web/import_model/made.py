"""What an import came to: the model's images and map, its checks, and all models that came in so."""

import numpy as np
import streamlit as st

from aeviz.bring.settings import Imported
from aeviz.errors import AevizError
from aeviz.paths import runs_root
from aeviz.web.kernel import thumbnails
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import find_originals, is_large, show_grid
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.text import escape
from aeviz.workers import training

SHOWN = 10
"""Test images that are shown with their reconstructions."""
_TARGETS = (
    ("Explore", "pages/explore.py", ":material/scatter_plot:"),
    ("Generate", "pages/generate.py", ":material/auto_awesome:"),
    ("Reconstruct", "pages/reconstruct.py", ":material/compare:"),
    ("Network", "pages/network.py", ":material/lan:"),
)


def show_result(made: Imported) -> None:
    """Show a model that was imported just now."""
    model = list_models().get(made.name)
    if model is None:
        st.info(f"{escape(made.name)} was imported; it is not there any more, or another folder has its name.")
        return
    with st.container(border=True):
        plane, images, facts = st.columns([2, 4, 4], gap="medium")
        with plane:
            picture = thumbnails.thumbnail(model, is_dark())
            if picture is not None:
                st.image(picture, width="stretch", alt=f"Latent map of {made.name}, coloured by class")
                st.caption("Latent map of the test images")
        with images:
            try:
                show_images(model)
            except AevizError as error:
                st.error(escape(str(error)), icon=":material/error:")
        with facts:
            _show_facts(made)


def _show_facts(made: Imported) -> None:
    kind = "a variational autoencoder" if made.is_variational else "an autoencoder"
    shape = " x ".join(map(str, made.image_shape))
    verdict = (
        f"below that of the mean image, {made.mean_image_mse:.4f}."
        if made.mse < made.mean_image_mse
        else f"not below that of the mean image, {made.mean_image_mse:.4f}. Are these the images that it knows?"
    )
    st.markdown(
        f"**{escape(made.name)}** is imported: {kind} of {shape} images with {made.latent_dim} latent "
        f"dimensions and {made.parameters:,} weights."
    )
    st.markdown(
        f"1. **Shapes**: image {shape}, latent point {made.latent_dim}, image {shape} again.\n"
        f"2. **Pixels** go in as {escape(made.pixels_in)} and come out as {escape(made.pixels_out)}.\n"
        f"3. **Error**: its mean squared error on the test images of {escape(made.data)} is {made.mse:.4f}, {verdict}"
    )
    _link(made.name)


def _link(name: str) -> None:
    with st.container(horizontal=True):
        for label, target, icon in _TARGETS:
            st.page_link(target, label=label, icon=icon, query_params={"model": name})


def list_imported() -> None:
    """List the imported models of this machine, newest first, each with links and a way to delete it."""
    home = runs_root().resolve()
    imported = [model for model in list_models().values() if model.config.model.is_imported]
    if not imported:
        return
    st.markdown("**Imported models**")
    for model in imported:
        with st.container(horizontal=True, vertical_alignment="center", key=f"imported-{model.name}"):
            shape = " x ".join(map(str, model.config.model.image_shape))
            st.markdown(
                f"{escape(model.name)}: {shape}, {model.config.model.latent_dim} latent dimensions", width="content"
            )
            _link(model.name)
            if model.path.resolve().parent == home:
                with st.popover("Delete", icon=":material/delete:"):
                    st.markdown(f"Delete **{escape(model.name)}** with its weights? This cannot be undone.")
                    st.button(
                        "Delete permanently", key=f"delete-{model.name}", on_click=_delete, args=(model.path.name,)
                    )


def _delete(name: str) -> None:
    try:
        training.delete(name)
    except AevizError as error:
        st.toast(escape(str(error)), icon=":material/error:")


def show_images(model: Model) -> None:
    """Show the first test images above their reconstructions."""
    dataset, why = find_originals(model)
    if dataset is None:
        st.caption(f"The test images cannot be shown: {why}")
        return
    show_grid(
        _rows(model, dataset.images[:SHOWN]),
        "Test images and their reconstructions",
        columns=min(SHOWN, len(dataset.images)),
        least_px=640,
        smooth=is_large(model),
    )


@shared(max_entries=16)  # at most 1 MB each
def _rows(model: Model, _images: np.ndarray) -> np.ndarray:
    """Return images and then their reconstructions, (2 N, C, H, W), float32 in [0, 1]; the model stands for both."""
    return np.concatenate([np.asarray(_images, np.float32) / 255, model.network().reconstruct(_images).numpy()])
