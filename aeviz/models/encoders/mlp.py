"""Dense layers."""

import math

from torch import nn

from aeviz.config import ModelConfig
from aeviz.models.activations import activation_of
from aeviz.models.encoders.base import Encoder


def build_encoder(config: ModelConfig) -> Encoder:
    """Return linear layers of widths `hidden`, each followed by an activation (in the public code of [S1] ReLU)."""
    activation = activation_of(config, config.encoder_spec)
    layers: list[nn.Module] = [nn.Flatten()]
    width = math.prod(config.image_shape)
    for next_width in config.hidden:
        layers += [nn.Linear(width, next_width), activation()]
        width = next_width
    return Encoder(*layers, out_features=width)


def build_decoder(config: ModelConfig) -> list[nn.Module]:
    """Return the encoder's layers in reverse (public code of [S1]: n_b-12-64-128-784)."""
    activation = activation_of(config, config.decoder_spec)
    layers: list[nn.Module] = []
    width = config.latent_dim
    for next_width in reversed(config.hidden):
        layers += [nn.Linear(width, next_width), activation()]
        width = next_width
    return [*layers, nn.Linear(width, math.prod(config.image_shape)), nn.Unflatten(1, config.image_shape)]
