"""Running moments beside PyTorch's Adam and beside their expectations."""

import numpy as np
import pytest
import torch

from aeviz.lab.gradient_moments import adam_steps, expected_moments, running_moments

BETAS = (0.9, 0.999)


def test_moments_and_steps_are_those_of_torch():
    gradients = np.random.default_rng(0).normal(1, 0.5, size=30)
    found = running_moments(gradients, *BETAS)
    theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=1.0, betas=BETAS, eps=0)
    for t, gradient in enumerate(gradients):
        before = theta.item()
        theta.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        state = optimizer.state[theta]
        assert (found.m[t], found.v[t]) == pytest.approx((state["exp_avg"].item(), state["exp_avg_sq"].item()))
        assert found.corrected_m[t] / found.corrected_v[t] ** 0.5 == pytest.approx(before - theta.item())


def test_expectations_are_means_of_many_streams():
    random = np.random.default_rng(1)
    streams = [running_moments(random.normal(0.7, 1.2, size=20), 0.9, 0.99) for _ in range(4000)]
    expected = expected_moments(0.7, 1.2, 0.9, 0.99, np.arange(1, 21))
    np.testing.assert_allclose(np.mean([found.m for found in streams], axis=0), expected[0], atol=0.03)
    np.testing.assert_allclose(np.mean([found.v for found in streams], axis=0), expected[1], rtol=0.05)
    np.testing.assert_allclose(np.mean([found.corrected_m for found in streams], axis=0), 0.7, atol=0.08)


def test_first_step_without_correction_is_three_times_too_large():
    found = running_moments(np.ones(200), *BETAS)
    raw = found.m / np.sqrt(found.v)
    assert raw[0] == pytest.approx(10**0.5)
    assert (raw.max(), raw.argmax() + 1) == (pytest.approx(6.57, abs=0.01), 12)
    np.testing.assert_allclose(found.corrected_m / np.sqrt(found.corrected_v), 1)


@pytest.mark.parametrize("epsilon", [1e-8, 0.01, 0.1])
def test_epsilon_stands_where_torch_has_it_or_under_the_root(epsilon):
    gradients = np.random.default_rng(2).normal(0.1, 0.2, size=20)
    found = running_moments(gradients, *BETAS)
    steps = adam_steps(found.corrected_m, found.corrected_v, epsilon)
    theta = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=1.0, betas=BETAS, eps=epsilon)
    for t, gradient in enumerate(gradients):
        before = theta.item()
        theta.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
        assert steps[t] == pytest.approx(before - theta.item())
    under = adam_steps(found.corrected_m, found.corrected_v, epsilon, is_under_root=True)
    np.testing.assert_allclose(under, found.corrected_m / (found.corrected_v + epsilon) ** 0.5)
    zero = adam_steps(np.array([1e-6]), np.array([0.0]), epsilon, is_under_root=True)
    np.testing.assert_allclose(zero, 1e-6 / epsilon**0.5)  # at least the root of epsilon divides
