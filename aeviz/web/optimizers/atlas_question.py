"""The question before the planes of seeds are played: which two networks have the most similar ones."""

from collections.abc import Sequence

import numpy as np

from aeviz.lab.adaptive import METHODS
from aeviz.lab.seed_atlas import OPTIMIZERS, Comparison, quartiles
from aeviz.language import tr
from aeviz.web.components.kit.prediction import Question

NAME = "atlas"
"""As `aeviz.web.kernel.asking` calls it."""
SIGNIFICANT = 0.05
"""p-value below which the optimizer is said to have an effect."""
_TITLES = tuple(METHODS[name].title for name in OPTIMIZERS)


def agreements(found: Comparison) -> list[tuple[str, np.ndarray]]:
    """Return for each kind of pair its title and the shares of variance in which two planes agree, (P,), in [0, 1].

    Pairs of one seed come last.
    """
    one, other = _TITLES
    return [
        *(
            (tr("two {title} seeds", title=title), 1 - values)
            for title, values in zip(_TITLES, found.within, strict=True)
        ),
        (tr("{one} and {other}, two seeds", one=one, other=other), 1 - found.between),
        (tr("{one} and {other}, one seed", one=one, other=other), 1 - found.same_seed),
    ]


def ask_for_most_similar(groups: Sequence[tuple[str, np.ndarray]], *, matters: bool) -> Question:
    """Ask which two networks have the most similar latent planes.

    Args:
        groups: As of `agreements`.
        matters: Whether an effect of the optimizer is shown.
    """
    medians = [quartiles(values)[1] for _, values in groups]
    *apart, same = medians
    answer = tr(
        "Same seed: the planes of {one} and {other} agree in {same:.0%} of their variance after the best turn.",
        one=_TITLES[0],
        other=_TITLES[1],
        same=same,
    )
    others = (
        tr(
            "Another seed: {first:.0%} between two of {one}, {second:.0%} between two of {other}, {third:.0%} between "
            "one of each.",
            one=_TITLES[0],
            other=_TITLES[1],
            first=apart[0],
            second=apart[1],
            third=apart[2],
        )
        if matters
        else tr("Another seed: about {share:.0%}, whatever the optimizer.", share=float(np.mean(apart)))
    )
    return Question(
        name=NAME,
        ask=tr("which two networks have the most similar latent planes?"),
        choices=[title for title, _ in groups],
        correct=int(np.argmax(medians)),
        answer=f"{answer} {others}",
    )
