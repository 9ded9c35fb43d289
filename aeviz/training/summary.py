"""Statistics of a run's latent points, without the points: enough to move through the latent space.

    latent_summary.npz         of runs whose data names attributes, such as faces

A model of faces ships this instead of its encoded test set: quantiles, means and covariances are not the code of any
image. Needs no torch.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aeviz.errors import CheckpointNotFoundError
from aeviz.training.arrays import DAMAGED, read_arrays, write_arrays
from aeviz.training.safe_files import unreadable

SUMMARY = "latent_summary.npz"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentSummary:
    """Statistics of N latent points (posterior means) of D dimensions."""

    count: int
    """N."""
    mean: np.ndarray
    """(D,), float64."""
    covariance: np.ndarray
    """(D, D), float64, divided by N."""
    levels: np.ndarray
    """Levels of the quantiles, (Q,), float64, rising from above 0 to below 1, with 0.5 in the middle."""
    quantiles: np.ndarray
    """(Q, D), float64."""
    kl: np.ndarray | None
    """Divergence from posterior to prior by dimension, nats per image, (D,), float64; None for a plain autoencoder."""
    attribute_names: tuple[str, ...] = ()
    """Names of A yes-or-no properties of the images."""
    attribute_means: np.ndarray | None = None
    """Mean latent point of the images without and of those with each attribute, (A, 2, D), float64; None without
    attributes; NaN where there is no such image."""
    attribute_counts: np.ndarray | None = None
    """How many images that are, (A, 2), int64."""

    @property
    def median(self) -> np.ndarray:
        """Median of each dimension, (D,), float64."""
        middle: np.ndarray = self.quantiles[len(self.levels) // 2]
        return middle

    def ranges(self) -> np.ndarray:
        """Return the range of each dimension without its tails, (D, 2), float64, never empty."""
        low, high = self.quantiles[0], self.quantiles[-1]
        flat = high - low < 1e-6  # a dead unit: still a range that a slider can move in
        return np.stack([np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)], axis=1)

    def order(self) -> np.ndarray:
        """Return the dimensions, the most informative first, (D,), int64: by KL, without one by variance."""
        informative = np.diag(self.covariance) if self.kl is None else self.kl
        return np.argsort(-informative, kind="stable")


def write_summary(path: Path, summary: LatentSummary) -> None:
    """Keep a summary in the run's folder `path`, atomically; matrices in float32."""
    arrays: dict[str, Any] = {
        "count": np.array(summary.count),
        "mean": summary.mean.astype(np.float32),
        "covariance": summary.covariance.astype(np.float32),
        "levels": summary.levels,
        "quantiles": summary.quantiles.astype(np.float32),
    }
    if summary.kl is not None:
        arrays["kl"] = summary.kl.astype(np.float32)
    if summary.attribute_means is not None and summary.attribute_counts is not None:
        arrays["attribute_names"] = np.array(summary.attribute_names)
        arrays["attribute_means"] = summary.attribute_means.astype(np.float32)
        arrays["attribute_counts"] = summary.attribute_counts
    write_arrays(path / SUMMARY, arrays)


def read_summary(path: Path, latent_dim: int) -> LatentSummary | None:
    """Read the summary of the run in the folder `path`; None where there is none.

    Args:
        path: Folder of the run.
        latent_dim: D, which the config names.

    Raises:
        CheckpointFormatError: The file is damaged or belongs to another network.
    """
    try:
        values = read_arrays(path / SUMMARY)
    except CheckpointNotFoundError:
        return None
    try:
        summary = LatentSummary(
            count=int(values["count"]),
            mean=values["mean"].astype(np.float64),
            covariance=values["covariance"].astype(np.float64),
            levels=values["levels"].astype(np.float64),
            quantiles=values["quantiles"].astype(np.float64),
            kl=values["kl"].astype(np.float64) if "kl" in values else None,
            attribute_names=tuple(str(name) for name in values.get("attribute_names", ())),
            attribute_means=values["attribute_means"].astype(np.float64) if "attribute_means" in values else None,
            attribute_counts=values["attribute_counts"].astype(np.int64) if "attribute_counts" in values else None,
        )
        _check(summary, latent_dim)
    except DAMAGED as cause:
        raise unreadable(path / SUMMARY, cause) from cause
    return summary


def _check(summary: LatentSummary, latent_dim: int) -> None:
    """Raise ValueError where the arrays do not belong together."""
    levels, attributes = len(summary.levels), len(summary.attribute_names)
    expected: dict[str, tuple[np.ndarray | None, tuple[int, ...]]] = {
        "mean": (summary.mean, (latent_dim,)),
        "covariance": (summary.covariance, (latent_dim, latent_dim)),
        "quantiles": (summary.quantiles, (levels, latent_dim)),
        "kl": (summary.kl, (latent_dim,)),
        "attribute_means": (summary.attribute_means, (attributes, 2, latent_dim)),
        "attribute_counts": (summary.attribute_counts, (attributes, 2)),
    }
    for name, (array, shape) in expected.items():
        if array is not None and array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
    if levels % 2 == 0 or summary.count < 1:
        raise ValueError(f"quantiles at {levels} levels of {summary.count} points; expected an odd number of levels")
    known = (summary.mean, summary.covariance, summary.quantiles, summary.kl)
    if not all(np.isfinite(array).all() for array in known if array is not None):
        raise ValueError("it holds NaN or infinity")
