"""Regret of a method in online convex optimisation, and the example on which Adam's does not vanish.

At each step t a convex cost f_t is revealed after x_t was chosen. The regret after T steps is

    R_T = sum of f_t(x_t) - min over x of the sum of f_t(x),

the minimum at argmin, the best fixed point in hindsight ([S1] Definition 1.2.12 and Lemma 1.2.13 print min where the
point is meant). A method learns if R_T / T goes to 0.

The costs here are linear, f_t(x) = g_t x on [-1, 1], so the best fixed point is an end of the interval.

Two bounds on the regret of AMSGrad differ in the constant of their middle term, see `Bound`. Both need convex costs on
a convex set: the first step of a proof is f_t(x_t) - f_t(x*) <= <g_t, x_t - x*>. [S1] asks for neither in Theorem
1.2.17, and its proof ends after the projection step: it states the bound without proving it. The rest of a proof:

1. Divide the projection step by 2 alpha_t (1 - beta1_t), sum over t, and bound beta1_t <m_(t-1), x* - x_t> by Young's
   inequality. What is left of it, D^2 / (2 (1 - beta1)) * sum of beta1_t sqrt(V_t) / alpha_t, is the middle term as
   quoted by Phuong & Phong. The norms of m give the last term ([Reddi] Lemma 2).
2. The distances to x* do not telescope: their weights sqrt(V_t) / (alpha_t (1 - beta1_t)) fall where beta1_t falls. For
   a constant beta1_t, and for one that never grows (as beta1 / t, which `play` uses), dropping the negative differences
   leaves half of the first term. So both bounds hold.
3. For any other beta1_t <= beta1 the differences 1 / (1 - beta1_t) - 1 / (1 - beta1_(t-1)) <= beta1_t / (1 - beta1)^2
   add D^2 / (2 (1 - beta1)^2) times the same sum. With step 1 that is at most [S1]'s middle term, so [S1]'s bound holds
   there too. The smaller one does not follow this way.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, Theorem 1.2.17,
    from [Reddi].
    [Reddi] S. Reddi, S. Kale, S. Kumar, On the convergence of Adam and beyond, ICLR 2018, arXiv:1904.09237: Theorem 1
    (the periodic costs), Theorem 3 (the random ones), Theorem 4 (the bound), Corollary 1 (beta1 that decays).
    T. Phuong, L. Phong, On the convergence proof of AMSGrad and a new version, IEEE Access 2019, arXiv:1904.03590:
    quotes Theorem 4 as its Theorem A, and shows that its proof treats the beta1 of two steps as equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Literal

import numpy as np

from aeviz.errors import ConfigError
from aeviz.lab.adaptive import METHODS, MethodName, Settings, Trace, Value, run_method

BOX = (-1.0, 1.0)
"""The feasible set F."""
EXCESS = 0.5
"""delta: expected slope of the random costs."""
SEQUENCES = 5
"""Random sequences of costs that the mean is taken over."""
FALLING = 0.85
"""Ratio of the average regret at T to that at T / 2 up to which it counts as falling; T^(-1/2) gives 0.71, a regret
that grows with T gives 1."""
SMALL = 0.02
"""Average regret, over the largest slope, that counts as none."""
NEAR = -0.9
"""Mean point of the last tenth of the steps up to which a method has come to -1, the best point."""
Costs = Literal["deterministic", "stochastic"]
Verdict = Literal["vanishes", "stays", "open"]
"""Verdict on the average regret after T steps; open where they show neither."""


def periodic_slopes(largest: float, steps: int) -> np.ndarray:
    """Return the slopes of Theorem 1, (T, 1): C where t mod 3 = 1, else -1.

    Raises:
        ConfigError: C is not above 2; the sum over a period must be positive, so that -1 is the best point.
    """
    if not largest > 2:
        raise ConfigError(f"C={largest!r}; expected a number above 2, so that -1 is the best fixed point")
    slopes = np.full((steps, 1), -1.0)
    slopes[::3] = largest
    return slopes


def random_slopes(largest: float, steps: int, seed: int) -> np.ndarray:
    """Return the slopes of Theorem 3, (T, SEQUENCES): C with probability (1 + delta) / (C + 1), else -1.

    Their mean is delta, so -1 is the best point. The same seed gives the same slopes.
    """
    if not largest > 2:
        raise ConfigError(f"C={largest!r}; expected a number above 2, so that C is the rare slope")
    chance = np.random.default_rng(seed).random((steps, SEQUENCES))
    return np.where(chance < (1 + EXCESS) / (largest + 1), largest, -1.0)


def average_regret(slopes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return R_t / t for t = 1 to T, against the best fixed point in hindsight of the first t costs.

    Args:
        slopes: g_t, (T, S).
        points: x_t, the point chosen before g_t was known, (T, S).
    """
    suffered = np.cumsum(slopes * points, axis=0)
    best = -np.abs(np.cumsum(slopes, axis=0))  # a linear cost on [-1, 1] is least at one of its ends
    regret: np.ndarray = (suffered - best) / np.arange(1, len(slopes) + 1)[:, None]
    return regret


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bound:
    """The terms of the bounds on R_t / t, each (T, S), or (T,) as a mean over the sequences."""

    diameter: np.ndarray
    """D^2 sqrt(t) sqrt(V_t) / (alpha (1 - beta1)) / t."""
    momentum: np.ndarray
    """D^2 / (1 - beta1)^2 * sum of beta1_s sqrt(V_s) / alpha_s, over t: as [S1] states it; 0 without momentum."""
    quoted_momentum: np.ndarray
    """D^2 / (2 (1 - beta1)) * the same sum, over t: as Phuong & Phong quote [Reddi]."""
    gradients: np.ndarray
    """alpha sqrt(1 + log t) ||g_1:t|| / ((1 - beta1)^2 (1 - gamma) sqrt(1 - beta2)) / t."""

    @property
    def total(self) -> np.ndarray:
        """The bound of [S1] Theorem 1.2.17."""
        whole: np.ndarray = self.diameter + self.momentum + self.gradients
        return whole

    @property
    def quoted_total(self) -> np.ndarray:
        """The bound of [Reddi] Theorem 4, as Phuong & Phong quote it; at most `total`."""
        whole: np.ndarray = self.diameter + self.quoted_momentum + self.gradients
        return whole

    def mean(self) -> "Bound":
        """Return the mean over the sequences: each term (T, S) becomes (T,)."""
        return Bound(**{part.name: getattr(self, part.name).mean(axis=1) for part in fields(self)})


def regret_bound(trace: Trace, settings: Settings, diameter: float) -> Bound | None:
    """Return both bounds on the average regret of AMSGrad; None where they do not apply.

    They ask for step sizes alpha / sqrt(t), gamma = beta1 / sqrt(beta2) < 1, and neither bias correction nor epsilon.
    The costs must be convex, the set convex of finite diameter, and the gradients bounded. Coordinates are independent
    here: each has a bound of its own, and that of a problem with all of them is the sum.

    Args:
        trace: What AMSGrad did.
        settings: What it was told.
        diameter: Largest difference of two points of the set in one coordinate, D_infinity; 2 for [-1, 1].
    """
    beta1, beta2 = settings.beta1, settings.beta2
    if settings.decay != "root" or settings.correction != "none" or settings.epsilon or beta1**2 >= beta2:
        return None
    steps = np.arange(1, trace.steps + 1, dtype=np.float64).reshape(-1, *[1] * (trace.g.ndim - 1))
    roots = np.sqrt(trace.divisor)
    decayed = beta1 / steps if settings.beta1_decays else np.full_like(steps, beta1)
    gamma = beta1 / beta2**0.5 if beta1 else 0.0
    norms = np.sqrt(np.cumsum(trace.g**2, axis=0))
    scale = (1 - beta1) ** 2 * (1 - gamma) * (1 - beta2) ** 0.5
    weighted = diameter**2 * np.cumsum(decayed * roots * np.sqrt(steps) / settings.alpha, axis=0) / steps
    return Bound(
        diameter=diameter**2 * roots / (settings.alpha * (1 - beta1)) / np.sqrt(steps),
        momentum=weighted / (1 - beta1) ** 2,
        quoted_momentum=weighted / (2 * (1 - beta1)),
        gradients=settings.alpha * np.sqrt(1 + np.log(steps)) * norms / scale / steps,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """The result of a method on the costs."""

    method: MethodName
    x: np.ndarray
    """Points chosen, (T,); of random costs, the mean over the sequences."""
    regret: np.ndarray
    """Average regret R_t / t, (T,), the mean over the sequences."""
    spread: tuple[np.ndarray, np.ndarray]
    """Least and largest average regret of the sequences, each (T,)."""
    effective: np.ndarray
    """Effective step size over alpha_t, 1 / sqrt(V_t), (T,), of the first sequence."""
    is_random: bool
    """Whether the costs are."""
    is_stuck: bool
    """Whether in every sequence x was back at 1, the worst point, in the last tenth of either half of the steps."""
    bound: Bound | None
    """Bounds on the average regret, terms (T,), the mean over the sequences; None where they say nothing."""

    @property
    def ratio(self) -> float:
        """Average regret at T over that at T / 2; 1 where the latter is 0."""
        half = float(self.regret[len(self.regret) // 2 - 1])
        return float(self.regret[-1]) / half if half > 0 else 1.0

    @property
    def end(self) -> float:
        """Mean point over the last tenth of the steps, in [-1, 1]."""
        return float(self.x[-_tenth(len(self.x)) :].mean())

    def verdict(self, largest: float) -> Verdict:
        """Return whether the average regret goes to 0 as far as T steps show it, for the largest slope C.

        It stays where x is stuck; of random costs, unless it falls all the same: x may be back at 1 now and then while
        it learns. It vanishes where it is small or falls, and x has come near -1 at last.
        """
        if self.is_stuck:
            return "open" if self.is_random and self.ratio <= FALLING else "stays"
        has_come = self.end <= NEAR
        falls = float(self.regret[-1]) <= SMALL * largest or self.ratio <= FALLING
        return "vanishes" if has_come and falls else "open"


def play(
    costs: Costs, largest: float, settings: Settings, steps: int, methods: tuple[MethodName, ...], *, seed: int = 0
) -> Mapping[MethodName, Outcome]:
    """Run methods on Reddi, Kale & Kumar's costs from x = 1, the worst point, projected onto [-1, 1].

    Args:
        costs: deterministic, C x every third step, else -x; or stochastic, C x with a probability.
        largest: C, above 2.
        settings: Step sizes and decays.
        steps: T, from 4 up.
        methods: Those to run.
        seed: Of the random costs.
    """
    if steps < 4:
        raise ConfigError(f"steps={steps!r}; expected 4 or more")
    slopes = periodic_slopes(largest, steps) if costs == "deterministic" else random_slopes(largest, steps, seed)
    found: dict[MethodName, Outcome] = {}
    for name in methods:
        trace = _run(name, slopes, settings)
        regret = average_regret(slopes, trace.x[:-1])
        bound = regret_bound(trace, settings, BOX[1] - BOX[0]) if name == "amsgrad" else None
        found[name] = Outcome(
            method=name,
            x=trace.x[:-1].mean(axis=1),
            regret=regret.mean(axis=1),
            spread=(regret.min(axis=1), regret.max(axis=1)),
            effective=1 / np.sqrt(trace.divisor[:, 0]),
            is_random=costs == "stochastic",
            is_stuck=_is_stuck(trace.x[:-1]),
            bound=None if bound is None else bound.mean(),
        )
    return found


def _tenth(steps: int) -> int:
    """Return a tenth of the steps, but no less than a period of the costs."""
    return max(3, steps // 10)


def _is_stuck(x: np.ndarray) -> bool:
    """Whether every sequence of points, (T, S), is back at the worst one at the end of both halves."""
    steps, window = len(x), _tenth(len(x))
    return all((x[max(0, end - window) : end] == BOX[1]).any(axis=0).all() for end in (steps // 2, steps))


def _run(name: MethodName, slopes: np.ndarray, settings: Settings) -> Trace:
    """Run a method on each sequence by itself: on numbers that is faster than on arrays of a few elements."""
    traces = []
    for column in slopes.T.tolist():
        costs = partial(_slope, column)
        traces.append(run_method(METHODS[name], costs, 1.0, settings, len(column), box=BOX))
    parts = ("x", "g", "m", "v", "divisor", "effective")
    return Trace(
        **{part: np.stack([getattr(trace, part) for trace in traces], axis=1) for part in parts}, is_finite=True
    )


def _slope(slopes: list[float], t: int, x: Value) -> float:
    return slopes[t - 1]
