"""The figure of estimates with errors on a logarithmic axis."""

import numpy as np

from aeviz.figures.distances import ROWS_TRACE, estimate_rows, spectrum_lines
from aeviz.figures.palette import SECOND, UNLABELLED


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


def test_spectra_have_the_middles_of_their_bands():
    figure = spectrum_lines({"images": np.ones(4), "model": np.full(4, 0.5)})
    assert figure.data[0].x.tolist() == [0.0625, 0.1875, 0.3125, 0.4375]
    assert [line.line.dash for line in figure.data] == ["dash", "solid"]
    assert figure.data[0].line.color == UNLABELLED != figure.data[1].line.color
    assert figure.layout.yaxis.type == "log"
