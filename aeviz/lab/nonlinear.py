"""A small autoencoder with ReLU beside PCA of the same latent size, on images that neither has seen."""

from collections.abc import Iterator

import numpy as np
import torch

from aeviz.config import DataConfig, ModelConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.data import ImageDataset
from aeviz.lab.components import find_components
from aeviz.lab.moments import LEVELS, measure_moments
from aeviz.lab.relu_comparison import ReluComparison
from aeviz.training.batches import ResidentImages
from aeviz.training.trainer import Trainer

WIDTHS = (128, 64)
"""Of the first and the second hidden layer of the encoder; the decoder mirrors them."""
RATE, BATCH = 4e-3, 100
"""Peak of Adam's learning rate, which rises and falls (one cycle); images in a step."""


def epochs_of(images: int, steps: int) -> int:
    """Return the passes through so many images that come to about so many steps, 1 or more."""
    return max(1, round(steps * min(BATCH, images) / images))


def compare_with_pca(
    train: ImageDataset, test: ImageDataset, *, latent_dim: int, layers: int, epochs: int, seed: int = 0
) -> Iterator[ReluComparison]:
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
        preset="relu",
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
        yield ReluComparison(
            epoch=epoch,
            training_loss=loss,
            pca=pca,
            pca_unclipped=unclipped,
            pca_training=components.mse,
            network=((drawn.reshape(x.shape) - x) ** 2).mean(axis=1),
            pca_images=pca_images,
            network_images=drawn,
        )
