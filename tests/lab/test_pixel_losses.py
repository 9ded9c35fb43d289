"""Losses of a pixel against PyTorch's, with its gradients, and the constants that are best."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from aeviz.lab.pixel_losses import best_constants, gradients, losses


def test_losses_and_gradients_are_those_of_pytorch():
    target = torch.tensor([0.0, 0.3, 0.5, 1.0], dtype=torch.float64)
    output = torch.tensor([0.2, 0.8, 0.4, 0.01], dtype=torch.float64, requires_grad=True)
    functions = (functional.mse_loss, functional.l1_loss, functional.binary_cross_entropy)
    for k, function in enumerate(functions):
        loss = function(output, target, reduction="none")
        (slope,) = torch.autograd.grad(loss.sum(), output)
        np.testing.assert_allclose(losses(target.numpy(), output.detach().numpy())[k], loss.detach())
        np.testing.assert_allclose(gradients(target.numpy(), output.detach().numpy())[k], slope, rtol=1e-6)


def test_cross_entropy_is_least_at_the_target_where_it_is_the_entropy():
    assert losses(np.array(0.5), np.array(0.5))[2] == pytest.approx(np.log(2))
    assert losses(np.array([0.0, 1.0]), np.array([0.0, 1.0]))[2].tolist() == [0, 0]
    assert np.isinf(losses(np.array(0.3), np.array(0.0))[2])


@pytest.mark.parametrize("targets", [[0, 0.05, 0.1, 0.9, 1], [0.2, 0.2, 0.7]])
def test_best_constants_are_mean_median_and_mean(targets):
    grid = np.linspace(0.001, 0.999, 9981)
    mean = losses(np.array(targets)[:, None], grid).mean(axis=1)
    assert grid[mean.argmin(axis=1)] == pytest.approx(best_constants(np.array(targets)), abs=2e-4)
