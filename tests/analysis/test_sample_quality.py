"""Kernel and Fréchet distance against double sums, closed forms and torchmetrics."""

import itertools

import numpy as np
import pytest
import torch
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import maximum_mean_discrepancy, poly_kernel

from aeviz.analysis.sample_quality import block_mmds, frechet_distance, mean_and_error, squared_mmd


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 5)).astype(np.float32), (rng.normal(size=(60, 5)) * 1.3 + 0.2).astype(np.float32)


def test_it_is_the_double_sum_over_different_points(points):
    x, y = (part[:7].astype(np.float64) for part in points)

    def kernel(a, b):
        return (a @ b / 5 + 1) ** 3

    found = squared_mmd(x, y)
    for mine, part in ((found.data, x), (found.samples, y)):
        assert mine == pytest.approx(np.mean([kernel(a, b) for a, b in itertools.permutations(part, 2)]))
    assert found.cross == pytest.approx(np.mean([kernel(a, b) for a in x for b in y]))
    assert found.value == pytest.approx(found.data + found.samples - 2 * found.cross)


def test_both_distances_are_those_of_torchmetrics(points):
    x, y = (torch.from_numpy(part).double() for part in points)
    expected = maximum_mean_discrepancy(poly_kernel(x, x), poly_kernel(x, y), poly_kernel(y, y))
    assert squared_mmd(*points).value == pytest.approx(float(expected))
    fid = _compute_fid(x.mean(0), x.T.cov(), y.mean(0), y.T.cov())
    assert frechet_distance(*points) == pytest.approx(float(fid), rel=1e-6)


def test_frechet_distance_of_shifted_points_is_the_shift_squared(points):
    x, _ = points
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(x, x + np.float32(2)) == pytest.approx(5 * 4, rel=1e-5)


def test_one_distribution_has_no_distance_on_average_and_the_error_says_how_sure(points):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 4000, 3))
    blocks = block_mmds(x, y, 100)
    assert len(blocks) == 40
    assert blocks[1] == squared_mmd(x[100:200], y[100:200])
    mean, error = mean_and_error([block.value for block in blocks])
    assert abs(mean) < 4 * error
    assert min(block.value for block in blocks) < 0
    far, _ = mean_and_error([block.value for block in block_mmds(x, y + 0.5, 100)])
    assert far > 10 * error
    assert frechet_distance(x[:100], y[:100]) > 5 * frechet_distance(x, y) > 0
    assert mean_and_error([1.0]) == (1, np.inf)
