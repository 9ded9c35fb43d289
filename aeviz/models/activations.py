"""Activations between the layers of encoders and decoders, each with torch's own constants.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, example 1.1.2.
    [S2] R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025, section 2.6 and table 2.1.
"""

from collections.abc import Callable

from torch import nn

from aeviz.config import ModelConfig
from aeviz.registry import EncoderSpec

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,  # slope 0.01 below 0
    "elu": nn.ELU,  # exp(x) - 1 below 0
    "prelu": nn.PReLU,  # slope below 0 learned, one a layer, from 0.25
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
"""What builds an activation, by the names of model.activation."""


def activation_of(config: ModelConfig, spec: EncoderSpec) -> Callable[[], nn.Module]:
    """Return what builds the activation of an encoder's hidden layers, or of the decoder's that mirrors it.

    Args:
        config: The network.
        spec: Its encoder or decoder, whose own activation stands for "default".
    """
    own = "relu" if spec.activation is None else spec.activation
    return ACTIVATIONS[own if config.activation == "default" else config.activation]
