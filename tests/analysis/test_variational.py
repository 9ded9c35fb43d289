import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.metrics import roc_auc_score
from torch.distributions import Bernoulli, Normal, kl_divergence

from aeviz.analysis.anomaly import detect, score_of
from aeviz.analysis.evaluation import evaluate
from aeviz.analysis.variational import (
    elbo_parts,
    importance_weighted_bound,
    log_likelihood,
    log_weights,
    measure_variational,
)
from aeviz.config import ModelConfig, ObjectiveConfig
from aeviz.data import ImageDataset
from aeviz.models.bottlenecks import anchor_points

LINEAR = ModelConfig(
    image_shape=(1, 2, 2), bottleneck="gaussian", encoder="linear", decoder="linear", latent_dim=2, output="identity"
)
"""With a linear decoder p(x) is a normal law."""


@pytest.fixture
def images():
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (40, 1, 4, 4), dtype=np.uint8)
    names = tuple("0123456789")
    return ImageDataset(images=pixels, labels=np.arange(40) % 10, class_names=names, name="made-up", split="test")


def variational(random_run, name="vae", objective=None, **model):
    config = ModelConfig(image_shape=(1, 4, 4), bottleneck="gaussian", latent_dim=3, hidden=(8,), **model)
    run = random_run(config, name=name)
    if objective is not None:
        object.__setattr__(run.folder.config, "objective", objective)
    return run


@pytest.mark.parametrize("anchored", [False, True])
def test_kl_is_that_of_torch_distributions(anchored, random_run, images):
    run = variational(random_run, prior="anchored" if anchored else "standard")
    found = measure_variational(run, images)
    x = torch.tensor(images.images) / 255
    mean, log_variance = run.model.bottleneck.posterior(run.model.encoder(x))
    prior = anchor_points(10, 3)[torch.tensor(images.labels)] if anchored else torch.zeros(40, 3)
    expected = kl_divergence(Normal(mean, torch.exp(log_variance / 2)), Normal(prior, 1.0))
    assert found.kl == pytest.approx(expected.sum(dim=1).mean().item(), rel=1e-5)
    assert found.kl_per_dimension == pytest.approx(expected.mean(dim=0).tolist(), rel=1e-5)


def test_scores_of_images_are_the_parts_of_the_elbo(random_run, images):
    run = variational(random_run, objective=ObjectiveConfig(reconstruction="bce", kl_weight=0.1))
    nats, kl = elbo_parts(run, images, samples=3)
    x = torch.tensor(images.images) / 255
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        mean, log_variance = run.model.bottleneck.posterior(run.model.encoder(x))
        own = Normal(mean, torch.exp(log_variance / 2))
        draws = [own.mean + own.stddev * torch.randn(40, 3, generator=chance) for _ in range(3)]
        terms = [-Bernoulli(run.model.decode(z), validate_args=False).log_prob(x).flatten(1).sum(dim=1) for z in draws]
        divergence = kl_divergence(own, Normal(torch.zeros(40, 3), 1.0)).sum(dim=1)
    np.testing.assert_allclose(nats, torch.stack(terms).mean(dim=0), rtol=1e-5)
    np.testing.assert_allclose(kl, divergence, rtol=1e-4, atol=1e-6)
    error, is_seven = np.ones(40), images.labels == 7
    for name, expected in (("negative ELBO", nats + kl), ("reconstruction term", nats), ("KL term", kl)):
        found = detect(score_of(name, error, (nats, kl)), is_seven)
        assert found.roc_auc == pytest.approx(roc_auc_score(is_seven, expected))
    assert score_of("negative ELBO", error, None) is error


def test_likelihoods_are_those_of_torch_distributions(random_run, images):
    x, y = torch.tensor(images.images) / 255, torch.rand(40, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    bernoulli = variational(random_run, "b", ObjectiveConfig(reconstruction="bce", kl_weight=0.1))
    # grey levels are no outcomes of a Bernoulli law, but its density extends to them
    expected = (x * y.log() + (1 - x) * (1 - y).log()).sum(dim=(1, 2, 3))
    torch.testing.assert_close(log_likelihood(bernoulli.config)(y, x), expected, rtol=1e-4, atol=1e-4)
    edges = (x > 0.5).float()
    exact = Bernoulli(y).log_prob(edges).sum(dim=(1, 2, 3))
    torch.testing.assert_close(log_likelihood(bernoulli.config)(y, edges), exact, rtol=1e-4, atol=1e-4)
    gaussian = variational(random_run, "g", ObjectiveConfig(kl_weight=0.01))
    variance = 0.01 * 16 / 2
    expected = Normal(y, math.sqrt(variance)).log_prob(x).sum(dim=(1, 2, 3))
    torch.testing.assert_close(log_likelihood(gaussian.config)(y, x), expected, rtol=1e-4, atol=1e-3)
    assert log_likelihood(variational(random_run, "m", ObjectiveConfig(reconstruction="ms_ssim")).config) is None
    assert log_likelihood(variational(random_run, "n", ObjectiveConfig()).config) is None


def test_elbo_is_likelihood_minus_kl_and_below_the_bound(random_run, images):
    run = variational(random_run, objective=ObjectiveConfig(reconstruction="bce", kl_weight=1 / 16))
    found = measure_variational(run, images)
    assert found.elbo == pytest.approx(found.reconstruction - found.kl)
    assert found.elbo < found.log_likelihood_bound < 0


def test_bound_reaches_the_likelihood_of_a_linear_gaussian_model(random_run, images):
    """With a linear decoder p(x) is a normal law, and many samples bring the bound to its logarithm."""
    run = random_run(LINEAR, name="linear")
    object.__setattr__(run.folder.config, "objective", ObjectiveConfig(kl_weight=0.05))
    variance = 0.05 * 4 / 2
    with torch.no_grad():
        run.model.decoder[0].weight.mul_(0.2)
        run.model.decoder[0].bias.fill_(0.5)
    weight, bias = (p.double().numpy() for p in (run.model.decoder[0].weight, run.model.decoder[0].bias))
    x = torch.tensor(images.images[:5, :, :2, :2]) / 255
    law = multivariate_normal(bias, weight @ weight.T + variance * np.eye(4))
    likelihood = log_likelihood(run.config)
    weights = log_weights(run, x, None, lambda y, target: likelihood(y, target), torch.Generator().manual_seed(0), 4000)
    bound = importance_weighted_bound(weights)
    np.testing.assert_allclose(bound.numpy(), law.logpdf(x.flatten(1).numpy()), atol=0.15)


def linear_gaussian(random_run, shift):
    """A VAE whose p(x), N(0.5, W W' + v I), and posterior are known, and the law of x.

    The columns of W are orthogonal, so the posterior is diagonal. `shift` moves the encoder's means off its own.
    """
    run = random_run(LINEAR, name=f"linear-{shift}")
    object.__setattr__(run.folder.config, "objective", ObjectiveConfig(kl_weight=0.005))
    variance = 0.005 * 4 / 2
    w = np.array([[0.06, 0.02], [0.06, -0.02], [0.06, 0.02], [0.06, -0.02]])
    posterior_variance = 1 / (1 + (w**2).sum(axis=0) / variance)
    to_mean = posterior_variance[:, None] * w.T / variance
    with torch.no_grad():
        run.model.decoder[0].weight.copy_(torch.tensor(w))
        run.model.decoder[0].bias.fill_(0.5)
        heads = run.model.bottleneck
        heads.mean_head.weight.copy_(torch.tensor(to_mean))
        heads.mean_head.bias.copy_(torch.tensor(-to_mean @ np.full(4, 0.5) + shift))
        heads.log_variance_head.weight.zero_()
        heads.log_variance_head.bias.copy_(torch.tensor(np.log(posterior_variance)))
    return run, multivariate_normal(np.full(4, 0.5), w @ w.T + variance * np.eye(4))


@pytest.fixture
def greys():
    """400 images of four grey levels; every second is far less likely than the others."""
    generator = np.random.default_rng(1)
    pixels = 128 + generator.normal(0, 12, (400, 1, 2, 2)) + np.where(np.arange(400) % 2, 60, 0)[:, None, None, None]
    return ImageDataset(
        images=pixels.round().clip(0, 255).astype(np.uint8), labels=None, class_names=(), name="greys", split="test"
    )


def test_elbo_and_bound_are_of_the_same_images(random_run, greys):
    """With the exact posterior both are log p(x) of each image, so of whatever images the gain is 0.

    Two of the 3 images that the gain is measured on are of the likely half: their own bound would lie far above the
    ELBO of all.
    """
    run, law = linear_gaussian(random_run, 0.0)
    exact = law.logpdf(greys.images.reshape(400, 4) / 255)
    assert abs(exact[[0, 200, 399]].mean() - exact.mean()) > 0.5
    found = measure_variational(run, greys, importance_images=3)
    assert found.elbo == pytest.approx(exact.mean(), abs=0.3)  # one sample an image: standard error 0.1
    assert found.log_likelihood_bound == pytest.approx(found.elbo, abs=1e-4)
    assert exact.std(ddof=1) / 20 < found.elbo_error < 1.5 * exact.std(ddof=1) / 20


def test_bound_lies_between_elbo_and_likelihood(random_run, greys):
    """With a posterior that is off, ELBO <= bound <= log p(x) in expectation, and more samples close the gap."""
    run, law = linear_gaussian(random_run, 0.7)
    exact = law.logpdf(greys.images.reshape(400, 4) / 255).mean()
    few, many = (measure_variational(run, greys, samples=samples) for samples in (5, 200))
    assert few.bound_gain > 10 * few.bound_gain_error > 0
    assert few.elbo < few.log_likelihood_bound < many.log_likelihood_bound
    assert many.log_likelihood_bound == pytest.approx(exact, abs=0.1)
    assert few.log_likelihood_bound < exact


def test_gain_is_the_mean_over_the_evenly_spaced_images(random_run, greys):
    """Each image's gain counted again from its log-weights."""
    run, _ = linear_gaussian(random_run, 0.7)
    found = measure_variational(run, greys, samples=2000, importance_images=5)
    x = torch.tensor(greys.images[[0, 100, 200, 299, 399]]) / 255
    weights = log_weights(run, x, None, log_likelihood(run.config), torch.Generator().manual_seed(9), 2000).double()
    gains = weights.exp().mean(dim=0).log() - weights.mean(dim=0)
    assert found.bound_gain == pytest.approx(gains.mean().item(), abs=0.1)
    assert found.bound_gain_error == pytest.approx(gains.std().item() / 5**0.5, abs=0.05)


def test_evaluation_of_a_vae_has_its_figures(random_run, images):
    run = variational(random_run, objective=ObjectiveConfig(reconstruction="bce", kl_weight=1 / 16))
    evaluation, table = evaluate(run, images, images)
    assert evaluation.kl == pytest.approx(sum(evaluation.kl_per_dimension))
    assert evaluation.elbo is not None
    assert evaluation.log_likelihood_bound == pytest.approx(evaluation.elbo + evaluation.bound_gain)
    assert evaluation.bound_gain > 0
    assert table.log_variance.shape == (40, 3)


def test_images_have_no_elbo_without_a_likelihood(random_run, images):
    assert elbo_parts(variational(random_run, objective=ObjectiveConfig(kl_weight=0.0)), images) is None


def test_plain_autoencoder_has_none(random_run, images):
    run = random_run(ModelConfig(image_shape=(1, 4, 4), latent_dim=3, hidden=(8,)))
    assert measure_variational(run, images) is None
    evaluation, table = evaluate(run, images, images)
    assert (evaluation.kl, evaluation.elbo, evaluation.kl_per_dimension) == (None, None, ())
    assert table.log_variance is None


def test_flow_has_a_bound_above_its_elbo(random_run, images):
    config = ModelConfig(image_shape=(1, 4, 4), bottleneck="flow", latent_dim=3, hidden=(8,), flow_hidden=8)
    run = random_run(config, name="flow")
    object.__setattr__(run.folder.config, "objective", ObjectiveConfig(reconstruction="bce", kl_weight=1 / 16))
    found = measure_variational(run, images)
    assert found.elbo < found.log_likelihood_bound
