"""The units of a bottleneck one by one: how active each is, which class excites it, and what a change of it does.

A unit is a latent dimension, seen as the output of one neuron; its activation on an image is that coordinate of the
image's code (the posterior mean of a variational model). NumPy only.

References:
    A. Ng, Sparse autoencoder, CS294A lecture notes, Stanford, 2011, section 3: activation of a hidden unit, its mean
    over the data, and the divergence of that from a target.
"""

from dataclasses import dataclass

import numpy as np

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Where a unit is set to, as shares of the way from its lowest to its highest activation."""
BINS = 60
"""Intervals of a histogram of activations."""
_CONSTANT = 1e-12
"""Variance, as a share of the mean square, up to which an activation counts as constant: rounding error."""

_TYPICAL, _OTHERS = 1000, 10_000
"""Codes that are compared for an example of a push, at most: a few tenths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitMeasures:
    """Measures of D units over N encoded images of K present classes; in units of the activation or its square."""

    mean: np.ndarray
    """Mean activation, (D,), float64."""
    variance: np.ndarray
    """Variance of the activation, divided by N, (D,), float64."""
    labels: np.ndarray
    """The classes that occur, rising, (K,), int64; empty where images have none."""
    class_means: np.ndarray
    """Mean activation over the images of each class, (K, D), float64."""
    selectivity: np.ndarray | None
    """Share of the variance that the class explains, (D,), float64, in [0, 1]: see `explained_by_class`. None where
    there are no classes or one."""

    @property
    def best_class(self) -> np.ndarray | None:
        """The class with the largest mean activation, (D,), int64; None without classes."""
        best: np.ndarray | None = self.labels[self.class_means.argmax(axis=0)] if len(self.labels) else None
        return best


def measure_units(z: np.ndarray, labels: np.ndarray | None) -> UnitMeasures:
    """Measure all units over encoded images.

    Args:
        z: Codes, (N, D), floating point, N at least 1.
        labels: Classes, (N,), integer, or None.
    """
    points = z.astype(np.float64)
    none = np.empty(0, dtype=np.int64)
    present, means, sizes = (none, np.empty((0, z.shape[1])), none) if labels is None else _class_means(points, labels)
    return UnitMeasures(
        mean=points.mean(axis=0),
        variance=points.var(axis=0),
        labels=present,
        class_means=means,
        selectivity=explained_by_class(points, means, sizes) if len(present) > 1 else None,
    )


def _class_means(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the classes that occur, (K,), the mean of each, (K, D), and how many images each has, (K,)."""
    by_class = np.argsort(labels, kind="stable")
    present, starts, sizes = np.unique(labels[by_class], return_index=True, return_counts=True)
    means = np.add.reduceat(points[by_class], starts, axis=0) / sizes[:, None]
    return present.astype(np.int64), means, sizes


def explained_by_class(points: np.ndarray, class_means: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the share of each unit's variance that lies between the classes, (D,), float64, in [0, 1].

    This is eta squared, the R^2 of a one-way analysis of variance: eta^2 = sum_k n_k (m_k - m)^2 / sum_i (z_i - m)^2.
    With F, its ratio of mean squares, eta^2 = F (K - 1) / (F (K - 1) + N - K). Where the class means nothing it is
    (K - 1) / (N - 1) in expectation, not 0. The share of a constant unit is 0.

    Args:
        points: Codes, (N, D), float64.
        class_means: Mean of each class, (K, D), float64.
        sizes: Images n_k of each class, (K,), integer, with the sum N.

    References:
        J. Cohen, Statistical power analysis for the behavioral sciences, 2nd ed., 1988, section 8.2.
    """
    mean = points.mean(axis=0)
    total = ((points - mean) ** 2).sum(axis=0)
    between = (sizes[:, None] * (class_means - mean) ** 2).sum(axis=0)
    varies = total > _CONSTANT * (points**2).sum(axis=0)
    share: np.ndarray = np.clip(np.where(varies, between / np.where(varies, total, 1), 0), 0, 1)
    return share


def order_units(scores: np.ndarray | None, count: int) -> np.ndarray:
    """Return units by falling score, the lower index first of equals, (count,), int64; by index without scores."""
    return np.arange(count) if scores is None else np.argsort(-scores, kind="stable")


def extremes(activation: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the images that excite a unit most and those that do so least, each with the extreme first.

    Args:
        activation: Of one unit on each image, (N,), floating point. Of equal ones the image with the lower index
            comes first; codes of many dimensions are kept in 256 steps, so equal ones occur.
        count: Images at each end; fewer where there are not so many.

    Returns:
        Two arrays of indices, (min(count, N),), int64.
    """
    most, least = (np.argsort(each, kind="stable")[:count] for each in (-activation, activation))
    return most.copy(), least.copy()  # views would keep the order of all images alive


def histogram(activation: np.ndarray, bins: int = BINS) -> tuple[np.ndarray, np.ndarray]:
    """Return how many images have an activation in each of some equal intervals between its extremes.

    Args:
        activation: Of one unit on each image, (N,), floating point.
        bins: B intervals.

    Returns:
        Counts, (B,), int64, and the bounds of the intervals, (B + 1,), float64.
    """
    counts, edges = np.histogram(activation.astype(np.float64), bins)
    return counts.astype(np.int64), edges.astype(np.float64)


def push(code: np.ndarray, unit: int, values: np.ndarray) -> np.ndarray:
    """Return a code with one unit set to each of some values and all others as they are, (S, D), float32.

    Args:
        code: (D,), floating point.
        unit: The unit, from 0.
        values: (S,), floating point.
    """
    pushed = np.repeat(code.astype(np.float32)[None], len(values), axis=0)
    pushed[:, unit] = values
    return pushed


def example_of_push(z: np.ndarray, unit: int, is_typical: np.ndarray) -> int:
    """Return the image whose code a push brings from far close to those of the images that the unit stands for.

    The push sets the unit to its highest activation. Compared is the distance to the nearest typical code before and
    after: of the hundredth of the other images where the push shortens it most, by its factor, the one that ends
    nearest is returned. So the push ends where the decoder was trained.

    Args:
        z: Codes, (N, D), floating point. Of typical images the first 1,000 count, of the others the first
            10,000.
        unit: The unit, from 0.
        is_typical: The images that the unit stands for, such as those of a class, (N,), bool.

    Returns:
        An index, 0 to N - 1; 0 where all or none of the images are typical.
    """
    typical, others = z[is_typical][:_TYPICAL].astype(np.float32), np.flatnonzero(~is_typical)[:_OTHERS]
    if not len(typical) or not len(others):
        return 0
    before = z[others].astype(np.float32)
    after = before.copy()
    after[:, unit] = z[:, unit].max()
    squares = (typical**2).sum(axis=1)
    far, near = (
        np.maximum((codes**2).sum(axis=1) + (squares - 2 * codes @ typical.T).min(axis=1), 0)
        for codes in (before, after)
    )
    best = np.argsort(near / np.maximum(far, _CONSTANT), kind="stable")[: max(1, len(others) // 100)]
    return int(others[best[np.argmin(near[best])]])


def activation_levels(activation: np.ndarray) -> np.ndarray:
    """Return the values at `LEVELS` between the lowest and the highest of a unit's activations, (N,): (5,), float64.

    Equal steps, and not quantiles: most activations of a sparse unit are nearly 0.
    """
    low, high = float(activation.min()), float(activation.max())
    return np.array([low + level * (high - low) for level in LEVELS])


def sparsity_divergence(target: float, mean: np.ndarray) -> np.ndarray:
    """Return KL(Bernoulli(target) || Bernoulli(mean)) for each unit in nats, (D,), float64.

    The KL sparsity penalty is the sum of these over the units, with the mean over a batch of training images
    (`aeviz.objectives.penalties`); here it is over the images that were encoded.

    Args:
        target: The target activation rho, in (0, 1).
        mean: Mean activations, (D,), floating point; clipped to [1e-6, 1 - 1e-6] as in training.

    References:
        A. Ng, Sparse autoencoder, CS294A lecture notes, Stanford, 2011, section 3.
    """
    reached = np.clip(mean.astype(np.float64), 1e-6, 1 - 1e-6)
    nats: np.ndarray = target * np.log(target / reached) + (1 - target) * np.log((1 - target) / (1 - reached))
    return nats
