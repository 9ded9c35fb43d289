"""Sizes of signals in a deep network beside a table made with PyTorch, and dead units that are known."""

import numpy as np
import pytest
import torch
from torch import nn

from aeviz.analysis.dead_units import count_dead_units
from aeviz.lab.initialisation import INITIALISATIONS, WIDTH, measure_signals, weight_variance

AFTER = {"PyTorch": (0.17, 1.6e-4, 2.2e-8), "Xavier": (0.50, 0.035, 1.1e-3), "He": (0.97, 1.04, 1.06)}
AFTER |= {"small": (0.013, 3.7e-10, 1e-19), "too large": (127, 2.6e10, 7e20)}
"""Mean squares of the activations after layers 1, 5 and 10 with ReLU."""


@pytest.mark.parametrize("name", AFTER)
def test_ten_relu_layers_scale_as_the_table_says(name):
    found = measure_signals("relu", name, 10)
    np.testing.assert_allclose(np.log(found.activations[[1, 5, 10]]), np.log(AFTER[name]), atol=1)
    factor = WIDTH * weight_variance(name, WIDTH, WIDTH) / 2
    forward = (found.activations[10] / found.activations[0]) ** 0.1
    backward = (found.gradients[0] / found.gradients[9]) ** (1 / 9)
    assert forward == pytest.approx(factor, rel=0.15)
    assert backward == pytest.approx(factor, rel=0.15)


def test_weights_have_the_variance_of_torch():
    layer = nn.Linear(WIDTH, WIDTH)
    for name, make in (("Xavier", nn.init.xavier_uniform_), ("He", nn.init.kaiming_normal_), ("PyTorch", None)):
        if make is not None:
            make(layer.weight, **({"nonlinearity": "relu"} if name == "He" else {}))
        else:
            layer.reset_parameters()
        assert weight_variance(name, WIDTH, WIDTH) == pytest.approx(layer.weight.var().item(), rel=0.05)


def test_sigmoid_loses_gradients_and_no_activation_keeps_them():
    for name in ("He", "Xavier"):
        found = measure_signals("sigmoid", name, 10)
        bound = WIDTH * weight_variance(name, WIDTH, WIDTH) / 16  # the squared slope is at most 1/16
        assert found.gradients[0] < 1.5 * bound**9 * found.gradients[-1]
    assert measure_signals("identity", "Xavier", 10).activations[-1] == pytest.approx(1, rel=0.5)
    zero = measure_signals("relu", "zero", 3)
    assert zero.activations[1:].tolist() == [0, 0, 0]
    assert set(INITIALISATIONS) == {*AFTER, "zero"}


def test_units_that_never_answer_are_dead():
    first = nn.Linear(3, 4)
    with torch.no_grad():
        first.weight[:] = torch.tensor([[0.0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 0]])
        first.bias[:] = torch.tensor([-1.0, 0, 0, 2])
    inputs = torch.tensor([[1.0, 0, 0], [2, 0, 0]])
    assert count_dead_units(nn.Sequential(first, nn.ReLU()), inputs) == [(2, 4)]
    assert count_dead_units(nn.Sequential(first, nn.ReLU()), -inputs) == [(2, 4)]
    assert count_dead_units(nn.Sequential(first), inputs) == []
