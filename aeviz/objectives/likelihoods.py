"""Log-likelihoods of images under the distributions of pixels that reconstruction losses stand for, in nats."""

import math
from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor
from torch.nn import functional

from aeviz.config import RunConfig
from aeviz.registry import resolve
from aeviz.scales import kl_scales

LogLikelihood: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""A function of (reconstructions, images), each (N, C, H, W), that returns log p(x | z), (N,), in nats."""


def log_likelihood(config: RunConfig) -> LogLikelihood | None:
    """Return the decoder's log-likelihood, or None where the objective corresponds to none."""
    target = config.objective.loss_spec.log_likelihood
    found: LogLikelihood | None = None if target is None else resolve(target)(config)
    return found


def bernoulli(config: RunConfig) -> LogLikelihood:
    """Return the log-likelihood of Bernoulli pixels whose probabilities are the reconstructions."""
    return lambda y, x: -functional.binary_cross_entropy(y, x, reduction="none").flatten(1).sum(dim=1)


def laplace(config: RunConfig) -> LogLikelihood | None:
    """Return the log-likelihood of pixels Laplace(reconstruction, b), where the KL weight fixes b; None where it is 0.

    MAE + w KL, times P / (w P), is the sum of |y - x| / b + KL with b = w P: minus the ELBO, up to a constant.
    """
    pixels = math.prod(config.model.image_shape)
    scales = kl_scales(config.objective, config.model.latent_dim, pixels)
    if scales is None:
        return None
    b = scales.of_sum_kl * pixels
    return lambda y, x: -(y - x).abs().flatten(1).sum(dim=1) / b - pixels * math.log(2 * b)


def gaussian(config: RunConfig) -> LogLikelihood | None:
    """Return the log-likelihood of pixels N(reconstruction, v), where the KL weight fixes v; None where it is 0."""
    scales = kl_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return None
    variance = scales.variance

    def likelihood(y: Tensor, x: Tensor) -> Tensor:
        squares = (y - x).square().flatten(1)
        constant = squares.shape[1] * math.log(2 * math.pi * variance) / 2
        return -squares.sum(dim=1) / (2 * variance) - constant

    return likelihood
