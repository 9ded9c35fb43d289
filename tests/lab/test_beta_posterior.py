"""The student with three perfect scores, and Beta posteriors beside scipy.stats."""

from math import isnan

import numpy as np
import pytest
from scipy import stats

from aeviz.lab.beta_posterior import beta_density, evidence, likelihood, most_likely, predicted

X = np.linspace(0.001, 0.999, 2001)


def test_student_with_three_perfect_scores():
    assert most_likely(3, 0) == 1
    assert predicted(1, 1, 3, 0) == pytest.approx(0.8)
    assert predicted(2, 8, 3, 0) == pytest.approx(5 / 13)
    assert isnan(most_likely(0, 0))


@pytest.mark.parametrize(("a", "b"), [(2.0, 8.0), (1.0, 1.0), (30.0, 4.5)])
@pytest.mark.parametrize(("successes", "failures"), [(3, 0), (0, 0), (7, 12)])
def test_posterior_is_prior_times_likelihood_over_evidence(a, b, successes, failures):
    np.testing.assert_allclose(beta_density(X, a, b), stats.beta(a, b).pdf(X), rtol=1e-9)
    total = evidence(a, b, successes, failures)
    assert total == pytest.approx(stats.beta(a, b).expect(lambda x: likelihood(x, successes, failures)), rel=1e-6)
    posterior = beta_density(X, a, b) * likelihood(X, successes, failures) / total
    np.testing.assert_allclose(posterior, stats.beta(a + successes, b + failures).pdf(X), rtol=1e-9)
    assert predicted(a, b, successes, failures) == pytest.approx(stats.beta(a + successes, b + failures).mean())


def test_posterior_of_one_exam_is_the_prior_of_the_next():
    a, b = 2.0, 8.0
    total = 1.0
    for success in (1, 1, 0, 1):
        total *= evidence(a, b, success, 1 - success)
        a, b = a + success, b + 1 - success
    assert (a, b) == (5, 9)
    assert total == pytest.approx(evidence(2, 8, 3, 1))
