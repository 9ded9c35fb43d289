"""The page's training once more, in PyTorch: equal weights, batches and noise, so equal losses but for rounding."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aeviz.config import RunConfig
from aeviz.export.step import Layout, check_supported, layout_of
from aeviz.models import Autoencoder, build_model
from aeviz.objectives import Objective
from aeviz.playground.batches import batch_places, corrupt, latent_noise
from aeviz.playground.weights import initial_weights
from aeviz.training.optimizers import build_optimizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A run that was made again."""

    losses: NDArray[np.float64]
    """(steps, 3): the objective, the reconstruction loss and the KL in nats an image, each before its step."""
    weights: NDArray[np.float32]
    """The vector of all weights after the last step, (n,)."""


def replay(config: RunConfig, images: NDArray[np.uint8], steps: int) -> Replay:
    """Make the first steps of a run of the page.

    Args:
        config: The run; train.seed and train.batch_size count, device and epochs do not, nor does the schedule.
        images: (N, P), uint8: all images on which the page trains.
        steps: How many.

    Raises:
        ConfigError: The run cannot be trained in the page.
    """
    check_supported(config)
    layout = layout_of(config.model)
    model = network_of(config, initial_weights(layout, config.train.seed, config.model.init))
    optimizer = build_optimizer(config.optimizer, model.parameters(), torch.device("cpu"))
    objective = Objective(config.objective)
    shape, seed = config.model.image_shape, config.train.seed
    losses = []
    for step in range(steps):
        x = images[batch_places(len(images), config.train.batch_size, seed, step)].astype(np.float32) / np.float32(255)
        entered = corrupt(x, shape[0], config.objective.corruption, config.objective.corruption_level, seed, step)
        noise = (
            torch.from_numpy(latent_noise((len(x), config.model.latent_dim), seed, step))
            if config.model.is_variational
            else None
        )
        optimizer.zero_grad(set_to_none=True)
        passed = model.autoencode(_batch(entered, shape), noise)
        loss = objective(passed.reconstruction, _batch(x, shape), passed.code.z, passed.code.kl)
        loss.total.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append([value.item() for value in (loss.total, loss.reconstruction, loss.kl)])
    return Replay(losses=np.array(losses).reshape(steps, 3), weights=_vector(model, layout))


def network_of(config: RunConfig, weights: NDArray[np.float32]) -> Autoencoder:
    """Return the network of a run with the weights of a vector (n,)."""
    model = build_model(config.model)
    with torch.no_grad():
        parameters = dict(model.named_parameters())
        for slot in layout_of(config.model).slots:
            values = weights[slot.offset : slot.offset + slot.size].reshape(slot.shape)
            parameters[slot.name].copy_(torch.from_numpy(values.copy()))
    return model


def _batch(images: NDArray[np.float32], shape: tuple[int, int, int]) -> Tensor:
    return torch.from_numpy(images).reshape(-1, *shape)


def _vector(model: Autoencoder, layout: Layout) -> NDArray[np.float32]:
    parameters = dict(model.named_parameters())
    return np.concatenate([parameters[slot.name].detach().numpy().ravel() for slot in layout.slots])
