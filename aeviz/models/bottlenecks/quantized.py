"""A latent point that consists of codes of one code book (VQ-VAE).

References:
    A. van den Oord, O. Vinyals, K. Kavukcuoglu, Neural discrete representation learning, NeurIPS 2017,
    arXiv:1711.00937, equations (1) to (3).
    P. Dhariwal et al., Jukebox: a generative model for music, 2020, arXiv:2005.00341, section 3.1: unused codes are
    set to outputs of the encoder.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.bottlenecks.base import Bottleneck, Code
from aeviz.models.bottlenecks.deterministic import point_head

PATIENCE = 100
"""Training batches in a row without use after which a code is set to an output of the encoder."""


class QuantizedBottleneck(Bottleneck):
    """M groups of d numbers an image, each replaced by the nearest of K codes of one code book.

    The latent has D = M d numbers. In a training batch a code that no group has used for PATIENCE batches is set to a
    group of this batch before the codes are assigned; so is every code at first. The groups are taken at even steps
    through the batch, so that the seed of its order fixes them.

    Args:
        config: Only latent_dim D, codes K, code_dim d, commitment, latent, encoder and features count.
        in_features: F, the width of the encoder's output.
    """

    idle: Tensor

    def __init__(self, config: ModelConfig, in_features: int) -> None:
        super().__init__()
        self.commitment = config.commitment
        self.head = point_head(config, in_features)
        self.codes = nn.Parameter(torch.zeros(config.codes, config.code_dim))
        self.draw_weights(torch.Generator().manual_seed(0))
        self.register_buffer("idle", torch.full((config.codes,), PATIENCE))

    @torch.no_grad()
    def draw_weights(self, generator: torch.Generator) -> None:
        """Draw the codes from N(0, I); the first training batch replaces them."""
        self.codes.normal_(generator=generator)

    def forward(
        self,
        features: Float[Tensor, "N F"],
        noise: Float[Tensor, "N D"] | None = None,
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> Code:
        """Return the quantized points and the loss of code book and commitment; noise and prior have no part in them.

        The points have the values of the codes. Their gradient goes to the output of the head as if that were they
        (straight-through), and none to the codes.
        """
        points: Tensor = self.head(features)
        groups = points.detach().reshape(-1, self.codes.shape[1])
        if self.training:
            self._replace_idle(groups)
        chosen = nearest_code(groups, self.codes.detach())
        if self.training:
            used = torch.bincount(chosen, minlength=len(self.codes)) > 0
            self.idle.copy_(torch.where(used, 0, self.idle + 1))
        quantized = nn.functional.embedding(chosen, self.codes).reshape(points.shape)
        own_loss = quantization_loss(points, quantized, self.commitment)
        return Code(z=quantized.detach() + (points - points.detach()), kl=None, own_loss=own_loss)

    def mean(self, features: Float[Tensor, "N F"]) -> Float[Tensor, "N D"]:
        """Return the quantized points, which is what the decoder gets."""
        points: Tensor = self.head(features)
        chosen = nearest_code(points.reshape(-1, self.codes.shape[1]), self.codes)
        return nn.functional.embedding(chosen, self.codes).reshape(-1, points.shape[1])

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return one row for the head and the code book."""
        count, size = self.codes.shape
        return [(f"Linear, then the nearest of {count} codes of {size} numbers for each group", self)]

    @torch.no_grad()
    def _replace_idle(self, groups: Float[Tensor, "G d"]) -> None:
        idle = (self.idle >= PATIENCE).nonzero().flatten()
        if len(idle):
            rows = torch.arange(len(idle), device=groups.device) * len(groups) // len(idle)
            self.codes[idle] = groups[rows]
            self.idle[idle] = 0


def nearest_code(points: Float[Tensor, "G d"], codes: Float[Tensor, "K d"]) -> Int[Tensor, " G"]:
    """Return the index of the nearest code of each point, int64; of several the first (equation (1)).

    Without a product of matrices, so that the page that shows an exported network sees no further layer in it.
    """
    return (points[:, None] - codes).square().sum(dim=2).argmin(dim=1)


def quantization_loss(
    points: Float[Tensor, "N D"], quantized: Float[Tensor, "N D"], commitment: float
) -> Float[Tensor, " N"]:
    """Return the loss of the code book plus `commitment` times the loss of commitment, by image.

    Both are |z - e|^2 / D, the mean over the D numbers of an image, as the reconstruction loss is a mean over pixels.
    The first has a gradient for the codes e alone, the second for the points z alone. Equation (3) sums instead.
    """
    book = (quantized - points.detach()).square().mean(dim=1)
    return book + commitment * (points - quantized.detach()).square().mean(dim=1)
