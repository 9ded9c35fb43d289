"""Paths of gradient descent beside PyTorch's optimizer, and the variance of batches beside many draws."""

import numpy as np
import pytest
import torch

from aeviz.lab.batches import batch_variance, datum_gradients, descend, excess_at_middle, risk

RANDOM = np.random.default_rng(0)
X = RANDOM.uniform(-1, 2, size=32)
Y = 0.8 * X + 0.3 + RANDOM.normal(size=32)
START = np.array([-0.6, 1.7])


def test_gradient_of_the_risk_is_the_mean_over_the_data():
    theta = torch.tensor(START, requires_grad=True)
    loss = 0.5 * ((theta[0] * torch.tensor(X) + theta[1] - torch.tensor(Y)) ** 2).mean()
    loss.backward()
    assert risk(START, X, Y) == pytest.approx(loss.item())
    np.testing.assert_allclose(datum_gradients(START, X, Y).mean(axis=0), theta.grad.numpy())


@pytest.mark.parametrize("size", [1, 8, 32])
@pytest.mark.parametrize("decay", ["constant", "root"])
def test_paths_are_those_of_torch(size, decay):
    order = np.concatenate([RANDOM.permutation(32) for _ in range(3)])
    theta = torch.tensor(START, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=0.2)
    expected = [START]
    for step, batch in enumerate(order.reshape(-1, size), start=1):
        optimizer.param_groups[0]["lr"] = 0.2 if decay == "constant" else 0.2 / step**0.5
        optimizer.zero_grad()
        (0.5 * ((theta[0] * torch.tensor(X[batch]) + theta[1] - torch.tensor(Y[batch])) ** 2).mean()).backward()
        optimizer.step()
        expected.append(theta.detach().numpy().copy())
    np.testing.assert_allclose(descend(START, X, Y, order, size, 0.2, decay), expected, atol=1e-12)


def test_variance_of_a_batch_is_that_of_many_draws():
    gradients = datum_gradients(START, X, Y)
    means = np.array([gradients[RANDOM.permutation(32)[:8]].mean(axis=0) for _ in range(20_000)])
    assert batch_variance(gradients, 8) == pytest.approx(means.var(axis=0).sum(), rel=0.03)
    assert batch_variance(gradients, 32) == 0


def test_gradient_of_the_network_is_that_of_torch():
    theta = torch.tensor(START, requires_grad=True)
    loss = 0.5 * ((theta[1] * torch.tanh(theta[0] * torch.tensor(X)) - torch.tensor(Y)) ** 2).mean()
    loss.backward()
    assert risk(START, X, Y, "network") == pytest.approx(loss.item())
    np.testing.assert_allclose(datum_gradients(START, X, Y, "network").mean(axis=0), theta.grad.numpy())


def test_minimisers_are_one_a_line_or_two():
    """S1, Theorem 1.2.5: the middle of two minimisers has less, the same or more risk than both."""
    order = np.tile(np.arange(32), 2000)
    ends = [descend(np.array(s), X, Y, order, 32, 0.3, "constant")[-1] for s in ([2.0, 2.0], [-1.0, -2.0])]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-6)
    assert excess_at_middle(ends[0] - 1, ends[0] + 1, X, Y) < 0
    same = np.ones(32)
    ends = [descend(np.array(s), same, Y, order, 32, 0.3, "constant")[-1] for s in ([2.0, 2.0], [-1.0, 0.0])]
    np.testing.assert_allclose([end.sum() for end in ends], Y.mean())
    assert abs(ends[0][0] - ends[1][0]) > 0.1
    assert excess_at_middle(ends[0], ends[1], same, Y) == pytest.approx(0, abs=1e-12)
    end = descend(np.array([1.0, 1.0]), X, Y, order, 32, 0.3, "constant", "network")[-1]
    assert risk(-end, X, Y, "network") == pytest.approx(risk(end, X, Y, "network"))
    assert excess_at_middle(end, -end, X, Y, "network") > 0.1
