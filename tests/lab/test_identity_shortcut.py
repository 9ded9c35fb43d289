"""Autoencoders that copy, the bottleneck beside scikit-learn's PCA, sparse codes beside its lasso."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import Lasso

from aeviz.lab.identity_shortcut import decode, directions, encode, sparse_code

RANDOM = np.random.default_rng(0)
POINTS = RANDOM.normal(size=(60, 2)) * 2
DATA = RANDOM.normal(size=(100, 2)) @ np.array([[1.2, 0.6], [0, 0.2]]) + 0.3


@pytest.mark.parametrize("model", [0, 1, 3])
def test_enough_units_copy_every_point(model):
    codes = encode(POINTS, model, DATA, directions(1), 0)
    np.testing.assert_allclose(decode(codes, model, DATA, directions(1)), POINTS, atol=1e-9)
    if model:
        assert codes.min() >= 0


def test_the_bottleneck_is_pca():
    pca = PCA(1).fit(DATA)
    expected = pca.inverse_transform(pca.transform(POINTS))
    np.testing.assert_allclose(decode(encode(POINTS, 2, DATA), 2, DATA), expected)


@pytest.mark.parametrize("weight", [0.1, 0.7, 2])
@pytest.mark.parametrize("index", [0, 1])
def test_sparse_codes_are_those_of_the_lasso(index, weight):
    for point in POINTS[:15]:
        lasso = Lasso(weight / 4, positive=True, fit_intercept=False, tol=1e-10, max_iter=100_000)  # 1/4 of our loss
        expected = lasso.fit(directions(index), point).coef_
        code = sparse_code(point, directions(index), weight)
        np.testing.assert_allclose(code, expected, atol=1e-4)
        assert (code > 0).sum() <= 2


def test_a_scaled_code_costs_less_and_is_decoded_to_the_same():
    codes = encode(POINTS, 1, DATA)
    np.testing.assert_allclose(decode(0.01 * codes, 1, DATA) / 0.01, POINTS)


def test_between_the_rays_sparse_units_err_more():
    units = directions(1)
    along, between = 2 * units.T, -2 * units.T
    errors = [
        ((decode(encode(x, 3, DATA, units, 0.4), 3, DATA, units) - x) ** 2).sum(axis=1).mean() for x in (along, between)
    ]
    assert errors[1] > 2 * errors[0]
    with pytest.raises(ValueError, match="units is None"):
        encode(POINTS, 3, DATA)
