"""Latent points to be decoded into new images: draws, paths between two points, steps along a direction. NumPy only.

Coordinates are worked out in float64 and returned as float32, which is what a decoder takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.errors import DataError

MOST_DIGITS = 12
"""Digits of the longest number that is written."""
_MANY = 5000
"""Draws that stand for a distribution: a quantile of theirs errs by a few hundredths of the deviation."""
_NEAR_ORIGIN = 1e-6
"""Norm below which a point has no direction."""
_NEAR_LINE = 1e-3
"""Angle in radians from 0 or pi below which two directions span no well-defined plane."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaussian:
    """A normal distribution over a latent space, N(mean, factor factor^T)."""

    mean: np.ndarray
    """(D,), float64."""
    factor: np.ndarray
    """(D, D), float64, symmetric: maps standard noise to a deviation from the mean."""

    def spread(self, used: np.ndarray) -> float:
        """Return the standard deviation, the root mean square over the coordinates that `used`, (D,), names; or 0."""
        variances = (self.factor**2).sum(axis=1)[used]
        return float(np.sqrt(variances.mean())) if len(variances) else 0.0


def standard_gaussian(mean: np.ndarray) -> Gaussian:
    """Return N(mean, I), the prior of a variational autoencoder; mean, (D,), is 0 or the anchor of a class."""
    return Gaussian(mean=mean.astype(np.float64), factor=np.eye(len(mean)))


def fit_gaussian(z: np.ndarray) -> Gaussian:
    """Return the Gaussian of greatest likelihood for latent points, (N, D), at least one of them."""
    points = z.astype(np.float64)
    centred = points - points.mean(axis=0)
    return gaussian_of(points.mean(axis=0), centred.T @ centred / len(points))


def gaussian_of(mean: np.ndarray, covariance: np.ndarray) -> Gaussian:
    """Return N(mean, covariance), of (D,) and (D, D).

    Its factor is the symmetric root of the covariance: unlike a Cholesky factor it exists where coordinates are dead
    or points are few, and it does not depend on the signs of eigenvectors.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return Gaussian(mean=mean, factor=root)


def draw_noise(seed: int, count: int, latent_dim: int) -> np.ndarray:
    """Return draws from N(0, I), (count, latent_dim), float64; the first are the same whatever the count."""
    return np.random.default_rng(seed).standard_normal((count, latent_dim))


def draw_points(
    gaussians: Sequence[Gaussian], which: np.ndarray, noise: np.ndarray, temperature: float = 1.0
) -> np.ndarray:
    """Draw latent points, each from its Gaussian.

    Args:
        gaussians: The distributions on offer.
        which: Index of the Gaussian of each point, (N,), integer.
        noise: Draws from N(0, I), (N, D).
        temperature: Multiplies the standard deviations: 1 draws from the Gaussians themselves, less stays nearer to
            their means, where images are likelier and more alike.

    Returns:
        (N, D), float32.
    """
    points = np.empty_like(noise)
    for index, gaussian in enumerate(gaussians):
        mine = which == index
        points[mine] = gaussian.mean + temperature * noise[mine] @ gaussian.factor
    return points.astype(np.float32)


def usual_norms(gaussian: Gaussian) -> tuple[float, float]:
    """Return the bounds of the distance from the origin between which 9 of 10 draws lie, from 5,000 with seed 0."""
    noise = draw_noise(0, _MANY, len(gaussian.mean))
    norms = np.linalg.norm(draw_points([gaussian], np.zeros(_MANY, dtype=np.int64), noise), axis=1)
    low, high = np.quantile(norms, [0.05, 0.95])
    return float(low), float(high)


def share_out(count: int, groups: int) -> np.ndarray:
    """Return which of the groups each of `count` places goes to, (count,), int64, rising, as evenly as it can be."""
    shares: np.ndarray = np.sort(np.arange(count) % groups)
    return shares


def linear_path(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Return `steps` points, (steps, D), float32, evenly along the line from start, (D,), to end, both included."""
    share = np.linspace(0, 1, steps)[:, None]
    path = (1 - share) * start.astype(np.float64) + share * end.astype(np.float64)
    return _from_to(path, start, end)


def spherical_path(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Return points from start to end on the shorter great circle about the origin (slerp).

    The direction turns evenly; the distance from the origin goes evenly from that of the start to that of the end. In
    many dimensions a standard normal prior has nearly all its mass at a distance of about sqrt(D), and a straight line
    between two of its draws leaves that shell, while this path stays in it.

    Args:
        start: (D,), floating point.
        end: (D,), floating point.
        steps: Points, both ends included.

    Returns:
        (steps, D), float32: the straight line where `has_spherical_path` is false.

    References:
        K. Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985 (the formula for unit vectors).
        T. White, Sampling generative networks, 2016, arXiv:1609.04468, 2.1, for latent points. White weighs the points
        themselves and not their directions: the same for equal norms; for unequal ones nearly opposite each other that
        runs far away from both.
    """
    if not has_spherical_path(start, end):
        return linear_path(start, end, steps)
    a, b = start.astype(np.float64), end.astype(np.float64)
    from_origin, to_origin = np.linalg.norm(a), np.linalg.norm(b)
    angle = _angle(a / from_origin, b / to_origin)
    share = np.linspace(0, 1, steps)[:, None]
    first, second = np.sin((1 - share) * angle), np.sin(share * angle)
    directions = (first * a / from_origin + second * b / to_origin) / np.sin(angle)
    return _from_to(((1 - share) * from_origin + share * to_origin) * directions, start, end)


def has_spherical_path(start: np.ndarray, end: np.ndarray) -> bool:
    """Whether two points, (D,), fix one great circle that is not the line between them.

    They do not in one dimension, where either is the origin, and where they lie in nearly the same direction from it
    or in opposite ones.
    """
    a, b = start.astype(np.float64), end.astype(np.float64)
    norms = np.linalg.norm(a), np.linalg.norm(b)
    if len(a) < 2 or min(norms) < _NEAR_ORIGIN:
        return False
    return bool(_NEAR_LINE < _angle(a / norms[0], b / norms[1]) < np.pi - _NEAR_LINE)


def path_length(path: np.ndarray) -> float:
    """Return the length of a path through the latent space, (S, D), from point to point."""
    return float(np.linalg.norm(np.diff(path.astype(np.float64), axis=0), axis=1).sum())


def group_direction(plus: np.ndarray, minus: np.ndarray) -> np.ndarray:
    """Return the mean of some latent points, (N, D), less that of others, (M, D): the direction in which they differ.

    Args:
        plus: The points that have a property: a class, glasses, a smile.
        minus: The points that have another, or lack it.

    Returns:
        (D,), float64.
    """
    direction: np.ndarray = plus.mean(axis=0, dtype=np.float64) - minus.mean(axis=0, dtype=np.float64)
    return direction


def move_along(start: np.ndarray, direction: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Return start + strength * direction for each strength, (S,): (S, D), float32."""
    points: np.ndarray = start.astype(np.float64) + strengths[:, None] * direction
    return points.astype(np.float32)


def share_at_own_anchor(z: np.ndarray, labels: np.ndarray, anchors: np.ndarray) -> float:
    """Return the share of latent points that lie nearer to the anchor of their class than to any other, in [0, 1].

    Args:
        z: Latent points, (N, D), floating point.
        labels: Their classes, (N,), int64.
        anchors: The anchor of each class, (Y, D).
    """
    squares = ((z.astype(np.float64)[:, None] - anchors.astype(np.float64)[None]) ** 2).sum(axis=2)
    return float((squares.argmin(axis=1) == labels).mean())


def read_number(text: str, class_names: Sequence[str]) -> np.ndarray:
    """Return the class of each digit of a number that somebody typed, (N,), int64; spaces around it do not count.

    Args:
        text: The text that was typed.
        class_names: Names of the classes, among which the digits must be.

    Raises:
        DataError: It holds something else than digits, or nothing, or too much; or a digit is no class.
    """
    typed = text.strip()
    other = "".join(dict.fromkeys(character for character in typed if character not in "0123456789"))
    if other:
        raise DataError(f"{other[:MOST_DIGITS]!r} is no digit; type digits from 0 to 9, for example 2025")
    if not 1 <= len(typed) <= MOST_DIGITS:
        raise DataError(f"a number of {len(typed)} digits; type 1 to {MOST_DIGITS} digits, for example 2025")
    names = list(class_names)
    missing = sorted(set(typed) - set(names))
    if missing:
        raise DataError(
            f"the model knows no class {', '.join(missing)}, only {', '.join(names) or 'unlabelled images'}; "
            "choose a model of handwritten digits"
        )
    return np.array([names.index(digit) for digit in typed], dtype=np.int64)


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    """Return the angle between unit vectors in radians, exact also near 0 and near a half turn."""
    return float(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b)))


def _from_to(path: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return a path as float32 with its ends in place to the last bit."""
    points = path.astype(np.float32)
    points[0], points[-1] = start, end
    return points


def most_alike(images: np.ndarray, others: np.ndarray) -> int:
    """Return which image has the smallest mean squared difference from its counterpart, the first of equals.

    Args:
        images: (N, C, H, W), floats in [0, 1], at least one.
        others: Likewise; compared image by image.
    """
    return int(np.square(images - others).mean(axis=(1, 2, 3)).argmin())


def least_alike(images: np.ndarray, others: np.ndarray) -> int:
    """Return which image has the largest mean squared difference, the first of equals; arguments as `most_alike`."""
    return int(np.square(images - others).mean(axis=(1, 2, 3)).argmax())
