"""EM beside scikit-learn and the invariants of its half steps; k-means; a component that collapses."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from aeviz.lab.mixture import (
    FLOOR,
    Mixture,
    ascend,
    bound,
    centroids,
    distortion,
    e_step,
    example_sets,
    log_likelihood,
    m_step,
    nearest,
    spread,
    start,
)

SETS = example_sets()
THREE = np.array([(-1.0, 0.0), (0.0, 0.5), (1.0, 0.0)])


def one_dimension():
    random = np.random.default_rng(0)
    data = np.concatenate([random.normal(-2, 1, 150), random.normal(3, 0.7, 100)])[:, None]
    return data, Mixture(np.full(2, 0.5), np.array([[-0.5], [0.5]]), np.full((2, 1, 1), 4.0))


def test_log_likelihood_rises_as_in_the_computed_example():
    data, mixture = one_dimension()
    fitted, values = ascend(data, mixture, 30, floor=0)
    found = [values[k] for k in (0, 1, 4, 9, 29)]
    assert found == pytest.approx([-600.246, -586.894, -585.161, -534.583, -488.957], abs=6e-4)
    assert fitted.weights == pytest.approx([0.602, 0.398], abs=6e-4)
    assert fitted.means.ravel() == pytest.approx([-1.926, 2.936], abs=6e-4)
    assert np.sqrt(fitted.covariances.ravel()) == pytest.approx([0.974, 0.750], abs=6e-4)


@pytest.mark.parametrize("floor", [0, FLOOR, 0.1])
def test_bound_touches_after_e_and_rises_after_m(floor):
    """The gap is the mean KL divergence of the responsibilities; it is zero after E, and neither value falls."""
    for data, mixture in [one_dimension(), (SETS["three clouds"], start(SETS["three clouds"], THREE))]:
        before = -np.inf
        gaps = []
        for _ in range(12):
            shares = e_step(data, mixture)
            likelihood = log_likelihood(data, mixture)
            assert bound(data, mixture, shares) == pytest.approx(likelihood, rel=1e-12)
            assert likelihood >= before - 1e-9 * abs(likelihood)
            mixture, before = m_step(data, shares, mixture, floor), likelihood
            raised, posterior = bound(data, mixture, shares), e_step(data, mixture)
            assert raised >= likelihood - 1e-9 * abs(likelihood)
            gaps.append(log_likelihood(data, mixture) - raised)
            with np.errstate(divide="ignore", invalid="ignore"):
                terms = np.where(shares > 0, shares * np.log(shares / posterior), 0)
            assert gaps[-1] == pytest.approx(terms.sum(), abs=1e-8)
        if floor == 0 and data.shape[1] == 1:
            assert [gaps[k] for k in (0, 1, 4, 9)] == pytest.approx([0.207, 0.182, 0.956, 4.02], abs=6e-3)


def test_fit_is_that_of_scikit_learn():
    data = SETS["three clouds"]
    mixture, values = ascend(data, start(data, THREE), 200, floor=0)
    other = GaussianMixture(
        3,
        means_init=THREE,
        weights_init=np.full(3, 1 / 3),
        precisions_init=np.tile(np.eye(2) / spread(data), (3, 1, 1)),
        reg_covar=0,
        tol=1e-10,
        max_iter=500,
    ).fit(data)
    np.testing.assert_allclose(mixture.weights, other.weights_, atol=1e-5)
    np.testing.assert_allclose(mixture.means, other.means_, atol=1e-4)
    np.testing.assert_allclose(mixture.covariances, other.covariances_, atol=1e-4)
    assert values[-1] == pytest.approx(other.score(data) * len(data))
    np.testing.assert_allclose(e_step(data, mixture), other.predict_proba(data), atol=1e-4)


def test_k_means_is_that_of_scikit_learn_and_cuts_long_clouds_across():
    data = SETS["two long clouds"]
    means = np.array([(-0.5, 1.0), (0.5, -1.0)])
    mixture, _ = ascend(data, start(data, means), 60)
    other = KMeans(2, init=means, n_init=1).fit(data)
    assignment = nearest(data, means)
    for _ in range(60):
        means = centroids(data, assignment, means)
        assignment = nearest(data, means)
    np.testing.assert_allclose(means, other.cluster_centers_, atol=1e-6)
    assert distortion(data, means, assignment) == pytest.approx(other.inertia_)
    truth = np.repeat([0, 1], 120)
    assert (e_step(data, mixture).argmax(axis=1) == truth).mean() > 0.97
    assert (assignment.argmax(axis=1) == truth).mean() < 0.7


def test_component_collapses_onto_an_outlier_unless_there_is_a_floor():
    data = SETS["a cloud and an outlier"]
    means = np.array([(-1.5, -1.0), (4.0, 3.0)])
    with pytest.raises(ValueError, match="collapsed"):
        ascend(data, start(data, means), 20, floor=0)
    mixture, _ = ascend(data, start(data, means), 20)
    np.testing.assert_allclose(mixture.covariances[1], FLOOR * spread(data) * np.eye(2), atol=1e-9)
    assert mixture.weights[1] == pytest.approx(1 / len(data), rel=1e-3)
    far = Mixture(np.array([1.0, 0.0]), means, mixture.covariances)
    kept = m_step(data, np.eye(2)[np.zeros(len(data), int)], far)
    np.testing.assert_array_equal(kept.means[1], far.means[1])
