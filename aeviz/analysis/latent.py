"""Latent points as arrays: ranges, order of dimensions, projection, and distance from the data."""

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 10
"""The distance of a point from the data is that to its 10th nearest latent point: one outlier does not hide a gap."""
_SAMPLE = 500
"""Latent points whose own distances define the usual distance."""
ACTIVE = 0.01
"""Variance over the images above which a latent dimension is active."""
GRID_TAIL = 0.02
"""Share of the points beyond each edge of the decoded grid of a training animation."""


def quantile_ranges(z: np.ndarray, tail: float = 0.005) -> np.ndarray:
    """Return the range of each latent dimension without its tails.

    Args:
        z: Latent points, (N, D), floating point.
        tail: Share of the points cut off at each end.

    Returns:
        (D, 2), float64: lower and upper bound of each dimension, never equal.
    """
    low, high = np.quantile(z.astype(np.float64), [tail, 1 - tail], axis=0)
    flat = high - low < 1e-6  # a dead unit: still a range that a slider can move in
    return np.stack([np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)], axis=1)


def order_by_variance(z: np.ndarray) -> np.ndarray:
    """Return the latent dimensions by falling variance over the points, (D,), int64."""
    return np.argsort(-z.astype(np.float64).var(axis=0), kind="stable")


def active_units(z: np.ndarray, threshold: float = ACTIVE) -> np.ndarray:
    """Return which latent dimensions have a variance over the points, (N, D), above the threshold: (D,), bool.

    References:
        Y. Burda, R. Grosse, R. Salakhutdinov, Importance weighted autoencoders, ICLR 2016, arXiv:1509.00519, 5.2.
    """
    active: np.ndarray = z.astype(np.float64).var(axis=0) > threshold
    return active


def count_active_units(z: np.ndarray, threshold: float = ACTIVE) -> int:
    """Count the dimensions that `active_units` returns for the same arguments."""
    return int(active_units(z, threshold).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """Latent points seen in fewer dimensions."""

    points: np.ndarray
    """(N, K), float32."""
    axis_names: tuple[str, ...]
    """z1, z2, ... where the dimensions are the latent's own, PC1, PC2, ... where they are principal directions."""
    explained: float
    """Share of the latent variance that is shown, in [0, 1]."""
    mean: np.ndarray
    """(D,), float64: subtracted from a latent point before it is projected."""
    axes: np.ndarray
    """(D, K), float64: orthonormal directions onto which the rest is projected."""

    def apply(self, z: np.ndarray) -> np.ndarray:
        """Show other latent points, (M, D), in the same dimensions; (M, K), float32."""
        points: np.ndarray = (z.astype(np.float64) - self.mean) @ self.axes
        return points.astype(np.float32)


def project(z: np.ndarray, dimensions: int) -> Projection:
    """Show latent points in `dimensions` dimensions: untouched if that is D, else by their principal components.

    Args:
        z: Latent points, (N, D), floating point.
        dimensions: K, at most D.
    """
    if z.shape[1] == dimensions:
        names = tuple(f"z{index + 1}" for index in range(dimensions))
        untouched = {"mean": np.zeros(dimensions), "axes": np.eye(dimensions)}
        return Projection(points=z.astype(np.float32), axis_names=names, explained=1.0, **untouched)
    mean = z.mean(axis=0, dtype=np.float64)
    centred = z.astype(np.float64) - mean
    values, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, ::-1][:, :dimensions]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(dimensions)] < 0, -1, 1)  # a fixed sign
    explained = float(values[::-1][:dimensions].sum() / max(values.sum(), 1e-300))
    names = tuple(f"PC{index + 1}" for index in range(dimensions))
    points = (centred @ axes).astype(np.float32)
    return Projection(points=points, axis_names=names, explained=explained, mean=mean, axes=axes)


def variance_shares(z: np.ndarray) -> np.ndarray:
    """Return the share of the variance along each principal component, largest first.

    Args:
        z: Latent points, (N, D), floating point, N at least 2.

    Returns:
        (D,), float64, in [0, 1]; they add up to 1, or are all 0 where no point differs.
    """
    centred = z.astype(np.float64) - z.mean(axis=0, dtype=np.float64)
    values = np.linalg.eigvalsh(centred.T @ centred)[::-1].clip(0)
    shares: np.ndarray = values / max(values.sum(), 1e-300)
    return shares


def select(z: np.ndarray, dimensions: tuple[int, ...]) -> Projection:
    """Show latent points, (N, D), floating point, along some of their own dimensions."""
    chosen = list(dimensions)
    spread = z.astype(np.float64).var(axis=0)
    return Projection(
        points=z[:, chosen].astype(np.float32),
        axis_names=tuple(f"z{dimension + 1}" for dimension in chosen),
        explained=float(spread[chosen].sum() / max(spread.sum(), 1e-300)),
        mean=np.zeros(z.shape[1]),
        axes=np.eye(z.shape[1])[:, chosen],
    )


def data_distance(points: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return how far each point lies from the encoded data: the distance to its 10th nearest latent point.

    Args:
        points: (M, D), floating point.
        z: The encoded data, (N, D), floating point.

    Returns:
        (M,), float64, in units of the latent space.
    """
    rank = min(NEIGHBOURS, len(z)) - 1
    return np.sqrt(np.partition(_squared_distances(points, z), rank, axis=1)[:, rank])


def is_far(points: np.ndarray, z: np.ndarray, limit: float) -> np.ndarray:
    """Return which points lie farther from the data than `limit`: `data_distance(points, z) > limit`, only faster.

    Args:
        points: (M, D), floating point.
        z: The encoded data, (N, D), floating point.
        limit: Distance in units of the latent space, such as `usual_distance` gives.

    Returns:
        (M,), bool.
    """
    near: np.ndarray = (_squared_distances(points, z) <= limit**2).sum(axis=1)
    return near < min(NEIGHBOURS, len(z))


def vote_of_neighbours(
    points: np.ndarray, z: np.ndarray, labels: np.ndarray, without: np.ndarray | None = None
) -> np.ndarray:
    """Return the class that most of the 10 encoded images nearest to each point have, (M,); the lowest of equals.

    Arguments as those of `count_votes`.
    """
    winners: np.ndarray = count_votes(points, z, labels, without).argmax(axis=1)
    return winners


def count_votes(
    points: np.ndarray,
    z: np.ndarray,
    labels: np.ndarray,
    without: np.ndarray | None = None,
    squares_of_z: np.ndarray | None = None,
) -> np.ndarray:
    """Return how many of the 10 encoded images nearest to each point each class has.

    Args:
        points: (M, D), floating point.
        z: The encoded data, (N, D), floating point.
        labels: Their classes, (N,), int64, not negative.
        without: For each point the index of an image that has no vote, (M,), int64, -1 for none; None for none at all.
        squares_of_z: What `squared_norms` returns for z, where that is known.

    Returns:
        (M, Y), int64, for the classes up to the largest label.
    """
    rank = min(NEIGHBOURS, len(z) - (without is not None))
    squares = _squared_distances(points, z, squares_of_z)
    if without is not None:
        rows = np.flatnonzero(without >= 0)
        squares[rows, without[rows]] = np.inf
    nearest = np.argpartition(squares, rank - 1, axis=1)[:, :rank]
    classes = int(labels.max()) + 1
    return np.array([np.bincount(labels[row], minlength=classes) for row in nearest], dtype=np.int64).reshape(
        -1, classes
    )


def nearest_index(points: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return the index of the encoded image whose latent point is nearest to each point, by Euclidean distance.

    Args:
        points: (M, D), floating point.
        z: The encoded data, (N, D), floating point, N at least 1.

    Returns:
        (M,), int64.
    """
    return np.asarray(_squared_distances(points, z).argmin(axis=1), dtype=np.int64)


def usual_distance(z: np.ndarray) -> float:
    """Return the data distance that 99 of 100 encoded images stay below; argument as in `own_distances`."""
    return float(np.quantile(own_distances(z), 0.99))


def own_distances(z: np.ndarray) -> np.ndarray:
    """Return the data distance of about 500 evenly spread points of z, (N, D), each without itself; (M,), float64."""
    sample = z[:: max(1, len(z) // _SAMPLE)]
    rank = min(NEIGHBOURS, len(z) - 1)  # rank 0 is the point itself
    nearest: np.ndarray = np.sqrt(np.partition(_squared_distances(sample, z), rank, axis=1)[:, rank])
    return nearest


def squared_norms(z: np.ndarray) -> np.ndarray:
    """Return the squared Euclidean length of each row of z, (N, D), floating point; (N,), float64."""
    exact = z.astype(np.float64, copy=False)
    squares: np.ndarray = np.einsum("ij,ij->i", exact, exact)
    return squares


def _squared_distances(points: np.ndarray, z: np.ndarray, squares_of_z: np.ndarray | None = None) -> np.ndarray:
    a, b = points.astype(np.float64, copy=False), z.astype(np.float64, copy=False)
    squares: np.ndarray = a @ b.T
    squares *= -2  # in place from here on: of thousands of images, each copy costs as much as the product
    squares += squared_norms(a)[:, None]
    squares += (squared_norms(b) if squares_of_z is None else squares_of_z)[None, :]
    np.maximum(squares, 0.0, out=squares)
    return squares


def follow_planes(latents: list[np.ndarray]) -> tuple[list[np.ndarray], tuple[str, str]]:
    """Return the latent points of each sample, (N, D) each, in two dimensions, and the names of the two.

    More than two are shown by the principal directions of the newest sample, held fixed for all, so that what moves is
    the network and not the axes. A line is spread by the number of the image.
    """
    if not latents:
        return [], ("z1", "z2")
    newest = latents[-1]
    if newest.shape[1] == 1:
        spread = np.linspace(-1, 1, len(newest))[:, None] * max(float(np.ptp(newest)), 1e-6) / 4
        return [np.hstack([z, spread]).astype(np.float32) for z in latents], ("z1", "image")
    shown: Projection = project(newest, 2)
    return [shown.apply(z) for z in latents], (shown.axis_names[0], shown.axis_names[1])
