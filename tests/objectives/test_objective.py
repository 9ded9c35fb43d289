import math

import pytest
import torch
from torch.distributions import Bernoulli, Laplace, Normal, kl_divergence
from torch.nn import functional

from aeviz.config import ModelConfig, ObjectiveConfig, RunConfig
from aeviz.errors import ConfigError
from aeviz.objectives import (
    Objective,
    annealing_factor,
    corrupt,
    kl_scales,
    latent_penalty,
    log_likelihood,
    ms_ssim,
    reduced_kl,
)
from aeviz.presets import PRESETS
from aeviz.scales import penalty_scales

N, C, H, W, D = 6, 1, 9, 8, 3


def uniform(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


X, Y, Z, KL = uniform(N, C, H, W), uniform(N, C, H, W, seed=1), uniform(N, D, seed=2), 3 * uniform(N, D, seed=3)


def total(kl=KL, annealed=1.0, **settings):
    return Objective(ObjectiveConfig(**settings))(Y, X, Z, kl, annealed=annealed).total.item()


def test_plain_objective_is_the_reconstruction_itself():
    assert total(kl=None) == functional.mse_loss(Y, X).item()
    assert total(kl=None, reconstruction="l1") == functional.l1_loss(Y, X).item()
    assert total(kl=None, reconstruction="bce") == functional.binary_cross_entropy(Y, X).item()
    assert total(kl=None, reconstruction="ms_ssim") == pytest.approx(1 - ms_ssim(Y, X).value.mean().item())


def test_kl_is_weighted_on_either_scale():
    error = functional.mse_loss(Y, X).item()
    assert total(kl_weight=0.1) == pytest.approx(error + 0.1 * KL.sum(dim=1).mean().item(), rel=1e-5)
    assert total(kl_weight=0.1, kl_reduction="mean") == pytest.approx(error + 0.1 * KL.mean().item(), rel=1e-5)
    assert total(kl_weight=0.1, annealed=0.25) == pytest.approx(error + 0.025 * KL.sum(dim=1).mean().item(), rel=1e-5)
    assert total(kl_weight=0.1, reconstruction_weight=0.0) == pytest.approx(0.1 * KL.sum(dim=1).mean().item(), rel=1e-5)
    loss = Objective(ObjectiveConfig(kl_weight=0.1))(Y, X, Z, KL)
    assert (loss.reconstruction.item(), loss.kl.item()) == pytest.approx((error, KL.sum(dim=1).mean().item()))


def test_free_bits_stop_the_pressure_on_a_dimension():
    kl = torch.tensor([[0.1, 2.0], [0.3, 4.0]], requires_grad=True)
    value = reduced_kl(kl, ObjectiveConfig(kl_weight=1.0, free_bits=0.5))
    assert value.item() == pytest.approx(0.5 + 3.0)
    value.backward()
    assert kl.grad.tolist() == [[0.0, 0.5], [0.0, 0.5]]


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_scales_say_what_the_weight_means(reduction):
    """The objective, multiplied by P / (2 v), is minus the ELBO of the Gaussian decoder of variance v."""
    pixels = C * H * W
    config = ObjectiveConfig(kl_weight=0.02, kl_reduction=reduction)
    scales = kl_scales(config, D, pixels)
    v = scales.variance
    nats = KL.sum(dim=1).mean().item()
    likelihood = Normal(Y, math.sqrt(v)).log_prob(X).sum(dim=(1, 2, 3)).mean().item()
    constant = -pixels / 2 * math.log(2 * math.pi * v)
    objective = Objective(config)(Y, X, Z, KL).total.item()
    assert objective * pixels / (2 * v) == pytest.approx(-(likelihood - constant) + nats, rel=1e-4)
    assert scales.beta == v
    assert scales.of_mean_kl == pytest.approx(D * scales.of_sum_kl)
    assert scales.snell_c == pytest.approx(1 / scales.of_sum_kl)
    assert kl_scales(ObjectiveConfig(), D, pixels) is None


@pytest.mark.parametrize(
    ("penalty", "summed"), [("l1", Z.abs().sum(1)), ("l2", Z.square().sum(1)), ("kl_sparsity", None)]
)
def test_scales_of_a_penalty_are_those_beside_sums(penalty, summed):
    config = ObjectiveConfig(penalty=penalty, penalty_weight=0.03)
    scales, pixels = penalty_scales(config, D, C * H * W), C * H * W
    squares = (Y - X).square().flatten(1).sum(dim=1).mean()
    term = latent_penalty(Z, config) if summed is None else summed.mean()
    objective = Objective(config)(Y, X, Z, None).total * pixels
    torch.testing.assert_close(objective, squares + scales.beside_sum * term)
    torch.testing.assert_close(objective / 2, squares / 2 + scales.beside_half_sum * term)


def test_scales_of_the_sparse_presets_are_those_of_the_sources():
    of = {name: penalty_scales(PRESETS[name].config.objective, 64, 784) for name in ("sparse-l1", "sparse-kl", "deep")}
    assert of["sparse-l1"].beside_half_sum == pytest.approx(0.0061, abs=5e-5)
    assert of["sparse-l1"].beside_sum == pytest.approx(0.01225)
    assert of["sparse-kl"].beside_sum == pytest.approx(0.784)
    assert of["deep"] is None


def test_scale_of_the_absolute_error_makes_the_objective_minus_the_elbo_of_a_laplace_decoder():
    config = RunConfig(
        model=ModelConfig(image_shape=(C, H, W), latent_dim=D, bottleneck="gaussian", hidden=(4,)),
        objective=ObjectiveConfig(reconstruction="l1", kl_weight=0.01),
    )
    b = 0.01 * C * H * W
    nats = log_likelihood(config)(Y, X)
    torch.testing.assert_close(nats, Laplace(Y, b).log_prob(X).flatten(1).sum(dim=1))
    kl = KL.sum(dim=1).mean().item()
    constant = C * H * W * math.log(2 * b)
    assert total(reconstruction="l1", kl_weight=0.01) / 0.01 == pytest.approx(
        -(nats.mean().item() + constant) + kl, rel=1e-4
    )


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_scales_of_the_cross_entropy_are_those_of_a_bernoulli_decoder(reduction):
    """The objective, multiplied by P, is minus the log-likelihood of the Bernoulli decoder plus beta times the KL."""
    pixels = C * H * W
    config = ObjectiveConfig(reconstruction="bce", kl_weight=0.02, kl_reduction=reduction)
    beta = kl_scales(config, D, pixels).beta_of_bernoulli
    likelihood = Bernoulli(Y, validate_args=False).log_prob(X).sum(dim=(1, 2, 3)).mean().item()
    objective = Objective(config)(Y, X, Z, KL).total.item()
    assert objective * pixels == pytest.approx(-likelihood + beta * KL.sum(dim=1).mean().item(), rel=1e-4)


@pytest.mark.parametrize(
    ("annealing", "expected"),
    [
        ("constant", [1, 1, 1, 1, 1]),
        ("linear", [0, 0.25, 0.5, 1, 1]),
        ("cyclical", [0, 0.5, 1, 0, 0.5]),
    ],
)
def test_kl_weight_is_annealed(annealing, expected):
    config = ObjectiveConfig(kl_weight=1.0, annealing=annealing, annealing_epochs=4)
    assert [annealing_factor(config, float(epoch)) for epoch in (0, 1, 2, 4, 5)] == expected


def test_penalties_are_those_of_the_sources():
    assert latent_penalty(Z - 0.5, ObjectiveConfig(penalty="l1")).item() == pytest.approx((Z - 0.5).abs().mean().item())
    assert latent_penalty(Z, ObjectiveConfig(penalty="l2")).item() == pytest.approx((Z**2).mean().item())
    rho = torch.full((D,), 0.1)
    expected = kl_divergence(Bernoulli(rho), Bernoulli(Z.mean(dim=0))).sum().item()
    found = latent_penalty(Z, ObjectiveConfig(penalty="kl_sparsity", sparsity=0.1)).item()
    assert found == pytest.approx(expected, rel=1e-4)
    assert latent_penalty(Z, ObjectiveConfig()).item() == 0


def test_sparsity_penalty_stays_finite_at_the_ends():
    for value in (0.0, 1.0):
        z = torch.full((N, D), value, requires_grad=True)
        latent_penalty(z, ObjectiveConfig(penalty="kl_sparsity")).backward()
        assert torch.isfinite(z.grad).all()


@pytest.mark.parametrize("name", ["none", "gaussian", "masking", "salt_pepper"])
def test_corruption_keeps_the_range_and_repeats(name):
    x = uniform(50, 3, 16, 16)
    first, second = (corrupt(x, name, 0.3, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)
    assert first.min() >= 0
    assert first.max() <= 1
    changed = (first != x).any(dim=1).float().mean().item()
    assert changed == pytest.approx({"none": 0.0, "gaussian": 1.0, "masking": 0.3, "salt_pepper": 0.3}[name], abs=0.02)


def test_masking_takes_all_channels_of_a_pixel():
    masked = corrupt(uniform(20, 3, 8, 8) + 0.01, "masking", 0.5, torch.Generator().manual_seed(0)) == 0
    assert torch.equal(masked.any(dim=1), masked.all(dim=1))


@pytest.mark.parametrize(
    ("model", "objective", "message"),
    [
        ({}, {"kl_weight": 0.1}, "use model.bottleneck=gaussian"),
        ({}, {"penalty": "kl_sparsity", "penalty_weight": 0.1}, "set model.latent=sigmoid"),
        ({"bottleneck": "gaussian"}, {"penalty": "l1"}, "has its KL"),
        ({"image_shape": (1, 2, 2)}, {"reconstruction": "ms_ssim"}, "sides of 3 pixels or more"),
    ],
)
def test_objectives_that_do_not_fit_the_model_are_refused(model, objective, message):
    with pytest.raises(ConfigError, match=message):
        RunConfig(model=ModelConfig(**model), objective=ObjectiveConfig(**objective))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kl_weight": -1.0}, "objective.kl_weight=-1.0; expected a number from 0 up"),
        ({"sparsity": 1.0}, "objective.sparsity=1.0; expected a number between 0 and 1"),
        ({"reconstruction_weight": 0.0}, "nothing to learn"),
        ({"annealing_epochs": 0}, "expected a whole number from 1 up"),
        ({"corruption_level": 1.5}, "expected a number from 0 to 1"),
    ],
)
def test_objectives_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        ObjectiveConfig(**settings)
