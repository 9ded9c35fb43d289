"""The figure of estimates with errors on a logarithmic axis."""

import numpy as np

from aeviz.figures.distances import ROWS_TRACE, estimate_rows
from aeviz.figures.palette import SECOND


def test_rows_have_bars_that_stay_above_zero_and_one_is_chosen():
    means, errors = np.array([0.001, 0.5, 20.0]), np.array([0.002, 0.01, 0.5])
    figure = estimate_rows(["floor", "a", "b"], means, errors, 1, "distance")
    trace = figure.data[ROWS_TRACE]
    assert trace.y == ("floor", "a", "b")
    assert trace.marker.color[1] == SECOND != trace.marker.color[2]
    assert np.all(means - trace.error_x.arrayminus > 0)
    assert np.array_equal(trace.error_x.array, 2 * errors)
    low, high = figure.layout.xaxis.range
    assert 10**low < means.min()
    assert 10**high > means.max()
    estimate_rows(["floor"], np.array([-0.1]), np.array([np.inf]), 0, "distance")
