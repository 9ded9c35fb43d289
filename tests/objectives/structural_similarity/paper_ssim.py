"""SSIM and MS-SSIM once more, in loops, from the papers; and made-up images to measure."""

import numpy as np
import torch
from scipy.signal import correlate2d

STANDARD = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def images(n, channels, height, width, seed=0, noise=0.2, dtype=torch.float64):
    """Smooth random images and noisy copies, in [0, 1]."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(n, channels, 5, 5, generator=generator, dtype=dtype)
    x = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear", align_corners=False)
    y = x + noise * torch.randn(x.shape, generator=generator, dtype=dtype)
    return x.clamp(0, 1), y.clamp(0, 1)


# A second implementation, in loops, from the papers.


def paper_window(width):
    offsets = np.arange(width) - width // 2
    window = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / (2 * 1.5**2))
    return window / window.sum()


def paper_maps(x, y, width, data_range):
    """Maps of l and cs for two 2-D images: Wang et al. 2004, equations (6), (9), (10), (14) to (16)."""
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2

    def weighted(values):
        return correlate2d(values, paper_window(width), mode="valid")

    mean_x, mean_y = weighted(x), weighted(y)
    variance_x, variance_y = weighted(x * x) - mean_x**2, weighted(y * y) - mean_y**2
    deviation = np.sqrt(variance_x.clip(0) * variance_y.clip(0))
    covariance = weighted(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    contrast = (2 * deviation + c2) / (variance_x + variance_y + c2)
    structure = (covariance + c2 / 2) / (deviation + c2 / 2)
    return luminance, contrast * structure


def paper_halve(image):
    """Filter with ones(2)/4 over a symmetric border and take every second pixel, as msssim.m does."""
    padded = np.pad(image, ((0, 1), (0, 1)), mode="symmetric")
    return correlate2d(padded, np.full((2, 2), 0.25), mode="valid")[::2, ::2]


def paper_ssim(x, y, width, data_range=1.0):
    values = []
    for image, other in zip(x.numpy(), y.numpy(), strict=True):
        maps = [paper_maps(a, b, width, data_range) for a, b in zip(image, other, strict=True)]
        values.append(np.mean([luminance * cs for luminance, cs in maps]))
    return np.array(values)


def paper_ms_ssim(x, y, width, weights, data_range=1.0):
    """Wang et al. 2003, equation (7), for every image; channels averaged with the positions."""
    values = []
    for image, other in zip(x.numpy(), y.numpy(), strict=True):
        xs, ys, value = list(image), list(other), 1.0
        for scale, weight in enumerate(weights, start=1):
            maps = [paper_maps(a, b, width, data_range) for a, b in zip(xs, ys, strict=True)]
            last = scale == len(weights)
            term = np.mean([luminance * cs if last else cs for luminance, cs in maps])
            value *= max(term, 0.0) ** weight
            xs, ys = [paper_halve(a) for a in xs], [paper_halve(b) for b in ys]
        values.append(value)
    return np.array(values)


def rule(side):
    """The scales and the window that the docstring promises, from its table."""
    for above, scales, window in [
        (160, 5, 11),
        (80, 4, 11),
        (40, 3, 11),
        (20, 2, 11),
        (16, 2, 9),
        (12, 2, 7),
        (8, 2, 5),
    ]:
        if side > above:
            return scales, window
    return (2, 3) if side > 4 else (1, 3)


def renormalised(scales):
    return STANDARD if scales == 5 else tuple(np.array(STANDARD[:scales]) / sum(STANDARD[:scales]))
