"""Pixels as numbers: from [0, 1] to whole levels and back, and an image as a vector.

Sources: S1 (M. Sevkovych), Definitions 1.3.1 to 1.3.5, Lemmas 1.3.6 and 1.3.7. S1 rounds by ceil(255 p - 0.5): to the
nearest level, ties down. NumPy's `round` takes ties to the even level, as the rest of aeviz does; both have errors
of at most 1/510.

`aeviz/web/components/image_numbers/levels.js` and `rgb_pixel/grey.js` compute the same in the page.
"""

import numpy as np

GREY_WEIGHTS = {
    "BT.601 (Pillow)": (0.299, 0.587, 0.114),
    "BT.709": (0.2126, 0.7152, 0.0722),
    "mean": (1 / 3, 1 / 3, 1 / 3),
}
"""Shares of red, green and blue in a grey level, by name: Recommendations ITU-R BT.601 and BT.709; no weighting."""


def largest_level(bits: int) -> int:
    """Return the largest level of pixels with so many bits: 255 for 8."""
    return int(2**bits - 1)


def to_levels(p: np.ndarray, bits: int = 8) -> np.ndarray:
    """Round pixels in [0, 1], of any shape, to levels, int64, ties down: S1, Lemma 1.3.6, for 8 bits."""
    return np.ceil(largest_level(bits) * np.asarray(p, dtype=np.float64) - 0.5).astype(np.int64)


def to_levels_even(p: np.ndarray, bits: int = 8) -> np.ndarray:
    """Round pixels in [0, 1], of any shape, to levels, int64, ties to the even level, as NumPy does."""
    return np.round(largest_level(bits) * np.asarray(p, dtype=np.float64)).astype(np.int64)


def from_levels(levels: np.ndarray, bits: int = 8) -> np.ndarray:
    """Return levels of any shape as pixels in [0, 1], float64: S1, Definition 1.3.5, for 8 bits."""
    found: np.ndarray = np.asarray(levels, dtype=np.float64) / largest_level(bits)
    return found


def grey_levels(image: np.ndarray, weights: tuple[float, float, float]) -> np.ndarray:
    """Return RGB pixels, (..., 3), levels 0 to 255, as levels of grey, (...), float64, not rounded.

    Args:
        image: Of any real dtype.
        weights: Of red, green and blue, with sum 1; see `GREY_WEIGHTS`. They apply to the levels as stored, which are
            not proportional to light.
    """
    return np.asarray(np.asarray(image, dtype=np.float64) @ np.array(weights))


def count_ties_that_differ(bits: int = 8) -> tuple[int, int]:
    """Return on how many ties (k + 0.5 levels) the two rules differ, and how many ties there are."""
    ties = np.arange(largest_level(bits)) + 0.5
    return int((np.ceil(ties - 0.5) != np.round(ties)).sum()), len(ties)


def flatten(image: np.ndarray) -> np.ndarray:
    """Return an image (N, M) as a vector (N M,), row after row: S1, Lemma 1.3.7."""
    return np.concatenate(list(image))


def unflatten(vector: np.ndarray, columns: int) -> np.ndarray:
    """Return a vector (N M,) as an image with M columns, the inverse of `flatten` for the image's own width.

    Raises:
        ValueError: The length is no multiple of the columns.
    """
    return vector.reshape(-1, columns)
