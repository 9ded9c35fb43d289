"""Penalties on the latent points of a deterministic autoencoder ([S2], [S3]: sparse and penalised autoencoders)."""

import torch
from jaxtyping import Float
from torch import Tensor

from aeviz.config import ObjectiveConfig


def latent_penalty(z: Float[Tensor, "N D"], config: ObjectiveConfig) -> Float[Tensor, ""]:
    """Return the penalty that the config names, without its weight.

    l1 is the mean of |z|, l2 the mean of z^2, over points and dimensions. [S3] calls l2 weight decay, which it is not:
    it acts on activations. kl_sparsity is the sum over dimensions of the divergence between Bernoulli laws of the
    target activation rho and of the mean activation over the batch, in nats; it needs activations in (0, 1), which
    [S3] leaves out.

    Args:
        z: Latent points; in (0, 1) for kl_sparsity.
        config: The objective.

    References:
        A. Ng, Sparse autoencoder, CS294A lecture notes, Stanford, 2011, section 3.
    """
    if config.penalty == "l1":
        return z.abs().mean()
    if config.penalty == "l2":
        return z.square().mean()
    if config.penalty == "kl_sparsity":
        rho = torch.tensor(config.sparsity, dtype=z.dtype, device=z.device)
        active = z.mean(dim=0).clamp(1e-6, 1 - 1e-6)
        parts = rho * (rho / active).log() + (1 - rho) * ((1 - rho) / (1 - active)).log()
        return parts.sum()
    return z.new_zeros(())
