"""The autoencoder: an encoder, a bottleneck and a decoder, composed ([S1] Theorem 2.1.4)."""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.bottlenecks import Code, anchor_points, build_bottleneck
from aeviz.models.decoders import build_decoder
from aeviz.models.encoders import build_encoder


class Passed(NamedTuple):
    """A batch of images after its pass through the network."""

    reconstruction: Float[Tensor, "N C H W"]
    code: Code


class Autoencoder(nn.Module):
    """decoder(bottleneck(encoder(x))).

    Args:
        config: Image shape, layers and latent dimension D.
    """

    anchors: Tensor | None

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = build_encoder(config)
        self.bottleneck = build_bottleneck(config, self.encoder.out_features)
        self.decoder = build_decoder(config)
        anchors = anchor_points(config.classes, config.latent_dim) if config.prior == "anchored" else None
        self.register_buffer("anchors", anchors, persistent=False)

    def forward(self, x: Float[Tensor, "N C H W"]) -> Float[Tensor, "N C H W"]:
        """Reconstruct a batch of images in [0, 1] from the means of their posteriors."""
        reconstruction: Tensor = self.decoder(self.encode_mean(x))
        return reconstruction

    def autoencode(
        self,
        x: Float[Tensor, "N C H W"],
        noise: Float[Tensor, "N D"] | None = None,
        labels: Int[Tensor, " N"] | None = None,
    ) -> Passed:
        """Send a batch through the network as training does.

        Args:
            x: Images in [0, 1], perhaps corrupted.
            noise: Draws from N(0, I) for a variational bottleneck; None takes the means.
            labels: Classes, whose anchors are the priors' means; they count only with an anchored prior.
        """
        code = self.bottleneck(self.encoder(x), noise, self.prior_mean(labels))
        return Passed(reconstruction=self.decoder(code.z), code=code)

    def prior_mean(self, labels: Int[Tensor, " N"] | None) -> Float[Tensor, "N D"] | None:
        """Return the mean of the prior for each label; None, which stands for 0, where the prior has no anchors."""
        return None if self.anchors is None or labels is None else self.anchors[labels]

    def encode_mean(self, x: Float[Tensor, "N C H W"]) -> Float[Tensor, "N D"]:
        """Map images in [0, 1] to the means of their posteriors."""
        return self.bottleneck.mean(self.encoder(x))

    def decode(self, z: Float[Tensor, "N D"]) -> Float[Tensor, "N C H W"]:
        """Map latent points to images; in (0, 1) if the output is a sigmoid or a tanh, else not bounded."""
        images: Tensor = self.decoder(z)
        return images


def build_model(config: ModelConfig) -> Autoencoder:
    """Build the network that `config` describes, with torch's own initial weights on the CPU."""
    return Autoencoder(config)
