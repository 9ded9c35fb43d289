"""An image found by gradient descent on its pixels, by each of several losses, and the gradient that each begins with.

Source: S2 (R. Grabovac), section 4.4, on losses between images; S1 (M. Sevkovych), Example 2.2.2. Training a decoder
pulls on its output by these gradients; here nothing but the pixels gives way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from aeviz.objectives.ms_ssim import ms_ssim, ssim
from aeviz.objectives.reconstruction import bce, mse

LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "MSE": mse,
    "L1": functional.l1_loss,
    "BCE": bce,
    "1 - SSIM": lambda x, y: 1 - ssim(x, y).mean(),
    "1 - MS-SSIM": lambda x, y: 1 - ms_ssim(x, y).value.mean(),
}
"""Functions of (image, target), each (1, 1, H, W), by title."""
RATE = 0.03
"""Step size of Adam, in units of a pixel."""
_DECAY, _SQUARE_DECAY, _EPSILON = 0.9, 0.999, 1e-8
"""Adam's usual settings. Written out here, since the first step of `torch.optim` imports for seconds."""
_EDGE = 1e-3
"""Pixels stay that far from 0 and 1, where the gradient of the cross-entropy has poles."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Descent:
    """What one loss makes of a start."""

    gradient: np.ndarray
    """At the start, (H, W), float32."""
    frames: np.ndarray
    """After each of the wanted numbers of steps, (K, H, W), float32."""
    mse: float
    """Of the last frame, as is its SSIM."""
    ssim: float


def descend(target: np.ndarray, start: np.ndarray, loss: str, steps: Sequence[int]) -> Descent:
    """Follow Adam on the pixels of an image.

    Args:
        target: (H, W), float32, in [0, 1], with sides of 3 pixels or more.
        start: The same.
        loss: A key of `LOSSES`.
        steps: Numbers of steps after which the image is kept, rising, from 0.

    Raises:
        KeyError: There is no such loss.
    """
    function = LOSSES[loss]
    wanted = torch.from_numpy(np.ascontiguousarray(target, dtype=np.float32))[None, None]
    image = torch.from_numpy(np.array(start, dtype=np.float32))[None, None].clamp(_EDGE, 1 - _EDGE).requires_grad_()
    (gradient,) = torch.autograd.grad(function(image, wanted), image)
    frames = []
    mean, square = torch.zeros_like(wanted), torch.zeros_like(wanted)
    for step in range(max(steps) + 1):
        if step in steps:
            frames.append(image.detach().clone())
        (slope,) = torch.autograd.grad(function(image, wanted), image)
        mean = _DECAY * mean + (1 - _DECAY) * slope
        square = _SQUARE_DECAY * square + (1 - _SQUARE_DECAY) * slope**2
        corrected, spread = mean / (1 - _DECAY ** (step + 1)), (square / (1 - _SQUARE_DECAY ** (step + 1))).sqrt()
        with torch.no_grad():
            image.sub_(RATE * corrected / (spread + _EPSILON)).clamp_(_EDGE, 1 - _EDGE)
    last = frames[-1]
    return Descent(
        gradient=gradient[0, 0].numpy(),
        frames=torch.cat(frames)[:, 0].numpy(),
        mse=float(mse(last, wanted)),
        ssim=float(ssim(last, wanted)[0]),
    )
