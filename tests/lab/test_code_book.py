"""The code book of a VQ-VAE against scipy, scikit-learn and closed forms."""

import numpy as np
import pytest
from scipy.stats import entropy
from sklearn.neighbors import NearestNeighbors

from aeviz.lab.code_book import bits, cell_borders, distances, entropy_bits, groups_of, perplexity, shares


def test_groups_get_the_nearest_code():
    rng = np.random.default_rng(0)
    z, codes = rng.normal(size=(50, 6)).astype(np.float32), rng.normal(size=(11, 2)).astype(np.float32)
    far, nearest = NearestNeighbors(n_neighbors=1).fit(codes).kneighbors(z.reshape(-1, 2))
    assert np.array_equal(groups_of(z, codes), nearest.reshape(50, 3))
    assert distances(z.reshape(-1, 2), codes).min(axis=1) == pytest.approx(far[:, 0], abs=1e-6)


def test_usage_has_the_entropy_of_scipy_and_the_known_limits():
    share = shares(np.array([[0, 1], [1, 3], [3, 3]]), 5)
    assert share == pytest.approx(np.array([1, 2, 0, 3, 0]) / 6)
    assert entropy_bits(share) == pytest.approx(entropy(share, base=2))
    assert perplexity(share) == pytest.approx(np.exp(entropy(share)))
    assert perplexity(np.full(32, 1 / 32)) == pytest.approx(32)
    assert perplexity(np.eye(4)[1]) == 1
    assert bits(8, 32) == 40


def test_borders_are_as_far_from_two_codes_and_no_other_is_nearer():
    codes = np.random.default_rng(1).normal(size=(12, 2))
    segments = cell_borders(codes)
    assert len(segments) > 12
    middles = segments.mean(axis=1)
    two = np.sort(distances(middles, codes), axis=1)
    assert two[:, 0] == pytest.approx(two[:, 1], rel=1e-6)


def test_borders_of_few_codes():
    (border,) = cell_borders(np.array([[0.0, 0.0], [2.0, 0.0]]))
    assert border[:, 0] == pytest.approx([1, 1])
    assert np.sign(border[:, 1]).tolist() in ([-1, 1], [1, -1])
    assert cell_borders(np.zeros((3, 2))).shape == (0, 2, 2)
    assert len(cell_borders(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]))) == 2
