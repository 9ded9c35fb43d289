"""The question before the counterexample is played: which method ends near the worst point."""

from collections.abc import Mapping

from aeviz.lab.adaptive import METHODS, MethodName
from aeviz.lab.regret import Outcome
from aeviz.language import mark, number, tr
from aeviz.web.components.kit.prediction import Question
from aeviz.web.kernel.text import with_minus

NAME = "regret"
"""As `aeviz.web.kernel.asking` calls it."""
_NONE = mark("none of them")


def ask_for_worst(found: Mapping[MethodName, Outcome]) -> Question:
    """Ask which method ends nearer to the worst point, 1, than to the best, -1.

    Args:
        found: What the methods, at least one, did on the same costs.
    """
    titles = [METHODS[name].title for name in found]
    ends = [outcome.end for outcome in found.values()]
    worst = [place for place, end in enumerate(ends) if end > 0]
    steps = len(next(iter(found.values())).x)
    said = [f"{title} {number(end, '.2f')}" for title, end in zip(titles, ends, strict=True)]
    return Question(
        name=NAME,
        ask=tr(
            "which method is still nearer to the worst point, x = 1, than to the best, x = -1, after {steps:,} steps?",
            steps=steps,
        ),
        choices=[*titles, tr(_NONE)],
        correct=worst[0] if worst else len(titles),
        also=worst[1:],
        answer=tr("Mean x over the last tenth of the steps: {means}.", means=with_minus("; ".join(said))),
    )
