"""The image behind a point of the map: its original, its reconstructions, and the images nearest to it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from aeviz.figures.images import enlarge, error_map, shrink, similarity_map, tile, to_data_uri, to_small_uri
from aeviz.web.kernel import posteriors
from aeviz.web.kernel.images import decoded, offer_download, originals
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.runtime import start_torch
from aeviz.web.kernel.text import escape
from aeviz.web.map import cached

PICTURE_PX = 128
"""Width of the images of a chosen image."""
NEIGHBOUR_PX = 60
"""Width of the images of its neighbours."""


def space_pictures() -> None:
    """Keep the images of a row apart, which Streamlit sets side by side; once on a page, outside of fragments."""
    st.html("<style>[data-testid='stImage'] { column-gap: 0.5rem; }</style>")


def show_image(index: int, runs: list[Model], seed: int | None) -> None:
    """Show an image, its reconstruction by each model, its coordinates and its error.

    Args:
        index: Its place in the test set.
        runs: The models.
        seed: That of the samples on the map, which are decoded too; None where it shows means.
    """
    start_torch()  # decoding needs it anyway; with a word to the visitor, while the import below would be silent
    from aeviz.analysis.evaluation import compare_pair

    table = runs[0].latents
    names = runs[0].provenance.class_names
    label = None if table is None or table.labels is None else names[int(table.labels[index])]
    st.markdown(f"#### Test image {index}" + (f", class {escape(label)}" if label is not None else ""))
    dataset = originals(runs[0])
    shown = [] if dataset is None else [(tile(dataset.images[index : index + 1], 1), "original")]
    for model in runs:
        own = model.latents
        if own is None or index >= len(own.z):
            continue
        image = decoded(model, own.z[index : index + 1])
        shown.append((tile(image, 1), f"{model.name}: error {own.error[index]:.2f}"))
        if dataset is not None:
            shown.append(
                (error_map(dataset.images[index], image[0], is_dark=is_dark()), "red: too bright, blue: too dark")
            )
            by_place = compare_pair(dataset.images[index], image[0]).ssim_map
            if by_place is not None:
                shown.append((similarity_map(by_place, *image.shape[2:], is_dark=is_dark()), "SSIM: violet = unlike"))
        if seed is not None and posteriors.has_posteriors(model):
            samples = posteriors.posterior_samples(model, seed)
            shown.append((tile(decoded(model, samples[index : index + 1]), 1), f"{model.name}: sample, decoded"))
    _show_row(shown)
    for model in runs:
        own = model.latents
        if own is not None and index < len(own.z):
            spread = ""
            if own.log_variance is not None and posteriors.has_posteriors(model):
                spread = f", sigma = ({_listed(np.exp(own.log_variance[index] / 2), '.2g')})"
            st.caption(f"{escape(model.name)}: z = ({_listed(own.z[index], '.3f')}){spread}")
    if dataset is None:
        offer_download(runs[0].config.data.name, "to show the original image")


def show_neighbours(index: int, runs: list[Model], choose: Callable[[int], None]) -> None:
    """Show the images nearest to one of them in the latent space of each model, not on the map.

    Args:
        index: Its place in the test set.
        runs: The models.
        choose: What the button of a neighbour calls with its place.
    """
    dataset = originals(runs[0])
    for column, model in enumerate(runs):
        table = model.latents
        if table is None or index >= len(table.z) or len(table.z) < 2:
            continue
        near = cached.neighbours(model, index)
        images = decoded(model, table.z[near.indices]) if dataset is None else dataset.images[near.indices]
        said = "" if dataset is not None else "; decoded, because the originals are not on this machine"
        dimensions = f"all {table.z.shape[1]} dimensions" if table.z.shape[1] > 1 else "the one dimension"
        st.markdown(f"**Nearest images** in the latent space of {escape(model.name)} ({dimensions}){said}")
        names = [f"image {other}" for other in near.indices.tolist()]
        if table.labels is not None:
            classes = [model.class_names[label] for label in table.labels[near.indices].tolist()]
            names = [f"{name}, class {label}" for name, label in zip(names, classes, strict=True)]
        distances = [f"{distance:.3g}" for distance in near.distances.tolist()]
        st.image(
            [to_small_uri(enlarge(tile(image[None], 1), NEIGHBOUR_PX)) for image in shrink(images, NEIGHBOUR_PX)],
            width=NEIGHBOUR_PX,
            caption=distances,
            alt=[f"{name}, distance {distance}" for name, distance in zip(names, distances, strict=True)],
        )
        key, titles = (
            f"latent.neighbour.{column}",
            {other: name.removeprefix("image ") for other, name in zip(near.indices.tolist(), names, strict=True)},
        )
        st.pills(
            "Choose one of the nearest images",
            near.indices.tolist(),
            format_func=titles.__getitem__,
            key=key,
            on_change=_choose,
            args=(key, choose),
            label_visibility="collapsed",
        )


def _choose(key: str, choose: Callable[[int], None]) -> None:
    index = st.session_state.get(key)
    st.session_state[key] = None  # it has other neighbours, of which none is chosen yet
    if index is not None:
        choose(int(index))


def _listed(values: np.ndarray, form: str) -> str:
    """Return the first coordinates of a point, (D,), as text."""
    more = f", … ({len(values)} in all)" if len(values) > 12 else ""
    return ", ".join(format(float(value), form) for value in values[:12]) + more


def _show_row(pictures: list[tuple[np.ndarray, str]]) -> None:
    """Show images, (H, W, 3), uint8, beside each other with their captions: one element, not one for each."""
    captions = [caption for _, caption in pictures]
    st.image(
        [to_data_uri(enlarge(picture, PICTURE_PX)) for picture, _ in pictures],
        width=PICTURE_PX,
        caption=[escape(caption) for caption in captions],
        alt=captions,
    )
