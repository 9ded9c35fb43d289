"""The loss surface of two weights beside PyTorch's gradient, and its critical points beside the eigenvectors."""

import numpy as np
import pytest
import torch

from aeviz.lab.loss_surface import descend, gradient, loss, reconstruct

RANDOM = np.random.default_rng(0)
DATA = RANDOM.normal(size=(60, 2)) @ np.array([[1.2, 0.7], [0.0, 0.5]])
MOMENT = DATA.T @ DATA / 60
VALUES, AXES = np.linalg.eigh(MOMENT)
W = np.array([-0.3, 0.8])


def test_loss_and_gradient_are_those_of_torch():
    w = torch.tensor(W, requires_grad=True)
    x = torch.tensor(DATA)
    value = ((x - (x @ w)[:, None] * w) ** 2).sum(dim=1).mean()
    value.backward()
    assert loss(W, MOMENT) == pytest.approx(value.item())
    assert ((DATA - reconstruct(W, DATA)) ** 2).sum(axis=1).mean() == pytest.approx(value.item())
    np.testing.assert_allclose(gradient(W, MOMENT), w.grad.numpy())


def test_critical_points_are_the_eigenvectors_and_zero():
    saddle, minimum = AXES.T
    for point in (saddle, -saddle, minimum, -minimum, np.zeros(2)):
        np.testing.assert_allclose(gradient(point, MOMENT), 0, atol=1e-12)
    assert loss(minimum, MOMENT) == pytest.approx(VALUES[0])
    assert loss(saddle, MOMENT) == pytest.approx(VALUES[1])
    assert loss(np.zeros(2), MOMENT) == pytest.approx(VALUES.sum())
    assert min(loss(saddle + 0.01 * minimum * sign, MOMENT) for sign in (1, -1)) < loss(saddle, MOMENT)
    assert loss(1.01 * saddle, MOMENT) > loss(saddle, MOMENT)


def test_descent_finds_the_first_principal_direction_or_diverges():
    end = descend(W, MOMENT, 0.05, 500)[-1]
    np.testing.assert_allclose(np.abs(end), np.abs(AXES[:, 1]), atol=1e-6)
    assert len(descend(np.array([1.8, 1.8]), MOMENT, 0.5, 100)) < 101
