"""Noise on the inputs of a denoising autoencoder."""

import torch
from jaxtyping import Float
from torch import Tensor

from aeviz.config import CorruptionName


def corrupt(
    x: Float[Tensor, "N C H W"], name: CorruptionName, level: float, generator: torch.Generator
) -> Float[Tensor, "N C H W"]:
    """Return images with noise; the argument itself for "none".

    Args:
        x: Images in [0, 1].
        name: gaussian adds N(0, level^2) and clamps to [0, 1]; masking sets a share `level` of the pixels to 0 in all
            channels; salt_pepper sets it to 0 or 1, either with probability 1/2.
        level: From 0 to 1.
        generator: Where the noise comes from; on the device of `x`.

    References:
        P. Vincent et al., Stacked denoising autoencoders, JMLR 11 (2010), section 3.3.
    """
    if name == "none":
        return x
    if name == "gaussian":
        noise = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
        return (x + level * noise).clamp(0, 1)
    chance = torch.rand((len(x), 1, *x.shape[2:]), generator=generator, device=x.device)
    if name == "masking":
        return torch.where(chance < level, 0.0, x)
    return torch.where(chance < level / 2, 0.0, torch.where(chance < level, 1.0, x))
