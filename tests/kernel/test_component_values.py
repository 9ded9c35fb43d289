"""What a browser reports of a component in somebody else's page is checked."""

import numpy as np
import pytest

from aeviz.web.components.widget.component import read_point, read_selection


def test_numbers_are_read():
    assert read_point({"point": [1, 2.5]}, 2) == (1.0, 2.5)
    np.testing.assert_array_equal(read_selection({"selection": [4, 0, 4]}, 5), [0, 4])


@pytest.mark.parametrize(
    "odd", [None, 3, {}, {"point": None}, {"point": [1]}, {"point": [1, True]}, {"point": ["a", 1]}]
)
def test_an_odd_point_counts_as_none(odd):
    assert read_point(odd, 2) is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e7, 10**400])
def test_a_point_far_away_counts_as_none(bad):
    assert read_point({"point": [0.0, bad]}, 2) is None


@pytest.mark.parametrize("odd", [[-1], [5], [0.5], [float("nan")], "ab", [[1]], [10**400]])
def test_an_odd_selection_counts_as_none(odd):
    assert not len(read_selection({"selection": odd}, 5))
