"""Functions of two variables on which optimizers can be watched, and the trajectories that they take there.

References:
    H. Rosenbrock, An automatic method for finding the greatest or least value of a function, 1960.
    E. Beale, On an iterative method for finding a local minimum of a function of more than one variable, 1958.
    D. Himmelblau, Applied nonlinear programming, 1972.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aeviz.errors import ConfigError
from aeviz.lab.adaptive import METHODS, MethodName, Settings, Trace, run_method
from aeviz.language import mark

FAR = 100.0
"""Widths of the window from its middle at which a trajectory counts as diverged."""
Array = Any
"""Numbers of NumPy of any shape; the formulas take torch's tensors too."""
CLOSE = 1e-2
"""Distance from a minimiser, over the width of the window, that counts as having reached it."""
STAYED = 0.1
"""Share of the steps, the last ones, all of which must be close before a method is said to stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A function of two variables."""

    name: str
    value: Callable[[Array, Array], Array]
    """f(x, y) for arrays of any shape."""
    gradient: Callable[[np.ndarray], np.ndarray]
    """The gradient at a point, (2,) to (2,)."""
    minimisers: tuple[tuple[float, float], ...]
    low: tuple[float, float]
    high: tuple[float, float]
    """Corners of the window that is drawn."""
    start: tuple[float, float]
    formula: str
    """LaTeX."""
    summary: str
    """A sentence on what makes it difficult."""
    minimum: float = 0.0
    """Least value."""

    @property
    def close(self) -> float:
        """Distance from a minimiser that counts as having reached it."""
        return CLOSE * float(np.subtract(self.high, self.low).max())

    @property
    def limit(self) -> float:
        """Size of a coordinate at which a trajectory has diverged."""
        return FAR * float(np.subtract(self.high, self.low).max())

    def above(self, values: np.ndarray) -> np.ndarray:
        """Return how far values lie above the least one; 0 where the difference is a few roundings of it."""
        gaps = values - self.minimum
        return np.where(gaps > 8 * np.finfo(np.float64).eps * abs(self.minimum), gaps, 0.0)


def _rosenbrock(x: Array, y: Array) -> Array:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _beale(x: Array, y: Array) -> Array:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _beale_gradient(p: np.ndarray) -> np.ndarray:
    x, y = p.tolist()
    first, second, third = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return np.array(
        [
            2 * (first * (y - 1) + second * (y**2 - 1) + third * (y**3 - 1)),
            2 * x * (first + 2 * y * second + 3 * y**2 * third),
        ]
    )


def _himmelblau(x: Array, y: Array) -> Array:
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _himmelblau_gradient(p: np.ndarray) -> np.ndarray:
    x, y = p.tolist()
    first, second = x**2 + y - 11, x + y**2 - 7
    return np.array([4 * x * first + 2 * second, 2 * first + 4 * y * second])


def _saddle(x: Array, y: Array) -> Array:
    return x**2 - y**2 + y**4 / 4


_SURFACES = (
    Surface(
        name="Himmelblau",
        value=_himmelblau,
        gradient=_himmelblau_gradient,
        minimisers=((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848127)),
        low=(-5.0, -5.0),
        high=(5.0, 5.0),
        start=(0.25, -3.25),
        formula=r"f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        summary=mark("Four minima of equal value. Method, step size and start decide which one is found."),
    ),
    Surface(
        name=mark("quadratic"),
        value=lambda x, y: (x**2 + 20 * y**2) / 2,
        gradient=lambda p: p * np.array([1.0, 20.0]),
        minimisers=((0.0, 0.0),),
        low=(-4.0, -2.5),
        high=(4.0, 2.5),
        start=(-3.5, 1.8),
        formula=r"f(x, y) = \tfrac12 (x^2 + 20 y^2)",
        summary=mark(
            "Convex, with twenty times the curvature in y. Gradient descent diverges across the valley with a step "
            "size above 2/20; below it, progress along the valley is slow."
        ),
    ),
    Surface(
        name="Rosenbrock",
        value=_rosenbrock,
        gradient=lambda p: np.array(
            [-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)], dtype=np.float64
        ),
        minimisers=((1.0, 1.0),),
        low=(-2.0, -1.0),
        high=(2.0, 3.0),
        start=(-1.5, 2.0),
        formula=r"f(x, y) = (1 - x)^2 + 100\,(y - x^2)^2",
        summary=mark("A curved valley with steep walls. Methods reach its floor quickly and follow it slowly."),
    ),
    Surface(
        name="Beale",
        value=_beale,
        gradient=_beale_gradient,
        minimisers=((3.0, 0.5),),
        low=(-4.5, -4.5),
        high=(4.5, 4.5),
        start=(1.0, 1.5),
        formula=r"f(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
        summary=mark("Nearly flat in the middle. At the corners the gradient is ten thousand times as long."),
    ),
    Surface(
        name=mark("saddle"),
        value=_saddle,
        gradient=lambda p: np.array([2 * p[0], -2 * p[1] + p[1] ** 3], dtype=np.float64),
        minimisers=((0.0, 2**0.5), (0.0, -(2**0.5))),
        low=(-2.5, -2.5),
        high=(2.5, 2.5),
        start=(-2.0, 0.01),
        formula=r"f(x, y) = x^2 - y^2 + \tfrac14 y^4",
        summary=mark(
            "A saddle point at the origin between two minima. From y = 0 no method leaves it; near y = 0 gradient "
            "descent is slow, but methods that divide by the gradient's size are not."
        ),
        minimum=-1.0,
    ),
)
SURFACES: dict[str, Surface] = {surface.name: surface for surface in _SURFACES}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trajectory:
    """The trajectory of a method over a surface."""

    method: MethodName
    trace: Trace
    values: np.ndarray
    """f at each iterate, (T + 1,)."""
    arrived: int | None
    """First step from which on all points were close to a minimiser; None where the last one is not."""
    nearest: tuple[float, float]
    """The minimiser that the end lies nearest to."""

    @property
    def points(self) -> np.ndarray:
        """Iterates, (T + 1, 2)."""
        return self.trace.x

    @property
    def stays(self) -> bool:
        """Whether it was close for so long that it can be said to stay."""
        return self.arrived is not None and self.trace.steps - self.arrived >= STAYED * self.trace.steps


def travel(
    surface: Surface, methods: Mapping[MethodName, Settings], start: tuple[float, float], steps: int
) -> dict[MethodName, Trajectory]:
    """Let methods descend a surface from the same start.

    Args:
        surface: The function.
        methods: Those to run, each with its settings.
        start: The first point.
        steps: Steps that each makes, from 1; a trajectory that leaves the window by FAR widths ends there.
    """
    if not np.isfinite(start).all():
        raise ConfigError(f"start={start!r}; expected two finite numbers")
    found: dict[MethodName, Trajectory] = {}
    for name, settings in methods.items():
        trace = run_method(
            METHODS[name],
            lambda t, x: surface.gradient(np.asarray(x)),
            np.array(start, dtype=np.float64),
            settings,
            steps,
            limit=surface.limit,
        )
        distances = np.linalg.norm(trace.x[:, None, :] - np.array(surface.minimisers), axis=2)
        outside = np.flatnonzero(distances.min(axis=1) > surface.close)
        first = int(outside[-1]) + 1 if len(outside) else 0
        found[name] = Trajectory(
            method=name,
            trace=trace,
            values=surface.value(trace.x[:, 0], trace.x[:, 1]),
            arrived=first if first < len(trace.x) and trace.is_finite else None,
            nearest=surface.minimisers[int(distances[-1].argmin())],
        )
    return found
