import numpy as np
import pytest
import torch
from scipy.stats import chi2, norm, special_ortho_group
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from aeviz.analysis.alignment import align
from aeviz.analysis.latent import project
from aeviz.analysis.posterior import (
    aggregate_kl,
    align_ellipses,
    class_shares,
    ellipses,
    kl_per_image,
    match_prior,
    prior_means,
    projected_covariance,
    sample_posteriors,
    span,
    usual_sample_distance,
)
from aeviz.config import ModelConfig
from aeviz.models.bottlenecks import anchor_points


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def posteriors(rng):
    """Means and logarithms of the variances of 50 posteriors in 5 dimensions."""
    return rng.normal(size=(50, 5)).astype(np.float32) * 2, rng.normal(size=(50, 5)).astype(np.float32) - 1


def variational(**fields):
    return ModelConfig(**{"image_shape": (1, 8, 8), "bottleneck": "gaussian", "latent_dim": 4, **fields})


# Ellipses


def test_projected_covariance_is_that_of_projected_samples(posteriors, rng):
    mean, log_variance = posteriors
    shown = project(mean, 2)
    noise = rng.standard_normal((40_000, 5))
    for index, covariance in enumerate(projected_covariance(log_variance, shown.axes)[:4]):
        samples = mean[index] + np.exp(log_variance[index] / 2) * noise
        np.testing.assert_allclose(np.cov(shown.apply(samples).T), covariance, rtol=0.05, atol=0.01)


def test_projected_covariance_is_the_closed_form(posteriors):
    _, log_variance = posteriors
    axes = special_ortho_group.rvs(5, random_state=0)[:, :3]
    expected = [axes.T @ np.diag(np.exp(row.astype(np.float64))) @ axes for row in log_variance]
    np.testing.assert_allclose(projected_covariance(log_variance, axes), expected, rtol=1e-10, atol=1e-12)


def test_ellipses_of_untouched_planes_are_the_standard_deviations(rng):
    log_variance = rng.normal(size=(30, 2))
    shapes = ellipses(projected_covariance(log_variance, np.eye(2)))
    sigma = np.exp(log_variance / 2)
    np.testing.assert_allclose(shapes[:, 0], sigma.max(axis=1))
    np.testing.assert_allclose(shapes[:, 1], sigma.min(axis=1))
    np.testing.assert_allclose(shapes[:, 2], np.where(sigma[:, 0] > sigma[:, 1], 0, np.pi / 2), atol=1e-12)


def outline(shape):
    """Return points of an ellipse around 0, (100, 2)."""
    long, short, angle = shape
    t = np.linspace(0, 2 * np.pi, 100)
    u, v = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    return long * np.cos(t)[:, None] * u + short * np.sin(t)[:, None] * v


def test_ellipses_are_where_the_mahalanobis_distance_is_one(posteriors):
    covariance = projected_covariance(posteriors[1], special_ortho_group.rvs(5, random_state=1)[:, :2])
    shapes = ellipses(covariance)
    assert ((shapes[:, 2] >= 0) & (shapes[:, 2] < np.pi)).all()
    assert (shapes[:, 0] >= shapes[:, 1]).all()
    for shape, sigma in zip(shapes, covariance, strict=True):
        points = outline(shape)
        np.testing.assert_allclose(np.einsum("nk,kl,nl->n", points, np.linalg.inv(sigma), points), 1, rtol=1e-8)


@pytest.mark.parametrize("reflect", [False, True])
def test_turned_ellipses_are_those_of_the_moved_covariance(posteriors, reflect, rng):
    source = rng.normal(size=(40, 2))
    rotation = special_ortho_group.rvs(2, random_state=3)
    rotation[:, 0] *= -1 if reflect else 1
    alignment = align(source, 1.7 * source @ rotation + 3)
    covariance = projected_covariance(posteriors[1], special_ortho_group.rvs(5, random_state=1)[:, :2])
    turned = align_ellipses(ellipses(covariance), alignment)
    np.testing.assert_allclose(turned, ellipses(1.7**2 * rotation.T @ covariance @ rotation), rtol=1e-6)


# Samples


def test_samples_have_the_moments_of_the_posteriors(rng):
    mean, log_variance = np.full((50_000, 2), [3.0, -1.0], np.float32), np.full((50_000, 2), [0.0, -2.0], np.float32)
    samples = sample_posteriors(mean, log_variance, 0)
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples.mean(axis=0), [3, -1], atol=0.02)
    np.testing.assert_allclose(samples.std(axis=0), [1, np.exp(-1)], rtol=0.02)


def test_samples_depend_on_the_seed_alone(posteriors):
    first = sample_posteriors(*posteriors, 4)
    np.testing.assert_array_equal(first, sample_posteriors(*posteriors, 4))
    assert (first != sample_posteriors(*posteriors, 5)).all()
    narrow = sample_posteriors(posteriors[0], np.full_like(posteriors[1], -40), 4)
    np.testing.assert_allclose(narrow, posteriors[0], atol=1e-6)


# Priors


@pytest.mark.parametrize(("classes", "latent_dim"), [(10, 2), (10, 10), (3, 4)])
def test_prior_means_are_the_anchors_of_the_model(classes, latent_dim):
    means = prior_means(variational(prior="anchored", classes=classes, latent_dim=latent_dim))
    np.testing.assert_allclose(means, anchor_points(classes, latent_dim).numpy(), atol=1e-5)


def test_standard_prior_is_at_the_origin():
    np.testing.assert_array_equal(prior_means(variational()), np.zeros((1, 4)))


def test_class_shares_are_those_of_the_labels():
    np.testing.assert_allclose(class_shares(np.array([0, 0, 2, 0]), np.zeros((4, 2))), [0.75, 0, 0.25, 0])
    np.testing.assert_array_equal(class_shares(np.array([0, 5]), np.zeros((1, 2))), [1])
    np.testing.assert_array_equal(class_shares(None, np.zeros((1, 2))), [1])


# All posteriors against the prior

EDGES = np.linspace(-8, 8, 161)
ONE = np.ones(1)


def test_aggregate_of_equal_posteriors_is_their_density():
    match = match_prior(np.full(20, 1.0), np.full(20, np.log(0.25)), np.zeros(1), ONE, EDGES)
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    np.testing.assert_allclose(match.aggregate, norm(1, 0.5).pdf(middles), atol=2e-3)
    np.testing.assert_allclose(match.prior, norm.pdf(middles), atol=2e-4)
    assert match.moments == pytest.approx((1, 0.5))
    assert match.prior_moments == (0, 1)


def test_aggregate_is_the_histogram_of_samples(rng):
    mean, log_variance = rng.normal(size=300) * 2, rng.normal(size=300) - 1
    match = match_prior(mean, log_variance, np.zeros(1), ONE, EDGES)
    samples = (mean + np.exp(log_variance / 2) * rng.standard_normal((2000, 300))).ravel()
    histogram = np.histogram(samples, EDGES)[0] / len(samples) / 0.1
    np.testing.assert_allclose(match.aggregate, histogram, atol=0.005)
    assert match.moments == pytest.approx((samples.mean(), samples.std()), abs=0.01)


def test_narrow_posteriors_lose_no_mass_between_the_points_of_the_grid(rng):
    match = match_prior(rng.uniform(-7, 7, 500), np.full(500, -18.0), np.zeros(1), ONE, EDGES)
    assert match.aggregate.sum() * 0.1 == pytest.approx(1, abs=1e-9)


def test_shared_area_of_two_gaussians_is_the_closed_form():
    match = match_prior(np.full(5, 2.0), np.zeros(5), np.zeros(1), ONE, EDGES)
    assert match.shared == pytest.approx(2 * norm.cdf(-1), abs=1e-4)
    assert match_prior(np.zeros(5), np.zeros(5), np.zeros(1), ONE, EDGES).shared == pytest.approx(1)


def test_anchored_prior_is_a_mixture():
    anchors, weights = np.array([-4.0, 4.0]), np.array([0.25, 0.75])
    match = match_prior(np.zeros(3), np.zeros(3), anchors, weights, EDGES)
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    expected = 0.25 * norm(-4, 1).pdf(middles) + 0.75 * norm(4, 1).pdf(middles)
    np.testing.assert_allclose(match.prior, expected, atol=2e-4)
    assert match.prior_moments == pytest.approx((2, np.sqrt(1 + 12)))


def test_span_holds_the_posteriors_and_the_prior(rng):
    mean = rng.normal(size=2000) * 3 + 5
    low, high = span(mean, np.full(2000, -6.0), np.zeros(1))
    assert low <= -4
    assert high >= np.quantile(mean, 0.999)
    assert span(np.zeros(10), np.zeros(10), np.array([-8.0, 8.0])) == (-12, 12)


def test_aggregate_kl_is_that_of_the_gaussian_with_its_moments(posteriors):
    mean, log_variance = posteriors
    covariance = np.cov(mean.T.astype(np.float64), bias=True) + np.diag(np.exp(log_variance.astype(float)).mean(axis=0))
    fitted = MultivariateNormal(torch.tensor(mean.astype(np.float64).mean(axis=0)), torch.tensor(covariance))
    prior = MultivariateNormal(torch.zeros(5, dtype=torch.float64), torch.eye(5, dtype=torch.float64))
    expected = float(kl_divergence(fitted, prior))
    assert aggregate_kl(mean, log_variance, None, np.zeros((1, 5))) == pytest.approx(expected, rel=1e-5)


def test_aggregate_kl_is_zero_where_the_posteriors_are_their_priors():
    anchors = anchor_points(4, 3).numpy()
    labels = np.arange(40) % 4
    assert aggregate_kl(anchors[labels], np.zeros((40, 3)), labels, anchors) == pytest.approx(0, abs=1e-9)
    shifted = aggregate_kl(anchors[labels] + 1, np.zeros((40, 3)), labels, anchors)
    assert shifted == pytest.approx(3 / 2)  # half the squared distance of the means


def test_usual_distance_of_samples_is_that_of_the_noise_where_it_is_wide(rng):
    mean = rng.normal(scale=1e-3, size=(600, 50))
    found = usual_sample_distance(mean, np.zeros((600, 50)))
    assert found == pytest.approx(np.sqrt(chi2.ppf(0.99, 50)), rel=0.03)


def test_usual_distance_of_samples_is_that_of_the_means_where_noise_is_small(rng):
    mean = rng.normal(size=(400, 2))
    distances = np.sort(np.linalg.norm(mean[:, None] - mean[None], axis=2), axis=1)[:, 9]
    assert usual_sample_distance(mean, np.full((400, 2), -30.0)) == pytest.approx(np.quantile(distances, 0.99))


def test_divergence_of_each_image_is_that_of_torch():
    rng = np.random.default_rng(5)
    mean, log_variance = rng.normal(size=(2, 30, 4)).astype(np.float32)
    labels = rng.integers(0, 3, 30)
    anchors = rng.normal(size=(3, 4))
    for priors, own in ((anchors, anchors[labels]), (anchors[:1], anchors[:1].repeat(30, axis=0))):
        posterior = Normal(torch.tensor(mean).double(), torch.tensor(log_variance).double().div(2).exp())
        expected = kl_divergence(posterior, Normal(torch.tensor(own), torch.ones(30, 4).double())).sum(dim=1)
        np.testing.assert_allclose(kl_per_image(mean, log_variance, labels, priors), expected.numpy(), rtol=1e-6)
