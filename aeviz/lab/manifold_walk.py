"""Two walks between two images: mixing their pixels, and decoding the line between their codes.

Both are straight lines, in the space of all images and in latent space. If images lie on a curved manifold, the first
line leaves it between its ends; how far is told by the nearest test image. Source: S2 (R. Grabovac), section 1.4: the
manifold hypothesis, and the latent space as an approximation of the data manifold.
"""

import numpy as np

_BATCH = 64
"""Images compared with the data at once."""


def nearest_data(images: np.ndarray, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the index of the nearest datum of each image, (M,), int64, and its Euclidean distance, (M,), float64.

    Args:
        images: (M, P), floating point.
        data: (N, P), floating point, in the same units.
    """
    squares = np.einsum("np,np->n", data, data)
    indices = np.concatenate(
        [
            (squares - 2 * (images[start : start + _BATCH] @ data.T)).argmin(axis=1)
            for start in range(0, len(images), _BATCH)
        ]
    )
    distances: np.ndarray = np.sqrt(((images.astype(np.float64) - data[indices]) ** 2).sum(axis=1))
    return indices, distances


def usual_distance(data: np.ndarray, count: int = 200) -> float:
    """Return the median distance of a datum from the nearest other one, over some data spread evenly over all.

    Args:
        data: (N, P), floating point; at least two.
        count: Data for which it is found.
    """
    chosen = np.unique(np.linspace(0, len(data) - 1, count).round().astype(int))
    squares = np.einsum("np,np->n", data, data)
    near = squares[chosen][:, None] + squares - 2 * (data[chosen] @ data.T)
    near[np.arange(len(chosen)), chosen] = np.inf
    return float(np.median(np.sqrt(np.maximum(near.min(axis=1), 0))))
