"""Parameters and values of the networks that S1 draws, beside PyTorch."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from aeviz.lab.drawn_network import count_parameters, narrows, run_network

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
