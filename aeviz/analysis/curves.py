"""Signs in training curves: overfitting, divergence, and a network that does not learn. NumPy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

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
    """A sentence or two: what is seen, since which epoch, and what may help."""


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
                text=f"Diverging: the validation loss is {now / val[best]:.1f} times that of epoch "
                f"{history[best].epoch}, and the training loss has risen too. The steps are too large: try a tenth of "
                "the learning rate, or clip the gradient. The weights of the best epoch are kept.",
            )
        )
    elif is_worse or (len(history) - 1 - best >= PATIENCE and now > RISE * val[best] and train[-1] < train[best]):
        notes.append(
            Note(
                kind="overfitting",
                text=f"Overfitting: since epoch {history[best].epoch} the training loss has fallen from "
                f"{train[best]:.4f} to {train[-1]:.4f}, but the validation loss has risen from {val[best]:.4f} to "
                f"{now:.4f}: the network learns the training images by heart. More images, fewer units or fewer epochs "
                "help; the weights of the best epoch are kept.",
            )
        )
    norms = [report.gradient_norm for report in history[-3:]]
    is_dead = all(norm is not None and norm < DEAD for norm in norms)
    mse = min(report.val_mse for report in history)
    if is_dead:
        notes.append(
            Note(
                kind="dead gradient",
                text="The gradient is zero, so nothing can change any more: units are dead (a ReLU that gives 0 for "
                "every image) or saturated (a sigmoid that gives 0 or 1). Steps that were too large do that. Start "
                "again with a tenth of the learning rate, or another seed.",
            )
        )
    elif mean_image_mse is not None and len(history) >= PATIENCE and mse > 0.98 * mean_image_mse:
        is_falling = train[-1] < train[-PATIENCE:-1].min()
        advice = (
            "The training loss still falls at every step, so the learning rate may be too small: try ten times as much."
            if is_falling
            else "A learning rate that is too large has often killed the units in the first steps: try a tenth of it, "
            "or another seed."
        )
        notes.append(
            Note(
                kind="nothing learned",
                text=f"Nothing learned yet: the best validation error, {mse:.4f}, is no better than that of drawing "
                f"the mean image for every input, {mean_image_mse:.4f}. {advice}",
            )
        )
    return notes
