"""The methods of a bottleneck, and the tuples that they return."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.registry import resolve


class Code(NamedTuple):
    """The latent points of N images and their divergence from the prior."""

    z: Float[Tensor, "N D"]
    """Latent points: samples where there is noise, else means."""
    kl: Float[Tensor, "N D"] | None
    """Divergence from posterior to prior in nats, by dimension; its sum over D is that of an image. In closed form for
    a gaussian posterior; for a flow log q(z) - log p(z) of the one sample, whose mean is the divergence. None for a
    deterministic bottleneck."""
    own_loss: Float[Tensor, " N"] | None = None
    """The bottleneck's own term of the objective, by image; None where it has none."""


class Posterior(NamedTuple):
    """N(mean, diag(exp(log_variance))) for each of N images."""

    mean: Float[Tensor, "N D"]
    log_variance: Float[Tensor, "N D"]


class Bottleneck(nn.Module, ABC):
    """Maps the features of images to latent points."""

    @abstractmethod
    def forward(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"] | None = None,
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> Code:
        """Return the code of a batch of features.

        Args:
            features: Output of the encoder.
            noise: Draws from N(0, I); None gives the points by which images are placed on a map.
            prior_mean: Mean of each image's prior N(prior_mean, I); None is 0.
        """

    @abstractmethod
    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the latent points by which images are placed on a map."""

    def posterior(self, features: Float[Tensor, "N F"]) -> Posterior | None:
        """Return the Gaussian posterior of each image; None for a deterministic bottleneck.

        For another distribution it is the Gaussian from which a flow starts, or one of the same mean and variance.
        """
        return None

    def log_ratio(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"],
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> tuple[Float[Tensor, "N D"], Float[Tensor, " N"]]:
        """Return a sample z of each posterior, and log q(z | x) - log p(z) at it in nats.

        Here for a bottleneck whose `Code.kl` is this very difference; one whose KL is a closed form overrides it.
        Arguments as in `forward`.
        """
        code = self(features, noise, prior_mean)
        return code.z, code.kl.sum(dim=1)

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return the rows of the table of layers, each with its title and module; none for a chain of layers."""
        return [(type(self).__name__, self)]


def build_bottleneck(config: ModelConfig, in_features: int) -> Bottleneck:
    """Return the bottleneck that `config.bottleneck` names, for encoders of that output width F."""
    bottleneck: Bottleneck = resolve(config.bottleneck_spec.build)(config, in_features)
    return bottleneck
