"""Initial weights drawn from a generator of one's own, so that a seed fixes them whatever else runs in the process."""

import math
from typing import Protocol, runtime_checkable

import torch
from torch import nn

from aeviz.config import InitName

SMALL = 0.01
"""Standard deviation of the "small" law."""


@runtime_checkable
class DrawsWeights(Protocol):
    """A layer that draws its own weights, which are neither those of a linear nor of a convolutional layer."""

    def draw_weights(self, generator: torch.Generator) -> None:
        """Draw every weight anew, in place, from the CPU generator; gradients are off."""
        ...


def initialise(model: nn.Module, seed: int, law: InitName = "default") -> None:
    """Draw every weight of the linear and convolutional layers of `model` anew, in place.

    They are drawn layer by layer from one CPU generator: equal seeds give equal weights on every device, and the global
    generator is left alone. A layer with a method `draw_weights` draws its own; other layers, such as normalisation,
    keep theirs.

    - default: U(-b, b) with b = 1 / sqrt(fan_in), biases too. It is torch's own (Kaiming-uniform with a = sqrt(5)), of
      variance 1 / (3 fan_in).
    - xavier: U(-b, b) with b = sqrt(6 / (fan_in + fan_out)), of variance 2 / (fan_in + fan_out); biases 0.
    - he: N(0, 2 / fan_in); biases 0.
    - small: N(0, 0.01^2); biases 0.
    - zero: all weights and biases 0, so that all units of a layer stay equal.

    fan_in and fan_out are torch's: of a transposed convolution fan_in counts its output channels.

    Args:
        model: The network, on the CPU.
        seed: Seed of the generator.
        law: Which of them.

    References:
        X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010,
        equation (16).
        K. He et al., Delving deep into rectifiers, ICCV 2015, arXiv:1502.01852, equation (10).
        [S2] R. Grabovac, Univ. of Zagreb, 2025, section 2.6, which names both and gives no formula.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                _draw(layer, generator, law)
            elif isinstance(layer, DrawsWeights):
                layer.draw_weights(generator)


def _draw(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, generator: torch.Generator, law: InitName) -> None:
    if law == "default":
        bound = 1 / math.sqrt(layer.weight[0].numel())
        layer.weight.uniform_(-bound, bound, generator=generator)
        if layer.bias is not None:
            layer.bias.uniform_(-bound, bound, generator=generator)
        return
    if law == "xavier":
        nn.init.xavier_uniform_(layer.weight, generator=generator)
    elif law == "he":
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
    elif law == "small":
        layer.weight.normal_(0, SMALL, generator=generator)
    else:
        layer.weight.zero_()
    if layer.bias is not None:
        layer.bias.zero_()
