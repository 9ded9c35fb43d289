"""Stride-2 convolutions."""

from torch import nn

from aeviz.config import ModelConfig
from aeviz.models.activations import activation_of
from aeviz.models.encoders.base import Encoder, conv_side


def build_encoder(config: ModelConfig) -> Encoder:
    """Return convolutions of 3x3, stride 2, padding 1, each with an activation, and one as large as their output.

    That last convolution gives the latent itself when `features` is None (conv-64d: 28-14-7-1 with 64 channels),
    else `features` values that pass an activation before the bottleneck's heads (vae-64d). Both are from the public
    code of [S1]'s author, with ReLU; the thesis has no convolutional model.
    """
    activation = activation_of(config, config.encoder_spec)
    in_channels, height, width = config.image_shape
    layers: list[nn.Module] = []
    for out_channels in config.channels:
        layers += [nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=2, padding=1), activation()]
        in_channels = out_channels
    depth = len(config.channels)
    out_features = config.latent_dim if config.features is None else config.features
    rest = (conv_side(height, depth), conv_side(width, depth))
    layers += [nn.Conv2d(in_channels, out_features, kernel_size=rest)]
    if config.features is not None:
        layers += [activation()]
    layers += [nn.Flatten()]
    return Encoder(*layers, out_features=out_features)


def build_decoder(config: ModelConfig) -> list[nn.Module]:
    """Return the encoder's convolutions transposed, in reverse (64-32-16-1 channels, 1-7-14-28 pixels)."""
    activation = activation_of(config, config.decoder_spec)
    image_channels, height, width = config.image_shape
    depth = len(config.channels)
    layers: list[nn.Module] = []
    in_channels = config.latent_dim
    if config.features is not None:
        layers += [nn.Linear(config.latent_dim, config.features), activation()]
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
            activation(),
            nn.ConvTranspose2d(in_channels, next_channels, 3, stride=2, padding=1, output_padding=(extra[0], extra[1])),
        ]
        in_channels = next_channels
    return layers
