"""Initial weights drawn from a generator of one's own, so that a seed fixes them whatever else runs in the process."""

import math
from typing import Protocol, runtime_checkable

import torch
from torch import nn


@runtime_checkable
class DrawsWeights(Protocol):
    """A layer that draws its own weights, which are neither those of a linear nor of a convolutional layer."""

    def draw_weights(self, generator: torch.Generator) -> None:
        """Draw every weight anew, in place, from the CPU generator; gradients are off."""
        ...


def initialise(model: nn.Module, seed: int) -> None:
    """Draw every weight and bias of `model` anew, in place, from the uniform law U(-b, b) with b = 1 / sqrt(fan_in).

    This is torch's default for linear and convolutional layers (Kaiming-uniform with a = sqrt(5)), drawn here layer by
    layer from one CPU generator: equal seeds give equal weights on every device, and the global generator is left
    alone. A layer with a method `draw_weights` draws its own; other layers, such as normalisation, keep theirs.

    Args:
        model: The network, on the CPU.
        seed: Seed of the generator.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                bound = 1 / math.sqrt(layer.weight[0].numel())
                layer.weight.uniform_(-bound, bound, generator=generator)
                if layer.bias is not None:
                    layer.bias.uniform_(-bound, bound, generator=generator)
            elif isinstance(layer, DrawsWeights):
                layer.draw_weights(generator)
