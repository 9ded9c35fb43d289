"""Entropies and divergences beside torch.distributions and scipy.stats, and the slips of S2."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from aeviz.lab.information import (
    RIVALS,
    Direction,
    Gaussian,
    additivity_gap,
    entropies_at,
    entropy,
    estimated_kl,
    fit,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    information,
    integral_entropy,
    integral_kl,
    log_density,
    multivariate_entropy,
    multivariate_kl,
    printed_kl,
    score,
    shape_entropy,
    shape_scale,
    with_probability,
)

PAIRS = [(Gaussian(0, 1), Gaussian(1, 2)), (Gaussian(1, 2), Gaussian(0, 1)), (Gaussian(-3, 0.2), Gaussian(2.5, 0.7))]
MIXTURE = (Gaussian(-2.5, 0.6, 0.5), Gaussian(2.5, 0.6, 0.5))


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_gaussians_in_one_dimension_are_those_of_torch_and_scipy(p, q):
    expected = kl_divergence(Normal(p.mean, p.sd), Normal(q.mean, q.sd)).item()
    assert gaussian_kl(p, q) == pytest.approx(expected, rel=1e-6)
    assert gaussian_entropy(p.sd) == pytest.approx(stats.norm(p.mean, p.sd).entropy())
    assert gaussian_cross_entropy(p, q) == pytest.approx(gaussian_entropy(p.sd) + gaussian_kl(p, q))
    assert integral_kl((p,), (q,)) == pytest.approx(gaussian_kl(p, q), rel=1e-6)
    assert integral_entropy((p,)) == pytest.approx(gaussian_entropy(p.sd), rel=1e-6)


def test_gaussians_in_several_dimensions_are_those_of_torch_and_scipy():
    random = np.random.default_rng(0)
    means, roots = random.normal(size=(2, 4)), random.normal(size=(2, 4, 4))
    covariances = roots @ roots.transpose(0, 2, 1) + np.eye(4)
    q, p = (MultivariateNormal(torch.tensor(m), torch.tensor(c)) for m, c in zip(means, covariances, strict=True))
    found = multivariate_kl(means[0], covariances[0], means[1], covariances[1])
    assert found == pytest.approx(kl_divergence(q, p).item())
    assert multivariate_entropy(covariances[0]) == pytest.approx(
        stats.multivariate_normal(means[0], covariances[0]).entropy()
    )
    with pytest.raises(ValueError, match="positive definite"):
        multivariate_entropy(np.diag([1.0, -1.0]))


@pytest.mark.parametrize(
    ("q", "p", "right", "printed"),
    [((0, 1), (1, 4), 0.4431, -0.9431), ((0, 0.01), (0, 1), 1.808, -2.798), ((1, 0.25), (0, 1), 0.8181, -0.5681)],
)
def test_the_printed_equation_of_s2_gives_negative_divergences(q, p, right, printed):
    """Mean and variance of q, then of p: S2 (3.6) exchanges the determinants."""
    numbers = [
        np.array(value, dtype=float).reshape(shape)
        for part in (q, p)
        for value, shape in zip(part, [1, (1, 1)], strict=True)
    ]
    assert multivariate_kl(*numbers) == pytest.approx(right, abs=6e-4)
    assert printed_kl(*numbers) == pytest.approx(printed, abs=6e-4)


def test_entropy_of_outcomes_in_three_units_is_that_of_scipy():
    for heads in (0.0, 0.1, 0.5, 0.9, 1.0):
        both = np.array([heads, 1 - heads])
        for base in (2, np.e, 10):
            assert entropy(both, base) == pytest.approx(stats.entropy(both, base=base), abs=1e-15)
    assert entropy(np.array([0.5, 0.25, 0.125, 0.125]), 2) == 1.75
    np.testing.assert_array_equal(information(np.array([1, 0.5, 0.25, 0]), 2), [0, 1, 2, np.inf])


def test_one_probability_moves_the_others_in_proportion():
    np.testing.assert_allclose(with_probability(np.array([0.5, 0.3, 0.2]), 0, 0.0), [0, 0.6, 0.4])
    np.testing.assert_allclose(with_probability(np.array([0.0, 1.0, 0.0]), 1, 0.4), [0.3, 0.4, 0.3])


def test_the_gaussian_has_the_largest_entropy_at_its_deviation():
    found = entropies_at(1.7)
    densities = {
        "Gaussian": stats.norm(scale=1.7),
        "Laplace": stats.laplace(scale=1.7 / np.sqrt(2)),
        "triangle": stats.triang(0.5, scale=1.7 * np.sqrt(24)),
        "uniform": stats.uniform(scale=1.7 * np.sqrt(12)),
    }
    for name, density in densities.items():
        assert density.std() == pytest.approx(1.7)
        assert found[name] == pytest.approx(float(density.entropy()))
    assert max(found, key=found.get) == "Gaussian"


def test_density_and_score_of_a_mixture():
    x = torch.linspace(-6, 6, 25, dtype=torch.float64, requires_grad=True)
    parts = torch.distributions.Categorical(torch.tensor([0.5, 0.5], dtype=torch.float64))
    normals = Normal(torch.tensor([-2.5, 2.5], dtype=torch.float64), torch.tensor([0.6, 0.6], dtype=torch.float64))
    density = torch.distributions.MixtureSameFamily(parts, normals).log_prob(x)
    density.sum().backward()
    points = x.detach().numpy()
    np.testing.assert_allclose(log_density(MIXTURE, points), density.detach().numpy())
    np.testing.assert_allclose(score(MIXTURE, points), x.grad.numpy(), atol=1e-12)


def test_monte_carlo_estimate_is_within_its_standard_error():
    p, q = PAIRS[0]
    draws = np.random.default_rng(0).normal(p.mean, p.sd, 10_000)
    mean, error = estimated_kl((p,), (q,), draws)
    assert 0 < error < 0.01
    assert abs(mean - gaussian_kl(p, q)) < 3 * error


def test_forward_fit_has_the_moments_of_the_mixture_and_reverse_fit_a_mode():
    start = Gaussian(1, 1.5)
    covering, seeking = fit(MIXTURE, start, "forward"), fit(MIXTURE, start, "reverse")
    assert covering.mean == pytest.approx(0, abs=1e-6)
    assert covering.sd == pytest.approx(np.sqrt(0.6**2 + 2.5**2), rel=1e-6)
    assert seeking.mean == pytest.approx(2.5, abs=0.02)
    assert seeking.sd == pytest.approx(0.6, abs=0.02)
    assert integral_kl((seeking,), MIXTURE) == pytest.approx(np.log(2), abs=0.01)  # half of p is missing


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_a_fit_is_a_minimum(direction: Direction):
    best = fit(MIXTURE, Gaussian(1, 1.5), direction)

    def loss(q):
        return integral_kl(MIXTURE, (q,)) if direction == "forward" else integral_kl((q,), MIXTURE)

    for near in (Gaussian(best.mean + 0.02, best.sd), Gaussian(best.mean - 0.02, best.sd)):
        assert loss(near) > loss(best)
    for near in (Gaussian(best.mean, best.sd + 0.02), Gaussian(best.mean, best.sd - 0.02)):
        assert loss(near) > loss(best)


@pytest.mark.parametrize("sd", [0.2, 1.0, 3.0])
def test_entropy_over_the_shape_is_largest_for_the_gaussian(sd):
    for shape in (0.5, 1.0, 2.0, 7.5):
        density = stats.gennorm(shape, scale=shape_scale(shape, sd))
        assert density.std() == pytest.approx(sd)
        assert shape_entropy(shape, sd) == pytest.approx(float(density.entropy()))
    assert shape_entropy(1, sd) == pytest.approx(entropies_at(sd)["Laplace"])
    assert shape_entropy(1e4, sd) == pytest.approx(entropies_at(sd)["uniform"], abs=1e-3)
    shapes = np.geomspace(0.5, 20, 201)
    best = max([*shapes, 2.0], key=lambda shape: shape_entropy(shape, sd))
    assert best == 2
    assert shape_entropy(2, sd) == pytest.approx(gaussian_entropy(sd))


def test_only_the_logarithm_is_additive():
    pairs = [(0.1, 0.2), (0.5, 0.5), (0.9, 0.03)]
    for name, rival in RIVALS.items():
        assert all(rival(low) > rival(high) for low, high in ((0.1, 0.2), (0.2, 0.9)))  # a rarer outcome surprises more
        gaps = [abs(additivity_gap(rival, p, q)) for p, q in pairs]
        assert max(gaps) < 1e-12 if name == "-ln p" else max(gaps) > 0.1
