"""The film of a linear autoencoder that finds PCA's subspace: what its component in the page needs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.images import tile, to_png, to_webp
from aeviz.figures.palette import CLASS_COLOURS, FIRST, SECOND, UNLABELLED, class_colour
from aeviz.web.components.kit.wire import pack

NO_LABEL = 65535
"""Label of a point without a class."""
CODES = 32767
"""Largest code of a coordinate, which is a share of the plane's reach."""
EXACT_PIXELS = 2500
"""Pixels of an image up to which it is sent without loss."""
CURVES = 12
"""Principal angles drawn, at most: the largest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PcaFrame:
    """One step of training."""

    step: int
    mse: float
    excess: float
    """Error above PCA's, relative to it."""
    angles_deg: np.ndarray | None
    """(k,), ascending, or None where undefined."""
    match: float
    """Share of the variance of PCA's plane that the aligned latent points explain."""
    plane: np.ndarray
    """(N, 2), floating point: latent points as they are."""
    aligned: np.ndarray
    """(N, 2), floating point: laid over those of PCA."""
    columns: bytes
    """The decoder's columns as images, side by side; PNG or WebP."""
    reconstructions: bytes
    """A row of reconstructions, likewise."""


def encode_image(image: np.ndarray) -> bytes:
    """Encode an image, (H, W, 3), uint8, in few bytes; a small one exactly, since each of its pixels is seen."""
    exact = image.shape[0] * image.shape[1] <= EXACT_PIXELS
    return to_png(image, effort=6) if exact else to_webp(image, quality=88)


def signed_tiles(vectors: np.ndarray, image_shape: tuple[int, int, int], columns: int) -> np.ndarray:
    """Draw vectors over the pixels: grey is zero, orange above it, blue below, each at its own scale.

    Args:
        vectors: (d, m), floating point, one a column.
        image_shape: (C, H, W) with C * H * W = d; of colours the mean is drawn.
        columns: Tiles in a row.

    Returns:
        Image, (H', W', 3), uint8.
    """
    channels, height, width = image_shape
    values = vectors.T.reshape(-1, channels, height, width).mean(axis=1)
    reach = np.abs(values).max(axis=(1, 2), keepdims=True)
    shares = values / np.where(reach > 0, reach, 1)
    zero, above, below = (np.array(rgb) / 255 for rgb in ((235, 235, 235), (200, 80, 0), (30, 100, 190)))
    ends = np.where(shares[..., None] > 0, above, below)
    images = zero + np.abs(shares)[..., None] * (ends - zero)
    return tile(images.transpose(0, 3, 1, 2).astype(np.float32), columns)


def pca_film_payload(
    *,
    identity: str,
    frames: Sequence[PcaFrame],
    pca_mse: float,
    pca_plane: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    axis_names: tuple[str, str],
    originals: bytes,
    pca_reconstructions: bytes,
    pca_columns: bytes,
    columns: int,
) -> bytes:
    """Pack a film for the component: see components/pca_film/pca_data.js.

    Coordinates of a plane, (N, 2), are packed as int16, in shares of the plane's reach.

    Args:
        identity: Of the run; the component begins anew when it changes.
        frames: In the order of training, one at least.
        pca_mse: The least error, of PCA.
        pca_plane: (N, 2), floating point.
        labels: (N,), integer, or None.
        class_names: Names of the classes.
        axis_names: What lies across and upwards in the latent's own plane.
        originals: A row of images, PNG or WebP.
        pca_reconstructions: Of the same images.
        pca_columns: The principal components as images.
        columns: Decoder columns in each row of them.
    """
    n = len(pca_plane)
    named = labels is not None and len(class_names) > 0
    return pack(
        {
            "identity": identity,
            "n": n,
            "columns": columns,
            "axes": axis_names,
            "labels": np.asarray(labels if named else np.full(n, NO_LABEL)).astype(np.uint16),
            "classes": [
                {"name": name, "colour": class_colour(k)} for k, name in enumerate(class_names if named else ())
            ],
            "colours": {"network": SECOND, "pca": FIRST, "angles": CLASS_COLOURS[4], "other": UNLABELLED},
            "pcaMse": pca_mse,
            "pcaPlane": _quantise(pca_plane),
            "originals": originals,
            "pcaReconstructions": pca_reconstructions,
            "pcaColumns": pca_columns,
            "frames": [
                {
                    "step": frame.step,
                    "mse": frame.mse,
                    "excess": frame.excess,
                    "angles": None if frame.angles_deg is None else frame.angles_deg[-CURVES:].round(4).tolist(),
                    "match": frame.match,
                    "plane": _quantise(frame.plane),
                    "aligned": _quantise(frame.aligned),
                    "columns": frame.columns,
                    "reconstructions": frame.reconstructions,
                }
                for frame in frames
            ],
        }
    )


def _quantise(plane: np.ndarray) -> dict[str, object]:
    """Return the largest coordinate of a plane, and all as shares of it in steps of 1 / `CODES`."""
    reach = max(float(np.abs(plane).max()), 1e-12)
    return {"reach": reach, "codes": np.round(plane / reach * CODES).astype(np.int16)}
