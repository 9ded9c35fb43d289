"""Initial weights of the page's networks, by the laws of `aeviz.models.initialise`."""

import math

import numpy as np
from numpy.typing import NDArray

from aeviz.config import InitName
from aeviz.export.step import Layout, Slot
from aeviz.models.initialisation import SMALL
from aeviz.playground.random import Purpose, normal, stream, uniform


def initial_weights(layout: Layout, seed: int, law: InitName = "default") -> NDArray[np.float32]:
    """Return the vector of all weights at the start, (n,), float32."""
    values = np.zeros(layout.size, np.float32)
    for place, (slot, fan_in) in enumerate(with_fan_in(layout)):
        start = stream(seed, Purpose.WEIGHTS, place)
        values[slot.offset : slot.offset + slot.size] = _draw(slot, fan_in, start, law)
    return values


def with_fan_in(layout: Layout) -> list[tuple[Slot, int]]:
    """Return each tensor of weights with the number of inputs of its layer."""
    inputs = {slot.name: layer.weight.shape[1] for layer in layout.layers for slot in (layer.weight, layer.bias)}
    return [(slot, inputs[slot.name]) for slot in layout.slots]


def _draw(slot: Slot, fan_in: int, start: int, law: InitName) -> NDArray[np.float64]:
    if law == "default":
        return (2 * uniform(start, slot.size) - 1) / math.sqrt(fan_in)
    if len(slot.shape) == 1 or law == "zero":
        return np.zeros(slot.size)
    if law == "xavier":
        return (2 * uniform(start, slot.size) - 1) * math.sqrt(6 / sum(slot.shape))
    return normal(start, slot.size) * (math.sqrt(2 / fan_in) if law == "he" else SMALL)
