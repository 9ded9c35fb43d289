"""Summary of a selection of images: classes, mean image, mean latent point, spread; and the selection as a table."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHOWN = 64
"""Most images of a selection that are shown."""
_BATCH = 2048
"""Images that are added up at once, so that a mean of all faces needs no copy of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectionSummary:
    """A selection of images in the latent space of a model."""

    count: int
    total: int
    """Number of all images."""
    class_counts: tuple[int, ...]
    """Selected images of each class; empty without classes."""
    class_totals: tuple[int, ...]
    """All images of each class."""
    mean: np.ndarray
    """Mean of their latent points, (D,), float32."""
    spread: float
    """Root of the mean squared distance of their latent points from that mean."""
    usual_spread: float
    """The same of all images."""
    error: float
    """Mean Euclidean reconstruction error."""
    usual_error: float
    """The same of all images."""


def summarise_selection(
    chosen: np.ndarray, z: np.ndarray, labels: np.ndarray | None, classes: int, error: np.ndarray
) -> SelectionSummary:
    """Return the summary of a selection.

    Args:
        chosen: Indices of the selected images, (M,), int64, at least one.
        z: Latent points of all images, (N, D), floating point.
        labels: Classes, (N,), integer, or None.
        classes: Number of classes.
        error: Reconstruction errors, (N,), floating point.
    """
    own = z[chosen]
    counts = [] if labels is None else np.bincount(labels[chosen], minlength=classes).tolist()
    totals = [] if labels is None else np.bincount(labels, minlength=classes).tolist()
    return SelectionSummary(
        count=len(chosen),
        total=len(z),
        class_counts=tuple(counts),
        class_totals=tuple(totals),
        mean=own.mean(axis=0, dtype=np.float64).astype(np.float32),
        spread=_spread(own),
        usual_spread=_spread(z),
        error=float(error[chosen].mean(dtype=np.float64)),
        usual_error=float(error.mean(dtype=np.float64)),
    )


def _spread(z: np.ndarray) -> float:
    return float(np.sqrt(z.var(axis=0, dtype=np.float64).sum()))


def spread_out(chosen: np.ndarray, most: int = SHOWN) -> np.ndarray:
    """Return at most `most` of some indices, (M,), evenly spaced among them and in their order."""
    if len(chosen) <= most:
        return chosen
    picked: np.ndarray = chosen[np.arange(most) * len(chosen) // most]
    return picked


def mean_image(images: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the mean of some images, (1, C, H, W), float32 in [0, 1].

    Args:
        images: (N, C, H, W), uint8 or floats in [0, 1].
        chosen: Indices of the images, (M,), int64, at least one.
    """
    total = np.zeros(images.shape[1:])
    for start in range(0, len(chosen), _BATCH):
        total += images[chosen[start : start + _BATCH]].sum(axis=0, dtype=np.float64)
    scale = 255 if images.dtype == np.uint8 else 1
    mean: np.ndarray = (total[None] / (len(chosen) * scale)).astype(np.float32)
    return mean


def selection_table(
    chosen: np.ndarray, z: np.ndarray, labels: np.ndarray | None, class_names: Sequence[str], error: np.ndarray
) -> str:
    """Return some images as comma-separated values: index, class, reconstruction error, latent coordinates.

    Args:
        chosen: Indices of the images, (M,), int64.
        z: Latent points of all images, (N, D), floating point.
        labels: Classes, (N,), integer, or None, without their column.
        class_names: Names of the classes.
        error: Reconstruction errors, (N,), floating point.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [] if labels is None else ["class"]
    writer.writerow(["index", *names, "error", *(f"z{dimension + 1}" for dimension in range(z.shape[1]))])
    for index, point in zip(chosen.tolist(), z[chosen].astype(np.float32).tolist(), strict=True):
        name = [] if labels is None else [class_names[labels[index]]]
        writer.writerow([index, *name, f"{error[index]:.6g}", *(f"{value:.6g}" for value in point)])
    return text.getvalue()
