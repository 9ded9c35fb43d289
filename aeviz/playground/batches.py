"""Batches of the page's training: their order, what is encoded, and the noise of the latent points."""

import numpy as np
from numpy.typing import NDArray

from aeviz.config import CorruptionName
from aeviz.playground.random import Purpose, normal, stream, uniform


def steps_in_epoch(count: int, batch_size: int) -> int:
    """Return the number of steps in an epoch of `count` images; what is left over of whole batches waits an epoch."""
    return max(1, count // batch_size)


def batch_places(count: int, batch_size: int, seed: int, step: int) -> NDArray[np.int64]:
    """Return the places of the images of a step, (batch_size,), or fewer where there are fewer images.

    Args:
        count: Number of images.
        batch_size: Images of a step.
        seed: Of the run.
        step: From 0.
    """
    epoch, place = divmod(step, steps_in_epoch(count, batch_size))
    order = np.argsort(uniform(stream(seed, Purpose.ORDER, epoch), count), kind="stable")
    return order[place * batch_size : (place + 1) * batch_size]


def latent_noise(shape: tuple[int, int], seed: int, step: int) -> NDArray[np.float32]:
    """Return the draws from N(0, I) of a step, (B, D), float32."""
    count = shape[0] * shape[1]
    return normal(stream(seed, Purpose.NOISE, step), count).astype(np.float32).reshape(shape)


def corrupt(
    images: NDArray[np.float32], channels: int, name: CorruptionName, level: float, seed: int, step: int
) -> NDArray[np.float32]:
    """Return images of a step with noise, as `aeviz.objectives.corruption` makes it; the argument itself for "none".

    Args:
        images: (B, P), float32 in [0, 1], the channels of an image one after the other.
        channels: How many there are; masking and salt_pepper hit a pixel in all of them.
        name: Which noise.
        level: From 0 to 1.
        seed: Of the run.
        step: From 0.
    """
    if name == "none":
        return images
    start = stream(seed, Purpose.CORRUPTION, step)
    if name == "gaussian":
        noise = normal(start, images.size).astype(np.float32).reshape(images.shape)
        return np.clip(images + np.float32(level) * noise, 0, 1).astype(np.float32)
    pixels = images.shape[1] // channels
    chance = np.tile(uniform(start, len(images) * pixels).reshape(len(images), pixels), (1, channels))
    if name == "masking":
        return np.where(chance < level, np.float32(0), images)
    return np.where(chance < level / 2, np.float32(0), np.where(chance < level, np.float32(1), images))
