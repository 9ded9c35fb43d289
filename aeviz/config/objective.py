"""The objective: reconstruction loss, KL divergence and penalty, and the corruption of the inputs."""

from dataclasses import dataclass
from typing import Literal

from aeviz.records import require
from aeviz.registry import LOSSES, LossSpec

KlReduction = Literal["mean", "sum"]
AnnealingName = Literal["constant", "linear", "cyclical"]
PenaltyName = Literal["none", "l1", "l2", "kl_sparsity"]
CorruptionName = Literal["none", "gaussian", "masking", "salt_pepper"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveConfig:
    """The objective that training minimises.

    It is reconstruction_weight * reconstruction + kl_weight(t) * KL + penalty_weight * penalty.
    """

    reconstruction: str = "mse"
    """A name in `aeviz.registry.LOSSES`, such as mse or bce, each the mean over pixels and images."""
    reconstruction_weight: float = 1.0
    """Weight of the reconstruction; 0 leaves the KL alone, which shows what it does by itself."""
    kl_weight: float = 0.0
    """Weight of the KL divergence from posterior to prior, in nats, reduced as `kl_reduction` says."""
    kl_reduction: KlReduction = "sum"
    """Over the latent dimensions: sum, nats per image (S2), or mean, nats a dimension (public code of S1's author).
    Over images always the mean."""
    annealing: AnnealingName = "constant"
    """Rise of the KL weight: none, linear from 0 once, or cycles of rise and plateau."""
    annealing_epochs: int = 10
    """Epochs of the linear rise; of a whole cycle, of which the first half rises, for cyclical."""
    free_bits: float = 0.0
    """Nats a dimension, averaged over the batch, below which the KL is not pressed further (Kingma et al. 2016)."""
    penalty: PenaltyName = "none"
    """On the latent: l1, the mean of |z|; l2, the mean of z^2; kl_sparsity, the KL from a target activation."""
    penalty_weight: float = 0.0
    """Weight of that penalty."""
    sparsity: float = 0.05
    """Target activation of kl_sparsity, rho in (0, 1); the latent must be a sigmoid's."""
    corruption: CorruptionName = "none"
    """Noise on training images before they are encoded; the loss compares with the clean ones (denoising)."""
    corruption_level: float = 0.3
    """Standard deviation of gaussian noise, pixels in [0, 1]; share of the pixels for masking and salt_pepper."""

    def __post_init__(self) -> None:
        LOSSES.find("objective.reconstruction", self.reconstruction)
        for name in ("reconstruction_weight", "kl_weight", "free_bits", "penalty_weight"):
            value = getattr(self, name)
            require(value >= 0, f"objective.{name}={value!r}; expected a number from 0 up")
        require(0 < self.sparsity < 1, f"objective.sparsity={self.sparsity!r}; expected a number between 0 and 1")
        require(
            0 <= self.corruption_level <= 1,
            f"objective.corruption_level={self.corruption_level!r}; expected a number from 0 to 1",
        )
        require(
            self.annealing_epochs >= 1,
            f"objective.annealing_epochs={self.annealing_epochs!r}; expected a whole number from 1 up",
        )
        require(
            self.reconstruction_weight + self.kl_weight > 0,
            "objective.reconstruction_weight and objective.kl_weight are both 0, so there is nothing to learn",
        )

    @property
    def loss_spec(self) -> LossSpec:
        """The registered entry of the reconstruction loss."""
        return LOSSES.find("objective.reconstruction", self.reconstruction)

    @property
    def words(self) -> str:
        """The objective in words: the reconstruction loss, and what is added to it."""
        parts = [self.loss_spec.title] if self.reconstruction_weight > 0 else []
        parts += ["KL"] if self.kl_weight > 0 else []
        parts += ["penalty"] if self.penalty != "none" and self.penalty_weight > 0 else []
        return " + ".join(parts)
