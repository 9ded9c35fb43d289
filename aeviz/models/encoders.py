"""Encoders: images (N, C, H, W), float32 in [0, 1], to features (N, F), float32.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, Algorithm 4 and
    the author's public code for the layer sizes.
    [S2] R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025, section 4.2 and public code.
"""

import math

from torch import nn

from aeviz.config import ModelConfig


class Encoder(nn.Sequential):
    """A stack of layers that ends in (N, out_features)."""

    def __init__(self, *layers: nn.Module, out_features: int) -> None:
        super().__init__(*layers)
        self.out_features = out_features


def build_encoder(config: ModelConfig) -> Encoder:
    """Return the encoder that `config.encoder` names."""
    builders = {"linear": _linear_encoder, "mlp": _mlp_encoder, "conv": _conv_encoder, "conv_bn": _conv_bn_encoder}
    return builders[config.encoder](config)


def conv_side(side: int, depth: int) -> int:
    """Return the side in pixels after `depth` convolutions of 3x3, stride 2, padding 1: each gives ceil(side / 2)."""
    return -(-side // (1 << depth))


def _linear_encoder(config: ModelConfig) -> Encoder:
    """No layer of its own: the bottleneck's linear map is the whole encoder."""
    return Encoder(nn.Flatten(), out_features=math.prod(config.image_shape))


def _mlp_encoder(config: ModelConfig) -> Encoder:
    """Linear layers of widths `hidden`, each followed by a ReLU ([S1]: 784-128-64-12)."""
    layers: list[nn.Module] = [nn.Flatten()]
    width = math.prod(config.image_shape)
    for next_width in config.hidden:
        layers += [nn.Linear(width, next_width), nn.ReLU()]
        width = next_width
    return Encoder(*layers, out_features=width)


def _conv_encoder(config: ModelConfig) -> Encoder:
    """Convolutions of 3x3, stride 2, padding 1, each with a ReLU, then one as large as what is left of the image.

    That last convolution gives the latent itself when `features` is None ([S1] conv-64d: 28-14-7-1 with 64 channels),
    else `features` values that pass a ReLU before the bottleneck's heads ([S1]'s convolutional VAE).
    """
    in_channels, height, width = config.image_shape
    layers: list[nn.Module] = []
    for out_channels in config.channels:
        layers += [nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=2, padding=1), nn.ReLU()]
        in_channels = out_channels
    depth = len(config.channels)
    out_features = config.latent_dim if config.features is None else config.features
    rest = (conv_side(height, depth), conv_side(width, depth))
    layers += [nn.Conv2d(in_channels, out_features, kernel_size=rest)]
    if config.features is not None:
        layers += [nn.ReLU()]
    layers += [nn.Flatten()]
    return Encoder(*layers, out_features=out_features)


def _conv_bn_encoder(config: ModelConfig) -> Encoder:
    """Convolutions of 3x3, stride 2, padding 1, each with batch normalisation and a LeakyReLU ([S2] 4.2).

    For 64 x 64 faces and channels 32-64-128-256-512 the result is 512 x 2 x 2 = 2,048 features.
    """
    in_channels, height, width = config.image_shape
    layers: list[nn.Module] = []
    for out_channels in config.channels:
        layers += [
            nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=2, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.LeakyReLU(),
        ]
        in_channels = out_channels
    depth = len(config.channels)
    features = in_channels * conv_side(height, depth) * conv_side(width, depth)
    return Encoder(*layers, nn.Flatten(), out_features=features)
