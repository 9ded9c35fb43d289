"""The image behind a point of the map: its original, its reconstructions, and the images nearest to it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from aeviz.figures.images import enlarge, error_map, shrink, similarity_map, tile, to_data_uri, to_small_uri
from aeviz.language import number, tr, trn
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
    title = tr("Test image {index}", index=index)
    if label is not None:
        title = tr("Test image {index}, class {name}", index=index, name=escape(label))
    st.markdown(f"#### {title}")
    dataset = originals(runs[0])
    shown = [] if dataset is None else [(tile(dataset.images[index : index + 1], 1), tr("original"))]
    for model in runs:
        own = model.latents
        if own is None or index >= len(own.z):
            continue
        image = decoded(model, own.z[index : index + 1])
        shown.append((tile(image, 1), tr("{model}: error {error:.2f}", model=model.name, error=own.error[index])))
        if dataset is not None:
            shown.append(
                (error_map(dataset.images[index], image[0], is_dark=is_dark()), tr("red: too bright, blue: too dark"))
            )
            by_place = compare_pair(dataset.images[index], image[0]).ssim_map
            if by_place is not None:
                shown.append(
                    (similarity_map(by_place, *image.shape[2:], is_dark=is_dark()), tr("SSIM: violet = unlike"))
                )
        if seed is not None and posteriors.has_posteriors(model):
            samples = posteriors.posterior_samples(model, seed)
            shown.append(
                (tile(decoded(model, samples[index : index + 1]), 1), tr("{model}: sample, decoded", model=model.name))
            )
    _show_row(shown)
    for model in runs:
        own = model.latents
        if own is not None and index < len(own.z):
            spread = ""
            if own.log_variance is not None and posteriors.has_posteriors(model):
                spread = f", sigma = ({_listed(np.exp(own.log_variance[index] / 2), '.2g')})"
            st.caption(f"{escape(model.name)}: z = ({_listed(own.z[index], '.3f')}){spread}")
    if dataset is None:
        offer_download(runs[0].config.data.name, tr("to show the original image"))


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
        dimensions = trn("the one dimension", "all {count} dimensions", table.z.shape[1])
        title = tr(
            "**Nearest images** in the latent space of {model} ({dimensions})",
            model=escape(model.name),
            dimensions=dimensions,
        )
        if dataset is None:
            title = tr("{title}; decoded, because the originals are not on this machine", title=title)
        st.markdown(title)
        others = near.indices.tolist()
        numbers = [str(other) for other in others]
        if table.labels is not None:
            classes = [model.class_names[label] for label in table.labels[near.indices].tolist()]
            numbers = [
                tr("{index}, class {name}", index=other, name=name) for other, name in zip(others, classes, strict=True)
            ]
        distances = [number(distance, ".3g") for distance in near.distances.tolist()]
        st.image(
            [to_small_uri(enlarge(tile(image[None], 1), NEIGHBOUR_PX)) for image in shrink(images, NEIGHBOUR_PX)],
            width=NEIGHBOUR_PX,
            caption=distances,
            alt=[
                tr("image {index}, distance {distance}", index=each, distance=distance)
                for each, distance in zip(numbers, distances, strict=True)
            ],
        )
        key, titles = f"latent.neighbour.{column}", dict(zip(others, numbers, strict=True))
        st.pills(
            tr("Choose one of the nearest images"),
            others,
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
    more = tr(", … ({count} in all)", count=len(values)) if len(values) > 12 else ""
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
