"""Images on pages: originals, decoded points, rows and grids, and an offer to download data that is missing."""

from dataclasses import replace
from typing import Literal

import numpy as np
import streamlit as st

from aeviz.data import ImageDataset, bytes_to_download, is_available, list_datasets, prepare_dataset
from aeviz.data.catalog import FOLDER_PREFIX
from aeviz.data.imports.visits import name_for_people
from aeviz.errors import AevizError, DataError
from aeviz.figures.images import enlarge, shrink, tile, to_data_uri, to_png
from aeviz.figures.plane import marked_svg
from aeviz.language import tr
from aeviz.paths import data_root
from aeviz.web.kernel import datasets, jobs
from aeviz.web.kernel.distances import find_far
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

GRID_PX = 420
"""Width in pixels to which a grid is enlarged at least, before the browser scales it."""
TILE_PX, RESULT_PX = 64, 168
"""Longest side in pixels of one of many images; width of each image of a few."""
LARGE = 48
"""Longest side in pixels from which images are shown smooth, not as squares, and fewer of them at once."""


def originals(model: Model) -> ImageDataset | None:
    """Return the test images that a run encoded, or None where they are not on this machine any more; say why."""
    dataset, why = find_originals(model)
    if why:
        st.caption(tr("The original images cannot be shown: {why}", why=why))
    return dataset


def find_originals(model: Model) -> tuple[ImageDataset | None, str]:
    """Return the test images that a run encoded, or None and why, in Markdown; no reason where they are not here."""
    name, table = model.config.data.name, model.latents
    if not name.startswith(FOLDER_PREFIX) and not is_available(name):
        is_known = any(info.name == name for info in list_datasets())  # then its download is offered
        return None, "" if is_known else tr("{data} is no data set of this machine any more.", data=escape(name))
    try:
        data = replace(model.config.data, without=None)  # no part of the test set, which all runs of the data share
        dataset, fingerprint = datasets.test_images(
            data, str(data_root()), datasets.folder_stamp(name), model.class_names
        )
    except DataError as error:
        return None, escape(str(error))
    if table is None or fingerprint != table.fingerprint:
        return None, tr(
            "{data} has changed since {model} encoded it.", data=escape(name_for_people(name)), model=escape(model.name)
        )
    return dataset, ""


def decoded(model: Model, z: np.ndarray) -> np.ndarray:
    """Decode latent points, (N, D); returns (N, C, H, W), float32 in [0, 1]."""
    return model.network().decode(z).numpy()


def offer_download(name: str, why: str) -> None:
    """Say that images of a data set are missing, and download them on request, with progress.

    Args:
        name: The data set.
        why: What the pictures are wanted for, as the end of a sentence, translated: "to train on them".
    """
    info = next((entry for entry in list_datasets() if entry.name == name), None)
    if info is None or is_available(name):
        return
    with st.container(border=True):
        st.markdown(tr("**{data} is not on this machine.** It is needed {why}.", data=tr(info.title), why=why))
        n_bytes = bytes_to_download(name)
        if jobs.is_demo():
            st.caption(tr("This server is a demonstration, which downloads nothing. Install aeviz to do that."))
            return
        action = tr("Unpack {data}", data=tr(info.title))
        if n_bytes:
            action = tr("Download {data} ({size:.0f} MB)", data=tr(info.title), size=n_bytes / 1e6)
        if st.button(action, icon=":material/download:", key=f"download.{name}"):
            bar = st.progress(0.0, tr("Connecting …"))

            def show(share: float, text: str) -> None:
                bar.progress(min(share, 1.0), text)

            try:
                prepare_dataset(name, on_progress=show)
            except AevizError as error:
                bar.empty()
                st.error(escape(str(error)), icon=":material/cloud_off:")
            else:
                st.rerun(scope="app")
        st.caption(tr("Everything else works without it. In a classroom, download it before the lesson."))


def is_large(model: Model) -> bool:
    """Whether the images of a run have so many pixels that they are no longer shown as squares."""
    return max(model.config.model.image_shape[1:]) >= LARGE


def show_grid(
    images: np.ndarray,
    text: str,
    *,
    columns: int,
    width: int | Literal["stretch"] = "stretch",
    least_px: int = GRID_PX,
    tile_px: int | None = None,
    smooth: bool = False,
    alt: str | None = None,
    caption: bool = True,
) -> None:
    """Show images in a grid, as one image with a caption.

    Args:
        images: (N, C, H, W), uint8 or float32 in [0, 1].
        text: The caption.
        columns: Images in a row.
        width: Width on the page in pixels, or all that there is.
        least_px: Width in pixels to which the picture is enlarged at least, before the browser scales it.
        tile_px: Longest side in pixels to which an image is shrunk; None leaves images as they are.
        smooth: Whether images are enlarged smoothly and not as squares.
        alt: Text that stands for the picture; None takes `text`.
        caption: Whether the text is shown below the picture.
    """
    shown = images if tile_px is None else shrink(images, tile_px)
    uri = grid_uri(shown, columns, width if isinstance(width, int) else least_px, smooth=smooth)
    st.image(uri, width=width, caption=escape(text) if caption else None, alt=text if alt is None else alt)


def grid_uri(images: np.ndarray, columns: int, least_px: int, *, smooth: bool = False) -> str:
    """Return images, (N, C, H, W), in a grid that is at least so wide, as the address of a PNG file."""
    return to_data_uri(enlarge(tile(images, columns), least_px, smooth=smooth))


def show_row(model: Model, images: np.ndarray, text: str, *, width: int = RESULT_PX) -> None:
    """Show a few images, (N, C, H, W), beside each other, each `width` pixels wide; `text` stands for them."""
    total = width * len(images)
    show_grid(images, text, columns=len(images), width=total, smooth=is_large(model), caption=False)


def show_many(model: Model, points: np.ndarray, columns: int, text: str) -> np.ndarray:
    """Show the images that a model draws at latent points, (N, D), with a cross on each far from the data.

    Returns:
        The tiled picture without the crosses, (H, W, 3), uint8.
    """
    marked, picture = marked_images(model, points, columns)
    st.image(marked, width="stretch", caption=escape(text), alt=text)
    return picture


def marked_images(model: Model, points: np.ndarray, columns: int) -> tuple[str, np.ndarray]:
    """Return the images that a model draws at latent points, (N, D), in rows of so many columns.

    Args:
        model: The model.
        points: The latent points.
        columns: Images in a row.

    Returns:
        A data URI of them with a cross on each far from the data, and the picture without crosses, (H, W, 3), uint8.
    """
    picture = tile(shrink(decoded(model, points), TILE_PX), columns)
    far = find_far(model, points)
    height, width = picture.shape[:2]
    none = np.zeros(len(points), dtype=bool)
    marked = marked_svg(
        to_data_uri(picture),
        (width, height),
        columns,
        none if far is None else far,
        smooth=is_large(model),
    )
    return marked, picture


def offer_image(picture: np.ndarray, name: str, least_width: int, *, smooth: bool = False) -> None:
    """Offer an image, (H, W, 3), as a file; `name` lacks its suffix."""
    st.download_button(
        tr("Image (PNG)"),
        to_png(enlarge(picture, least_width, smooth=smooth), effort=1 if smooth else 9),  # a photograph takes seconds
        file_name=f"{name}.png",
        mime="image/png",
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{name}",
        help=tr("Saves these images as one PNG file."),
    )
