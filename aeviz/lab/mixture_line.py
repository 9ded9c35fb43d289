"""EM for one parameter: the lower bound that touches the log-likelihood, as functions of that parameter.

p_theta(x) = 1/2 N(x; KNOWN, sd^2) + 1/2 N(x; theta, sd^2): only the mean theta of the second component is unknown. The
functions p_theta are the hypotheses of the model, ln p_theta(D) judges them. For fixed responsibilities the bound is a
parabola of theta, whose top is the next theta. Sources: S2 (R. Grabovac), section 1.2, equation (1.4), section 1.6,
Algorithm 1. The text has neither model nor numbers; both are ours.
`aeviz/web/components/mixture_line/line.js` computes the same in the page.
"""

import numpy as np

from aeviz.lab.mixture import Mixture, bound, e_step, log_likelihood

KNOWN = 0.0
"""Mean of the component that is not learned."""


def hypothesis(theta: float, sd: float) -> Mixture:
    """Return p_theta, in one dimension, with a standard deviation above 0."""
    return Mixture(np.full(2, 0.5), np.array([[KNOWN], [theta]]), np.full((2, 1, 1), sd**2))


def log_likelihoods(data: np.ndarray, thetas: np.ndarray, sd: float) -> np.ndarray:
    """Return ln p_theta(D) for each theta (T,), in nats: (T,); data (N,), float64."""
    return np.array([log_likelihood(data[:, None], hypothesis(theta, sd)) for theta in thetas])


def touching_bound(data: np.ndarray, at: float, thetas: np.ndarray, sd: float) -> np.ndarray:
    """Return ELBO(Q, theta) for each theta (T,), with Q of the E-step at one theta: there it equals ln p_theta(D)."""
    shares = e_step(data[:, None], hypothesis(at, sd))
    return np.array([bound(data[:, None], hypothesis(theta, sd), shares) for theta in thetas])


def next_theta(data: np.ndarray, at: float, sd: float) -> float:
    """Return the theta of the M-step after an E-step at `at`: the mean of the data, weighted by responsibilities."""
    share = e_step(data[:, None], hypothesis(at, sd))[:, 1]
    return float(share @ data / share.sum())
