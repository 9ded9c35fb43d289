"""What an import came to: the model's best and worst images and its map, its checks, and all models that came in so."""

import numpy as np
import streamlit as st

from aeviz.bring.settings import Imported, advise
from aeviz.data import ImageDataset
from aeviz.errors import AevizError
from aeviz.figures.images import shrink, to_data_uri, to_grey_or_rgb
from aeviz.paths import runs_root
from aeviz.serving.owners import mark
from aeviz.web.kernel import jobs, thumbnails
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import TILE_PX, find_originals, is_large
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.visitor import owner
from aeviz.workers import importing
from aeviz.workers.task import Task

TASK = "import.task"
"""Session key: the import of this visitor that works, or is done."""
BEGUN = "import.begun"
"""Session key: name of the model whose import this visitor began, until it is known as theirs."""
SHOWN = 5
"""Test images that are shown as the best ones, and as the worst."""
MAP_PX = 220
_TARGETS = (
    ("Generate", "pages/generate.py", ":material/auto_awesome:"),
    ("Reconstruct", "pages/reconstruct.py", ":material/compare:"),
    ("Network", "pages/network.py", ":material/lan:"),
)
_STYLE = """<style>
.import-ends { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; }
.import-ends table { border-collapse: collapse; font-size: 0.8125rem; margin: 0; }
.import-ends caption { text-align: left; font-weight: 600; padding-bottom: 0.2rem; caption-side: top; color: inherit; }
.import-ends :is(th, td) { padding: 1px 2px; border: 0; font-weight: 400; text-align: center; }
.import-ends th { text-align: left; padding-right: 0.5rem; }
.import-ends img { display: block; width: 3.4rem; max-width: 13vw; border-radius: 0.15rem; }
.import-ends .crisp { image-rendering: pixelated; }
</style>"""


def show_result(made: Imported) -> None:
    """Show a model that was imported just now."""
    model = list_models().get(made.name)
    if model is None:
        st.info(f"{escape(made.name)} was imported; it is not there any more, or another folder has its name.")
        return
    if st.session_state.pop(BEGUN, None) == made.name:
        mark(model.path, owner())
    with st.container(border=True):
        if advice := advise(made):
            is_example = made.name.startswith("example-")  # which a class shall find out by itself
            with st.expander(
                "Something does not fit: what was found, and what to do",
                expanded=not is_example,
                icon=":material/warning:",
            ):
                st.warning(escape(advice))
        images, facts, plane = st.columns([8, 9, 4], gap="medium")  # in the order that a phone shows
        with images:
            try:
                _show_ends(model)
            except AevizError as error:
                st.error(escape(str(error)), icon=":material/error:")
        with facts:
            _show_facts(made, model)
        with plane:
            picture = thumbnails.thumbnail(model, is_dark())
            if picture is not None:
                st.image(picture, width=MAP_PX, alt=f"Latent map of {made.name}, coloured by class")
                st.caption("Latent map of the test images")


def _show_facts(made: Imported, model: Model) -> None:
    kind = "a variational autoencoder" if made.is_variational else "an autoencoder"
    shape = " x ".join(map(str, made.image_shape))
    verdict = (
        f"below that of the mean image, {made.mean_image_mse:.4f}."
        if made.mse < made.mean_image_mse
        else f"not below that of the mean image, {made.mean_image_mse:.4f}."
    )
    if made.mse >= made.mean_image_mse and not made.remedy:
        verdict += " Are these the images that it knows?"
    st.markdown(
        f"**{escape(made.name)}** is imported: {kind} of {shape} images with {made.latent_dim} latent "
        f"dimensions and {made.parameters:,} weights."
    )
    st.markdown(
        f"1. **Shapes**: image {shape}, latent point {made.latent_dim}, image {shape} again.\n"
        f"2. **Pixels** go in as {escape(made.pixels_in)} and come out as {escape(made.pixels_out)}.\n"
        f"3. **Error**: its mean squared error on the test images of {escape(made.data)} is {made.mse:.4f}, {verdict}"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Explore it", type="primary", icon=":material/scatter_plot:", key="import.explore"):
            st.switch_page("pages/explore.py", query_params={"model": made.name})
        for label, target, icon in _TARGETS:
            st.page_link(target, label=label, icon=icon, query_params={"model": made.name})
        _offer_deletion(model)
    st.caption(
        "**In class:** what do the outputs have in common, and what was done wrong? Then open the box above."
        if made.remedy
        else "**In class:** why does it fail on the worst images? Find one on the map of Explore and compare its "
        "neighbours."
    )


def list_imported(but: str = "") -> None:
    """List the imported models of this machine, newest first, each with a link to Explore and a way to delete it.

    Args:
        but: Name of a model that is shown above and left out here.
    """
    imported = [model for model in list_models().values() if model.config.model.is_imported and model.name != but]
    if not imported:
        return
    st.markdown("**Imported earlier**" if but else "**Imported models**")
    for model in imported:
        with st.container(horizontal=True, vertical_alignment="center", key=f"imported-{model.name}"):
            st.page_link(
                "pages/explore.py",
                label=escape(model.name),
                icon=":material/scatter_plot:",
                query_params={"model": model.name},
            )
            shape = " x ".join(map(str, model.config.model.image_shape))
            st.markdown(f"{shape}, {model.config.model.latent_dim} latent dimensions", width="content")
            _offer_deletion(model)


def _offer_deletion(model: Model) -> None:
    if model.path.resolve().parent != runs_root().resolve() or not jobs.may_manage(model.path):
        return
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(f"Delete **{escape(model.name)}** with its weights? This cannot be undone.")
        st.button("Delete permanently", key=f"delete-{model.name}", on_click=_delete, args=(model.path.name,))


def _delete(name: str) -> None:
    job: Task | None = st.session_state.get(TASK)
    made = None if job is None else importing.read_imported(job)
    try:
        jobs.delete(name)
    except AevizError as error:
        st.toast(escape(str(error)), icon=":material/error:")
        return
    if made is not None and made.name == name:
        del st.session_state[TASK]


def _show_ends(model: Model) -> None:
    """Show the test images with the smallest and with the largest errors, each above its reconstruction."""
    dataset, why = find_originals(model)
    if dataset is None:
        st.caption(f"The test images cannot be shown: {why}")
        return
    st.html(_STYLE + f'<div class="import-ends">{_ends(model, dataset)}</div>')


@shared(max_entries=16)  # at most 0.5 MB each
def _ends(model: Model, _dataset: ImageDataset) -> str:
    """Return both tables; the model stands for its test images too."""
    error = model.require_latents().error.astype(np.float64) ** 2 / np.prod(model.config.model.image_shape)
    order = np.argsort(error, kind="stable")
    count = min(SHOWN, len(order) // 2)
    tables = []
    for title, chosen in (("Best: smallest error", order[:count]), ("Worst: largest error", order[-count:])):
        images = _dataset.images[chosen]
        rows = np.asarray(images, np.float32) / 255, model.network().reconstruct(images).numpy()
        lines = [
            f"<tr><th scope='row'>{name}</th>{''.join(f'<td>{_image(each, name, model)}</td>' for each in row)}</tr>"
            for name, row in zip(("input", "output"), rows, strict=True)
        ]
        numbers = "".join(f"<td>{value:.3f}</td>" for value in error[chosen])
        tables.append(
            f"<table><caption>{title}</caption>{''.join(lines)}<tr><th scope='row'>error</th>{numbers}</tr></table>"
        )
    return "".join(tables)


def _image(image: np.ndarray, name: str, model: Model) -> str:
    kind = "" if is_large(model) else " class='crisp'"
    return f"<img{kind} alt='{name}' src='{to_data_uri(to_grey_or_rgb(shrink(image[None], TILE_PX))[0])}'>"
