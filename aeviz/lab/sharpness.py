"""How sharp images are: the variance of their Laplacian, and the energy of their frequencies.

Source: J. L. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000 (variance of the Laplacian);
S2 (R. Grabovac), section 4.4 and conclusion, which judges by eye.

`tools/sharpness.py` measures the models that ship; `measured` reads what it wrote.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from aeviz.paths import PROJECT_ROOT

BINS = 16
"""Bands of the spectrum, of equal width from 0 to 0.5 cycles a pixel."""
HIGH = 0.25
"""Cycles a pixel from which a frequency counts as high: waves shorter than four pixels."""
MEASURED = PROJECT_ROOT / "checkpoints" / "sharpness.json"


def to_grey(images: np.ndarray) -> np.ndarray:
    """Return images (N, C, H, W) in [0, 1] as the mean of their channels, (N, H, W), float64."""
    return np.asarray(images.mean(axis=1, dtype=np.float64))


def laplacian_variance(images: np.ndarray) -> np.ndarray:
    """Return the variance over pixels of the difference from four neighbours, times 4, without the border: (N,).

    Args:
        images: (N, H, W), float64, in [0, 1].
    """
    inner = images[:, 1:-1, 1:-1]
    around = images[:, :-2, 1:-1] + images[:, 2:, 1:-1] + images[:, 1:-1, :-2] + images[:, 1:-1, 2:]
    return np.asarray((around - 4 * inner).reshape(len(images), -1).var(axis=1))


def band_energies(images: np.ndarray) -> np.ndarray:
    """Return the energy of each band of frequencies, in all directions, (N, BINS), float64.

    The mean is taken off first, and a Hann window makes the edges meet, which else look like high frequencies.
    Frequencies above 0.5 cycles a pixel, in the corners of the spectrum, belong to no band.

    Args:
        images: (N, S, S), float64.
    """
    side = images.shape[1]
    window = np.hanning(side + 2)[1:-1]
    shifted = images - images.mean(axis=(1, 2), keepdims=True)
    power = np.abs(np.fft.fft2(shifted * window[:, None] * window)) ** 2 / images[0].size
    steps = np.fft.fftfreq(side)
    radius = np.hypot(steps[:, None], steps[None, :]).ravel()
    band = np.floor(radius * 2 * BINS + 1e-9).astype(np.int64)
    flat = power.reshape(len(images), -1)
    return np.stack([flat[:, band == place].sum(axis=1) for place in range(BINS)], axis=1)


def high_energy(energies: np.ndarray) -> np.ndarray:
    """Return the energy from `HIGH` on, of energies by band, (N, BINS): (N,)."""
    return np.asarray(energies[:, round(2 * HIGH * BINS) :].sum(axis=1))


def ratio_and_error(values: np.ndarray, originals: np.ndarray) -> tuple[float, float]:
    """Return the ratio of the means of paired values, (N,), and its standard error by the delta method."""
    ratio = float(values.mean() / originals.mean())
    residuals = values - ratio * originals
    return ratio, float(residuals.std(ddof=1) / originals.mean() / np.sqrt(len(values)))


@cache
def measured(path: Path = MEASURED) -> dict[str, Any]:
    """Return what was measured, by data set: `images` counted, `spectrum` of them, and `models`.

    For each model: `spectrum`, mean energy by band of its reconstructions; `laplacian` and `high`, each a ratio to the
    test images with its standard error; `mse` and `ms_ssim` as in its evaluation.
    """
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
