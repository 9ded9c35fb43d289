"""Projections beside scipy's minimiser, and the lemma that they do not expand."""

import numpy as np
import pytest
from scipy.optimize import minimize

from aeviz.lab.projection import SETS, norm, onto_circle, onto_disc, onto_square

Q = np.array([[4, 1.5], [1.5, 1]])


def test_example_of_the_page():
    u1, u2 = (onto_disc(np.array(z), Q) for z in ((2.0, 1.0), (-0.5, 2.0)))
    np.testing.assert_allclose([u1, u2], [[0.9200, 0.3918], [-0.1109, 0.9938]], atol=5e-5)
    assert norm(u1 - u2, Q) == pytest.approx(1.6589, abs=5e-5)
    assert norm(np.array([2.5, -1.0]), Q) == pytest.approx(4.3012, abs=5e-5)


def test_projections_are_those_of_a_minimiser():
    random = np.random.default_rng(0)
    for _ in range(20):
        z = random.uniform(-3, 3, size=2)
        start = z / max(1, np.linalg.norm(z)) / 2
        cost = lambda x, z=z: (x - z) @ Q @ (x - z)  # noqa: E731
        disc = minimize(cost, start, constraints={"type": "ineq", "fun": lambda x: 1 - x @ x}, tol=1e-12)
        square = minimize(cost, start, bounds=[(-1, 1)] * 2, tol=1e-12)
        np.testing.assert_allclose(onto_disc(z, Q), disc.x, atol=1e-4)
        np.testing.assert_allclose(onto_square(z, Q), square.x, atol=1e-4)
        angles = np.linspace(0, 2 * np.pi, 20_001)
        points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        best = min(norm(point - z, Q) for point in points[::5])
        assert norm(onto_circle(z, Q) - z, Q) <= best + 1e-9


@pytest.mark.parametrize("name", ["disc", "square"])
def test_projection_onto_a_convex_set_does_not_expand_in_its_norm(name):
    random = np.random.default_rng(1)
    ratios = []
    for _ in range(1000):
        z1 = random.uniform(-3, 3, size=2)
        z2 = z1 + random.normal(size=2) * 10 ** random.uniform(-3, 0)
        u1, u2 = SETS[name](z1, Q), SETS[name](z2, Q)
        ratios.append((norm(u1 - u2, Q) / norm(z1 - z2, Q), np.linalg.norm(u1 - u2) / np.linalg.norm(z1 - z2)))
    largest = np.max(ratios, axis=0)
    assert largest[0] <= 1 + 1e-6
    assert largest[1] > 1.1  # by Euclid it may


def test_points_of_the_set_stay_and_a_circle_is_not_convex():
    inside = np.array([0.3, -0.6])
    for name in ("disc", "square"):
        np.testing.assert_array_equal(SETS[name](inside, Q), inside)
    near = np.array([0.01, 0.02])
    assert norm(onto_circle(near, Q) - onto_circle(-near, Q), Q) > 10 * norm(2 * near, Q)
    np.testing.assert_allclose(np.linalg.norm(onto_circle(np.zeros(2), Q)), 1)
