"""Bayes' rule for a probability of success: a Beta prior, some trials, the Beta posterior, and the next trial.

Sources: S2 (R. Grabovac), section 1.3, with its student who has three perfect scores of three. The text gives no prior;
Beta priors are ours: the posterior after s successes and f failures is then a Beta density too, Beta(a + s, b + f).
`aeviz/web/components/bayes/beta.js` computes the same in the page.
"""

from math import exp, lgamma

import numpy as np


def beta_density(x: np.ndarray, a: float, b: float) -> np.ndarray:
    """Return the density of Beta(a, b), a and b > 0, at points strictly between 0 and 1, of any shape, float64."""
    density: np.ndarray = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - _log_beta(a, b))
    return density


def likelihood(x: np.ndarray, successes: int, failures: int) -> np.ndarray:
    """Return the probability of these trials in their order, x^s (1 - x)^f, at points in [0, 1], of any shape."""
    value: np.ndarray = x**successes * (1 - x) ** failures
    return value


def evidence(a: float, b: float, successes: int, failures: int) -> float:
    """Return p(D), the likelihood integrated over the prior Beta(a, b): B(a + s, b + f) / B(a, b)."""
    return exp(_log_beta(a + successes, b + failures) - _log_beta(a, b))


def predicted(a: float, b: float, successes: int, failures: int) -> float:
    """Return the probability that the next trial succeeds, the mean of the posterior."""
    return (a + successes) / (a + b + successes + failures)


def most_likely(successes: int, failures: int) -> float:
    """Return the maximum likelihood estimate s / (s + f); NaN without trials."""
    return successes / (successes + failures) if successes + failures else float("nan")


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
