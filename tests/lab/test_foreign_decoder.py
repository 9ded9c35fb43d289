"""Codes of one shipped model decoded by another: what the experiment says of seeds and alignment."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from aeviz.analysis.alignment import find_affine, find_translation
from aeviz.data.digits import read_digits
from aeviz.paths import checkpoints_root
from aeviz.training.run import load

IMAGES = read_digits("test").images / np.float32(255)


def test_affine_maps_are_those_of_another_library():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(50, 2)), random.normal(size=(50, 2))
    found, expected = find_affine(a, b), LinearRegression().fit(a, b)
    np.testing.assert_allclose(found.matrix, expected.coef_)
    np.testing.assert_allclose(found.shift, expected.intercept_)
    assert found.explained == pytest.approx(r2_score(b, expected.predict(a), multioutput="variance_weighted"))


@pytest.mark.parametrize(
    ("other", "raw", "aligned"), [("digits-2d-amsgrad", 0.0450, 0.0411), ("digits-adam-seed-4", 0.1270, 0.0597)]
)
def test_another_seed_needs_alignment(other, raw, aligned):
    first = load("digits-2d-adam")
    second = load(checkpoints_root() / ("comparison" if "seed" in other else "") / other)
    z, target = first.encode(IMAGES).numpy(), second.encode(IMAGES).numpy()

    def error(codes):
        return ((second.decode(codes.astype(np.float32)).numpy() - IMAGES) ** 2).mean()

    assert error(z) == pytest.approx(raw, abs=2e-4)
    assert error(find_translation(z, target).apply(z)) == pytest.approx(aligned, abs=2e-4)
