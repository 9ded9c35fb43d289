"""Measures of the dimension beside scipy, simulation and the numbers of the sources."""

import numpy as np
import pytest
from scipy import special, stats

from aeviz.lab.dimension import coefficients, distance_spread, occupied_share, radius_density, shell_share


def test_ten_points_fill_fewer_cells_with_each_dimension():
    found = [occupied_share(3, n, 10) for n in (1, 2, 3)] + [occupied_share(10, n, 10) for n in (1, 2, 3)]
    np.testing.assert_allclose(found, [0.983, 0.692, 0.314, 0.651, 0.096, 0.010], atol=5e-4)
    random = np.random.default_rng(0)
    cells = random.integers(27, size=(4000, 10))
    simulated = np.mean([len(set(row)) for row in cells.tolist()]) / 27
    assert occupied_share(3, 3, 10) == pytest.approx(simulated, abs=0.01)
    assert occupied_share(10, 100, 10) == pytest.approx(1e-99)


def test_shell_radius_and_coefficients():
    assert shell_share(0.1, 2) == pytest.approx(0.19)
    assert shell_share(0.01, 1000) > 0.9999
    radii = np.linspace(0.01, 14, 57)
    for n in (1, 2, 7, 64, 100):
        np.testing.assert_allclose(radius_density(radii, n), stats.chi(n).pdf(radii), rtol=1e-9, atol=1e-300)
    assert coefficients(784, 2) == 308_505
    assert coefficients(784, 3) == 80_931_145 == special.comb(787, 3, exact=True)


def test_distances_become_alike():
    random = np.random.default_rng(0)
    spreads = [distance_spread(random.uniform(size=(200, n))) for n in (1, 10, 100)]
    assert spreads[0] > 0.6 > 0.25 > spreads[1] > 0.1 > spreads[2]
