"""Laying one latent space over another.

A latent space is defined only up to an invertible map: compose the encoder with one and the decoder with its inverse,
and every reconstruction stays what it was. Two trained planes are therefore comparable only after one is laid over the
other. The maps allowed here, similarities, keep angles and ratios of distances, so shapes on the map are kept.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """The similarity x -> scale * (x - source_mean) @ rotation + target_mean that aligns `source` with `target`."""

    rotation: np.ndarray
    """(D, D), float64, orthogonal; a reflection is allowed."""
    scale: float
    source_mean: np.ndarray
    target_mean: np.ndarray
    explained: float
    """1 minus the squared distance that remains over the variance of the target, in [0, 1]; 1 is a perfect match."""

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Move points, (N, D), from the source's space into the target's; float32."""
        moved: np.ndarray = (
            self.scale * (points.astype(np.float64) - self.source_mean) @ self.rotation + self.target_mean
        )
        return moved.astype(np.float32)


def align(source: np.ndarray, target: np.ndarray) -> Alignment:
    """Find the similarity that brings `source` closest to `target` in the least-squares sense.

    Args:
        source: (N, D), the points to be moved.
        target: (N, D), where the same images lie in the other space.

    References:
        P. Schoenemann, A generalized solution of the orthogonal Procrustes problem, Psychometrika 31 (1966), 1-10.
    """
    from scipy.linalg import orthogonal_procrustes  # a third of a second that only an alignment should cost

    a, b = source.astype(np.float64), target.astype(np.float64)
    a_mean, b_mean = a.mean(axis=0), b.mean(axis=0)
    a, b = a - a_mean, b - b_mean
    rotation, trace = orthogonal_procrustes(a, b)
    a_size, b_size = float((a**2).sum()), float((b**2).sum())
    scale = trace / a_size if a_size > 0 else 0.0
    explained = trace**2 / (a_size * b_size) if a_size > 0 and b_size > 0 else 0.0
    return Alignment(rotation=rotation, scale=scale, source_mean=a_mean, target_mean=b_mean, explained=explained)


def explained_unmoved(source: np.ndarray, target: np.ndarray) -> float:
    """Return the share of the variance of `target` that `source` explains as it stands, at most 1; 0 without variance.

    Args:
        source: (N, D), floating point.
        target: (N, D), where the same images lie in the other space.
    """
    a, b = source.astype(np.float64), target.astype(np.float64)
    total = float(((b - b.mean(axis=0)) ** 2).sum())
    return 1 - float(((a - b) ** 2).sum()) / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentTranslation:
    """The affine map z -> matrix @ z + shift from one latent space into another."""

    matrix: np.ndarray
    """(T, S), float64."""
    shift: np.ndarray
    """(T,), float64."""
    explained: float
    """Share of the variance of the target's points that the moved points explain, at most 1."""
    is_similarity: bool
    """Whether it keeps angles: so between spaces of equal dimension."""

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Move points, (N, S), into the other space: (N, T), float32."""
        moved: np.ndarray = points.astype(np.float64) @ self.matrix.T + self.shift
        return moved.astype(np.float32)


def find_translation(source: np.ndarray, target: np.ndarray) -> LatentTranslation:
    """Find the map that brings the points of one space closest to those of the same images in another.

    The similarity of `align` where both have as many dimensions, else the affine map of least squares.

    Args:
        source: (N, S), the points to be moved.
        target: (N, T), where the same images lie in the other space.
    """
    if source.shape[1] == target.shape[1]:
        similarity = align(source, target)
        matrix = similarity.scale * similarity.rotation.T
        return LatentTranslation(
            matrix=matrix,
            shift=similarity.target_mean - matrix @ similarity.source_mean,
            explained=similarity.explained,
            is_similarity=True,
        )
    return find_affine(source, target)


def find_affine(source: np.ndarray, target: np.ndarray) -> LatentTranslation:
    """Find the affine map of least squares from the points of one space to those of the same images in another.

    Args:
        source: (N, S), the points to be moved.
        target: (N, T), where the same images lie in the other space.
    """
    a, b = source.astype(np.float64), target.astype(np.float64)
    a_mean, b_mean = a.mean(axis=0), b.mean(axis=0)
    solution, *_ = np.linalg.lstsq(a - a_mean, b - b_mean, rcond=None)
    rest = float((((a - a_mean) @ solution - (b - b_mean)) ** 2).sum())
    total = float(((b - b_mean) ** 2).sum())
    return LatentTranslation(
        matrix=solution.T,
        shift=b_mean - solution.T @ a_mean,
        explained=1 - rest / total if total > 0 else 0.0,
        is_similarity=False,
    )
