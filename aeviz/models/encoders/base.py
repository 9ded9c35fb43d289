"""Parts that encoders share."""

from torch import nn

from aeviz.config import ModelConfig
from aeviz.registry import resolve


class Encoder(nn.Sequential):
    """A stack of layers that ends in (N, out_features)."""

    def __init__(self, *layers: nn.Module, out_features: int) -> None:
        super().__init__(*layers)
        self.out_features = out_features


def build_encoder(config: ModelConfig) -> Encoder:
    """Return the encoder that `config.encoder` names."""
    encoder: Encoder = resolve(config.encoder_spec.build_encoder)(config)
    return encoder


def conv_side(side: int, depth: int) -> int:
    """Return the side in pixels after `depth` convolutions of 3x3, stride 2, padding 1: each gives ceil(side / 2)."""
    return -(-side // (1 << depth))
