"""Dead units: units with ReLU that output 0 for every input, so that no gradient reaches them.

Source: S2 (R. Grabovac), section 2.6. A unit is dead on the inputs that it was tried with; others may wake it.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn


@torch.no_grad()
def count_dead_units(layers: Iterable[nn.Module], inputs: Tensor | np.ndarray) -> list[tuple[int, int]]:
    """Return how many units of each ReLU layer output 0 for all inputs, and how many it has.

    Args:
        layers: Applied one after the other; only what comes after a ReLU is looked at, as (N, units).
        inputs: (N, ...), as the first layer takes them; uint8 images are scaled to [0, 1].
    """
    counts = []
    values = torch.as_tensor(np.array(inputs)) if isinstance(inputs, np.ndarray) else inputs
    if values.dtype == torch.uint8:
        values = values.float() / 255
    for layer in layers:
        values = layer(values)
        if isinstance(layer, nn.ReLU):
            counts.append((int((values <= 0).all(dim=0).sum()), values.shape[1]))
    return counts
