"""A sum of ReLUs is the polygon through its values, and its error falls as the square of the distance of the bends."""

import numpy as np

from aeviz.lab.relu_sum import relu_sum


def test_sum_is_the_polygon_through_the_values():
    random = np.random.default_rng(0)
    knots = np.sort(random.uniform(-2, 3, size=9))
    values = random.normal(size=9)
    x = np.linspace(knots[0], knots[-1], 501)
    np.testing.assert_allclose(relu_sum(x, knots, values), np.interp(x, knots, values), atol=1e-12)


def test_twice_as_many_bends_leave_a_quarter_of_the_error():
    x = np.linspace(0, 1, 5001)
    errors = []
    for count in (20, 40, 80):
        knots = np.linspace(0, 1, count + 1)
        errors.append(np.abs(relu_sum(x, knots, np.sin(6 * knots)) - np.sin(6 * x)).max())
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.05)
    assert errors[0] <= 36 / 8 / 20**2  # largest second derivative times the squared distance, over 8
