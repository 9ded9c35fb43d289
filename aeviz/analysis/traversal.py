"""Grids of latent points for decoded grids."""

import numpy as np


def plane_grid(ranges: np.ndarray, point: np.ndarray, axes: tuple[int, int], side: int = 10) -> np.ndarray:
    """Return a grid of latent points over the plane of two dimensions, the others held at `point`.

    Args:
        ranges: Bounds of each dimension, (D, 2).
        point: (D,), where the other dimensions stay.
        axes: The two dimensions of the plane, across and upwards.
        side: Points along each side.

    Returns:
        (side * side, D), float32, in reading order: the first row has the largest value of the second dimension, as
        in a plot of the plane. Points sit at the centres of equal cells.
    """
    across, up = axes
    steps = (np.arange(side) + 0.5) / side
    u = ranges[across, 0] + steps * (ranges[across, 1] - ranges[across, 0])
    v = ranges[up, 0] + steps[::-1] * (ranges[up, 1] - ranges[up, 0])
    grid = np.tile(point.astype(np.float32), (side * side, 1))
    grid[:, across] = np.tile(u, side)
    grid[:, up] = np.repeat(v, side)
    return grid
