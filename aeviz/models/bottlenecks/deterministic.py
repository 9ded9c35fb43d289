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
        ends_in_latent = config.encoder_spec.ends_in_latent(config)
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

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return no rows: the head is a chain of layers."""
        return []
