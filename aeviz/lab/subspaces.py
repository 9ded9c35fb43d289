"""Angles between subspaces and between axes."""

import numpy as np


def orthonormal(columns: np.ndarray, tolerance: float = 1e-10) -> np.ndarray:
    """Return an orthonormal basis of the span of columns, (d, r), float64, r their numerical rank.

    Args:
        columns: (d, k), floating point.
        tolerance: Singular values below this share of the largest are taken for zero.
    """
    basis, triangle = np.linalg.qr(columns.astype(np.float64))  # (d, k): an SVD of the small factor is much faster
    left, sizes, _ = np.linalg.svd(triangle)
    span: np.ndarray = basis @ left[:, sizes > tolerance * max(float(sizes[0]), 1e-300)]
    return span


def principal_angles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the principal angles between two subspaces, ascending, (k,), float64, in degrees from 0 to 90.

    Where `first` spans fewer dimensions than `second`, the angles that are missing are 90 degrees.

    Args:
        first: (d, k), floating point; its columns span the first, whatever their lengths and angles.
        second: (d, k), float64, orthonormal.

    References:
        A. Bjorck, G. H. Golub, Numerical methods for computing angles between linear subspaces, Math. Comp. 27 (1973),
        579-594. Small angles are taken from their sines, as there; their cosines are 1 to the last digit.
    """
    basis = orthonormal(first)
    cosines_of = second.T @ basis
    rest = basis - second @ cosines_of
    sines = np.sqrt(np.maximum(np.linalg.eigvalsh(rest.T @ rest), 0))  # (r, r): exact to 1e-8, far below a degree
    cosines = np.linalg.svd(cosines_of, compute_uv=False)
    by_sine = np.arcsin(np.clip(sines, 0, 1))
    angles = np.where(by_sine < np.pi / 4, by_sine, np.arccos(np.clip(cosines, 0, 1)))
    missing = np.full(second.shape[1] - basis.shape[1], 90.0)
    return np.concatenate([np.degrees(angles), missing])


def axis_angles(axes: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return the angle of each axis with the one in the same place, (k,), float64, in degrees from 0 to 90.

    The sign of an axis does not count, nor does its length; an axis of length 0 is at 90 degrees.

    Args:
        axes: (d, k), floating point.
        reference: (d, k), float64, columns of length 1.
    """
    lengths = np.linalg.norm(axes, axis=0)
    cosines = np.abs((axes * reference).sum(axis=0)) / np.where(lengths > 0, lengths, 1)
    angles: np.ndarray = np.degrees(np.arccos(np.clip(cosines, 0, 1)))
    return angles
