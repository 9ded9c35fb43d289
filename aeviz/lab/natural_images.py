"""Natural images against uniform noise: correlation of neighbouring pixels, and two ways between two images.

Source: S2 (R. Grabovac), section 1.4, Figure 1.4: images of random pixels do not resemble natural ones, whose
neighbouring pixels are correlated; natural images fill a tiny part of the space of all images.
"""

import numpy as np


def uniform_noise(seed: int, count: int, shape: tuple[int, int, int]) -> np.ndarray:
    """Return images of independent pixels, each level 0..255 equally likely: (N, C, H, W), uint8, from a seed."""
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def neighbour_correlation(images: np.ndarray) -> float:
    """Return the correlation of horizontally adjacent pixels over all images (N, C, H, W), of any real type.

    It is 0 where all pixels are equal.
    """
    left, right = (np.asarray(part, dtype=np.float64).ravel() for part in (images[..., :-1], images[..., 1:]))
    spread = left.std() * right.std()
    return float(((left - left.mean()) * (right - right.mean())).mean() / spread) if spread > 0 else 0.0


def straight_line(first: np.ndarray, last: np.ndarray, steps: int) -> np.ndarray:
    """Return points evenly along the line between two arrays of one shape: (steps, ...), float64.

    Between images it is a cross-fade, between latent points an interpolation.
    """
    share = np.linspace(0, 1, steps).reshape(-1, *(1,) * first.ndim)
    line: np.ndarray = (1 - share) * first + share * last
    return line
