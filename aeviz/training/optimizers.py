"""Optimizers of torch.optim, and the step-size schedules.

References:
    D. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980, Algorithm 1.
    S. Reddi, S. Kale, S. Kumar, On the convergence of Adam and beyond, ICLR 2018, arXiv:1904.09237, Algorithm 2.
    S1 prints both without bias correction and without epsilon; torch has both, and so do the models here.
"""

import math
from collections.abc import Iterable

import torch

from aeviz.config import OptimizerConfig, ScheduleName

WARM_UP = 0.3
"""Share of the steps in which the one-cycle schedule rises."""
START = 1 / 25
"""Learning rate at the very start of the one-cycle schedule, relative to its peak."""


def build_optimizer(
    config: OptimizerConfig, parameters: Iterable[torch.nn.Parameter], device: torch.device
) -> torch.optim.Optimizer:
    """Return torch's optimizer for the config, one fused kernel a step on the devices that have it."""
    fused = device.type in ("cpu", "cuda", "mps")
    if config.name == "sgd":
        return torch.optim.SGD(parameters, lr=config.learning_rate, momentum=config.momentum, fused=fused)
    return torch.optim.Adam(
        parameters,
        lr=config.learning_rate,
        betas=(config.beta1, config.beta2),
        eps=config.epsilon,
        amsgrad=config.name == "amsgrad",
        fused=fused,
    )


def schedule_factor(
    schedule: ScheduleName, step: int, total_steps: int, *, steps_per_epoch: int = 1, decay: float = 1.0
) -> float:
    """Return the learning rate relative to its peak, in (0, 1].

    A pure function of the step, so that a resumed run needs no state of a scheduler.

    Args:
        schedule: constant; one_cycle (L. Smith, arXiv:1708.07120, in its cosine form); or exponential.
        step: Number of steps already made, from 0.
        total_steps: Number of steps of the whole run.
        steps_per_epoch: For exponential: the learning rate changes between epochs only.
        decay: For exponential: the factor of each epoch.
    """
    if schedule == "constant":
        return 1.0
    if schedule == "exponential":
        return float(decay ** (step // steps_per_epoch))
    rise = max(1.0, WARM_UP * total_steps)
    if step < rise:
        return START + (1 - START) * (1 - math.cos(math.pi * step / rise)) / 2
    return (1 + math.cos(math.pi * (step - rise) / max(1.0, total_steps - rise))) / 2
