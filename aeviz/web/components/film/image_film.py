"""Images that networks make of the same inputs, epoch by epoch, with the loss: played in the page without a rerun."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.images import tile, to_png, to_webp
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND
from aeviz.web.components.kit.mount import Component, numbers_of
from aeviz.web.components.kit.wire import pack

CHANGED = "changed"
"""Event: the film rests at another epoch; its value is a list with that epoch."""
EXACT_PIXELS = 16_384
"""Pixels of a strip up to which it is sent without loss."""
_COLOURS = (FIRST, SECOND, *CLASS_COLOURS[2:])
_component = Component(name="image_film", script="film/image_film.js", style="film/film.css", events=(CHANGED,))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageSet:
    """What stands together in the film: the images of one network, or the originals."""

    strips: tuple[bytes, ...]
    """The images of each frame as `encode_strip` returns them; one for all frames where they never change."""
    texts: tuple[str, ...]
    """What the images of each frame are; likewise."""
    count: int
    """Images in each strip."""
    epochs: np.ndarray | None = None
    """Epochs of the loss curve, (E,), integer, rising; None without one."""
    losses: np.ndarray | None = None
    """(E,), floating point; NaN where unknown."""
    quantity: str = ""
    """What the loss is. Curves of the same quantity share a chart."""
    name: str = ""
    """Of the curve."""


def encode_strip(images: np.ndarray) -> bytes:
    """Encode images, (N, C, H, W), uint8, side by side; small ones exactly, since each of their pixels is seen."""
    picture = tile(images, len(images), gap=0)
    return to_png(picture, effort=9) if picture.shape[0] * picture.shape[1] <= EXACT_PIXELS else to_webp(picture)


def film_payload(
    sets: Sequence[ImageSet],
    epochs: Sequence[int],
    *,
    total: int,
    columns: int,
    beside: bool,
    smooth: bool,
) -> bytes:
    """Pack a film for the page's blob store.

    Args:
        sets: What it shows.
        epochs: Of its frames, rising.
        total: Epochs of the training.
        columns: Images in a row where there is room for them.
        beside: Whether sets stand beside each other, else below.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
    """
    return pack(
        {
            "total": total,
            "columns": columns,
            "beside": beside,
            "smooth": smooth,
            "epochs": list(epochs),
            "sets": [
                {
                    "strips": list(each.strips),
                    "texts": list(each.texts),
                    "count": each.count,
                    "colour": _colour(sets, each),
                }
                for each in sets
            ],
            "charts": _charts(sets),
        }
    )


def image_film(name: str, at: int, *, key: str, on_change: Callable[[], None]) -> None:
    """Show a film; it stands still until the visitor plays it.

    Args:
        name: Under which its payload lies in the page's blob store.
        at: The epoch to show, one of the film's.
        key: Identity on the page.
        on_change: Called when the visitor has gone to another epoch, which `reported_epoch` returns.
    """
    _component.show({"name": name, "at": at}, key=key, callbacks={CHANGED: on_change})


def reported_epoch(key: str) -> int | None:
    """Return the epoch at which the visitor has left the film with this key; None where there is none."""
    found = numbers_of(key, CHANGED)
    return int(found[0]) if found and np.isfinite(found[0]) else None


def _charts(sets: Sequence[ImageSet]) -> list[dict[str, object]]:
    """Return a chart for each quantity, its curves over all epochs of any of them."""
    with_curve = [each for each in sets if each.epochs is not None and each.losses is not None]
    charts: list[dict[str, object]] = []
    for quantity in dict.fromkeys(each.quantity for each in with_curve):
        members = [each for each in with_curve if each.quantity == quantity]
        every = np.unique(np.concatenate([np.asarray(each.epochs, dtype=np.int32) for each in members]))
        series = []
        for each in members:
            values = np.full(len(every), np.nan, dtype=np.float32)
            values[np.searchsorted(every, np.asarray(each.epochs))] = each.losses
            series.append({"name": each.name, "colour": _colour(sets, each), "raw": values})
        if len(every):
            charts.append({"title": quantity, "epochs": every, "series": series})
    return charts


def _colour(sets: Sequence[ImageSet], each: ImageSet) -> str:
    """Return the colour of a set's curve; nothing where it has none."""
    curves = [other for other in sets if other.losses is not None]
    return next((_COLOURS[k % len(_COLOURS)] for k, other in enumerate(curves) if other is each), "")
