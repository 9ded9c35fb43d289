"""Parameters and values of the networks that S1 draws, beside PyTorch."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from aeviz.lab.drawn_network import compose, count_parameters, narrows, run_network, widens

FIGURES = {(4, 3, 4, 5, 3, 7, 2): 118, (5, 4, 3, 2, 3, 4, 5): 97, (5, 4, 3, 2): 47, (2, 3, 4, 5): 50}


def make(widths):
    torch_layers = [nn.Linear(before, after, dtype=torch.float64) for before, after in pairwise(widths)]
    ours = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in torch_layers]
    return torch_layers, ours


def test_drawings_have_the_parameters_and_values_of_torch():
    for widths, count in FIGURES.items():
        linear, layers = make(widths)
        assert count_parameters(widths) == count == sum(p.numel() for layer in linear for p in layer.parameters())
        names = ["relu"] * (len(layers) - 1) + ["identity"]
        x = torch.linspace(-1, 2, widths[0], dtype=torch.float64)
        network = nn.Sequential(*(part for layer in linear for part in (layer, nn.ReLU())))[:-1]
        np.testing.assert_allclose(run_network(layers, names, x.numpy())[-1], network(x).detach().numpy())


def test_compositions_join_layers_and_encoders_narrow():
    encoder, decoder = make((5, 4, 3, 2))[1], make((2, 3, 4, 5))[1]
    names = ["tanh", "tanh", "identity"]
    x = np.linspace(-1, 1, 5)
    code = run_network(encoder, names, x)[-1]
    together = run_network([*encoder, *decoder], names * 2, x)
    np.testing.assert_allclose(together[3], code)
    np.testing.assert_allclose(together[-1], run_network(decoder, names, code)[-1])
    assert [narrows(widths) for widths in FIGURES] == [False, False, True, False]
    assert [widens(widths) for widths in FIGURES] == [False, False, False, True]
    assert narrows((4, 4, 2))  # S1 demands at least, not more


def test_compositions_add_depths_and_parameters_or_do_not_fit():
    parts = ((5, 4), (4, 3, 2), (2, 3, 5))
    together = compose(parts)
    assert together == (5, 4, 3, 2, 3, 5)
    assert len(together) - 1 == sum(len(part) - 1 for part in parts)
    assert count_parameters(together) == sum(count_parameters(part) for part in parts)
    networks = [make(part)[1] for part in parts]
    x = np.linspace(-1, 1, 5)
    one_by_one = x
    for layers in networks:
        one_by_one = run_network(layers, ["tanh"] * len(layers), one_by_one)[-1]
    joined = [layer for layers in networks for layer in layers]
    np.testing.assert_allclose(run_network(joined, ["tanh"] * 5, x)[-1], one_by_one)
    with pytest.raises(ValueError, match="network 2 gives 2 values and network 3 takes 4"):
        compose(((5, 4), (4, 2), (4, 5)))
