"""Activation functions and backpropagation beside those of PyTorch."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from aeviz.lab.activations import ACTIVATIONS, USUAL_ALPHA, activate, derivative
from aeviz.lab.backpropagation import backpropagate

TORCH = {
    "sigmoid": lambda x, _: torch.sigmoid(x),
    "tanh": lambda x, _: torch.tanh(x),
    "relu": lambda x, _: torch.relu(x),
    "leaky_relu": lambda x, alpha: functional.leaky_relu(x, alpha),
    "prelu": lambda x, alpha: functional.prelu(x, torch.tensor([alpha], dtype=torch.float64)),
    "elu": lambda x, alpha: functional.elu(x, alpha),
    "identity": lambda x, _: 1 * x,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("alpha", [0.01, 0.25, 1.5])
def test_activations_and_derivatives_are_those_of_torch(name, alpha):
    points = np.array([-50, -3.2, -1, -1e-3, 0, 1e-3, 0.7, 4, 50])
    x = torch.tensor(points, requires_grad=True)
    y = TORCH[name](x, alpha)
    y.sum().backward()
    np.testing.assert_allclose(activate(name, points, alpha), y.detach().numpy(), atol=1e-15)
    np.testing.assert_allclose(derivative(name, points, alpha), x.grad.numpy(), atol=1e-15)


def test_usual_alphas_are_those_of_torch():
    assert USUAL_ALPHA["leaky_relu"] == torch.nn.LeakyReLU().negative_slope
    assert USUAL_ALPHA["prelu"] == torch.nn.PReLU().weight.item()
    assert USUAL_ALPHA["elu"] == torch.nn.ELU().alpha


@pytest.mark.parametrize("names", [("sigmoid", "sigmoid"), ("relu", "identity"), ("tanh", "relu", "sigmoid")])
def test_gradients_are_those_of_autograd(names):
    random = np.random.default_rng(len(names))
    widths = [2, 3, 1] if len(names) == 2 else [4, 3, 5, 2]
    weights = [random.normal(size=(m, n)) for n, m in pairwise(widths)]
    biases = [random.normal(size=m) for m in widths[1:]]
    x, target = random.normal(size=widths[0]), random.normal(size=widths[-1])
    found = backpropagate(weights, biases, names, x, target)
    kept = [torch.tensor(value, requires_grad=True) for value in (*weights, *biases)]
    a = torch.tensor(x)
    for weight, bias, name in zip(kept[: len(names)], kept[len(names) :], names, strict=True):
        a = TORCH[name](weight @ a + bias, 0)
    loss = 0.5 * ((a - torch.tensor(target)) ** 2).sum()
    loss.backward()
    assert found.loss == pytest.approx(loss.item())
    np.testing.assert_allclose(found.a[-1], a.detach().numpy())
    for ours, theirs in zip((*found.weight_gradients, *found.bias_gradients), kept, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs.grad.numpy(), atol=1e-14)
