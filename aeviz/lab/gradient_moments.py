"""Running means of gradients and of their squares, which Adam divides, and the correction of their bias.

For gradients from N(mu, s^2): E m_t = (1 - beta1^t) mu and E v_t = (1 - beta2^t) (mu^2 + s^2), since both start at 0.
Source: S1 (M. Sevkovych), Definition 1.2.9, Remark 1.2.10, Algorithm 1; S2 (R. Grabovac), Algorithm 2. Slips: S1's
prose lets AMSGrad take the maximum of squared gradients; it is that of their running means, and no correction of a
bias, as comments in Algorithm 3 say.

`aeviz/web/components/moments/running.js` computes the same in the page.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class RunningMoments:
    """After each step: (T,), float64."""

    m: np.ndarray
    """Mean of the gradients."""
    v: np.ndarray
    """Mean of their squares."""
    corrected_m: np.ndarray
    """m / (1 - beta1^t)."""
    corrected_v: np.ndarray
    """v / (1 - beta2^t)."""


def running_moments(gradients: np.ndarray, beta1: float, beta2: float) -> RunningMoments:
    """Return both moments of gradients (T,), float64, before and after the correction; both betas in [0, 1)."""

    def mean(values: np.ndarray, beta: float) -> np.ndarray:
        found, kept = np.empty(len(values)), 0.0
        for t, value in enumerate(values):
            found[t] = kept = beta * kept + (1 - beta) * value
        return found

    t = np.arange(1, len(gradients) + 1)
    m, v = mean(gradients, beta1), mean(gradients**2, beta2)
    return RunningMoments(m, v, m / (1 - beta1**t), v / (1 - beta2**t))


def adam_steps(m: np.ndarray, v: np.ndarray, epsilon: float, *, is_under_root: bool = False) -> np.ndarray:
    """Return Adam's steps over its step size, of the shape of `m`: m / (sqrt(v) + epsilon), as Kingma and Ba have it.

    Args:
        m: Means of the gradients.
        v: Means of their squares, not negative.
        epsilon: At least 0.
        is_under_root: Whether to divide by sqrt(v + epsilon), as S2 prints it in Algorithm 2.
    """
    steps: np.ndarray = m / (np.sqrt(v + epsilon) if is_under_root else np.sqrt(v) + epsilon)
    return steps


def expected_moments(mu: float, deviation: float, beta1: float, beta2: float, t: np.ndarray) -> np.ndarray:
    """Return E m_t and E v_t for gradients from N(mu, deviation^2) after steps t (T,), from 1: (2, T)."""
    return np.stack([(1 - beta1**t) * mu, (1 - beta2**t) * (mu**2 + deviation**2)])
