"""The posterior of a latent variable in the plane by integration on a grid that is refined where the mass lies.

The integrand is p(x, z) = p(x | z) p(z) of one image x as a function of z in R^2. Its integral is p(x), and divided by
it the integrand is the posterior p(z | x). All in nats.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

LogJoint: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""ln p(x, z) at points, (M, 2), float64: (M,), float64. It may be -inf."""
LEAST_CELLS = 48
"""Cells that are refined at least: before the grid resolves a narrow peak, its mass says little."""
MOST_CELLS = 12_000
"""Where the mass lies in more cells than these, the posterior is so wide that it needs no finer grid."""
MOST_LEVELS = 14
"""Refinements at most: each halves the spacing."""
TOLERANCE = 0.005
"""The grid is fine enough once two halvings of its spacing have changed ln p(x) by less than this, in nats."""
_LEFT_OUT = 1e-5
"""Share of the mass that a refinement may leave out."""
_RING = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
_CHILDREN = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A square grid of n x n cells: the plane as the search begins."""

    low: tuple[float, float]
    """Its corner with the smallest coordinates."""
    side: float
    """Length of a side."""
    n: int
    """Cells along a side."""

    def centres(self) -> np.ndarray:
        """Return the centres of the cells, (n * n, 2), float64, the second coordinate changing fastest."""
        steps = (np.arange(self.n) + 0.5) * self.side / self.n
        first, second = np.meshgrid(self.low[0] + steps, self.low[1] + steps, indexing="ij")
        return np.column_stack([first.ravel(), second.ravel()])


def box_around(points: np.ndarray, *, n: int, least: float = 5.0, margin: float = 0.1) -> Box:
    """Return a square box that holds points, (N, 2), with a margin, and the prior's N(0, I) up to `least`.

    Args:
        points: Encoded images.
        n: Cells along a side.
        least: The box covers [-least, least] in both coordinates.
        margin: Room beyond the points, as a share of their extent.
    """
    low, high = points.min(axis=0).astype(np.float64), points.max(axis=0).astype(np.float64)
    room = margin * (high - low)
    low, high = np.minimum(low - room, -least), np.maximum(high + room, least)
    side = float((high - low).max())
    corner = (low + high - side) / 2
    return Box(low=(float(corner[0]), float(corner[1])), side=side, n=n)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanePosterior:
    """p(z | x) of an image: its density at the cells of a regular grid that hold nearly all of its mass."""

    log_evidence: float
    """ln p(x), in nats."""
    points: np.ndarray
    """Centres of the cells, (M, 2), float64."""
    log_density: np.ndarray
    """ln p(z | x) at the centres, (M,), float64."""
    spacing: float
    """Side of a cell."""
    changes: tuple[float, ...]
    """By how much each halving of the spacing changed ln p(x), in nats."""

    @property
    def mass(self) -> np.ndarray:
        """Probability of each cell, (M,), float64, summing to 1."""
        weights: np.ndarray = np.exp(self.log_density + 2 * math.log(self.spacing))
        weights /= weights.sum()
        return weights

    @property
    def mean(self) -> np.ndarray:
        """Mean of the posterior, (2,), float64."""
        mean: np.ndarray = self.mass @ self.points
        return mean

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the posterior, (2, 2), float64."""
        centred = self.points - self.mean
        covariance: np.ndarray = (self.mass[:, None] * centred).T @ centred
        return covariance

    @property
    def mode(self) -> np.ndarray:
        """The centre with the highest density, (2,), float64."""
        mode: np.ndarray = self.points[self.log_density.argmax()]
        return mode

    @property
    def is_converged(self) -> bool:
        """Whether two halvings of the spacing changed ln p(x) by less than `TOLERANCE`, or the posterior is wide."""
        if len(self.points) > MOST_CELLS:
            return True
        return len(self.changes) > 1 and max(map(abs, self.changes[-2:])) < TOLERANCE

    def highest_density(self, share: float) -> float:
        """Return the ln p(z | x) above which the densest region lies that holds this share of the mass, in (0, 1)."""
        order = np.argsort(-self.log_density)
        place = int(np.searchsorted(np.cumsum(self.mass[order]), share))
        return float(self.log_density[order[min(place, len(order) - 1)]])


def integrate(log_joint: LogJoint, box: Box, coarse: np.ndarray | None = None) -> PlanePosterior:
    """Integrate p(x, z) over z, on a grid whose spacing is halved where the mass lies until ln p(x) stays as it is.

    Where cells are smaller than the posterior's standard deviations the midpoint rule converges faster than any power
    of the spacing. Where they are larger, the cells with the highest values are refined first.

    Args:
        log_joint: ln p(x, z). It is called some ten times.
        box: Where to search; mass outside it is found only if it touches the box.
        coarse: ln p(x, z) at the centres of the box, (n * n,), where that is known already; precision is not needed.
    """
    cells = np.stack(np.meshgrid(np.arange(box.n), np.arange(box.n), indexing="ij"), axis=-1).reshape(-1, 2)
    origin, spacing = np.array(box.low), box.side / box.n
    values = log_joint(box.centres()) if coarse is None else coarse.astype(np.float64)
    estimate = _log_sum(values) + 2 * math.log(spacing)
    changes: list[float] = []
    for _ in range(MOST_LEVELS):
        heaviest = _heaviest(values)
        if len(heaviest) > MOST_CELLS:
            break
        cells = _with_neighbours(cells[heaviest])
        cells = (2 * cells[:, None, :] + _CHILDREN).reshape(-1, 2)
        spacing /= 2
        values = log_joint(origin + (cells + 0.5) * spacing)
        former, estimate = estimate, _log_sum(values) + 2 * math.log(spacing)
        changes.append(estimate - former)
        if len(changes) > 1 and max(map(abs, changes[-2:])) < TOLERANCE:
            break
    return PlanePosterior(
        log_evidence=estimate,
        points=origin + (cells + 0.5) * spacing,
        log_density=values - estimate,
        spacing=spacing,
        changes=tuple(changes),
    )


def _heaviest(values: np.ndarray) -> np.ndarray:
    """Return the places of the cells to refine: those that hold the mass, and not fewer than `LEAST_CELLS`."""
    order = np.argsort(-values)
    share = np.cumsum(np.exp(values[order] - values[order[0]]))
    needed = int(np.searchsorted(share, (1 - _LEFT_OUT) * share[-1])) + 1
    return order[: max(needed, LEAST_CELLS)]


def _with_neighbours(cells: np.ndarray) -> np.ndarray:
    """Return cells, (M, 2), integer, and those that touch them, each once."""
    around = (cells[:, None, :] + _RING).reshape(-1, 2)
    low = around.min(axis=0)
    width = int(around[:, 1].max() - low[1]) + 1
    numbers = np.unique((around[:, 0] - low[0]) * width + around[:, 1] - low[1])
    found: np.ndarray = np.column_stack([numbers // width, numbers % width]) + low
    return found


def _log_sum(values: np.ndarray) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))
