"""A map of vectors from anywhere, with labels and images if there are some, as a single HTML file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from aeviz.analysis.embedding import EmbeddingConfig, embed
from aeviz.errors import ConfigError, DataError
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.components.map.overlay_payload import Overlay, pack_overlay
from aeviz.web.components.map.payload import make_panel, map_payload
from aeviz.web.components.map.sprites import pack_sprites
from aeviz.web.takeaway.document import document

SCRIPT = "map/standalone.js"
MOST_POINTS = 200_000
"""Points of a file: 2 MB of coordinates and labels."""
MOST_CLASSES = 1000
Method = Literal["pca", "t-sne", "umap"]
METHODS: tuple[Method, ...] = get_args(Method)
_NAME = "points"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointsMap:
    """A map of vectors, packed for the page."""

    held: dict[str, object]
    """What components/map/standalone.js is given."""
    words: str
    """A sentence on the axes."""
    count: int
    has_images: bool


def points_page(
    z: np.ndarray,
    *,
    labels: np.ndarray | Sequence[object] | None = None,
    images: np.ndarray | None = None,
    method: Method = "pca",
    title: str = "Points",
) -> str:
    """Return an HTML file with a map of vectors, which opens in any browser without a network.

    Args:
        z: The vectors, (N, D), real numbers. Two or three dimensions are shown as they are.
        labels: Class of each, (N,): numbers or words.
        images: Images to show in place of points, (N, H, W), (N, H, W, 3) or (N, C, H, W), uint8 or floating point in
            [0, 1]; small versions of the first 20,000 go into the file.
        method: How more than three dimensions become two: their principal components, t-SNE or UMAP.
        title: Heading of the file.

    Raises:
        DataError: The arrays do not fit each other, or hold NaN or infinity.
        ConfigError: There is no such method, or it cannot be computed.
        ExportError: The page's scripts are not packed.
    """
    found = points_map(z, labels=labels, images=images, method=method, title=title)
    return document(
        title,
        found.words,
        f"It holds {found.count:,} points{' and small versions of their images' if found.has_images else ''}.",
        script=SCRIPT,
        styles=("map/map.css",),
        held=found.held,
    )


def points_map(
    z: np.ndarray,
    *,
    labels: np.ndarray | Sequence[object] | None = None,
    images: np.ndarray | None = None,
    method: Method = "pca",
    title: str = "Points",
    name: str = _NAME,
    height_px: int | None = None,
) -> PointsMap:
    """Return a map of vectors; arguments and errors as in `points_page`.

    Args:
        z: The vectors.
        labels: Their classes.
        images: Their images.
        method: How more than three dimensions become two.
        title: Heading of the panel.
        name: Identity among the maps of a page.
        height_px: Largest height in pixels; None for what is left of the window.
    """
    z = np.asarray(z)
    if z.ndim != 2 or not len(z) or z.dtype.kind not in "fiu":
        raise DataError(
            f"z has shape {z.shape} and dtype {z.dtype}; expected (N, D) real numbers, a row for each point"
        )
    if len(z) > MOST_POINTS:
        raise DataError(f"{len(z):,} points; a file holds at most {MOST_POINTS:,}; show a part of them")
    z = z.astype(np.float32)
    if not np.isfinite(z).all():
        raise DataError("z holds NaN or infinity; leave these rows out")
    codes, names = _classes(labels, len(z))
    points, axes, words = _plane(z, method)
    panel = make_panel(title, points, np.full(len(z), np.nan, np.float32), axes)
    blobs: list[dict[str, object]] = []
    sprite = None
    if images is not None:
        packed = pack_sprites(as_images(images, len(z)))
        sprite = blob_name("sprites", packed)
        blobs.append({"name": sprite, "content": packed})
    hint = "Zoom in to see images in place of points." if sprite else ""
    held: dict[str, object] = {
        "map": map_payload([panel], codes, names, height_px=height_px, layers=name, file=title),
        "overlay": pack_overlay(name, len(z), 1, Overlay(sprite=sprite, hint=hint)),
        "blobs": blobs,
    }
    return PointsMap(held=held, words=words, count=len(z), has_images=sprite is not None)


def as_images(images: np.ndarray, count: int) -> np.ndarray:
    """Return images as (N, C, H, W), uint8, whichever of the usual ways they come in.

    Raises:
        DataError: They come in none, or are not as many as points.
    """
    found = np.asarray(images)
    if found.ndim == 3:
        found = found[:, None]
    elif found.ndim == 4 and found.shape[-1] in (1, 3) and found.shape[1] not in (1, 3):
        found = found.transpose(0, 3, 1, 2)
    if found.ndim != 4 or found.shape[1] not in (1, 3) or len(found) != count:
        raise DataError(
            f"images have shape {np.shape(images)}; expected {count:,} as (N, H, W), (N, H, W, 3) or (N, C, H, W)"
        )
    if found.dtype.kind == "f":
        if not (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1):
            raise DataError("images of floating point numbers must lie in [0, 1]; divide by their largest value")
        return np.round(found * 255).astype(np.uint8)
    if found.dtype != np.uint8:
        raise DataError(f"images have dtype {found.dtype}; expected uint8, or floating point in [0, 1]")
    return np.ascontiguousarray(found)


def _classes(labels: np.ndarray | Sequence[object] | None, count: int) -> tuple[np.ndarray | None, tuple[str, ...]]:
    if labels is None:
        return None, ()
    found = np.asarray(labels)
    if found.shape != (count,):
        raise DataError(f"labels have shape {found.shape}; expected ({count},), one for each point")
    names, codes = np.unique(found.astype(np.str_) if found.dtype.kind == "O" else found, return_inverse=True)
    if len(names) > MOST_CLASSES:
        raise DataError(f"labels name {len(names):,} classes; expected at most {MOST_CLASSES:,}")
    return codes.astype(np.int64), tuple(str(name) for name in names.tolist())


def _plane(z: np.ndarray, method: Method) -> tuple[np.ndarray, tuple[str, ...], str]:
    """Return points (N, 2 or 3), the names of their axes, and a sentence on them."""
    count, dimensions = z.shape
    if dimensions == 1:
        return np.column_stack([z, np.zeros(count, np.float32)]), ("z1", ""), "The one dimension, from left to right."
    if dimensions <= 3:
        return z, tuple(f"z{k + 1}" for k in range(dimensions)), f"All {dimensions} dimensions, as they are."
    if method == "pca":
        centred = z - z.mean(axis=0, dtype=np.float64)
        _, lengths, axes = np.linalg.svd(centred, full_matrices=False)
        share = float((lengths[:2] ** 2).sum() / max((lengths**2).sum(), 1e-30))
        points = (centred @ axes[:2].T).astype(np.float32)
        return (
            points,
            ("PC 1", "PC 2"),
            f"The first two of {dimensions} principal components: {share:.0%} of the variance.",
        )
    if method not in METHODS:
        raise ConfigError(f"method={method!r} is unknown; expected {', '.join(METHODS)}")
    algorithm: Literal["t-SNE", "UMAP"] = "t-SNE" if method == "t-sne" else "UMAP"
    points = embed(z, EmbeddingConfig(algorithm=algorithm, neighbours=max(2, min(30, (count - 1) // 3))))
    words = f"{algorithm} of {dimensions} dimensions: neighbours stay together, distances between groups mean little."
    return points.astype(np.float32), (f"{algorithm} 1", f"{algorithm} 2"), words
