"""An encoder, a bottleneck and a loss as another package adds them; docs/extending.md shows them."""

import math

import torch
from torch import nn

from aeviz.models.bottlenecks import GaussianPosterior, Posterior
from aeviz.models.encoders import Encoder, conv_side
from aeviz.registry import BOTTLENECKS, ENCODERS, LOSSES, BottleneckSpec, EncoderSpec, LossSpec
from aeviz.registry.encoders import check_strides
from aeviz.scales import kl_scales


def build_encoder(config):
    """Return 3x3 convolutions with ReLU, each followed by 2x2 max pooling."""
    in_channels, height, width = config.image_shape
    layers = []
    for out_channels in config.channels:
        layers += [nn.Conv2d(in_channels, out_channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)]
        in_channels = out_channels
    depth = len(config.channels)
    features = in_channels * conv_side(height, depth) * conv_side(width, depth)
    return Encoder(*layers, nn.Flatten(), out_features=features)


def build_decoder(config):
    """Return the encoder mirrored: nearest-neighbour upsampling, each step followed by a 3x3 convolution."""
    image_channels, height, width = config.image_shape
    depth, last = len(config.channels), config.channels[-1]
    sides = [(conv_side(height, level), conv_side(width, level)) for level in range(depth + 1)]
    layers = [nn.Linear(config.latent_dim, last * math.prod(sides[depth])), nn.Unflatten(1, (last, *sides[depth]))]
    out_channels = [*reversed(config.channels[:-1]), image_channels]
    for level, channels in zip(range(depth - 1, -1, -1), out_channels, strict=True):
        layers += [nn.ReLU(), nn.Upsample(size=sides[level]), nn.Conv2d(last, channels, 3, padding=1)]
        last = channels
    return layers


ENCODERS.register(
    EncoderSpec(
        name="conv_pool",
        title="convolutional, max pooling",
        summary="3x3 convolutions with ReLU and max pooling",
        build_encoder=build_encoder,
        build_decoder=build_decoder,
        fields=("channels",),
        check=check_strides,
    )
)


class ConstantVariance(GaussianPosterior):
    """A Gaussian posterior of one variance for all images and dimensions (Ghosh et al., ICLR 2020, arXiv:1903.12436).

    Args:
        config: Only latent_dim counts.
        in_features: F, the width of the encoder's output.
    """

    def __init__(self, config, in_features):
        super().__init__()
        self.mean_head = nn.Linear(in_features, config.latent_dim)

    def posterior(self, features):
        """Return the posterior of each image."""
        mean = self.mean_head(features)
        return Posterior(mean=mean, log_variance=torch.full_like(mean, math.log(0.1)))


BOTTLENECKS.register(
    BottleneckSpec(
        name="constant_variance",
        title="a Gaussian of constant variance",
        build=ConstantVariance,
        is_variational=True,
        has_closed_form_kl=True,
    )
)


def quartic(reconstructions, images):
    """Return the mean fourth power of the difference over pixels and images."""
    return ((reconstructions - images) ** 4).mean()


def generalised_normal(config):
    """Return the log-likelihood of pixels of density c exp(-d^4 / s), where the KL weight fixes s, or None."""
    pixels = math.prod(config.model.image_shape)
    scales = kl_scales(config.objective, config.model.latent_dim, pixels)
    if scales is None:
        return None
    s = scales.of_sum_kl * pixels
    log_c = -math.log(2 * math.gamma(5 / 4) * s**0.25)
    return lambda y, x: -((y - x) ** 4).flatten(1).sum(dim=1) / s + pixels * log_c


LOSSES.register(
    LossSpec(
        name="quartic",
        title="mean fourth power",
        symbol="M4",
        summary="the mean fourth power of the difference of pixels",
        function=quartic,
        distribution="generalised normal",
        log_likelihood=generalised_normal,
    )
)
