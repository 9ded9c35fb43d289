"""Novelty of an image (in-distribution check): its error and its distance from the data, against the test set.

NumPy only, so that a page needs no scikit-learn.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from aeviz.analysis.latent import data_distance

NEIGHBOURS = 10
"""Votes for a class, as for the kNN accuracy of a model."""
UNUSUAL, OUT_OF_DISTRIBUTION = 0.95, 0.99
"""Quantiles of the test images: beyond the first an image is unusual, beyond the second out of distribution."""

Novelty = Literal["in distribution", "unusual", "out of distribution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Error and distance of an image beside those of the test set."""

    error: float
    """Euclidean norm of image minus reconstruction, pixels in [0, 1]."""
    error_share: float
    """Share of the test images that are reconstructed better, in [0, 1]."""
    distance: float
    """Distance to the 10th nearest encoded image, in units of the latent space."""
    distance_share: float
    """Share of the encoded images that lie nearer to the others, in [0, 1]."""

    @property
    def novelty(self) -> Novelty:
        """The category by the larger of the two shares."""
        worse = max(self.error_share, self.distance_share)
        if worse >= OUT_OF_DISTRIBUTION:
            return "out of distribution"
        return "unusual" if worse >= UNUSUAL else "in distribution"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vote:
    """Votes of the nearest encoded images on the class of a point."""

    neighbours: np.ndarray
    """Indices of the nearest images, nearest first, (K,), int64."""
    label: int | None
    """Class with the most votes, the first of equals as scikit-learn has it; None without labels."""
    votes: int
    """Votes of that class."""
    runner_up: int | None
    """Class with the second most votes; None where all agree."""
    runner_up_votes: int

    @property
    def margin(self) -> float:
        """Votes ahead of the second class as a share of all, in [0, 1]."""
        return (self.votes - self.runner_up_votes) / max(1, len(self.neighbours))


def judge(point: np.ndarray, error: float, z: np.ndarray, errors: np.ndarray, distances: np.ndarray) -> Verdict:
    """Compare an image with the test set.

    Args:
        point: Its latent point, (D,).
        error: Its Euclidean reconstruction error.
        z: Latent points of the test images, (N, D).
        errors: Their errors, (N,).
        distances: Their own distances from each other, (M,), as `aeviz.analysis.latent.own_distances` gives them.
    """
    distance = float(data_distance(point[None], z)[0])
    return Verdict(
        error=error,
        error_share=float((errors < error).mean()),
        distance=distance,
        distance_share=float((distances < distance).mean()),
    )


def vote(point: np.ndarray, z: np.ndarray, labels: np.ndarray | None, neighbours: int = NEIGHBOURS) -> Vote:
    """Return the votes of the nearest encoded images on the class of a point.

    Args:
        point: (D,).
        z: Latent points of labelled images, (N, D).
        labels: Their classes, (N,), int64, or None.
        neighbours: How many vote.
    """
    squares = ((z.astype(np.float64) - point.astype(np.float64)) ** 2).sum(axis=1)
    rank = min(neighbours, len(z)) - 1
    near = np.flatnonzero(~(squares > np.partition(squares, rank)[rank]))  # a stable sort of these alone gives the same
    nearest = near[np.argsort(squares[near], kind="stable")[:neighbours]]
    if labels is None:
        return Vote(neighbours=nearest, label=None, votes=0, runner_up=None, runner_up_votes=0)
    counts = np.bincount(labels[nearest])
    order = np.argsort(-counts, kind="stable")
    second = int(order[1]) if len(order) > 1 and counts[order[1]] else None
    return Vote(
        neighbours=nearest,
        label=int(order[0]),
        votes=int(counts[order[0]]),
        runner_up=second,
        runner_up_votes=0 if second is None else int(counts[second]),
    )
