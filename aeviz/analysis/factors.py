"""How much of the generative factors of made-up images a linear map of the latent points explains. NumPy only.

References:
    G. Alain, Y. Bengio, Understanding intermediate layers using linear classifier probes, 2016, arXiv:1610.01644.
    [S2] R. Grabovac, Univ. of Zagreb, 2025, figure 1.3: three numbers describe each image of a circle.
"""

import numpy as np


def explained_by_lines(z: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return R^2 of a linear regression of each factor on the latent points, with an intercept.

    Every second image is for the fit, the others for the measure, so that more dimensions do not explain by chance.
    R^2 = 1 - sum (f - fitted)^2 / sum (f - mean f)^2: 1 if the factor is a linear function of z, about 0 if a line says
    no more than the mean, below 0 if it says less.

    Args:
        z: Latent points, (N, D), floating point.
        factors: (N, F), floating point.

    Returns:
        (F,), float64; NaN for a factor that is the same for all measured images.
    """
    values = factors.astype(np.float64)
    weights = fit_lines(z, factors)
    rest = values[1::2] - _design(z)[1::2] @ weights
    centred = values[1::2] - values[1::2].mean(axis=0)
    spread = (centred**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, 1 - (rest**2).sum(axis=0) / spread, np.nan)


def fit_lines(z: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return the regression that `explained_by_lines` measures: factors = (z, 1) @ it, (D + 1, F), float64."""
    weights: np.ndarray = np.linalg.lstsq(_design(z)[::2], factors.astype(np.float64)[::2], rcond=None)[0]
    return weights


def correlations(z: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Return the correlation of each latent dimension with each factor, (D, F), float64; 0 where one is constant.

    Args:
        z: Latent points, (N, D), floating point.
        factors: (N, F), floating point.
    """
    a, b = (part.astype(np.float64) - part.astype(np.float64).mean(axis=0) for part in (z, factors))
    spread = np.sqrt((a**2).sum(axis=0))[:, None] * np.sqrt((b**2).sum(axis=0))
    found: np.ndarray = np.divide(a.T @ b, spread, out=np.zeros_like(spread), where=spread > 0)
    return found


def _design(z: np.ndarray) -> np.ndarray:
    """Return points with a one each, (N, D + 1), float64."""
    return np.column_stack([z.astype(np.float64), np.ones(len(z))])
