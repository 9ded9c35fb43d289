"""Bottlenecks: features (N, F), float32, to latent points (N, D), float32, and what the prior says of them.

A bottleneck owns the heads that map features to the latent. The deterministic one gives a point; the gaussian one a
posterior N(mean, sigma^2); the flow one bends a sample of that by inverse autoregressive transformations.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, chapter on VAEs.
    [S2] R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025, 3.5 and Algorithm 4, where
    z = mean + sigma^2 * noise is a slip for mean + sigma * noise.
    D. Kingma, M. Welling, Auto-encoding variational Bayes, ICLR 2014, arXiv:1312.6114, 2.4 and appendix B.
"""

import math
from typing import NamedTuple, Protocol

import torch
from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.flows import InverseAutoregressiveFlow

LOG_VARIANCE_LIMIT = 20.0
"""Bound on |log sigma^2|: sigma stays between 5e-5 and 2e4, and one bad step cannot make it infinite."""


class Code(NamedTuple):
    """What a bottleneck makes of the features of N images."""

    z: Float[Tensor, "N D"]
    """Latent points: samples where there is noise, else means."""
    kl: Float[Tensor, "N D"] | None
    """Divergence from posterior to prior in nats, by dimension; its sum over D is that of an image. In closed form for
    a gaussian posterior; for a flow log q(z) - log p(z) of the one sample, whose mean is the divergence. None for a
    deterministic bottleneck."""


class Posterior(NamedTuple):
    """N(mean, diag(exp(log_variance))) for each of N images."""

    mean: Float[Tensor, "N D"]
    log_variance: Float[Tensor, "N D"]


class Bottleneck(Protocol):
    """What encoder and decoder ask of a bottleneck."""

    def __call__(self, features: Tensor, noise: Tensor | None = None, prior_mean: Tensor | None = None) -> Code:
        """Return the code of a batch of features."""
        ...

    def mean(self, features: Tensor) -> Tensor:
        """Return the latent points by which images are placed on a map."""
        ...


class DeterministicBottleneck(nn.Module):
    """One latent point an image: z = W h + b, or z = h where the encoder already ends in the latent.

    Args:
        config: Only latent_dim, latent, encoder and features count.
        in_features: F, the width of the encoder's output.
    """

    def __init__(self, config: ModelConfig, in_features: int) -> None:
        super().__init__()
        ends_in_latent = config.encoder == "conv" and config.features is None
        self.head: nn.Module = nn.Identity() if ends_in_latent else nn.Linear(in_features, config.latent_dim)
        if config.latent == "sigmoid":
            self.head = nn.Sequential(self.head, nn.Sigmoid())

    def forward(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"] | None = None,
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> Code:
        """Return the latent points of a batch of features; noise and prior have no part in them."""
        return Code(z=self.mean(features), kl=None)

    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the latent points."""
        z: Tensor = self.head(features)
        return z


class GaussianBottleneck(nn.Module):
    """A posterior N(mean, sigma^2) an image, from two linear heads, and a sample of it by reparameterization.

    Args:
        config: Only latent_dim counts.
        in_features: F, the width of the encoder's output.
    """

    def __init__(self, config: ModelConfig, in_features: int) -> None:
        super().__init__()
        self.mean_head = nn.Linear(in_features, config.latent_dim)
        self.log_variance_head = nn.Linear(in_features, config.latent_dim)

    def posterior(self, features: Float[Tensor, "N F"]) -> Posterior:
        """Return the posterior of each image."""
        log_variance = self.log_variance_head(features).clamp(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT)
        return Posterior(mean=self.mean_head(features), log_variance=log_variance)

    def forward(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"] | None = None,
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> Code:
        """Return z = mean + sigma * noise and the divergence from N(prior_mean, I) in closed form.

        Args:
            features: Output of the encoder.
            noise: Draws from N(0, I); None gives the means.
            prior_mean: Mean of each image's prior; None is 0.
        """
        mean, log_variance = self.posterior(features)
        z = mean if noise is None else mean + torch.exp(log_variance / 2) * noise
        return Code(z=z, kl=gaussian_kl(mean, log_variance, prior_mean))

    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the posterior means."""
        mean: Tensor = self.mean_head(features)
        return mean


class FlowBottleneck(nn.Module):
    """A gaussian posterior bent by inverse autoregressive transformations, which see the features too.

    Args:
        config: Only latent_dim, flow_steps and flow_hidden count.
        in_features: F, the width of the encoder's output.

    References:
        D. Kingma et al., Improving variational inference with inverse autoregressive flow, NeurIPS 2016,
        arXiv:1606.04934, Algorithm 1.
    """

    def __init__(self, config: ModelConfig, in_features: int) -> None:
        super().__init__()
        self.base = GaussianBottleneck(config, in_features)
        self.flow = InverseAutoregressiveFlow(
            config.latent_dim, in_features, hidden=config.flow_hidden, steps=config.flow_steps
        )

    def posterior(self, features: Float[Tensor, "N F"]) -> Posterior:
        """Return the gaussian from which the flow starts."""
        return self.base.posterior(features)

    def forward(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"] | None = None,
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> Code:
        """Return a sample z and log q(z | x) - log p(z) at it, by dimension.

        Args:
            features: Output of the encoder.
            noise: Draws from N(0, I); None starts from the mean, and the divergence is then that of this one point.
            prior_mean: Mean of each image's prior; None is 0.
        """
        mean, log_variance = self.base.posterior(features)
        noise = torch.zeros_like(mean) if noise is None else noise
        start = mean + torch.exp(log_variance / 2) * noise
        z, log_scale = self.flow(start, features)
        log_q = -(noise**2 + log_variance + math.log(2 * math.pi)) / 2 - log_scale
        centred = z if prior_mean is None else z - prior_mean
        log_p = -(centred**2 + math.log(2 * math.pi)) / 2
        return Code(z=z, kl=log_q - log_p)

    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return where the flow takes the mean of the gaussian it starts from; the mean proper has no closed form."""
        z: Tensor = self.flow(self.base.mean(features), features)[0]
        return z


def gaussian_kl(
    mean: Float[Tensor, "N D"], log_variance: Float[Tensor, "N D"], prior_mean: Float[Tensor, "N D"] | None = None
) -> Float[Tensor, "N D"]:
    """Return KL(N(mean, sigma^2) || N(prior_mean, 1)) by dimension, in nats, at least 0.

    References:
        Kingma and Welling 2014, appendix B, is minus this; [S2] after (3.6) drops that sign. [S1] for the anchored
        prior N(m_y, I).
    """
    centred = mean if prior_mean is None else mean - prior_mean
    return (centred**2 + log_variance.exp() - 1 - log_variance) / 2


def anchor_points(classes: int, latent_dim: int) -> Float[Tensor, "Y D"]:
    """Return the prior means m_y of an anchored prior: one a class, on two rings in the first two dimensions.

    Even classes lie on a ring of radius 4, odd ones on one of radius 8, each a half step on from its neighbours: for
    ten classes any two anchors are 4.7 or more apart, so the priors, of variance 1, hardly meet.

    Args:
        classes: Y.
        latent_dim: D, at least 2; further coordinates are 0.

    References:
        [S1], convolutional VAE: ten anchors on two rings. The radii are ours; the source prints none.
    """
    angles = 2 * math.pi * torch.arange(classes, dtype=torch.float32) / classes
    radii = torch.where(torch.arange(classes) % 2 == 0, 4.0, 8.0)
    points = torch.zeros(classes, latent_dim)
    points[:, 0], points[:, 1] = radii * torch.cos(angles), radii * torch.sin(angles)
    return points


def build_bottleneck(
    config: ModelConfig, in_features: int
) -> DeterministicBottleneck | GaussianBottleneck | FlowBottleneck:
    """Return the bottleneck that `config.bottleneck` names."""
    if config.bottleneck == "gaussian":
        return GaussianBottleneck(config, in_features)
    if config.bottleneck == "flow":
        return FlowBottleneck(config, in_features)
    return DeterministicBottleneck(config, in_features)
