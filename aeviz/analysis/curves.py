"""Signs in training curves, such as overfitting and divergence, and the parts of a variational loss. NumPy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aeviz.config import RunConfig
from aeviz.language import tr
from aeviz.training.history import EpochReport

PATIENCE = 10
"""Epochs that a curve must keep to a course before it is called one."""
RISE = 1.03
"""Ratio to the best validation loss from which a rise counts as more than noise."""
JUMP = 3.0
"""Ratio to the best validation loss from which an epoch counts as a divergence."""


DEAD = 1e-9
"""Norm of the gradient below which nothing moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that a teacher would point at."""

    kind: Literal["overfitting", "divergence", "nothing learned", "dead gradient"]
    text: str
    """A sentence or two in the current language: what is seen, since which epoch, and what may help."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectiveParts:
    """The parts of a variational run's validation loss, after each epoch: arrays (E,), float64.

    reconstruction + kl_term = total. While the KL is annealed the total has all of its weight, so that epochs can be
    compared; training minimises reconstruction + share * kl_term.
    """

    epoch: np.ndarray
    total: np.ndarray
    reconstruction: np.ndarray
    """With its weight. NaN, as `kl_term`, with free bits: the KL that counts is then not the one recorded."""
    kl_term: np.ndarray
    """Weight of the KL times the KL, reduced over dimensions as the objective does it."""
    kl: np.ndarray
    """Nats an image, summed over dimensions; NaN where it was not recorded."""
    share: np.ndarray
    """Share of the KL weight that counted in the epoch's last step, from 0 to 1; NaN where it was not recorded."""

    @property
    def is_annealed(self) -> bool:
        """Whether the weight was below its value in any epoch."""
        return bool((self.share < 1).any())


def objective_parts(history: Sequence[EpochReport], config: RunConfig) -> ObjectiveParts | None:
    """Split the validation loss of each epoch; None for a plain autoencoder, or where no KL was recorded.

    Args:
        history: The epochs so far, oldest first.
        config: The run's settings.
    """
    if not config.model.is_variational or all(report.val_kl is None for report in history):
        return None

    def column(name: str) -> np.ndarray:
        return np.array([getattr(report, name) for report in history], dtype=np.float64)  # None becomes NaN

    objective, total, kl = config.objective, column("val_loss"), column("val_kl")
    dimensions = config.model.latent_dim if objective.kl_reduction == "mean" else 1
    kl_term = objective.kl_weight * kl / dimensions
    if objective.free_bits > 0:
        kl_term = np.full_like(kl, np.nan)
    return ObjectiveParts(
        epoch=np.array([report.epoch for report in history]),
        total=total,
        reconstruction=total - kl_term,
        kl_term=kl_term,
        kl=kl,
        share=column("kl_share"),
    )


def read_curves(history: Sequence[EpochReport], mean_image_mse: float | None) -> list[Note]:
    """Return what the curves of a run show now.

    Args:
        history: The epochs so far, oldest first.
        mean_image_mse: Error of always drawing the mean image; None where unknown.
    """
    if len(history) < 3:
        return []
    notes = []
    val = np.array([report.val_loss for report in history])
    train = np.array([report.train_loss for report in history])
    best = int(val.argmin())
    now = float(np.median(val[-3:]))
    is_worse = now > JUMP * val[best]
    if is_worse and np.median(train[-3:]) > train[best]:
        notes.append(
            Note(
                kind="divergence",
                text=tr(
                    "Diverging: the validation loss is {ratio:.1f} times that of epoch {epoch}, and the training loss "
                    "has risen too. The steps are too large: try a tenth of the learning rate, or clip the gradient. "
                    "The weights of the best epoch are kept.",
                    ratio=float(now / val[best]),
                    epoch=history[best].epoch,
                ),
            )
        )
    elif is_worse or (len(history) - 1 - best >= PATIENCE and now > RISE * val[best] and train[-1] < train[best]):
        notes.append(
            Note(
                kind="overfitting",
                text=tr(
                    "Overfitting: since epoch {epoch} the training loss has fallen from {before:.4f} to {after:.4f}, "
                    "but the validation loss has risen from {least:.4f} to {now:.4f}: the network learns the training "
                    "images by heart. More images, fewer units or fewer epochs help; the weights of the best epoch are "
                    "kept.",
                    epoch=history[best].epoch,
                    before=float(train[best]),
                    after=float(train[-1]),
                    least=float(val[best]),
                    now=now,
                ),
            )
        )
    norms = [report.gradient_norm for report in history[-3:]]
    is_dead = all(norm is not None and norm < DEAD for norm in norms)
    mse = min(report.val_mse for report in history)
    if is_dead:
        notes.append(
            Note(
                kind="dead gradient",
                text=tr(
                    "The gradient is zero, so nothing can change any more: units are dead (a ReLU that gives 0 for "
                    "every image) or saturated (a sigmoid that gives 0 or 1). Steps that were too large do that. Start "
                    "again with a tenth of the learning rate, or another seed."
                ),
            )
        )
    elif mean_image_mse is not None and len(history) >= PATIENCE and mse > 0.98 * mean_image_mse:
        is_falling = train[-1] < train[-PATIENCE:-1].min()
        advice = (
            tr(
                "The training loss still falls at every step, so the learning rate may be too small: try ten times as "
                "much."
            )
            if is_falling
            else tr(
                "A learning rate that is too large has often killed the units in the first steps: try a tenth of it, "
                "or another seed."
            )
        )
        notes.append(
            Note(
                kind="nothing learned",
                text=tr(
                    "Nothing learned yet: the best validation error, {mse:.4f}, is no better than that of drawing the "
                    "mean image for every input, {mean:.4f}. {advice}",
                    mse=mse,
                    mean=mean_image_mse,
                    advice=advice,
                ),
            )
        )
    return notes
