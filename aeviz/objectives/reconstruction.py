"""Losses that compare a reconstruction with its image, pixel by pixel.

All are means over pixels (channels included) and images. A sum over the pixels of an image, as the log-likelihood of
a variational autoencoder wants it, is the mean times C*H*W; so a KL weight w beside the sum is w / (C*H*W) beside the
mean.
"""

from collections.abc import Callable
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from aeviz.objectives.pairs import matched_pair
from aeviz.registry import LOSSES, resolve

ReconstructionLoss: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""A function of (reconstructions, images), each (N, C, H, W), that returns a scalar."""


def mse(x: Float[Tensor, "N C H W"], y: Float[Tensor, "N C H W"]) -> Float[Tensor, ""]:
    """Return the mean squared error between reconstructions and images.

    Reduction: mean over pixels and images. Summed over the pixels of an image (the squared Euclidean distance), then
    averaged over images, it is C*H*W times as much. Half of that sum is the negative log-likelihood of a Gaussian
    decoder of variance 1, up to a constant.

    Args:
        x: Reconstructions, (N, C, H, W), floating point, usually in [0, 1].
        y: Images, as `x`. The loss is symmetric.

    Returns:
        A scalar, float32 or finer, at least 0, in squared units of a pixel; differentiable in both.

    Raises:
        DataError: The shapes or types do not allow a comparison.
    """
    return functional.mse_loss(*matched_pair(x, y))


def l1(x: Float[Tensor, "N C H W"], y: Float[Tensor, "N C H W"]) -> Float[Tensor, ""]:
    """Return the mean absolute error between reconstructions and images.

    Reduction: mean over pixels and images. Summed over the pixels of an image, then averaged over images, it is C*H*W
    times as much: the negative log-likelihood of a Laplace decoder of scale 1, up to a constant. The best constant
    under it is the median; under the squared error it is the mean.

    Args:
        x: Reconstructions, (N, C, H, W), floating point, usually in [0, 1].
        y: Images, as `x`. The loss is symmetric.

    Returns:
        A scalar, float32 or finer, at least 0, in units of a pixel; differentiable in both where they differ.

    Raises:
        DataError: The shapes or types do not allow a comparison.

    References:
        [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, example
        1.2.2, the "linear" error. Departure: the mean, where [S1] has the sum.
    """
    return functional.l1_loss(*matched_pair(x, y))


def bce(x: Float[Tensor, "N C H W"], y: Float[Tensor, "N C H W"]) -> Float[Tensor, ""]:
    """Return the binary cross-entropy of images under reconstructions read as probabilities.

    Reduction: mean over pixels and images, in nats. Summed over the pixels of an image, then averaged over images
    (the negative Bernoulli log-likelihood, nats per image), it is C*H*W times as much. For grey pixels the smallest
    value, reached at x = y, is their own entropy and not 0.

    Logarithms are cut off at -100, so that a pixel costs at most 100: that is PyTorch's rule.

    Args:
        x: Reconstructions, the probabilities, (N, C, H, W), floating point in [0, 1].
        y: Images, the targets, as `x`. The loss is not symmetric: as in PyTorch, the prediction comes first.

    Returns:
        A scalar, float32 or finer, at least 0; differentiable in both.

    Raises:
        DataError: The shapes or types do not allow a comparison.

    References:
        Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014, appendix C.1, equation (11),
        https://arxiv.org/abs/1312.6114; its x (the image) is y here, and its y is x.
        Departure: minus the equation, averaged instead of summed, so that losses of different sizes compare.
    """
    reconstructions, images = matched_pair(x, y)
    # Under autocast PyTorch refuses this loss, since half precision cannot tell 1 - x from 0 near x = 1.
    with torch.autocast(device_type=x.device.type, enabled=False):
        return functional.binary_cross_entropy(reconstructions, images)


def reconstruction_loss(name: str) -> ReconstructionLoss:
    """Return the loss of that name in `aeviz.registry.LOSSES`, a function of (reconstructions, images).

    Raises:
        ConfigError: There is none.
    """
    return resolve(LOSSES.find("objective.reconstruction", name).function)
