"""A Gaussian posterior with a normalizing flow."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.bottlenecks.base import Bottleneck, Code, Posterior
from aeviz.models.bottlenecks.gaussian import HEADS, GaussianBottleneck
from aeviz.models.flows import InverseAutoregressiveFlow


class FlowBottleneck(Bottleneck):
    """A Gaussian posterior transformed by an inverse autoregressive flow, which sees the features too.

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
        """Return the Gaussian from which the flow starts."""
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
        """Return where the flow takes the mean of the Gaussian it starts from; the mean proper has no closed form."""
        z: Tensor = self.flow(self.base.mean(features), features)[0]
        return z

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return a row for the two heads and one for the flow."""
        return [(HEADS, self.base), (f"Inverse autoregressive flow, {len(self.flow.maps)} steps", self.flow)]
