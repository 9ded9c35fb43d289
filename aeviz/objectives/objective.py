"""The whole objective: reconstruction + weight(t) * KL + penalty + own loss, and its parts as they are reported."""

import functools
import operator
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from aeviz.config import ObjectiveConfig
from aeviz.objectives.divergence import reduced_kl
from aeviz.objectives.penalties import latent_penalty
from aeviz.objectives.reconstruction import reconstruction_loss


class Loss(NamedTuple):
    """An objective and its parts, each a scalar."""

    total: Float[Tensor, ""]
    """The scalar that training minimises."""
    reconstruction: Float[Tensor, ""]
    """Without its weight."""
    kl: Float[Tensor, ""]
    """Nats an image, summed over the latent dimensions, whatever the weight; 0 for a deterministic latent."""


class Objective:
    """The objective that a config describes.

    Args:
        config: Its parts and their weights.
    """

    def __init__(self, config: ObjectiveConfig) -> None:
        self.config = config
        self._reconstruction = reconstruction_loss(config.reconstruction)

    def __call__(
        self,
        reconstruction: Float[Tensor, "N C H W"],
        images: Float[Tensor, "N C H W"],
        z: Float[Tensor, "N D"],
        kl: Float[Tensor, "N D"] | None,
        *,
        own_loss: Float[Tensor, " N"] | None = None,
        annealed: float = 1.0,
    ) -> Loss:
        """Return the objective of a batch.

        Args:
            reconstruction: Output of the decoder.
            images: The images that it should equal.
            z: Latent points.
            kl: Divergence by image and dimension; None for a deterministic latent.
            own_loss: The bottleneck's own term, by image; its mean over images is added. None where it has none.
            annealed: Share of the KL weight that counts now, in [0, 1].
        """
        error = self.of_images(reconstruction, images)
        # a plain autoencoder is that error itself: no sum with 0 that would round
        weight = self.config.reconstruction_weight
        total = error if weight == 1 else weight * error
        of_code = self.of_code(z, kl, own_loss=own_loss, annealed=annealed)
        if of_code is not None:
            total = total + of_code
        nats = error.new_zeros(()) if kl is None else kl.sum(dim=1).mean()
        return Loss(total=total, reconstruction=error, kl=nats)

    def of_images(
        self, reconstruction: Float[Tensor, "N C H W"], images: Float[Tensor, "N C H W"]
    ) -> Float[Tensor, ""]:
        """Return the reconstruction error of a batch, without its weight."""
        return self._reconstruction(reconstruction, images)

    def of_code(
        self,
        z: Float[Tensor, "N D"],
        kl: Float[Tensor, "N D"] | None,
        *,
        own_loss: Float[Tensor, " N"] | None = None,
        annealed: float = 1.0,
    ) -> Float[Tensor, ""] | None:
        """Return the terms of a batch that depend on its code alone, weighted; None where there are none.

        Args:
            z: Latent points.
            kl: Divergence by image and dimension; None for a deterministic latent.
            own_loss: The bottleneck's own term, by image; None where it has none.
            annealed: Share of the KL weight that counts now, in [0, 1].
        """
        terms: list[Tensor] = []
        if kl is not None and self.config.kl_weight > 0:
            terms.append(self.config.kl_weight * annealed * reduced_kl(kl, self.config))
        if self.config.penalty != "none":
            terms.append(self.config.penalty_weight * latent_penalty(z, self.config))
        if own_loss is not None:
            terms.append(own_loss.mean())
        return functools.reduce(operator.add, terms) if terms else None
