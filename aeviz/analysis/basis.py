"""Two sets of axes to move along in a latent space: its own dimensions, and the principal directions. NumPy only."""

from dataclasses import dataclass

import numpy as np

from aeviz.training.summary import LatentSummary

REACH = 3.0
"""Deviations from the resting point to either side that a principal direction, or a dimension with a prior, spans."""
FEW = 3
"""Dimensions that all show at once."""
_NARROW = 0.01
"""Deviation, as a share of the widest, that an axis has at least: one along which nothing varies can be moved too."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basis:
    """Orthonormal axes of a latent space of D dimensions."""

    names: tuple[str, ...]
    """z17, z3, ... or PC1, PC2, ..., D of them, each a letter or two with a number."""
    notes: tuple[str, ...]
    """Information of each about the images, such as '3.20 nats'."""
    axes: np.ndarray
    """(D, D), float64: a column for each."""
    origin: np.ndarray
    """The point of rest, (D,), float64."""
    rest: np.ndarray
    """Coordinates of the point of rest, (D,), float64."""
    deviations: np.ndarray
    """Standard deviation along each, (D,), float64, above 0."""
    ranges: np.ndarray
    """Bounds of each coordinate, (D, 2), float64, around the point of rest."""

    def coordinates(self, point: np.ndarray) -> np.ndarray:
        """Return the coordinates of a latent point, (D,), along the axes; (D,), float64."""
        result: np.ndarray = self.rest + (point - self.origin) @ self.axes
        return result

    def point_at(self, coordinates: np.ndarray) -> np.ndarray:
        """Return the latent point, (D,), float64, with these coordinates, (D,)."""
        result: np.ndarray = self.origin + self.axes @ (coordinates - self.rest)
        return result


def latent_basis(summary: LatentSummary, widths: np.ndarray) -> Basis:
    """Return the dimensions of the latent space as axes, at rest at their median.

    The most informative come first; a few that all show at once keep their own order.

    Args:
        summary: Statistics of the latent points.
        widths: Variances of the posteriors, (D,), added to those of the points; 0 for a plain autoencoder. A dimension
            with a prior spans three deviations to either side at least, any other the quantiles of the points.
    """
    order = summary.order() if len(summary.mean) > FEW else np.arange(len(summary.mean))
    variances = np.diag(summary.covariance)
    ranges, rest = summary.ranges(), summary.median
    deviations = _not_narrow(np.sqrt(variances + widths))
    reach = np.where(widths > 0, REACH * deviations, 0.0)
    ranges = np.stack([np.minimum(ranges[:, 0], rest - reach), np.maximum(ranges[:, 1], rest + reach)], axis=1)
    if summary.kl is not None:
        notes = [f"{nats:.2f} nats" for nats in summary.kl]
    else:
        notes = [f"{share:.1%} of the variance" for share in variances / max(float(variances.sum()), 1e-300)]
    return Basis(
        names=tuple(f"z{dimension + 1}" for dimension in order),
        notes=tuple(notes[dimension] for dimension in order),
        axes=np.eye(len(order))[:, order],
        origin=rest,
        rest=rest[order],
        deviations=deviations[order],
        ranges=ranges[order],
    )


def principal_basis(summary: LatentSummary, axes: np.ndarray, widths: np.ndarray) -> Basis:
    """Return the principal directions as axes, with coordinates that are 0 at rest, where the dimensions rest too.

    Args:
        summary: Statistics of the latent points.
        axes: Their principal directions, (D, D), by falling variance.
        widths: As in `latent_basis`.
    """
    variances = np.maximum(np.einsum("ik,ij,jk->k", axes, summary.covariance, axes), 0)
    deviations = _not_narrow(np.sqrt(variances + widths @ axes**2))
    total = max(float(variances.sum()), 1e-300)
    return Basis(
        names=tuple(f"PC{index + 1}" for index in range(len(axes))),
        notes=tuple(f"{share:.1%} of the variance" for share in variances / total),
        axes=axes,
        origin=summary.median,
        rest=np.zeros(len(axes)),
        deviations=deviations,
        ranges=REACH * np.stack([-deviations, deviations], axis=1),
    )


def _not_narrow(deviations: np.ndarray) -> np.ndarray:
    widest = float(deviations.max())
    result: np.ndarray = np.maximum(deviations, _NARROW * widest if widest > 0 else 1.0)
    return result
