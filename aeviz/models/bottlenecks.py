"""Bottlenecks: features (N, F), float32, to latent points (N, D), float32.

A bottleneck owns the heads that map features to the latent, so that a gaussian one with two heads can take the place
of the deterministic one without a change to encoder or decoder.
"""

from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig


class DeterministicBottleneck(nn.Module):
    """One latent point an image: z = W h + b, or z = h where the encoder already ends in the latent.

    Args:
        config: Only latent_dim, encoder and features count.
        in_features: F, the width of the encoder's output.
    """

    def __init__(self, config: ModelConfig, in_features: int) -> None:
        super().__init__()
        ends_in_latent = config.encoder == "conv" and config.features is None
        self.head = nn.Identity() if ends_in_latent else nn.Linear(in_features, config.latent_dim)

    def forward(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the latent points of a batch of features."""
        z: Tensor = self.head(features)
        return z

    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the mean of the posterior, which here is the latent point itself."""
        return self.forward(features)


def build_bottleneck(config: ModelConfig, in_features: int) -> DeterministicBottleneck:
    """Return the bottleneck that `config.bottleneck` names."""
    builders = {"deterministic": DeterministicBottleneck}
    return builders[config.bottleneck](config, in_features)
