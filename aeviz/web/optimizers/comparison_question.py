"""The question before a comparison is played: which optimizer ends lowest, if the seeds can tell."""

from collections.abc import Sequence

import numpy as np

from aeviz.lab.optimizer_epochs import Gaps, gaps_by_epoch
from aeviz.language import number, tr
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.optimizer_epochs.component import Line

NAME = "comparison"
"""As `aeviz.web.kernel.asking` calls it."""
LOOKS = 20
"""Epochs of which one is expected to show a difference that is not there; as in `verdict.js`."""


def ask_for_lowest(lines: Sequence[Line]) -> Question | None:
    """Ask which optimizer has the lowest error after the last epoch; None with a seed each, which cannot tell.

    Args:
        lines: The optimizers, two or more, with as many epochs and seeds.
    """
    seeds, epochs = lines[0].errors.shape
    if seeds < 2:
        return None
    ends = [line.errors[:, -1] for line in lines]
    best = min(range(len(lines)), key=lambda place: float(ends[place].mean()))
    is_told = all(_stays(gaps_by_epoch(other.errors, lines[best].errors)) for k, other in enumerate(lines) if k != best)
    means = ", ".join(f"{line.title} {number(end.mean(), '.4f')}" for line, end in zip(lines, ends, strict=True))
    return Question(
        name=NAME,
        ask=tr("which optimizer has the lowest error after epoch {epoch}?", epoch=epochs),
        choices=[*(line.title for line in lines), tr("too close to tell")],
        correct=best if is_told else len(lines),
        answer=tr(
            "Mean errors at the end: {means}. The seeds of {title} alone end between {low:.4f} and {high:.4f}.",
            means=means,
            title=lines[best].title,
            low=ends[best].min(),
            high=ends[best].max(),
        ),
    )


def _stays(gaps: Gaps) -> bool:
    """Whether a difference is shown after the last epoch, and not after that one of many alone, as by chance."""
    side = np.sign(gaps.difference) * gaps.is_shown
    return bool(side[-1]) and (len(side) < LOOKS or int((side == side[-1]).sum()) > 1)
