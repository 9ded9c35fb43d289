import numpy as np
import pytest
from scipy.stats import chi2

from aeviz.analysis.generation import draw_noise
from aeviz.analysis.latent import usual_distance
from aeviz.analysis.prior_fit import RADIUS, fit_prior


def test_points_distributed_as_the_prior_fit_it():
    z = draw_noise(0, 4000, 2)
    fit = fit_prior(
        z, np.full_like(z, np.log(0.25)), (z[:, 0] > 0).astype(np.int64), 2, draw_noise(1, 1000, 2), usual_distance(z)
    )
    assert fit.inside_share == pytest.approx(chi2(2).cdf(RADIUS**2), abs=0.005)
    assert fit.spread == pytest.approx(1, abs=0.03)
    assert fit.posterior_width == pytest.approx(0.5)
    assert fit.far_share < 0.03
    np.testing.assert_allclose(fit.class_shares, [0.5, 0.5], atol=0.06)


def test_points_elsewhere_are_far_from_draws():
    z = draw_noise(0, 500, 2) + 30
    fit = fit_prior(z, None, None, 0, draw_noise(1, 200, 2), usual_distance(z))
    assert (fit.inside_share, fit.far_share) == (0, 1)
    assert fit.posterior_width is None
    assert fit.class_shares is None


def test_collapsed_points_have_no_far_share():
    fit = fit_prior(
        np.zeros((300, 2)), np.zeros((300, 2)), np.zeros(300, dtype=np.int64), 1, draw_noise(1, 100, 2), 0.0
    )
    assert (fit.inside_share, fit.spread, fit.posterior_width) == (1, 0, 1)
    assert fit.far_share is None
    assert fit.class_shares is None
