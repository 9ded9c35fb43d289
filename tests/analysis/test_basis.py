"""Axes to move along in a latent space."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aeviz.analysis.basis import latent_basis, principal_basis
from aeviz.analysis.summary import principal_directions, summarise


@pytest.fixture
def z():
    mixing = np.random.default_rng(1).normal(size=(5, 5))
    return np.random.default_rng(0).normal(size=(3000, 5)) @ mixing + 1


@pytest.fixture(params=["latent", "principal"])
def basis(z, request):
    return both(z, kl=np.array([0.1, 3.2, 0.0, 2.0, 1.0]), widths=np.full(5, 0.5))[request.param]


def both(z, *, kl=None, widths=None):
    summary = summarise(z, kl=kl)
    widths = np.zeros(z.shape[1]) if widths is None else widths
    axes, _ = principal_directions(summary)
    return {"latent": latent_basis(summary, widths), "principal": principal_basis(summary, axes, widths)}


def test_coordinates_lead_back_to_the_point(basis, z):
    assert basis.point_at(basis.coordinates(z[7])) == pytest.approx(z[7])
    assert basis.coordinates(basis.origin) == pytest.approx(basis.rest)
    assert basis.origin == pytest.approx(np.median(z, axis=0))


def test_coordinates_are_lengths_along_the_axes(basis, z):
    step = basis.point_at(basis.rest + 2 * np.eye(5)[3]) - basis.origin
    assert np.linalg.norm(step) == pytest.approx(2)
    assert basis.axes.T @ basis.axes == pytest.approx(np.eye(5), abs=1e-9)


def test_dimensions_are_sorted_and_labelled_by_divergence(z):
    basis = both(z, kl=np.array([0.1, 3.2, 0.0, 2.0, 1.0]))["latent"]
    assert basis.names == ("z2", "z4", "z5", "z1", "z3")
    assert basis.notes[:2] == ("3.20 nats", "2.00 nats")
    assert basis.deviations == pytest.approx(z.std(axis=0)[[1, 3, 4, 0, 2]])


def test_dimensions_of_a_plain_model_are_sorted_by_variance_and_span_their_quantiles(z):
    basis = both(z)["latent"]
    order = np.argsort(-z.var(axis=0))
    assert basis.names == tuple(f"z{index + 1}" for index in order)
    assert basis.ranges == pytest.approx(np.quantile(z, [0.005, 0.995], axis=0).T[order])


def test_few_dimensions_keep_their_own_order(z):
    assert both(z[:, :3], kl=np.array([0.1, 3.2, 0.0]))["latent"].names == ("z1", "z2", "z3")


def test_dimension_that_the_posterior_leaves_alone_spans_the_prior():
    basis = both(np.random.default_rng(0).normal(0, 0.01, (500, 2)), kl=np.zeros(2), widths=np.ones(2))["latent"]
    assert basis.deviations == pytest.approx([1, 1], rel=1e-3)
    assert basis.ranges == pytest.approx(np.array([[-3, 3], [-3, 3]]), abs=0.01)


def test_principal_directions_are_those_of_scikit_learn(z):
    basis = both(z)["principal"]
    known = PCA().fit(z)
    assert np.abs(np.diag(known.components_ @ basis.axes)) == pytest.approx(np.ones(5))
    assert [float(note.split("%")[0]) for note in basis.notes] == pytest.approx(
        100 * known.explained_variance_ratio_, abs=0.05
    )
    assert basis.deviations == pytest.approx(known.explained_variance_**0.5, rel=1e-3)


def test_direction_along_which_nothing_varies_can_be_moved(z):
    flat = np.column_stack([z, np.zeros(len(z))])
    for basis in both(flat).values():
        assert (basis.deviations > 0).all()
        assert (np.diff(basis.ranges) > 0).all()
    for basis in both(np.zeros((4, 3))).values():
        assert basis.deviations.tolist() == [1, 1, 1]
