"""Reading the principal axes off a linear autoencoder, which has learned only what they span."""

import numpy as np

from aeviz.lab.subspaces import orthonormal


def singular_axes(decoder: np.ndarray) -> np.ndarray:
    """Return the left singular vectors of a decoder, by falling singular value: (d, k), float64, orthonormal.

    They span what its columns span. They are the principal axes themselves where the decoder was trained with the same
    L2 penalty on both layers: its singular values are then sqrt(1 - l / s) with s the variance along each axis, as good
    as the axes differ in that. Without a penalty they depend on the random start, and for orthonormal columns, as tied
    weights learn them, any basis of the span is one of singular vectors.

    Args:
        decoder: (d, k), floating point.

    References:
        D. Kunin, J. Bloom, A. Goeva, C. Seed, Loss landscapes of regularized linear autoencoders, ICML 2019,
        arXiv:1901.08168. E. Plaut, From principal subspaces to principal components with linear autoencoders, 2018,
        arXiv:1804.10253, takes them without a penalty.
    """
    left, _, _ = np.linalg.svd(decoder.astype(np.float64), full_matrices=False)
    axes: np.ndarray = left
    return axes


def axes_within(decoder: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the principal axes of the images within the span of a decoder's columns: (d, r), float64, orthonormal.

    r is the rank of the decoder. Where that span is the principal subspace, these are the principal axes, whatever the
    columns are: PCA of the k latent numbers in place of the d pixels (Rayleigh-Ritz).

    Args:
        decoder: (d, k), floating point.
        second: (d, d), float64, the second moments of the images, as `Moments.second` gives them.

    References:
        P. Baldi, K. Hornik, Neural networks and principal component analysis: learning from examples without local
        minima, Neural Networks 2 (1989), 53-58: at every minimum the columns are the principal axes times an
        invertible matrix.
    """
    basis = orthonormal(decoder)
    _, turn = np.linalg.eigh(basis.T @ second @ basis)
    axes: np.ndarray = basis @ turn[:, ::-1]
    return axes
