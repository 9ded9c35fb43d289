"""The optimizer and its learning rate schedule."""

from dataclasses import dataclass
from typing import Literal

from aeviz.records import require

OptimizerName = Literal["adam", "amsgrad", "sgd"]
ScheduleName = Literal["constant", "one_cycle", "exponential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerConfig:
    """The optimizer that minimises the objective."""

    name: OptimizerName = "adam"
    """adam (Kingma & Ba 2015), amsgrad (Reddi, Kale & Kumar 2018) or sgd with momentum."""
    learning_rate: float = 3e-4
    """Learning rate; the peak of the schedule."""
    schedule: ScheduleName = "constant"
    """constant; one_cycle: cosine rise over the first 30 % of the steps, then cosine fall to zero; exponential:
    times `decay` after each epoch."""
    decay: float = 0.95
    """Factor an epoch of the exponential schedule, in (0, 1]."""
    beta1: float = 0.9
    """Decay of the running mean of gradients (Adam, AMSGrad), in [0, 1)."""
    beta2: float = 0.999
    """Decay of the running mean of squared gradients (Adam, AMSGrad), in [0, 1)."""
    epsilon: float = 1e-8
    """Added to the root of the second moment (Adam, AMSGrad)."""
    momentum: float = 0.9
    """Decay of the velocity (sgd), in [0, 1)."""

    def __post_init__(self) -> None:
        require(
            self.learning_rate > 0,
            f"optimizer.learning_rate={self.learning_rate!r}; expected a positive number, for example 3e-4",
        )
        require(0 < self.decay <= 1, f"optimizer.decay={self.decay!r} is outside (0, 1]; a common value is 0.95")
        for name in ("beta1", "beta2", "momentum"):
            value = getattr(self, name)
            require(0 <= value < 1, f"optimizer.{name}={value!r} is outside [0, 1); a common value is 0.9")
        require(self.epsilon > 0, f"optimizer.epsilon={self.epsilon!r}; expected a positive number, for example 1e-8")
