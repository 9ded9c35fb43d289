"""Centre and radius read off an image of a disc, and how much the image is no disc.

An image of a filled disc, white on black, has the mass pi r^2 and its centre of mass in the middle. So mass and centre
of mass of any image name one disc; the error says how well it fits. Source of the example: S2 (R. Grabovac), section
1.4, Figure 1.3: three numbers describe an image of a circle.

`aeviz/web/components/circles/discs.js` computes the same in the page.
"""

import numpy as np

from aeviz.data.circles import SIDE, render_discs

_LEAST = 1e-6
"""Mass in pixels of an image that counts as black."""


def read_discs(images: np.ndarray) -> np.ndarray:
    """Return the disc of the same mass and centre of mass for each image, (N, 3), float64: (cx, cy, r) in pixels.

    The middle of the image and radius 0 stand for a black image.

    Args:
        images: (N, 1, 28, 28), floating point in [0, 1].
    """
    values = images[:, 0].astype(np.float64)
    middles = np.arange(SIDE) + 0.5
    mass = values.sum(axis=(1, 2))
    inked = np.maximum(mass, _LEAST)
    x = np.where(mass < _LEAST, SIDE / 2, (values.sum(axis=1) @ middles) / inked)
    y = np.where(mass < _LEAST, SIDE / 2, (values.sum(axis=2) @ middles) / inked)
    return np.column_stack([x, y, np.sqrt(mass / np.pi)])


def disc_errors(images: np.ndarray) -> np.ndarray:
    """Return the mean squared difference of each image from the disc that `read_discs` reads, (N,), float64.

    Args:
        images: (N, 1, 28, 28), floating point in [0, 1].
    """
    discs = render_discs(read_discs(images).astype(np.float32)) / 255
    errors: np.ndarray = ((images - discs) ** 2).mean(axis=(1, 2, 3))
    return errors
