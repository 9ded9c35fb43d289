"""Length, batch size, seed and device of the training."""

from dataclasses import dataclass
from typing import Literal

from aeviz.records import require

DeviceName = Literal["auto", "cpu", "cuda", "mps"]
PrecisionName = Literal["fp32", "bf16"]
ShuffleName = Literal["all", "blocks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Length, batch size, seed and device of the training."""

    epochs: int = 50
    """Passes through the training images."""
    batch_size: int = 512
    """Images in an optimizer step; the last step of an epoch takes what is left."""
    seed: int = 0
    """Seed of the initial weights and of the batch order; the optimizer has no part in either."""
    device: DeviceName = "auto"
    """auto takes CUDA, else Apple's MPS, else the CPU."""
    precision: PrecisionName = "fp32"
    """Numbers in the products of a training step: fp32, or bf16, which is faster where the processor has it. Weights,
    the optimizer's state and every loss stay float32, and so does validation."""
    shuffle: ShuffleName = "all"
    """How the images of an epoch are mixed: all of them in memory, or block by block from disk, for sets that are
    larger than memory (`aeviz.training.images_on_disk`)."""
    flip: bool = False
    """Whether training images are mirrored left to right with probability 1/2 (S2, faces); never those measured on."""
    gradient_clip: float | None = None
    """Largest norm of the whole gradient; None switches clipping off."""

    def __post_init__(self) -> None:
        require(self.epochs >= 1, f"train.epochs={self.epochs!r}; expected a whole number from 1 up")
        require(self.batch_size >= 1, f"train.batch_size={self.batch_size!r}; expected a whole number from 1 up")
        require(0 <= self.seed < 2**31, f"train.seed={self.seed!r}; expected a whole number from 0 to 2147483647")
        require(
            self.gradient_clip is None or self.gradient_clip > 0,
            f"train.gradient_clip={self.gradient_clip!r}; expected a positive norm, or none to switch clipping off",
        )


def usual_batch_size(n_train: int) -> int:
    """Return a batch size for few images: a quarter of them, from 1 to 64."""
    return max(1, min(64, n_train // 4))
