"""Gradients of an error E(z), z = mu + sigma * eps, with respect to mu and sigma, draw by draw, in any dimension.

The noise eps is drawn apart from mu and sigma, so the derivative passes through z: dE/dmu = dE/dz and
dE/dsigma = eps * dE/dz, coordinate by coordinate. Their means over draws estimate the gradients of E_q E(z).

Sources: S2 (R. Grabovac), section 3.5; D. P. Kingma, M. Welling, Auto-encoding variational Bayes, ICLR 2014,
arXiv:1312.6114, section 2.4.

`aeviz/web/components/one_vae/paths.js` computes the same in the page.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class PathGradients:
    """Gradients by draw, (L, D) each, float64."""

    mean: np.ndarray
    """With respect to mu."""
    sd: np.ndarray
    """With respect to sigma."""


def path_gradients(slopes: np.ndarray, noise: np.ndarray) -> PathGradients:
    """Return the gradients of each draw from dE/dz, (L, D), and the noise, (L, D), floating point."""
    values = slopes.astype(np.float64)
    return PathGradients(mean=values, sd=values * noise)


def estimate_mean(gradients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over draws and its standard error, (D,) each; the error is 0 for a single draw.

    Args:
        gradients: (L, D), floating point.
    """
    count = len(gradients)
    error = gradients.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.zeros(gradients.shape[1])
    return gradients.mean(axis=0), error
