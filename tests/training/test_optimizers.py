import math

import numpy as np
import pytest
import torch

from aeviz.config import OptimizerConfig
from aeviz.training.optimizers import build_optimizer, schedule_factor

REFERENCES = {
    "adam": lambda weights: torch.optim.Adam(weights, lr=0.01, betas=(0.8, 0.95), eps=1e-6, fused=False),
    "amsgrad": lambda weights: torch.optim.Adam(
        weights, lr=0.01, betas=(0.8, 0.95), eps=1e-6, amsgrad=True, fused=False
    ),
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.01, momentum=0.7, fused=False),
}


def config_of(name):
    return OptimizerConfig(name=name, learning_rate=0.01, beta1=0.8, beta2=0.95, epsilon=1e-6, momentum=0.7)


def gradients_of(steps):
    """Gradients that fall, so that AMSGrad's maximum differs from Adam's mean."""
    generator = torch.Generator().manual_seed(3)
    return [torch.randn(6, generator=generator) * 4 / (1 + step) for step in range(steps)]


def walk(make, gradients):
    weights = torch.nn.Parameter(torch.linspace(-1, 1, 6))
    optimizer = make([weights])
    for gradient in gradients:
        weights.grad = gradient.clone()
        optimizer.step()
    return weights.detach().numpy()


def built(name):
    return lambda weights: build_optimizer(config_of(name), weights, torch.device("cpu"))


@pytest.mark.parametrize("name", REFERENCES)
def test_steps_equal_torchs_plain_optimizer(name):
    gradients = gradients_of(12)
    np.testing.assert_allclose(walk(built(name), gradients), walk(REFERENCES[name], gradients), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", REFERENCES)
def test_steps_follow_the_published_rule(name):
    # Kingma & Ba, Algorithm 1, and Reddi et al., Algorithm 2, with bias correction and epsilon outside the root
    gradients = gradients_of(12)
    x = np.linspace(-1, 1, 6)
    m, v, largest = np.zeros(6), np.zeros(6), np.zeros(6)
    for t, gradient in enumerate(gradients, start=1):
        g = gradient.double().numpy()
        if name == "sgd":
            m = 0.7 * m + g
            x = x - 0.01 * m
            continue
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g**2
        largest = np.maximum(largest, v) if name == "amsgrad" else v
        x = x - 0.01 * (m / (1 - 0.8**t)) / (np.sqrt(largest / (1 - 0.95**t)) + 1e-6)
    np.testing.assert_allclose(walk(built(name), gradients), x, rtol=1e-5, atol=1e-6)


def test_amsgrad_differs_from_adam_where_gradients_fall():
    gradients = gradients_of(12)
    assert np.abs(walk(built("adam"), gradients) - walk(built("amsgrad"), gradients)).max() > 1e-3


def test_constant_schedule_is_one():
    assert [schedule_factor("constant", step, 10) for step in (0, 5, 9)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("step", "factor"),
    [
        (0, 1 / 25),  # the start
        (15, (1 + 1 / 25) / 2),  # half of the rise: the mean of start and peak
        (10, 1 / 25 + 24 / 25 * (1 - math.cos(math.pi / 3)) / 2),
        (30, 1.0),  # the peak, after 30 %
        (65, 0.5),  # half of the fall
        (100, 0.0),  # would be the step after the last
    ],
)
def test_one_cycle_has_its_closed_form(step, factor):
    assert schedule_factor("one_cycle", step, 100) == pytest.approx(factor, abs=1e-12)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 1000])
def test_one_cycle_stays_within_bounds_and_has_one_peak(total):
    factors = [schedule_factor("one_cycle", step, total) for step in range(total)]
    assert all(0 < factor <= 1 for factor in factors)
    top = factors.index(max(factors))
    assert factors[: top + 1] == sorted(factors[: top + 1])
    assert factors[top:] == sorted(factors[top:], reverse=True)
