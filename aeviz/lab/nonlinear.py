"""What a bend buys: a small autoencoder with ReLU beside PCA of as many numbers, on images that neither has seen."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from aeviz.config import DataConfig, ModelConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.data import ImageDataset
from aeviz.lab.components import find_components
from aeviz.lab.moments import LEVELS, measure_moments
from aeviz.training.batches import ResidentImages
from aeviz.training.trainer import Trainer

WIDTHS = (128, 64)
"""Of the first and the second hidden layer of the encoder; the decoder mirrors them."""
RATE, BATCH = 4e-3, 100
"""Peak of Adam's learning rate, which rises and falls (one cycle); images in a step."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contest:
    """Errors of both on the same test images, during or after training."""

    epoch: int
    """Passes made through the training images; 0 before training."""
    training_loss: float | None
    """Mean squared error over the last pass; None before the first."""
    pca: np.ndarray
    """(M,), float64: mean squared error over the pixels of each test image, of PCA fitted to the training images and
    clipped to [0, 1], where the network's sigmoid keeps its images for nothing."""
    pca_unclipped: float
    """Mean over the test images of PCA's error before that."""
    pca_training: float
    """Mean squared error of PCA on the training images, not clipped."""
    network: np.ndarray
    """(M,), float64, of the network."""
    pca_images: np.ndarray
    """(M, C, H, W), float32, what PCA reconstructs, clipped to [0, 1]."""
    network_images: np.ndarray
    """(M, C, H, W), float32 in [0, 1]."""


def epochs_of(images: int, steps: int) -> int:
    """Return the passes through so many images that come to about so many steps, 1 or more."""
    return max(1, round(steps * min(BATCH, images) / images))


def run_contest(
    train: ImageDataset, test: ImageDataset, *, latent_dim: int, layers: int, epochs: int, seed: int = 0
) -> Iterator[Contest]:
    """Train a network on the CPU with the library's own loop, and yield how it stands before and after each epoch.

    Args:
        train: Images that both learn from.
        test: M images that both are measured on.
        latent_dim: k, of both.
        layers: Hidden layers with ReLU on each side, 1 or 2; the output is a sigmoid's.
        epochs: Passes through the training images.
        seed: Of initial weights and batch order.

    Raises:
        ConfigError: k is larger than an image, or there are too few images for a step.
        DataError: All images are equal.
    """
    moments = measure_moments(train)
    components = find_components(moments, latent_dim)
    x = test.images.reshape(len(test), -1) / LEVELS
    flat = (x - moments.mean) @ components.axes @ components.axes.T + moments.mean
    clipped = np.clip(flat, 0, 1)
    pca, unclipped = ((clipped - x) ** 2).mean(axis=1), float(((flat - x) ** 2).mean())
    pca_images = clipped.astype(np.float32).reshape(test.images.shape)
    config = RunConfig(
        preset="pca-contest",
        data=DataConfig(name=train.name),
        model=ModelConfig(image_shape=train.image_shape, latent_dim=latent_dim, hidden=WIDTHS[:layers]),
        optimizer=OptimizerConfig(name="adam", learning_rate=RATE, schedule="one_cycle"),
        train=TrainConfig(epochs=epochs, batch_size=min(BATCH, len(train)), seed=seed, device="cpu"),
    )
    device = torch.device("cpu")
    trainer, images = Trainer(config, len(train), device), ResidentImages.place(train, device)
    inputs = torch.from_numpy(x.astype(np.float32).reshape(test.images.shape))
    loss: float | None = None
    for epoch in range(epochs + 1):
        if epoch:
            loss = trainer.train_epoch(images).loss
        trainer.model.eval()
        with torch.no_grad():
            drawn = trainer.model(inputs).numpy()
        yield Contest(
            epoch=epoch,
            training_loss=loss,
            pca=pca,
            pca_unclipped=unclipped,
            pca_training=components.mse,
            network=((drawn.reshape(x.shape) - x) ** 2).mean(axis=1),
            pca_images=pca_images,
            network_images=drawn,
        )


def class_means(errors: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the mean error of each class, (classes,), float64; NaN for a class without images.

    Args:
        errors: (M,), floating point.
        labels: (M,), int64, from 0 to classes - 1.
        classes: Their number.
    """
    counts = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, weights=errors, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
