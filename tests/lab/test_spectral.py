"""Jacobi's rotations beside numpy's eigenvalues, and rebuilds of lower rank beside the best there are."""

import itertools

import numpy as np
import pytest

from aeviz.lab.spectral import example, jacobi, low_rank, off_diagonal

FACTOR = np.random.default_rng(1).normal(size=(10, 10))
MATRIX = FACTOR @ FACTOR.T


def test_rotations_find_eigenvalues_and_eigenvectors():
    turned, axes = jacobi(MATRIX, 500)
    np.testing.assert_allclose(np.sort(np.diag(turned)), np.linalg.eigvalsh(MATRIX))
    np.testing.assert_allclose(axes.T @ axes, np.eye(10), atol=1e-12)
    np.testing.assert_allclose(axes @ turned @ axes.T, MATRIX, atol=1e-10)
    assert off_diagonal(turned) < 1e-10


def test_each_rotation_lowers_what_is_off_the_diagonal():
    """By twice the square of the largest entry, which is at least the mean: a factor of 1 - 2 / (n (n - 1))."""
    sizes = [off_diagonal(jacobi(MATRIX, count)[0]) ** 2 for count in range(40)]
    for before, after in itertools.pairwise(sizes):
        assert after <= before * (1 - 1 / 45) + 1e-9
    indefinite = MATRIX - 5 * np.eye(10)  # the theorem asks for symmetry alone
    np.testing.assert_allclose(np.sort(np.diag(jacobi(indefinite, 500)[0])), np.linalg.eigvalsh(indefinite))


@pytest.mark.parametrize("rank", [0, 3, 10])
def test_rebuild_is_the_nearest_of_its_rank(rank):
    turned, axes = jacobi(MATRIX, 500)
    rebuilt = low_rank(np.diag(turned), axes, rank)
    left, values, right = np.linalg.svd(MATRIX)
    np.testing.assert_allclose(rebuilt, (left[:, :rank] * values[:rank]) @ right[:rank], atol=1e-9)
    assert np.linalg.norm(MATRIX - rebuilt) == pytest.approx(np.sqrt((values[rank:] ** 2).sum()), abs=1e-9)


def test_example_is_a_covariance():
    np.testing.assert_array_equal(example(), example().T)
    assert np.linalg.eigvalsh(example())[0] > 0
