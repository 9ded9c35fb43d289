"""A Gaussian posterior an image."""

from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.bottlenecks.base import Bottleneck, Code, Posterior

LOG_VARIANCE_LIMIT = 20.0
"""Bound on |log sigma^2|: sigma stays between 5e-5 and 2e4, and one bad step cannot make it infinite."""
HEADS = "Mean and log-variance (linear)"
"""Title of the two heads in the table of layers."""


class GaussianPosterior(Bottleneck):
    """A posterior N(mean, sigma^2) an image and a sample of it by reparameterization; a subclass gives `posterior`."""

    @abstractmethod
    def posterior(self, features: Float[Tensor, "N F"]) -> Posterior:
        """Return the posterior of each image."""

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
        return self.posterior(features).mean

    def log_ratio(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"],
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> tuple[Float[Tensor, "N D"], Float[Tensor, " N"]]:
        """Return a sample and its log-ratio, as `Bottleneck.log_ratio` does."""
        mean, log_variance = self.posterior(features)
        z = mean + torch.exp(log_variance / 2) * noise
        centred = z if prior_mean is None else z - prior_mean
        return z, ((centred**2 - noise**2 - log_variance) / 2).sum(dim=1)


class GaussianBottleneck(GaussianPosterior):
    """A Gaussian posterior whose mean and log-variance come from two linear heads.

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

    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the posterior means."""
        mean: Tensor = self.mean_head(features)
        return mean

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return one row for the two heads."""
        return [(HEADS, self)]


def gaussian_kl(
    mean: Float[Tensor, "N D"], log_variance: Float[Tensor, "N D"], prior_mean: Float[Tensor, "N D"] | None = None
) -> Float[Tensor, "N D"]:
    """Return KL(N(mean, sigma^2) || N(prior_mean, 1)) by dimension, in nats, at least 0.

    References:
        Kingma and Welling 2014, appendix B, is minus this; [S2] after (3.6) drops that sign. The anchored
        prior N(m_y, I) is from the public code of [S1]'s author.
    """
    centred = mean if prior_mean is None else mean - prior_mean
    return (centred**2 + log_variance.exp() - 1 - log_variance) / 2
