"""The difference between two optimizers after every epoch, what their seeds can show of it, and how many would.

References:
    B. L. Welch, The generalization of "Student's" problem when several different population variances are involved,
    Biometrika 34 (1947), 28-35.
    J. Cohen, Statistical power analysis for the behavioral sciences, 2nd edition, 1988, section 2.4: seeds that show a
    difference.
"""

from dataclasses import dataclass, replace

import numpy as np

from aeviz.lab.optimizer_comparison import CONFIDENCE

POWER = 0.8
"""Chance that as many seeds as are named show a difference that is there."""
MORE_BY_T = 4
"""Seeds that Student's distribution may ask for beyond those of the normal one; few seeds of unequal spread take 3."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaps:
    """The mean error of one optimizer less that of another, after each of E epochs; all float64."""

    difference: np.ndarray
    """(E,): negative where the first is lower."""
    half: np.ndarray
    """(E,): half the width of Welch's interval at `CONFIDENCE`; NaN with one seed."""
    seeds: np.ndarray
    """(E,): seeds each that would show a difference and a spread like these, more than there are where it is not shown;
    infinite where there is no difference, NaN with one seed."""

    @property
    def is_shown(self) -> np.ndarray:
        """(E,), bool: whether the interval leaves out 0."""
        return np.asarray(np.abs(self.difference) > self.half)  # not so where the half is unknown


def gaps_by_epoch(first: np.ndarray, second: np.ndarray) -> Gaps:
    """Compare two optimizers after each epoch; `aeviz.lab.optimizer_comparison.compare_means` does so once.

    Args:
        first: Errors, (S, E): a row a seed, a column an epoch, positive.
        second: Those of the other, (T, E).
    """
    from scipy.stats import t as student  # a third of a second that only a comparison should cost

    difference = first.mean(axis=0) - second.mean(axis=0)
    if min(len(first), len(second)) < 2:
        unknown = np.full(len(difference), np.nan)
        return Gaps(difference=difference, half=unknown, seeds=unknown)
    variances = first.var(axis=0, ddof=1), second.var(axis=0, ddof=1)
    one, two = variances[0] / len(first), variances[1] / len(second)
    total = one + two
    known = total > 0
    safe = np.where(known, total, 1.0)
    parts = one**2 / (len(first) - 1) + two**2 / (len(second) - 1)
    degrees = np.where(known, safe**2 / np.where(known, parts, 1.0), 1.0)
    half = np.where(known, student.ppf((1 + CONFIDENCE) / 2, degrees) * np.sqrt(total), 0.0)
    seeds = _seeds_needed(difference, *variances)
    found = Gaps(difference=difference, half=half, seeds=seeds)
    return replace(found, seeds=np.where(found.is_shown, seeds, np.maximum(seeds, min(len(first), len(second)) + 1)))


def _seeds_needed(difference: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the seeds each, 2 or more, that show a difference by Welch's test with `POWER`, given both variances."""
    from scipy.stats import norm
    from scipy.stats import t as student

    total = one + two
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(difference == 0, np.inf, total / difference**2)
        share = np.where(total > 0, total**2 / (one**2 + two**2), 2.0)  # degrees of freedom of each further seed
    seeds = np.maximum(np.ceil((norm.ppf((1 + CONFIDENCE) / 2) + norm.ppf(POWER)) ** 2 * relative), 2.0)
    for _ in range(MORE_BY_T):
        degrees = share * (seeds - 1)
        needed = (student.ppf((1 + CONFIDENCE) / 2, degrees) + student.ppf(POWER, degrees)) ** 2 * relative
        seeds = np.where(seeds < needed, seeds + 1, seeds)
    return np.asarray(seeds)
