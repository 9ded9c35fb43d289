"""One image under distortions of equal squared error, and what other losses say of them.

Sources: S2 (R. Grabovac), section 4.4, Definition 4.4.1, Example 4.4.2; Wang, Bovik, Sheikh and Simoncelli 2004, whose
Figure 2 sets distortions of equal mean squared error side by side. Slips of S2, Example 4.4.2: the variance of y is 2.5
and the covariance 1.75, where it has 2 and 1; and its C1 = 0.01, C2 = 0.03 are the constants K1 and K2, from which
C1 = (K1 L)^2 and C2 = (K2 L)^2 follow.

`aeviz/web/components/image_losses/measures.js` and `distortions.js` compute the same in the page.
"""

from dataclasses import dataclass
from math import ceil, erf, sqrt
from typing import NamedTuple

import numpy as np

DISTORTIONS = ("brightness", "contrast", "inversion", "noise", "blur", "shift", "mask", "salt")
"""Names, in the order of the page."""
SIDES_SHIFTED = 0.5
"""Largest shift, as a share of the image's side."""
_MOST = {"blur": 8.0, "noise": 2.0}
"""Largest amounts other than 1: the blur's standard deviation in pixels, and that of the noise."""
_STEPS, _SEARCHES, _CLOSE = 24, 12, 1e-6
"""Amounts that are tried before the search, its steps, and the relative difference that ends it."""


def largest_amount(kind: str, side: int) -> float:
    """Return the largest amount of a distortion of images whose side is given in pixels; the least is 0."""
    return SIDES_SHIFTED * side if kind == "shift" else _MOST.get(kind, 1.0)


def distort(image: np.ndarray, kind: str, amount: float, noise: np.ndarray) -> np.ndarray:
    """Distort an image.

    Args:
        image: (H, W), float64, in [0, 1].
        kind: One of `DISTORTIONS`: brightness adds the amount; contrast draws towards the mean; inversion blends with
            the negative; noise is normal; blur is Gaussian; shift moves to the right, the first column repeated; mask
            greys a square in the middle; salt sets a share of the pixels to black or white.
        amount: From 0 to `largest_amount`.
        noise: (2, H, W), float64: standard normal values, then uniform ones in [0, 1).

    Returns:
        (H, W), float64, in [0, 1].
    """
    side = image.shape[1]
    if kind == "brightness":
        found = image + amount
    elif kind == "contrast":
        found = image + amount * (image.mean() - image)
    elif kind == "inversion":
        found = image + amount * (1 - 2 * image)
    elif kind == "noise":
        found = image + amount * noise[0]
    elif kind == "blur":
        found = _blur(image, amount)
    elif kind == "shift":
        whole = int(amount)
        columns = np.arange(side)
        near, far = (image[:, np.maximum(0, columns - step)] for step in (whole, whole + 1))
        found = near + (amount - whole) * (far - near)
    elif kind == "mask":
        rows, columns = (_cover(length, amount) for length in image.shape)
        found = image + np.outer(rows, columns) * (0.5 - image)
    else:
        found = np.where(noise[1] < amount, np.where(noise[0] > 0, 1.0, 0.0), image)
    clipped: np.ndarray = np.clip(found, 0.0, 1.0)
    return clipped


def _cover(length: int, amount: float) -> np.ndarray:
    """Return how much of each pixel of a line the middle part of this share covers, in [0, 1]."""
    low, high = length * (1 - amount) / 2, length * (1 + amount) / 2
    starts = np.arange(length)
    covered: np.ndarray = np.clip(np.minimum(starts + 1, high) - np.maximum(starts, low), 0, 1)
    return covered


def _blur(image: np.ndarray, sd: float) -> np.ndarray:
    """Average with Gaussian weights, integrated over each pixel; edges are repeated."""
    if sd < 1e-3:
        return image
    reach = ceil(3 * sd)
    edges = np.arange(-reach, reach + 2) - 0.5
    taps = np.diff([erf(edge / (sd * sqrt(2))) for edge in edges])
    taps /= taps.sum()
    found = image
    for axis in (0, 1):
        places = np.clip(np.arange(found.shape[axis])[:, None] + np.arange(-reach, reach + 1), 0, found.shape[axis] - 1)
        windows = np.moveaxis(np.take(found, places, axis=axis), axis + 1, -1)
        found = windows @ taps
    return found


def amount_for(image: np.ndarray, kind: str, mse: float, noise: np.ndarray) -> float:
    """Return the smallest amount of a distortion with a mean squared error; the one that comes nearest if none has it.

    Arguments as for `distort`; `mse` is at least 0. Found on a grid of amounts, then by
    the Illinois method (false position, where an end that stays counts half).
    """
    most = largest_amount(kind, image.shape[1])

    def error(amount: float) -> float:
        return float(((distort(image, kind, amount, noise) - image) ** 2).mean())

    tried = [most * (step / _STEPS) ** 2 for step in range(_STEPS + 1)]
    errors = [error(amount) for amount in tried]
    place = next((k for k, found in enumerate(errors) if found >= mse), None)
    if place is None:
        return tried[int(np.argmax(errors))]
    if place == 0:
        return 0.0
    low, high = tried[place - 1], tried[place]
    below, above = errors[place - 1] - mse, errors[place] - mse
    best, nearest, side = high, above, 0
    for _ in range(_SEARCHES):
        if abs(nearest) < _CLOSE * mse:
            break
        middle = (low * above - high * below) / (above - below)
        found = error(middle) - mse
        if abs(found) < abs(nearest):
            best, nearest = middle, found
        if found >= 0:
            high, above, below, side = middle, found, below / 2 if side == 1 else below, 1
        else:
            low, below, above, side = middle, found, above / 2 if side == -1 else above, -1
    return best


class SsimMaps(NamedTuple):
    """Luminance, contrast and structure at each position of the window, each (H', W'), float64; SSIM is the product."""

    luminance: np.ndarray
    contrast: np.ndarray
    structure: np.ndarray


def ssim_maps(x: np.ndarray, y: np.ndarray, window: int) -> SsimMaps:
    """Compare two images in luminance, contrast and structure: Wang et al. 2004, equations (6), (9) and (10), L = 1.

    Args:
        x: (H, W), float64, in [0, 1].
        y: The same.
        window: Side of the Gaussian window of standard deviation 1.5 pixels, odd, at most H and W.
    """
    offsets = np.arange(window) - (window - 1) / 2
    taps = np.exp(-(offsets**2) / (2 * 1.5**2))
    taps /= taps.sum()

    def mean(values: np.ndarray) -> np.ndarray:
        for axis in (0, 1):
            values = np.apply_along_axis(np.convolve, axis, values, taps, mode="valid")
        return values

    mean_x, mean_y = mean(x), mean(y)
    squares_x, squares_y = mean(x * x) - mean_x**2, mean(y * y) - mean_y**2
    terms = ssim_terms((mean_x, mean_y), (squares_x, squares_y), mean(x * y) - mean_x * mean_y, 0.01**2, 0.03**2)
    return SsimMaps(*terms)


def ssim_terms(
    means: tuple[np.ndarray, np.ndarray],
    variances: tuple[np.ndarray, np.ndarray],
    covariance: np.ndarray,
    c1: float,
    c2: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return luminance, contrast and structure from moments of any one shape, with C3 = C2 / 2."""
    deviations = [np.sqrt(np.maximum(0, variance)) for variance in variances]
    luminance = (2 * means[0] * means[1] + c1) / (means[0] ** 2 + means[1] ** 2 + c1)
    contrast = (2 * deviations[0] * deviations[1] + c2) / (variances[0] + variances[1] + c2)
    structure = (covariance + c2 / 2) / (deviations[0] * deviations[1] + c2 / 2)
    return luminance, contrast, structure


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedSsim:
    """SSIM of two short lists of pixels with its steps."""

    means: tuple[float, float]
    variances: tuple[float, float]
    covariance: float
    terms: tuple[float, float, float]
    """Luminance, contrast and structure."""

    @property
    def ssim(self) -> float:
        """Return the product of the three."""
        first, second, third = self.terms
        return first * second * third


def work_out(x: np.ndarray, y: np.ndarray, c1: float, c2: float) -> WorkedSsim:
    """Compute SSIM of two images from their global moments, divided by N, as S2, Example 4.4.2, sets out to do.

    Args:
        x: (N,), floating point.
        y: The same.
        c1: Stabiliser of the luminance.
        c2: Stabiliser of contrast and structure.
    """
    covariance = ((x - x.mean()) * (y - y.mean())).mean()
    found = ssim_terms((x.mean(), y.mean()), (x.var(), y.var()), covariance, c1, c2)
    return WorkedSsim(
        means=(float(x.mean()), float(y.mean())),
        variances=(float(x.var()), float(y.var())),
        covariance=float(covariance),
        terms=(float(found[0]), float(found[1]), float(found[2])),
    )
