"""R^2 of a linear regression of factors on latent points, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from aeviz.analysis.factors import explained_by_lines


def test_share_is_that_of_scikit_learn_on_images_it_was_not_fitted_to():
    rng = np.random.default_rng(0)
    z, noise = rng.normal(size=(300, 3)), rng.normal(size=(300, 2))
    factors = z @ rng.normal(size=(3, 2)) + 0.5 * noise + 7
    expected = [LinearRegression().fit(z[::2], f[::2]).score(z[1::2], f[1::2]) for f in factors.T]
    np.testing.assert_allclose(explained_by_lines(z, factors), expected)


def test_linear_factor_is_explained_and_noise_or_a_ring_is_not():
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, 2 * np.pi, 2000)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    factors = np.column_stack([3 * ring[:, 0] - 2, rng.normal(size=2000), angle, np.ones(2000)])
    line, noise, around, constant = explained_by_lines(ring, factors)
    assert line == pytest.approx(1)
    assert noise == pytest.approx(0, abs=0.02)
    assert 0.4 < around < 0.7
    assert np.isnan(constant)
