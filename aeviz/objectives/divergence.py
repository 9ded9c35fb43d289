"""The KL divergence in the objective: how its weight rises during training, and how it is reduced."""

import torch
from jaxtyping import Float
from torch import Tensor

from aeviz.config import ObjectiveConfig


def annealing_factor(config: ObjectiveConfig, epoch: float) -> float:
    """Return the share of the KL weight that counts after so many epochs, whole and broken, in [0, 1].

    References:
        S. Bowman et al., Generating sentences from a continuous space, 2016, arXiv:1511.06349 (linear).
        H. Fu et al., Cyclical annealing schedule, NAACL 2019, arXiv:1903.10145: each cycle rises in its first half.
    """
    if config.annealing == "linear":
        return min(1.0, epoch / config.annealing_epochs)
    if config.annealing == "cyclical":
        return min(1.0, 2 * (epoch / config.annealing_epochs % 1.0))
    return 1.0


def reduced_kl(kl: Float[Tensor, "N D"], config: ObjectiveConfig) -> Float[Tensor, ""]:
    """Return the KL of a batch as the objective counts it: averaged over images, summed or averaged over dimensions.

    With free bits a dimension whose average over the batch is below them counts as them, and has no gradient.

    References:
        D. Kingma et al., arXiv:1606.04934, appendix C.8, equation (15).
    """
    per_dimension = kl.mean(dim=0)
    if config.free_bits > 0:
        per_dimension = torch.clamp(per_dimension, min=config.free_bits)
    return per_dimension.sum() if config.kl_reduction == "sum" else per_dimension.mean()
