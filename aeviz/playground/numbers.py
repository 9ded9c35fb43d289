"""The numbers of an optimizer's step, computed in double precision as torch.optim does and then rounded once."""

import math

from aeviz.config import OptimizerConfig, RunConfig


def step_numbers(optimizer: OptimizerConfig, count: int) -> tuple[float, float]:
    """Return `rate` and `root` of the training step's graph.

    Args:
        optimizer: The optimizer; the schedule does not count.
        count: Steps since its moments were 0, this one included.

    Returns:
        For Adam and AMSGrad the learning rate over 1 - beta1^count and the root of 1 - beta2^count, so that a step is
        rate * m / (sqrt(v) / root + epsilon) (Kingma & Ba 2015, Algorithm 1); for SGD the learning rate and 1.
    """
    if optimizer.name == "sgd":
        return optimizer.learning_rate, 1.0
    return optimizer.learning_rate / (1 - optimizer.beta1**count), math.sqrt(1 - optimizer.beta2**count)


def scalars(config: RunConfig) -> dict[str, float]:
    """Return the scalar inputs that a training step may have; which it has `scalar_names` says."""
    optimizer, objective = config.optimizer, config.objective
    return {
        "reconstruction_weight": objective.reconstruction_weight,
        "beta1": optimizer.beta1,
        "beta1_rest": 1 - optimizer.beta1,
        "beta2": optimizer.beta2,
        "beta2_rest": 1 - optimizer.beta2,
        "epsilon": optimizer.epsilon,
        "momentum": optimizer.momentum,
        "kl_weight": objective.kl_weight,
        "penalty_weight": objective.penalty_weight,
        "sparsity": objective.sparsity,
    }
