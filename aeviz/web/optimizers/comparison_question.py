"""The question before a comparison is played: which optimizer ends lowest, if the seeds can tell."""

from collections.abc import Sequence

from aeviz.lab.optimizer_epochs import gaps_by_epoch
from aeviz.web.components.kit.prediction import Question
from aeviz.web.components.optimizer_epochs.component import Line

NAME = "comparison"
"""As `aeviz.web.kernel.asking` calls it."""


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
    others = [end for place, end in enumerate(ends) if place != best]
    is_told = all(gaps_by_epoch(end[:, None], ends[best][:, None]).is_shown[0] for end in others)
    means = ", ".join(f"{line.title} {end.mean():.4f}" for line, end in zip(lines, ends, strict=True))
    return Question(
        name=NAME,
        ask=f"which optimizer has the lowest error after epoch {epochs}?",
        choices=[*(line.title for line in lines), "too close to tell"],
        correct=best if is_told else len(lines),
        answer=f"Mean errors at the end: {means}. The seeds of {lines[best].title} alone end between "
        f"{ends[best].min():.4f} and {ends[best].max():.4f}.",
    )
