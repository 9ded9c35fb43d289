"""Gradients through noise beside PyTorch's automatic differentiation of a decoder."""

import numpy as np
import pytest
import torch

from aeviz.lab.reparameterization import estimate_mean, path_gradients


def test_gradients_of_mean_and_deviation_are_those_of_autograd():
    random = np.random.default_rng(0)
    decoder = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 5)).double()
    image, noise = torch.tensor(random.normal(size=5)), torch.tensor(random.normal(size=(40, 2)))
    mu = torch.tensor([0.3, -1], dtype=torch.float64, requires_grad=True)
    sigma = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    z = mu + sigma * noise
    errors = ((decoder(z) - image) ** 2).sum(dim=1)
    (slopes,) = torch.autograd.grad(errors.sum(), z, retain_graph=True)
    found = path_gradients(slopes.numpy(), noise.numpy())
    errors.mean().backward()
    np.testing.assert_allclose(estimate_mean(found.mean)[0], mu.grad.numpy())
    np.testing.assert_allclose(estimate_mean(found.sd)[0], sigma.grad.numpy())


def test_means_are_unbiased_within_their_standard_errors():
    """E(z) = z^2: the gradients of E E(z) = mu^2 + sigma^2 are 2 mu and 2 sigma."""
    noise = np.random.default_rng(1).normal(size=(20_000, 1))
    found = path_gradients(2 * (0.7 + 0.5 * noise), noise)
    for values, exact in ((found.mean, 1.4), (found.sd, 1.0)):
        mean, error = estimate_mean(values)
        assert mean[0] == pytest.approx(exact, abs=4 * error[0])
    assert estimate_mean(np.ones((1, 2)))[1].tolist() == [0, 0]
