"""Stride-2 convolutions with batch normalisation."""

from torch import nn

from aeviz.config import ModelConfig
from aeviz.models.activations import activation_of
from aeviz.models.encoders.base import Encoder, conv_side


def build_encoder(config: ModelConfig) -> Encoder:
    """Return convolutions of 3x3, stride 2, padding 1, each with batch normalisation and an activation.

    [S2] 4.2 has channels and LeakyReLU, its author's public code the batch normalisation.
    For 64 x 64 faces and channels 32-64-128-256-512 the result is 512 x 2 x 2 = 2,048 features.
    """
    activation = activation_of(config, config.encoder_spec)
    in_channels, height, width = config.image_shape
    layers: list[nn.Module] = []
    for out_channels in config.channels:
        layers += [
            nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=2, padding=1),
            nn.BatchNorm2d(out_channels),
            activation(),
        ]
        in_channels = out_channels
    depth = len(config.channels)
    features = in_channels * conv_side(height, depth) * conv_side(width, depth)
    return Encoder(*layers, nn.Flatten(), out_features=features)


def build_decoder(config: ModelConfig) -> list[nn.Module]:
    """Return the encoder mirrored, a last transposed convolution and a 3x3 convolution ([S2] 4.2)."""
    activation = activation_of(config, config.decoder_spec)
    image_channels, height, width = config.image_shape
    channels = config.channels
    depth = len(channels)
    rest = (conv_side(height, depth), conv_side(width, depth))
    layers: list[nn.Module] = [
        nn.Linear(config.latent_dim, channels[-1] * rest[0] * rest[1]),
        nn.Unflatten(1, (channels[-1], *rest)),
    ]
    in_channels = channels[-1]
    for level, next_channels in zip(range(depth, 0, -1), [*reversed(channels[:-1]), channels[0]], strict=True):
        extra = tuple(conv_side(side, level - 1) - (2 * conv_side(side, level) - 1) for side in (height, width))
        layers += [
            nn.ConvTranspose2d(in_channels, next_channels, 3, stride=2, padding=1, output_padding=(extra[0], extra[1])),
            nn.BatchNorm2d(next_channels),
            activation(),
        ]
        in_channels = next_channels
    return [*layers, nn.Conv2d(in_channels, image_channels, kernel_size=3, padding=1)]
