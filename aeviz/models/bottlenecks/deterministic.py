"""A latent point an image."""

from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.bottlenecks.base import Bottleneck, Code


class DeterministicBottleneck(Bottleneck):
    """One latent point an image: z = W h + b, or z = h where the encoder already ends in the latent.

    Args:
        config: Only latent_dim, latent, encoder and features count.
        in_features: F, the width of the encoder's output.
    """

    def __init__(self, config: ModelConfig, in_features: int) -> None:
        super().__init__()
        self.head = point_head(config, in_features)

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

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return no rows: the head is a chain of layers."""
        return []


def point_head(config: ModelConfig, in_features: int) -> nn.Module:
    """Return the layer from features (N, F) to points (N, D): z = W h + b, z = h where the encoder ends in the latent.

    Args:
        config: Only latent_dim, latent, encoder and features count; a latent that is a sigmoid bounds the points.
        in_features: F, the width of the encoder's output.
    """
    ends_in_latent = config.encoder_spec.ends_in_latent(config)
    head: nn.Module = nn.Identity() if ends_in_latent else nn.Linear(in_features, config.latent_dim)
    return nn.Sequential(head, nn.Sigmoid()) if config.latent == "sigmoid" else head
