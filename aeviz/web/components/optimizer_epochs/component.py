"""Errors of optimizers over the epochs, played; verdict, intervals and table are those of the epoch that is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.comparison import colours_of
from aeviz.figures.method_lines import DASHES
from aeviz.lab.adaptive import MethodName
from aeviz.lab.optimizer_epochs import Gaps
from aeviz.web.components.kit.experiment import ExperimentComponent
from aeviz.web.components.kit.prediction import Question, style_with_question

_component = ExperimentComponent(
    "optimizer_epochs",
    script="optimizer_epochs/optimizer_epochs.js",
    style=style_with_question("kit/experiment.css"),
)
_DASHES = {"solid": [], "dash": [9, 5], "longdashdot": [12, 4, 2, 4]}
"""Lengths of line and gap in pixels; a dotted line otherwise."""
MOST_SEEDS = 1000
"""Seeds that are named at most; more are "more than" that."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One optimizer."""

    title: str
    method: MethodName
    errors: np.ndarray
    """Validation error, positive: (S, E), a row a seed, a column an epoch."""
    gaps: Gaps | None
    """Its difference from the first optimizer; None for that one itself."""


def optimizer_epochs(
    lines: Sequence[Line],
    epoch: int,
    caveat: str,
    *,
    question: Question | None,
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Show two optimizers or more, the others beside the first.

    Args:
        lines: All with as many epochs and seeds.
        epoch: The one that is shown, from 1.
        caveat: What limits the verdict of any epoch, below it; may be empty.
        question: What is asked before they are played; None shows all from the start.
        key: Identity on the page.
        on_change: Called when the visitor rests at another; `kit.mount.numbers_of` says at which.
    """
    colours = colours_of([line.method for line in lines])
    _component.show(
        [epoch],
        key=key,
        on_change=on_change,
        more={
            "lines": [
                {
                    "title": line.title,
                    "colour": colour,
                    "dash": []
                    if DASHES[line.method] == "solid"
                    else [7, 4]
                    if "dash" in DASHES[line.method]
                    else [2, 4],
                    "errors": line.errors.astype(np.float32),
                    "gaps": None if line.gaps is None else _packed(line.gaps),
                }
                for line, colour in zip(lines, colours, strict=True)
            ],
            "epochs": lines[0].errors.shape[1],
            "mostSeeds": MOST_SEEDS,
            "caveat": caveat,
            "question": question.to_json() if question else None,
            "ends": np.array([min(line.errors.min() for line in lines), max(line.errors.max() for line in lines)]),
        },
    )


def _packed(gaps: Gaps) -> np.ndarray:
    """Return difference, half the interval and seeds of each epoch, (E, 3), float32; NaN where unknown."""
    seeds = np.minimum(gaps.seeds, MOST_SEEDS + 1)
    return np.stack([gaps.difference, gaps.half, seeds], axis=1).astype(np.float32)
