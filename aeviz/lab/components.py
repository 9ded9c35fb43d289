"""Principal components from second moments: the optimum that a linear autoencoder is measured against."""

from dataclasses import dataclass

import numpy as np

from aeviz.errors import ConfigError, DataError
from aeviz.lab.moments import Moments

NULL, NULL_SINGLE = 1e-10, 1e-7
"""Share of the total variance below which an eigenvalue counts as zero: of moments in float64 and in float32."""
REPEATED = 1e-6
"""Gap across the cut, over the largest eigenvalue, up to which two eigenvalues count as equal."""
FULL_SIZE = 2048
"""Values of an image up to which all eigenvalues are computed; above, only those that are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Components:
    """The k leading principal components of images of d values."""

    axes: np.ndarray
    """(d, k), float64, orthonormal, by falling variance; the largest entry of each is positive."""
    variances: np.ndarray
    """(k,), float64, of the images along each axis, in squared units of pixels in [0, 1]."""
    total: float
    """Variance summed over all values of an image; without centring, the mean squared length."""
    next_variance: float
    """Variance along the component after the last one kept; 0 where there is none."""
    rank: int
    """Number of eigenvalues that are not zero; where only some were computed and none of them is, one more than k."""
    centred: bool

    @property
    def mse(self) -> float:
        """Mean squared error over images and pixels of the best reconstruction from k numbers (Eckart & Young 1936)."""
        return max(0.0, self.total - float(self.variances.sum())) / len(self.axes)

    @property
    def is_exact(self) -> bool:
        """Whether k numbers an image lose nothing: k is at least the rank."""
        return bool(self.axes.shape[1] >= self.rank)

    @property
    def is_unique(self) -> bool:
        """Whether the best subspace is the only one: no zero and no repeated eigenvalue lies across the cut."""
        gap = float(self.variances[-1]) - self.next_variance
        return not self.is_exact and gap > REPEATED * float(self.variances[0])


def find_components(moments: Moments, k: int, *, centred: bool = True) -> Components:
    """Find the k leading eigenvectors of the second moments.

    Args:
        moments: Of the images.
        k: Number of components, 1 to d.
        centred: Whether the mean is taken from the images first, as PCA has it.

    Raises:
        ConfigError: k is out of range.
        DataError: All images are equal, so that there is no variance to explain.

    References:
        C. Eckart, G. Young, The approximation of one matrix by another of lower rank, Psychometrika 1 (1936), 211-218.
    """
    second = moments.second(centred=centred)
    d = len(second)
    if not 1 <= k <= d:
        raise ConfigError(f"{k} components of images of {d:,} values; expected a whole number from 1 to {d:,}")
    total = float(np.trace(second))
    if total <= 0:
        raise DataError(f"all {moments.count:,} images are equal; expected images that differ: PCA explains variance")
    if d <= FULL_SIZE or k > d // 4:
        values, vectors = np.linalg.eigh(second)
    else:
        from scipy.sparse.linalg import eigsh

        start = np.random.default_rng(0).standard_normal(d)
        values, vectors = eigsh(second, k=k + 1, v0=start)
        order = np.argsort(values)
        values, vectors = values[order], vectors[:, order]
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    null = total * (NULL if moments.is_double else NULL_SINGLE)
    axes = vectors[:, :k]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return Components(
        axes=axes * signs,
        variances=values[:k],
        total=total,
        next_variance=float(values[k]) if len(values) > k else 0.0,
        rank=int((values > null).sum()),
        centred=centred,
    )
