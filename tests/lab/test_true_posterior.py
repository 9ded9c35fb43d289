"""The posterior of a latent plane against closed forms: a linear Gaussian decoder, for which everything is known."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from aeviz.analysis.variational import log_weights
from aeviz.config import ModelConfig, ObjectiveConfig
from aeviz.lab.decoded_joint import decode_grid, encode, joint_of, log_prior, survey
from aeviz.lab.gaussian_bounds import PlaneGaussian, best_gaussian, elbo, importance_bound, starts
from aeviz.lab.plane_integral import Box, box_around, integrate
from aeviz.lab.true_posterior import has_true_posterior, infer
from aeviz.objectives import log_likelihood
from aeviz.scales import kl_scales

PRIOR_BOX = Box(low=(-5.0, -5.0), side=10.0, n=64)


class Linear:
    """x = W z + mean + noise of variance v, z from N(0, I): probabilistic PCA."""

    def __init__(self, seed, variance, pixels=12):
        rng = np.random.default_rng(seed)
        self.weight = rng.standard_normal((pixels, 2)) @ rng.standard_normal((2, 2))
        self.mean, self.variance = rng.standard_normal(pixels), variance
        self.x = self.mean + self.weight @ rng.standard_normal(2) + math.sqrt(variance) * rng.standard_normal(pixels)
        self.precision = np.eye(2) + self.weight.T @ self.weight / variance
        self.covariance = np.linalg.inv(self.precision)
        self.posterior_mean = self.covariance @ self.weight.T @ (self.x - self.mean) / variance

    @property
    def log_evidence(self):
        marginal = self.weight @ self.weight.T + self.variance * np.eye(len(self.x))
        return multivariate_normal(self.mean, marginal).logpdf(self.x)

    def __call__(self, points):
        squares = ((self.x - self.mean - points @ self.weight.T) ** 2).sum(axis=1)
        constant = len(self.x) * math.log(2 * math.pi * self.variance) / 2
        return -squares / (2 * self.variance) - constant + log_prior(points)


@pytest.mark.parametrize("variance", [4.0, 0.3, 0.01, 1e-4])
@pytest.mark.parametrize("seed", range(4))
def test_integral_is_the_marginal_likelihood_for_wide_and_for_narrow_posteriors(seed, variance):
    model = Linear(seed, variance)
    found = integrate(model, PRIOR_BOX)
    assert found.is_converged
    assert found.log_evidence == pytest.approx(model.log_evidence, abs=0.003)
    assert found.mass.sum() == pytest.approx(1)
    deviations = np.sqrt(np.diag(model.covariance))
    assert np.abs(found.mean - model.posterior_mean).max() < 0.01 * deviations.max()
    np.testing.assert_allclose(found.covariance, model.covariance, atol=0.02 * deviations.max() ** 2)


@pytest.mark.parametrize("box", [Box(low=(-5.3, -6.1), side=11.7, n=37), Box(low=(-9.0, -7.0), side=17.0, n=150)])
def test_integral_does_not_depend_on_the_grid(box):
    for seed in range(3):
        model = Linear(seed, 0.02)
        assert integrate(model, box).log_evidence == pytest.approx(integrate(model, PRIOR_BOX).log_evidence, abs=0.003)


@pytest.mark.parametrize("n", [16, 128, 200])
def test_integral_of_a_posterior_as_wide_as_the_prior(n):
    found = integrate(log_prior, Box(low=(-5.0, -5.0), side=10.0, n=n))
    assert found.is_converged
    assert found.log_evidence == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(found.covariance, np.eye(2), atol=0.002)


def test_integral_finds_both_modes():
    modes = [multivariate_normal((-2, 1), 0.001), multivariate_normal((1.7, -2), 0.002)]
    found = integrate(lambda points: np.logaddexp(*(mode.logpdf(points) for mode in modes)), PRIOR_BOX)
    assert found.log_evidence == pytest.approx(math.log(2), abs=0.003)
    np.testing.assert_allclose(found.mean, (-0.15, -0.5), atol=0.01)


def test_highest_density_regions_are_those_of_a_gaussian():
    model = Linear(1, 0.3)
    found = integrate(model, PRIOR_BOX)
    peak = -math.log(2 * math.pi) - np.linalg.slogdet(model.covariance)[1] / 2
    for deviations in (1, 2):
        share = 1 - math.exp(-(deviations**2) / 2)
        assert found.highest_density(share) == pytest.approx(peak - deviations**2 / 2, abs=0.03)


def test_box_holds_the_points_and_the_prior():
    box = box_around(np.array([[-11.0, 1.0], [2.0, 3.0]]), n=8)
    centres = box.centres()
    assert centres.shape == (64, 2)
    assert box.low[0] < -11
    assert box.low[0] + box.side >= 5
    assert box.low[1] < -5
    assert centres[1, 1] - centres[0, 1] == pytest.approx(box.side / 8)


@pytest.mark.parametrize("seed", range(4))
def test_elbo_and_divergence_add_up_to_the_evidence(seed):
    model = Linear(seed, 0.3)
    q = PlaneGaussian(mean=model.posterior_mean + 0.1, covariance=np.diag([0.05, 0.2]))
    offset = q.mean - model.posterior_mean
    kl = np.trace(model.precision @ q.covariance) + offset @ model.precision @ offset - 2  # between two Gaussians
    kl = (kl + np.linalg.slogdet(model.covariance)[1] - np.linalg.slogdet(q.covariance)[1]) / 2
    assert elbo(model, q) + kl == pytest.approx(model.log_evidence, abs=0.01 + 1e-4 * kl)


@pytest.mark.parametrize("variance", [0.3, 0.001])
@pytest.mark.parametrize("seed", range(4))
def test_best_gaussian_is_the_posterior_and_without_correlation_misses_what_theory_says(seed, variance):
    model = Linear(seed, variance)
    found = infer(model, PlaneGaussian(mean=np.zeros(2), covariance=np.eye(2)), PRIOR_BOX)
    assert found.full_elbo == pytest.approx(model.log_evidence, abs=0.005)
    np.testing.assert_allclose(found.full.covariance, model.covariance, rtol=0.02)
    correlation = model.covariance[0, 1] / math.sqrt(model.covariance[0, 0] * model.covariance[1, 1])
    assert found.family_gap == pytest.approx(-math.log(1 - correlation**2) / 2, abs=0.01)
    assert found.gap == pytest.approx(found.amortization_gap + found.family_gap)


def test_search_from_far_away_reaches_the_posterior():
    model = Linear(2, 0.1)
    start = PlaneGaussian(mean=np.array([4.0, -4.0]), covariance=0.01 * np.eye(2))
    found, reached = best_gaussian(model, start, is_full=True)
    assert reached == pytest.approx(model.log_evidence, abs=0.005)
    np.testing.assert_allclose(found.mean, model.posterior_mean, atol=0.01)


def test_starts_are_near_a_gaussian_posterior():
    model = Linear(0, 0.3)
    core, whole = starts(integrate(model, PRIOR_BOX))
    np.testing.assert_allclose(core.mean, model.posterior_mean, atol=0.05)
    np.testing.assert_allclose(whole.covariance, model.covariance, rtol=0.05)


def test_importance_bounds_rise_with_k_and_stay_below_the_evidence():
    model = Linear(3, 0.3)
    q = PlaneGaussian(mean=model.posterior_mean, covariance=np.diag(np.diag(model.covariance)) * 1.5)
    found = infer(model, q, PRIOR_BOX)
    values, errors = zip(*found.bounds.values(), strict=True)
    assert values[0] == pytest.approx(found.elbo, abs=4 * errors[0])
    assert list(values) == sorted(values)
    assert values[-1] == pytest.approx(model.log_evidence, abs=0.02)
    assert found.draws.shape == (500, 2)
    # with q the posterior all weights are equal: the bound is ln p(x), without error
    assert importance_bound(np.full(100, -7.5), 5) == pytest.approx((-7.5, 0))


@pytest.fixture
def make_run(random_run):
    """A function that makes a 2-D VAE of 4x4 images with a linear decoder, all of whose outputs are in (0, 1)."""

    def make(loss="mse", weight=0.01):
        run = random_run(ModelConfig(image_shape=(1, 4, 4), bottleneck="gaussian", latent_dim=2, hidden=(8,)))
        objective = ObjectiveConfig(reconstruction=loss, kl_weight=weight, kl_reduction="sum")
        return replace(run, folder=replace(run.folder, config=replace(run.folder.config, objective=objective)))

    return make


@pytest.mark.parametrize(("loss", "weight"), [("mse", 0.002), ("bce", 1 / 16)])
def test_joint_of_a_model_is_that_of_its_elbo(make_run, loss, weight):
    run = make_run(loss, weight)
    assert has_true_posterior(run.config)
    image = np.random.default_rng(0).random((1, 4, 4)).astype(np.float32)
    joint = joint_of(run, image)
    mean, log_variance = encode(run, image[None])
    q = PlaneGaussian(mean=mean[0], covariance=np.diag(np.exp(log_variance[0])))
    x = torch.tensor(image)[None].expand(4000, -1, -1, -1)
    likelihood = log_likelihood(run.config)
    weights = log_weights(run, x, None, likelihood, torch.Generator().manual_seed(0), 1)[0]
    assert elbo(joint, q) == pytest.approx(float(weights.mean()), abs=5 * float(weights.std()) / math.sqrt(4000))
    # the grid that all images share: the same function up to a constant
    box = Box(low=(-5.0, -5.0), side=10.0, n=16)
    difference = decode_grid(run, box).log_joint(image[None])[0] - joint(box.centres())
    assert np.ptp(difference) < 0.2  # the slopes have 11 bits
    surveyed = survey(run, np.stack([image, 1 - image]), Box(low=(-5.0, -5.0), side=10.0, n=128))
    assert surveyed.log_evidence[0] == pytest.approx(integrate(joint, box).log_evidence, abs=0.01)
    other = joint_of(run, 1 - image)
    assert surveyed.log_evidence[1] == pytest.approx(integrate(other, box).log_evidence, abs=0.01)
    assert (surveyed.gap > -1).all()


def test_gaussian_pixels_have_the_variance_that_the_kl_weight_fixes(make_run):
    run = make_run("mse", 0.002)
    image = np.full((1, 4, 4), 0.3, dtype=np.float32)
    point = np.array([[0.5, -1.0]])
    variance = kl_scales(run.config.objective, 2, 16).variance
    y = run.decode(point).numpy().ravel()
    expected = multivariate_normal(y, variance * np.eye(16)).logpdf(image.ravel()) + log_prior(point)[0]
    assert joint_of(run, image)(point)[0] == pytest.approx(expected, rel=1e-5)


def test_plain_models_and_other_dimensions_have_no_such_posterior(tiny_config):
    assert has_true_posterior(tiny_config("model.bottleneck=gaussian", "objective.kl_weight=0.01"))
    assert not has_true_posterior(tiny_config())
    assert not has_true_posterior(
        tiny_config("model.bottleneck=gaussian", "objective.kl_weight=0.01", "model.latent_dim=3")
    )


@pytest.mark.parametrize("index", [pytest.param(0, marks=pytest.mark.slow), 8])
def test_shipped_model_agrees_with_a_fixed_grid_and_with_draws(shared_root, index):
    """Images 0 and 8 of the MNIST test set: a grid of 78,961 points, and 2,000 draws from the encoder's Gaussian."""
    from aeviz.data import load_dataset
    from aeviz.lab.gaussian_bounds import diagonal
    from aeviz.paths import checkpoints_root
    from aeviz.training.run import load

    run = load(checkpoints_root() / "regime-both")
    images = load_dataset(run.config.data, "test", root=shared_root).images[[index]].astype(np.float32) / 255
    mean, log_variance = encode(run, images)
    box = box_around(run.folder.require_latents().z, n=128)
    found = infer(joint_of(run, images[0]), diagonal(mean[0], log_variance[0]), box)
    along = torch.linspace(-4, 4, 281)
    x = torch.from_numpy(images[0]).flatten().double()

    def log_joint(z):
        decoded = run.decode(z).flatten(1).double().clamp(1e-7, 1 - 1e-7)
        prior = torch.distributions.Normal(0.0, 1.0).log_prob(z.double()).sum(1)
        return torch.distributions.Bernoulli(probs=decoded, validate_args=False).log_prob(x).sum(1) + prior

    cells = torch.cartesian_prod(along, along).split(20_000)
    evidence = torch.logsumexp(torch.cat([log_joint(part) for part in cells]), 0) + 2 * math.log(8 / 280)
    q = torch.distributions.Normal(
        torch.from_numpy(mean[0]).float(), torch.from_numpy(log_variance[0]).float().mul(0.5).exp()
    )
    torch.manual_seed(0)
    z = q.rsample((2000,))
    bound = log_joint(z) - q.log_prob(z).double().sum(1)
    assert found.log_evidence == pytest.approx(float(evidence), abs=0.02)
    assert found.elbo == pytest.approx(float(bound.mean()), abs=4 * float(bound.std()) / 2000**0.5 + 0.02)
    assert found.family_gap < 0.2
