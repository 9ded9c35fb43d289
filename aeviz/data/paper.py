"""The ground that ink lies on: how light it is, how even, and what is darker than it.

Paper, printed lines and ink each keep a share of the light, and light and shadow scale it, so that their logarithms
add up. What is worked on is therefore the absorbance, minus the logarithm of grey over ground: 0 is bare paper, and
what is known can be subtracted, the ground as well as each ruled line, without a hole where the pen crossed it.

Grey values are floats in [0, 1].
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]

OFFSET = 0.05
"""Added to grey values before taking logarithms: black is not infinitely far from anything."""
_GROUND_SIDE = 250
"""Longest side of the small copy in which the ground is estimated."""
WIDEST_STROKES = (0.06, 0.11, 0.22)
"""Of the image's shorter side. Dark regions that are narrower may be ink, wider ones belong to the ground. A thin
pen is best told from shadows with a small number, a brush needs a large one: all are tried."""
LEAST_CONTRAST = 0.05
"""Absorbance: fainter marks are the paper's grain. A well-used pencil reaches 0.2."""
_LEAST_STEP = 0.045
"""Least difference of a mark's grey from its ground's, in [0, 1], to tell light ink from dark ink by it."""
_SHARP_SLOPE = 0.05
"""Share of the ground's grey by which grey must change from one pixel of the small copy to the next for the same."""
_FLAT_SHARES = (0.2, 0.45)
"""An image was drawn on a screen or cleaned by a scanner, not photographed, if at least this share of it has one grey
value, give or take 2 of 255; the first number is for black and white, the second for greys, which a dim photograph can
reach. A drawing has no shadows, its border holds no table, and soft edges mean nothing."""
_NOISY_SHARE = 0.1
"""Share of an image that is neither ground nor edge but noise: below this in drawings, even as JPEGs (0.00 to 0.09),
above it in photographs of overexposed paper (0.13 to 0.48)."""
_NOISE_STEP, _EDGE_STEP = 3, 16
"""Levels of 255: curvature from which it is noise, difference over two pixels from which it is an edge."""


def is_dark_on_light(grey: Grey, ground_of_drawing: float | None) -> bool:
    """Tell whether thin marks are darker than their ground rather than lighter.

    Args:
        grey: (H, W), float32, in [0, 1].
        ground_of_drawing: What `drawn_ground` returns for the image.
    """
    from scipy import ndimage

    if ground_of_drawing is not None:
        others = grey[np.abs(grey - ground_of_drawing) > 3 / 255]
        return bool(others.mean() < ground_of_drawing) if others.size else ground_of_drawing >= 0.5
    small, tiny = resize(grey, _GROUND_SIDE), resize(grey, 48)
    window = max(3, min(tiny.shape) // 2 * 2 - 1)
    ground = resize_to(ndimage.median_filter(tiny, size=min(window, 33)), small.shape)
    slope = np.hypot(ndimage.sobel(small, 0), ndimage.sobel(small, 1)) / 8
    is_sharp = ndimage.binary_dilation(slope > _SHARP_SLOPE * (ground + OFFSET))
    weights = []
    for image, difference in ((small, ground - small), (1 - small, small - ground)):
        is_mark = is_sharp & (difference > _LEAST_STEP) & (absorbance_of(image, WIDEST_STROKES[-1]) > LEAST_CONTRAST)
        weights.append(float(difference[is_mark].sum()))
    return weights[0] > weights[1] if weights[0] != weights[1] else bool(np.median(grey) >= 0.5)


def drawn_ground(grey: Grey) -> float | None:
    """Return the grey value of a drawing's ground, or None for a photograph."""
    fine = np.rint(255 * grey).astype(np.uint8)
    counts = Image.fromarray(fine).histogram()
    best = int(np.argmax(np.convolve(counts, np.ones(5), "same")))
    least = _FLAT_SHARES[0] if best <= 8 or best >= 247 else _FLAT_SHARES[1]
    if sum(counts[max(0, best - 2) : best + 3]) < least * fine.size:
        return None
    levels = fine.astype(np.int16)
    is_far = np.abs(levels - best) > 2
    is_flat = ~is_far
    is_flat[1:] &= np.abs(np.diff(levels, axis=0)) <= 1
    is_flat[:, 1:] &= np.abs(np.diff(levels, axis=1)) <= 1
    if np.count_nonzero(is_flat) < least * is_flat.size:
        return None
    # Bright paper may be plain white in a photograph; where it is not, a sensor's noise gives it away.
    inner = is_far[1:-1, 1:-1]
    rows, columns = np.flatnonzero(inner.any(axis=1)), np.flatnonzero(inner.any(axis=0))
    if not len(rows):
        return best / 255
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))  # elsewhere is ground alone
    levels = levels[rows[0] : rows[-1] + 3, columns[0] : columns[-1] + 3]
    down, right = levels[2:, 1:-1] - levels[:-2, 1:-1], levels[1:-1, 2:] - levels[1:-1, :-2]
    around = levels[2:, 1:-1] + levels[:-2, 1:-1] + levels[1:-1, 2:] + levels[1:-1, :-2]
    is_noisy = np.abs(around - 4 * levels[1:-1, 1:-1]) >= _NOISE_STEP
    is_noisy &= inner[box] & (np.maximum(np.abs(down), np.abs(right)) < _EDGE_STEP)
    return None if np.count_nonzero(is_noisy) > _NOISY_SHARE * inner.size else best / 255


def absorbance_of(grey: Grey, widest: float) -> Grey:
    """Return how much darker than its ground, as an absorbance, every pixel is; (H, W), float32."""
    from scipy import ndimage

    small = resize(grey, _GROUND_SIDE)
    size = max(3, round(widest * min(small.shape)))
    # A closing fills dark regions that are narrower than its window with the ground around them, and follows the edge
    # of a shadow that is wider.
    padded = np.pad(small, size, mode="edge")
    ground = ndimage.grey_closing(padded, size=(size, size))[size:-size, size:-size]
    ground = ndimage.gaussian_filter(ground, 1.5) if min(small.shape) > 40 else ground
    level = np.log(resize_to(ground, grey.shape) + np.float32(OFFSET))
    found = (level - np.log(grey + np.float32(OFFSET))).astype(np.float32)
    if max(grey.shape) > _GROUND_SIDE:
        found = ndimage.gaussian_filter(found, 0.8)
    centred: Grey = found - np.median(found[::2, ::2])
    return centred


def noise_of(absorbance: Grey) -> float:
    """Return the standard deviation of the paper's grain and the sensor's noise, ink disregarded."""
    sample = absorbance[::2, ::2]
    return 1.4826 * float(np.median(np.abs(sample - np.median(sample))))


def resize(values: Grey, longest: int) -> Grey:
    """Average an image down until its longest side has `longest` pixels; smaller ones stay as they are."""
    height, width = values.shape
    if max(height, width) <= longest:
        return values
    share = longest / max(height, width)
    return resize_to(values, (max(1, round(height * share)), max(1, round(width * share))))


def resize_to(values: Grey, shape: tuple[int, ...]) -> Grey:
    """Resize an image to (H, W), averaging where that makes it smaller."""
    if values.shape == shape:
        return values
    return np.asarray(Image.fromarray(values).resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)
