"""Decoders: latent points (N, D), float32, to images (N, C, H, W), float32.

Each mirrors the encoder of the same name. With a sigmoid or a tanh at the end the images lie in (0, 1); with the
identity they are not bounded.
"""

import math

from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.encoders import conv_side


class ToUnitInterval(nn.Module):
    """(-1, 1) to (0, 1): [S2] trains a Tanh in (-1, 1) against images in [0, 1], half of which it cannot want."""

    def forward(self, values: Tensor) -> Tensor:
        """Map a batch."""
        return (values + 1) / 2


def build_decoder(config: ModelConfig) -> nn.Sequential:
    """Return the decoder that `config.decoder` names."""
    builders = {"linear": _linear_decoder, "mlp": _mlp_decoder, "conv": _conv_decoder, "conv_bn": _conv_bn_decoder}
    layers = builders[config.decoder](config)
    if config.output == "sigmoid":
        layers += [nn.Sigmoid()]
    elif config.output == "tanh":
        layers += [nn.Tanh(), ToUnitInterval()]
    return nn.Sequential(*layers)


def _linear_decoder(config: ModelConfig) -> list[nn.Module]:
    return [
        nn.Linear(config.latent_dim, math.prod(config.image_shape)),
        nn.Unflatten(1, config.image_shape),
    ]


def _mlp_decoder(config: ModelConfig) -> list[nn.Module]:
    """The encoder's widths in reverse ([S1]: n_b-12-64-128-784)."""
    layers: list[nn.Module] = []
    width = config.latent_dim
    for next_width in reversed(config.hidden):
        layers += [nn.Linear(width, next_width), nn.ReLU()]
        width = next_width
    return [*layers, nn.Linear(width, math.prod(config.image_shape)), nn.Unflatten(1, config.image_shape)]


def _conv_decoder(config: ModelConfig) -> list[nn.Module]:
    """The encoder's convolutions transposed, in reverse ([S1] conv-64d: 64-32-16-1 channels, 1-7-14-28 pixels)."""
    image_channels, height, width = config.image_shape
    depth = len(config.channels)
    layers: list[nn.Module] = []
    in_channels = config.latent_dim
    if config.features is not None:
        layers += [nn.Linear(config.latent_dim, config.features), nn.ReLU()]
        in_channels = config.features
    layers += [nn.Unflatten(1, (in_channels, 1, 1))]
    rest = (conv_side(height, depth), conv_side(width, depth))
    layers += [nn.ConvTranspose2d(in_channels, config.channels[-1], kernel_size=rest)]
    out_channels = [*reversed(config.channels[:-1]), image_channels]
    in_channels = config.channels[-1]
    for level, next_channels in zip(range(depth, 0, -1), out_channels, strict=True):
        # a stride of 2 maps s pixels to 2 s - 1; one more is added where the encoder had halved an even side
        extra = tuple(conv_side(side, level - 1) - (2 * conv_side(side, level) - 1) for side in (height, width))
        layers += [
            nn.ReLU(),
            nn.ConvTranspose2d(in_channels, next_channels, 3, stride=2, padding=1, output_padding=(extra[0], extra[1])),
        ]
        in_channels = next_channels
    return layers


def _conv_bn_decoder(config: ModelConfig) -> list[nn.Module]:
    """The batch-normalised encoder mirrored, a last transposed convolution and a 3x3 convolution ([S2] 4.2)."""
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
            nn.LeakyReLU(),
        ]
        in_channels = next_channels
    return [*layers, nn.Conv2d(in_channels, image_channels, kernel_size=3, padding=1)]
