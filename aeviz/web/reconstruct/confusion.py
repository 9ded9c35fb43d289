"""Whether reconstructions keep the class of their originals, by the pixels of the test images nearest to them."""

from dataclasses import dataclass
from html import escape as escape_html
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from aeviz.analysis.reconstruction import confusion
from aeviz.data import ImageDataset
from aeviz.figures.images import shrink, take, tile, to_small_uri
from aeviz.language import number, tr
from aeviz.web.components.confusion.component import Cell, confusion_tables
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import decoded, find_originals, is_large
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import MODEL, errors_as_messages
from aeviz.web.kernel.reading import read_by_pixels
from aeviz.web.kernel.text import escape

MOST_VALUES = 4_000_000
"""Pixel values of the test images whose reconstructions are classified: 5,000 images of MNIST take a second."""
AT_ONCE = 1000
"""Images whose distances to the judging ones are in memory at a time."""
SHOWN, TILE_PX = 8, 64
"""Images of a cell that are shown, and the longest side to which each is shrunk, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reading:
    """The classes that reconstructions of evenly spread test images are read as."""

    indices: np.ndarray
    """Which of the test images, (N,), int64, rising."""
    labels: np.ndarray
    """Their classes, (N,), int64."""
    votes: np.ndarray
    """The classes that their reconstructions are read as, (N,), int64."""
    table: np.ndarray
    """Counts, (K, K), int64: class of the original in rows, of the reconstruction in columns."""


@shared(max_entries=32, spinner=lambda model: tr("Reading the classes of the reconstructions …"))  # 120 kB each
def _read(model: Model) -> _Reading:
    """Classify the reconstructions of a model; its test images must be here and have classes."""
    table = model.require_latents()
    if table.labels is None:
        raise LookupError("the images have no classes; the caller must check first")
    values = len(table.z) * int(np.prod(model.config.model.image_shape))
    indices = np.arange(0, len(table.z), -(-values // MOST_VALUES))
    parts = []
    for part in np.array_split(indices, -(-len(indices) // AT_ONCE)):
        votes = read_by_pixels(model, decoded(model, table.z[part]), part)
        if votes is None:
            raise LookupError("the test images are not here; the caller must check first")
        parts.append(votes)
    labels, votes = table.labels[indices], np.concatenate(parts)
    return _Reading(indices=indices, labels=labels, votes=votes, table=confusion(labels, votes, len(model.class_names)))


def has_confusions(runs: list[Model]) -> bool:
    """Whether the test images of the models are here and have classes."""
    dataset, _ = find_originals(runs[0])
    return dataset is not None and dataset.labels is not None


def show_confusions(runs: list[Model]) -> Cell | None:
    """Show for each model which classes its reconstructions are read as; call it in a fragment.

    Args:
        runs: The models, for which `has_confusions` must hold.

    Returns:
        The chosen cell; None where something was wrong, which the page then says.
    """
    with errors_as_messages(stop=False):
        found = {model.name: _read(model) for model in runs}
        tables = {name: reading.table for name, reading in found.items()}
        kept = ", ".join(
            f"{escape(name)} {number(np.trace(table) / table.sum(), '.0%')}" for name, table in tables.items()
        )
        count, total = len(found[runs[0].name].indices), len(runs[0].require_latents().z)
        st.markdown(
            f"**{_name_confusions(runs, tables)}**  \n"
            + tr("Reconstructions that keep their class: {kept}.", kept=kept),
            help=tr(
                "A cell is the percentage of a row's originals whose reconstruction is read as the column's class. The "
                "10 test images nearest to it in pixels, without the original, vote on the class; the model takes no "
                "part. Counted over {count:,} of {total:,} test images. Blue: the class is kept; orange: it is "
                "another. The shade grows with the root of the share. Click a cell, or reach it with the arrow keys "
                "and press Enter, to see its images.",
                count=count,
                total=total,
            ),
        )
        key = "confusion " + " ".join(tables)
        return confusion_tables(tables, runs[0].class_names, _most_confused(tables[runs[0].name]), key=key)
    return None


def _name_confusions(runs: list[Model], tables: dict[str, np.ndarray]) -> str:
    """Return the pair of classes that each model confuses most, in Markdown."""
    parts = []
    for model in runs:
        table = tables[model.name]
        _, row, column = _most_confused(table)
        if row != column:
            names = [escape(model.class_names[place]) for place in (row, column)]
            parts.append(
                tr(
                    "{model} {first} as {second} ({share:.0%})",
                    model=escape(model.name),
                    first=names[0],
                    second=names[1],
                    share=table[row, column] / table[row].sum(),
                )
            )
    if not parts:
        return tr("No reconstruction is read wrongly.")
    return tr("Read wrongly most often: {confusions}.", confusions=", ".join(parts))


def _most_confused(table: np.ndarray) -> Cell:
    """Return the cell beside the diagonal of the first table with the largest share of its row."""
    shares = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    beside = np.where(np.eye(len(table), dtype=bool), -1, shares)
    row, column = divmod(int((shares if not (beside > 0).any() else beside).argmax()), len(table))
    return 0, row, column


def show_cell(runs: list[Model], cell: Cell) -> None:
    """Show some images of a cell, original beside reconstruction, each a link to Explore."""
    with errors_as_messages(stop=False):
        dataset, _ = find_originals(runs[0])
        at, row, column = cell
        if dataset is not None:
            _show_images(runs[at], _read(runs[at]), dataset, (row, column))


def _show_images(model: Model, reading: _Reading, dataset: ImageDataset, cell: tuple[int, int]) -> None:
    row, column = cell
    members = reading.indices[(reading.labels == row) & (reading.votes == column)]
    shown = members[:SHOWN]
    names = [model.class_names[place] for place in cell]
    st.markdown(
        tr(
            "**{first} read as {second}** by {model}: {count:,} of {total:,} images{part}. Original left, "
            "reconstruction right; a click opens the image on Explore.",
            first=escape(names[0]),
            second=escape(names[1]),
            model=escape(model.name),
            count=len(members),
            total=int(reading.table[row].sum()),
            part=tr(", the first {count}", count=len(shown)) if len(members) > len(shown) else "",
        )
    )
    described, named = tr("test image {index} and its reconstruction"), tr("image {index}")
    first = shrink(take(dataset.images, shown), TILE_PX)
    second = shrink(decoded(model, model.require_latents().z[shown]), TILE_PX)
    look = f"display:block;width:100%;image-rendering:{'auto' if is_large(model) else 'pixelated'}"
    cards = "".join(
        f"<a href='{escape_html('explore?' + urlencode({MODEL: model.name, 'image': index}), quote=True)}' "
        "target='_self' style='flex:1 1 5.5rem;max-width:7.5rem;text-align:center;font-size:0.8125rem;color:inherit'>"
        f"<img src='{to_small_uri(tile(np.stack(pair), 2))}' style='{look}' "
        f"alt='{described.format(index=index)}'>{named.format(index=index)}</a>"
        for index, *pair in zip(shown.tolist(), first, second, strict=True)
    )
    st.html(f"<div style='display:flex;flex-wrap:wrap;gap:0.75rem'>{cards}</div>")
