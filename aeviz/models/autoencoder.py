"""The autoencoder: an encoder, a bottleneck and a decoder, composed ([S1] Theorem 2.1.4)."""

from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.bottlenecks import build_bottleneck
from aeviz.models.decoders import build_decoder
from aeviz.models.encoders import build_encoder


class Autoencoder(nn.Module):
    """decoder(bottleneck(encoder(x))).

    Args:
        config: Image shape, layers and latent dimension D.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = build_encoder(config)
        self.bottleneck = build_bottleneck(config, self.encoder.out_features)
        self.decoder = build_decoder(config)

    def forward(self, x: Float[Tensor, "N C H W"]) -> Float[Tensor, "N C H W"]:
        """Reconstruct a batch of images in [0, 1]."""
        reconstruction: Tensor = self.decoder(self.bottleneck(self.encoder(x)))
        return reconstruction

    def encode_mean(self, x: Float[Tensor, "N C H W"]) -> Float[Tensor, "N D"]:
        """Map images in [0, 1] to the means of their posteriors."""
        return self.bottleneck.mean(self.encoder(x))

    def decode(self, z: Float[Tensor, "N D"]) -> Float[Tensor, "N C H W"]:
        """Map latent points to images; in (0, 1) if the output is a sigmoid, else not bounded."""
        images: Tensor = self.decoder(z)
        return images


def build_model(config: ModelConfig) -> Autoencoder:
    """Build the network that `config` describes, with torch's own initial weights on the CPU."""
    return Autoencoder(config)
