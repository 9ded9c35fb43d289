"""The code book of a VQ-VAE: which code is nearest, how often each is used, and how many bits an image takes.

References:
    A. van den Oord, O. Vinyals, K. Kavukcuoglu, Neural discrete representation learning, NeurIPS 2017,
    arXiv:1711.00937, equations (1) and (2).
"""

import math

import numpy as np
from scipy.spatial import Voronoi

_FAR = 100.0
"""Distance of the points that close the outer cells, in widths of the code book."""


def distances(points: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of each point to each code, (G, K), float64.

    Args:
        points: (G, d), of any float type.
        codes: (K, d).
    """
    found: np.ndarray = np.linalg.norm(points[:, None].astype(np.float64) - codes[None], axis=2)
    return found


def groups_of(z: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the index of the code nearest to each group of latent points, (N, M), int64; of several the first.

    Args:
        z: Latent points, (N, M d).
        codes: (K, d).
    """
    groups = z.reshape(-1, codes.shape[1]).astype(np.float64)
    chosen: np.ndarray = ((codes.astype(np.float64) ** 2).sum(axis=1) - 2 * groups @ codes.T.astype(np.float64)).argmin(
        axis=1
    )
    rows: np.ndarray = chosen.reshape(len(z), -1)
    return rows


def shares(chosen: np.ndarray, count: int) -> np.ndarray:
    """Return the share of the groups that use each of `count` codes, (K,), float64; their sum is 1.

    Args:
        chosen: Indices of codes, of any shape, at least one.
        count: K.
    """
    used: np.ndarray = np.bincount(chosen.ravel(), minlength=count) / chosen.size
    return used


def entropy_bits(share: np.ndarray) -> float:
    """Return the entropy of shares, (K,), in bits: the mean length of the best code for one group, from 0 to log2 K."""
    used = share[share > 0]
    return float(-(used * np.log2(used)).sum()) + 0.0


def perplexity(share: np.ndarray) -> float:
    """Return 2 to the entropy of shares in bits, from 1 to K: as many codes used equally often have that entropy."""
    return float(2 ** entropy_bits(share))


def bits(groups: int, codes: int) -> float:
    """Return the bits of an image, M log2 K: the index of a code for each of M groups."""
    return groups * math.log2(codes)


def cell_borders(codes: np.ndarray) -> np.ndarray:
    """Return the borders of the cells of the plane that are nearest to each code, as segments (S, 2, 2), float64.

    Outer borders end far outside. Codes at the same place share a cell.

    Args:
        codes: (K, 2).
    """
    places = np.unique(codes.astype(np.float64), axis=0)
    centre = places.mean(axis=0)
    reach = _FAR * max(float(np.abs(places - centre).max()), 1e-6)
    corners = centre + reach * np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    diagram = Voronoi(np.concatenate([places, corners]))
    inner = [
        ends
        for sides, ends in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True)
        if max(sides) < len(places) and -1 not in ends
    ]
    segments: np.ndarray = diagram.vertices[np.array(inner, dtype=np.int64).reshape(-1, 2)]
    return segments
