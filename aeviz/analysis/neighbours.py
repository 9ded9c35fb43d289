"""The images nearest to a point of the whole latent space, which a map of two directions cannot show."""

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """Images by rising distance; of one image the others."""

    indices: np.ndarray
    """(K,), int64."""
    distances: np.ndarray
    """Euclidean, in units of the latent space, (K,), float64."""


def nearest_images(z: np.ndarray, index: int, count: int = NEIGHBOURS) -> Neighbours:
    """Return the images whose latent points lie nearest to that of one image; of equals the lower index comes first.

    Args:
        z: Latent points, (N, D), floating point.
        index: The image.
        count: K; fewer where there are no more others.
    """
    count = min(count, len(z) - 1)
    offsets = z - z[index]
    squares = np.einsum("nd,nd->n", offsets, offsets, dtype=np.float64)
    squares[index] = np.inf
    limit = np.partition(squares, count - 1)[count - 1] if count else -1.0
    near = np.flatnonzero(squares <= limit)
    order = near[np.argsort(squares[near], kind="stable")][:count]
    return Neighbours(indices=order.astype(np.int64), distances=np.sqrt(squares[order]))
