"""One linear map each way, which learns what PCA computes."""

import math

from torch import nn

from aeviz.config import ModelConfig
from aeviz.models.encoders.base import Encoder


def build_encoder(config: ModelConfig) -> Encoder:
    """Return an encoder without a layer of its own: the bottleneck's linear map is the whole encoder."""
    return Encoder(nn.Flatten(), out_features=math.prod(config.image_shape))


def build_decoder(config: ModelConfig) -> list[nn.Module]:
    """Return the linear map from the latent point to the pixels."""
    return [
        nn.Linear(config.latent_dim, math.prod(config.image_shape)),
        nn.Unflatten(1, config.image_shape),
    ]
