"""Discs read off images beside those that were drawn, and the linear probe beside scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from aeviz.analysis.factors import correlations, explained_by_lines, fit_lines
from aeviz.analysis.plain_layers import plain_layers, plain_network
from aeviz.data.circles import read_circles, render_discs
from aeviz.lab.discs import disc_errors, read_discs
from aeviz.training.run import load


def test_centre_and_radius_are_those_that_were_drawn():
    data = read_circles("test")
    images = data.images[:200] / 255
    np.testing.assert_allclose(read_discs(images), data.factors[:200], atol=0.05)
    assert disc_errors(images).max() < 1e-4


def test_a_square_is_no_disc_and_black_has_no_radius():
    square, black = np.zeros((2, 1, 28, 28))
    square[0, 5:17, 8:20] = 1
    found = read_discs(np.stack([square, black]))
    np.testing.assert_allclose(found, [[14, 11, 12 / np.sqrt(np.pi)], [14, 14, 0]])
    assert disc_errors(square[None])[0] > 0.01


def test_probe_and_correlations_are_those_of_other_libraries():
    data = read_circles("test")
    z = np.random.default_rng(0).normal(size=(1000, 3)) + data.factors @ np.array([[1, 0, 0.2], [0, 1, 0], [0.5, 0, 1]])
    model = LinearRegression().fit(z[::2], data.factors[::2])
    np.testing.assert_allclose(fit_lines(z, data.factors)[:3], model.coef_.T, rtol=1e-4)
    assert explained_by_lines(z, data.factors).mean() == pytest.approx(model.score(z[1::2], data.factors[1::2]))
    both = np.corrcoef(z.T, data.factors.T)
    np.testing.assert_allclose(correlations(z, data.factors), both[:3, 3:], rtol=1e-6)
    assert correlations(np.ones((9, 1)), np.arange(9.0)[:, None]) == 0


def test_no_dimension_of_the_shipped_model_is_a_factor():
    """What the experiment says of it."""
    data, run = read_circles("test"), load("circles-3d")
    z = run.encode(data.images).numpy()
    assert np.abs(correlations(z, data.factors)).max() < 0.9
    assert ((run.decode(z).numpy() - data.images / 255) ** 2).mean() < 0.0002
    outside = render_discs(np.array([[4, 14, 5], [14, 2, 3]], dtype=np.float32))
    assert ((run.reconstruct(outside).numpy() - outside / 255) ** 2).mean() > 0.05


def test_only_plain_layers_are_taken():
    found = plain_network(load("circles-3d"))
    assert [layer.activation for layer in found.encoder] == ["relu"] * 3 + ["identity"]
    vae = plain_network(load("vae-2d"))
    assert vae.encoder[-1].weights.shape == (4, 64)
    assert [layer.kind for layer in vae.decoder] == ["dense"] + ["transposed"] * 3
    assert vae.decoder[-1].grid.large == (1, 28, 28)
    assert plain_layers([torch.nn.Linear(2, 3), torch.nn.GELU()], (2,)) is None
    assert plain_layers([torch.nn.Conv2d(4, 4, 3, groups=2)], (4, 8, 8)) is None
