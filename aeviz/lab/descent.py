"""Conditions of gradient descent's convergence theorem that [S1], Theorem 1.2.5, does not state.

As printed it asks of a convex, differentiable f only that the step sizes alpha_k tend to 0. Three more conditions are
needed: the step sizes sum to infinity, f has a minimiser, and the gradient is Lipschitz (or the steps are safeguarded).
Each example here satisfies the theorem as printed and does not converge, because one condition is missing; beside it
stands the same descent with the condition restored.

References:
    [S1] Theorem 1.2.5.
    B. Polyak, Introduction to optimization, 1987, section 1.4.
    L. Armijo, Minimization of functions having Lipschitz continuous first partial derivatives, 1966: the safeguard.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from aeviz.errors import ConfigError
from aeviz.language import mark

LIMIT = 1e100
"""Size of a point from which the descent ends, as diverged."""
ARMIJO = 0.5
"""Share of the decrease that the gradient promises which a safeguarded step must bring."""
ExampleName = Literal["summable", "steep", "endless"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent:
    """One descent in one variable."""

    value: Callable[[float], float]
    slope: Callable[[float], float]
    step_size: Callable[[int], float]
    """alpha_k of step k, from 1."""
    formula: str
    """f, as LaTeX."""
    steps_formula: str
    """alpha_k, as LaTeX."""
    safeguarded: bool = False
    """Whether a step is halved until it brings half of the decrease that the gradient promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A descent that the theorem as printed covers, and the same with what is missing."""

    name: ExampleName
    missing: str
    """The condition that is missing, as a phrase."""
    broken: Descent
    mended: Descent
    minimiser: float | None
    """Where f is least; None where it is nowhere."""
    start: float
    """A start at which the example shows."""
    reach: float
    """Starts on offer lie between minus this and this."""


_HALF_SQUARE = Descent(
    value=lambda x: x * x / 2,
    slope=lambda x: x,
    step_size=lambda k: 1 / (k + 1) ** 2,
    formula=r"f(x) = \tfrac12 x^2",
    steps_formula=r"\alpha_k = \frac{1}{(k+1)^2}",
)
_FOURTH = Descent(
    value=lambda x: x**4,
    slope=lambda x: 4 * x**3,
    step_size=lambda k: 1 / k,
    formula=r"f(x) = x^4",
    steps_formula=r"\alpha_k = \frac1k",
)
EXAMPLES: dict[ExampleName, Example] = {
    example.name: example
    for example in (
        Example(
            name="summable",
            missing=mark("the step sizes must sum to infinity"),
            broken=_HALF_SQUARE,
            mended=replace(_HALF_SQUARE, step_size=lambda k: 1 / (k + 1), steps_formula=r"\alpha_k = \frac{1}{k+1}"),
            minimiser=0.0,
            start=1.0,
            reach=10.0,
        ),
        Example(
            name="steep",
            missing=mark("the gradient must be Lipschitz, or each step be safeguarded"),
            broken=_FOURTH,
            mended=replace(_FOURTH, safeguarded=True),
            minimiser=0.0,
            start=2.0,
            reach=5.0,
        ),
        Example(
            name="endless",
            missing=mark("a minimiser must exist"),
            broken=Descent(
                value=math.exp,
                slope=math.exp,
                formula=r"f(x) = e^x",
                step_size=lambda k: 1 / k,
                steps_formula=r"\alpha_k = \frac1k",
            ),
            mended=Descent(
                value=lambda x: math.exp(x) - x,
                slope=lambda x: math.exp(x) - 1,
                formula=r"f(x) = e^x - x",
                step_size=lambda k: 1 / k,
                steps_formula=r"\alpha_k = \frac1k",
            ),
            minimiser=None,
            start=1.0,
            reach=2.0,
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """The result of a descent."""

    x: np.ndarray
    """Iterates, (T + 1,), float64."""
    values: np.ndarray
    """f at each, (T + 1,)."""
    travelled: np.ndarray
    """Sum of the step sizes used so far, (T + 1,)."""
    is_finite: bool
    """Whether it went all the way; otherwise it ends with the last point within LIMIT."""


def descend(descent: Descent, start: float, steps: int) -> Course:
    """Run gradient descent, x - alpha_k f'(x).

    Args:
        descent: The function and its step sizes.
        start: The first point, finite.
        steps: Steps to make, from 1.
    """
    if not math.isfinite(start) or steps < 1:
        raise ConfigError(f"start={start!r} and steps={steps!r}; expected a finite number and a whole one from 1 up")
    x, used, is_finite = start, 0.0, True
    points, values, travelled = [x], [descent.value(x)], [0.0]
    for k in range(1, steps + 1):
        try:
            slope, alpha = descent.slope(x), descent.step_size(k)
            while descent.safeguarded and not _falls_enough(descent, x, slope, alpha):
                alpha /= 2
            moved = x - alpha * slope
            value = descent.value(moved)
        except OverflowError:
            is_finite = False
            break
        if abs(moved) > LIMIT:
            is_finite = False
            break
        x, used = moved, used + alpha
        points.append(x)
        values.append(value)
        travelled.append(used)
    return Course(x=np.array(points), values=np.array(values), travelled=np.array(travelled), is_finite=is_finite)


def _falls_enough(descent: Descent, x: float, slope: float, alpha: float) -> bool:
    return descent.value(x - alpha * slope) <= descent.value(x) - ARMIJO * alpha * slope * slope or slope == 0


def summable_limit(start: float, steps: int) -> float:
    """Return where the summable example stands after `steps` steps: start times the product of 1 - 1/(k+1)^2.

    The product telescopes to (n + 2) / (2 (n + 1)), which tends to 1/2: half of the way is never made.
    """
    return start * (steps + 2) / (2 * (steps + 1))
