"""A network with ReLU trained beside PCA by a worker; all visitors share the result (see `aeviz.workers.task`)."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aeviz.data import ImageDataset, SplitName
from aeviz.lab.relu_comparison import ReluComparison
from aeviz.records import from_mapping
from aeviz.workers import task
from aeviz.workers.task import Arrays, Progress, Task

FORMAT = 1
"""Raised when the same settings begin to give another result."""
LEVELS = 255
"""Images are kept in so many grey levels."""
SPLITS: tuple[SplitName, ...] = ("train", "test")
_IMAGES = ("pca_images", "network_images")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReluConfig:
    """How the network is made and trained."""

    latent_dim: int
    """Latent dimensions, and components of PCA."""
    layers: int
    """Hidden layers with ReLU on each side, 1 or 2."""
    steps: int
    """Optimizer steps, about."""
    seed: int = 0
    """Of the initial weights and the order of the batches."""


def relu_task(images_digest: str, config: ReluConfig) -> Task:
    """Return the task that compares a network with PCA.

    Args:
        images_digest: A digest of the training and the test images.
        config: How.
    """
    return Task(kind="relu", key=task.digest_key(FORMAT, images_digest, asdict(config)))


def start(job: Task, train: ImageDataset, test: ImageDataset, config: ReluConfig) -> None:
    """Train in the background, unless that is done or under way.

    Args:
        job: What `relu_task` gave.
        train: Images that both learn from.
        test: Images that both are measured on.
        config: How.

    Raises:
        WorkerError: The worker did not start, or the cache cannot be written.
    """
    images = {"train": train.images, "test": test.images}
    job.start({"data": train.name, "config": asdict(config)}, images, is_done=lambda: read_comparison(job) is not None)


def read_comparison(job: Task) -> ReluComparison | None:
    """Return the finished comparison; None where there is none yet or it cannot be read."""
    arrays = job.result()
    if arrays is None:
        return None
    try:
        fields: dict[str, Any] = {
            name: values.astype(np.float32) / LEVELS if name in _IMAGES else values if values.ndim else values.item()
            for name, values in arrays.items()
        }
        return ReluComparison(**fields)
    except TypeError:  # written by another version
        return None


def work(path: Path) -> int:
    """Be the worker; return the exit status."""
    return task.work(path, _compute)


def _compute(settings: Any, arrays: Arrays, progress: Progress) -> Arrays:
    config = from_mapping(ReluConfig, settings["config"])
    progress(0.0, "starting PyTorch")
    from aeviz.lab.nonlinear import compare_with_pca, epochs_of

    train, test = (ImageDataset(images=arrays[split], name=settings["data"], split=split) for split in SPLITS)
    epochs = epochs_of(len(train), config.steps)
    for state in compare_with_pca(
        train, test, latent_dim=config.latent_dim, layers=config.layers, epochs=epochs, seed=config.seed
    ):
        progress(
            state.epoch / epochs,
            f"Epoch {state.epoch} of {epochs}: error {state.network.mean():.4f} on the test images, PCA "
            f"{state.pca.mean():.4f}",
        )
    fields = {name: np.asarray(value) for name, value in asdict(state).items()}
    return fields | {name: np.round(fields[name] * LEVELS).astype(np.uint8) for name in _IMAGES}
