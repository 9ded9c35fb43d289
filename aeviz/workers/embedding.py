"""t-SNE and UMAP maps of latent points, computed once by a worker and kept (see `aeviz.workers.task`)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from aeviz.analysis.embedding import EmbeddingConfig, embed
from aeviz.records import from_mapping
from aeviz.workers import task
from aeviz.workers.task import Arrays, Progress, Task

FORMAT = 1
"""Raised when the same settings begin to give another map."""


def embedding_task(points_digest: str, config: EmbeddingConfig) -> Task:
    """Return the task that computes a map.

    Args:
        points_digest: A digest of the points that are embedded.
        config: How.
    """
    return Task(kind="embedding", key=task.digest_key(FORMAT, points_digest, asdict(config)))


def read_embedding(job: Task) -> np.ndarray | None:
    """Return a map, (N, K), float32; None where it was not computed yet or cannot be read."""
    points = (job.result() or {}).get("points")
    usable = points is not None and points.ndim == 2 and points.dtype == np.float32 and np.isfinite(points).all()
    return points if usable else None


def start(z: np.ndarray, points_digest: str, config: EmbeddingConfig) -> None:
    """Compute a map in the background, unless that is done or under way.

    Args:
        z: The points, (N, D), floating point.
        points_digest: A digest of them.
        config: How.

    Raises:
        WorkerError: The worker did not start, or the cache cannot be written.
    """
    job = embedding_task(points_digest, config)
    job.start(asdict(config), {"z": z.astype(np.float32)}, is_done=lambda: read_embedding(job) is not None)


def work(path: Path) -> int:
    """Be the worker; return the exit status."""
    return task.work(path, _compute)


def _compute(settings: Any, arrays: Arrays, progress: Progress) -> Arrays:
    return {"points": embed(arrays["z"], from_mapping(EmbeddingConfig, settings), progress)}
