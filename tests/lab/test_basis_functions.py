"""Fixed and learned basis functions beside numpy's least squares and PyTorch's gradients and Adam."""

import numpy as np
import torch

from aeviz.lab.basis import bumps, gradient, least_squares, network, target, train

RANDOM = np.random.default_rng(4)
X = np.linspace(-1, 1, 40)
Y = target(X) + 0.08 * RANDOM.standard_normal(40)
START = RANDOM.standard_normal(13)


def torch_loss(parameters):
    u, c, w = parameters[:-1].reshape(3, -1)
    y = torch.tanh(torch.tensor(X)[:, None] * u + c) @ w + parameters[-1]
    return ((y - torch.tensor(Y)) ** 2).mean() / 2


def test_weights_are_those_of_least_squares():
    features = bumps(X, 6, 0.25)
    assert features.shape == (40, 7)
    np.testing.assert_allclose(least_squares(features, Y), np.linalg.lstsq(features, Y)[0], atol=1e-4)


def test_gradient_and_adam_are_those_of_torch():
    parameters = torch.tensor(START, requires_grad=True)
    torch_loss(parameters).backward()
    np.testing.assert_allclose(gradient(START, X, Y), parameters.grad.numpy(), rtol=1e-9)
    adam = torch.optim.Adam([parameters], lr=0.02)
    for _ in range(50):
        adam.zero_grad()
        torch_loss(parameters).backward()
        adam.step()
    np.testing.assert_allclose(train(START, X, Y, 50, 0.02), parameters.detach().numpy(), rtol=1e-6)


def test_a_first_layer_that_is_not_trained_stays():
    trained = train(START, X, Y, 100, 0.02, is_fixed=True)
    np.testing.assert_array_equal(trained[:8], START[:8])
    assert ((network(trained, X) - Y) ** 2).mean() < ((network(START, X) - Y) ** 2).mean()
