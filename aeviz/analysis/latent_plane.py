"""A plane through a latent space on which a small map of it is drawn. NumPy only."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentPlane:
    """A plane in a latent space of D dimensions."""

    origin: np.ndarray
    """The point that is drawn at (0, 0), (D,), float64."""
    axes: np.ndarray
    """(D, 2), float64, orthonormal columns."""
    names: tuple[str, str]
    """z1, z2 where the axes are latent dimensions, else PC1, PC2, or step, PC1 of the rest."""
    share: float
    """Part of the variance in the active dimensions that lies in the plane, from 0 to 1."""

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return where latent points, (N, D), are drawn, (N, 2), float32."""
        places: np.ndarray = ((points - self.origin) @ self.axes).astype(np.float32)
        return places


def latent_plane(
    mean: np.ndarray, covariance: np.ndarray, used: np.ndarray, along: np.ndarray | None = None
) -> LatentPlane | None:
    """Return the plane of two active dimensions, or of the first principal components of more.

    Args:
        mean: Of the latent points, (D,), floating point.
        covariance: Theirs, (D, D), floating point.
        used: The active dimensions, (D,), bool. Where only one is, the next in variance joins it.
        along: A direction, (D,), that is the first axis where more than two dimensions are active; the second is the
            first principal component of what is orthogonal to it. None for the first two components.

    Returns:
        None where no dimension is active, or D is 1.
    """
    dimensions, variances = len(mean), np.diag(covariance)
    active = np.flatnonzero(used)
    if not len(active) or dimensions < 2:
        return None
    if len(active) == 1:
        others = np.where(used, -np.inf, variances)
        active = np.sort([active[0], others.argmax()])
    if len(active) == 2:
        axes = np.eye(dimensions)[:, active]
        names = (f"z{active[0] + 1}", f"z{active[1] + 1}")
        return LatentPlane(origin=np.zeros(dimensions), axes=axes, names=names, share=1.0)
    inner = covariance[np.ix_(active, active)]
    if along is None or not np.linalg.norm(along[active]):
        first = np.linalg.eigh(inner)[1][:, [-1, -2]]
        names = ("PC1", "PC2")
    else:
        step = along[active] / np.linalg.norm(along[active])
        rest = np.eye(len(active)) - np.outer(step, step)
        first = np.stack([step, np.linalg.eigh(rest @ inner @ rest)[1][:, -1]], axis=1)
        names = ("step", "PC1 of the rest")
    signs = np.where(first[np.abs(first).argmax(axis=0), [0, 1]] < 0, -1, 1)  # so that none hangs on the solver
    if along is not None:
        signs[0] = 1
    axes = np.zeros((dimensions, 2))
    axes[active] = first * signs
    share = float(np.trace(first.T @ inner @ first) / max(float(np.trace(inner)), 1e-300))
    return LatentPlane(origin=np.asarray(mean, dtype=np.float64), axes=axes, names=names, share=share)
