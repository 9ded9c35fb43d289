"""The encoded images compared with the prior N(0, I): are draws from it near the data? NumPy only."""

from dataclasses import dataclass

import numpy as np

from aeviz.analysis.latent import active_units, is_far, vote_of_neighbours

RADIUS = 3.0
"""Standard deviations about the origin; a prior in two dimensions has 98.9 % of its mass within."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriorFit:
    """Comparison of the encoded images with the prior."""

    inside_share: float
    """Share of the encoded images within RADIUS of the origin, in [0, 1]."""
    spread: float
    """Standard deviation of the encoded images, the root mean square over the dimensions."""
    posterior_width: float | None
    """Mean standard deviation of a posterior in a dimension; None where the posteriors were not kept."""
    far_share: float | None
    """Share of the draws from the prior that lie far from the encoded images; None where no dimension is active."""
    class_shares: np.ndarray | None
    """Share of the draws whose neighbours are of each class, (Y,), float64; None without classes, or as `far_share`."""


def fit_prior(
    z: np.ndarray,
    log_variance: np.ndarray | None,
    labels: np.ndarray | None,
    classes: int,
    draws: np.ndarray,
    limit: float,
) -> PriorFit:
    """Compare encoded images with draws from the prior.

    Args:
        z: Latent points, (N, D), floating point.
        log_variance: Logarithm of the variance of their posteriors, (N, D), or None.
        labels: Their classes, (N,), int64, or None.
        classes: Y, the number of classes.
        draws: Draws from the prior, (M, D), floating point.
        limit: Distance from the encoded images beyond which a draw is far.
    """
    far = shares = None
    if active_units(z).any():
        far = float(is_far(draws, z, limit).mean())
        if labels is not None:
            votes = vote_of_neighbours(draws, z, labels)
            shares = np.bincount(votes, minlength=classes) / len(draws)
    return PriorFit(
        inside_share=float((np.linalg.norm(z.astype(np.float64), axis=1) <= RADIUS).mean()),
        spread=float(np.sqrt(z.astype(np.float64).var(axis=0).mean())),
        posterior_width=None if log_variance is None else float(np.exp(log_variance.astype(np.float64) / 2).mean()),
        far_share=far,
        class_shares=shares,
    )
