"""What the tools measure for the Lab is what ships, as far as it can be measured anew in seconds."""

import numpy as np
import pytest

from aeviz.lab.rate import curves
from tools.rate import measure


def test_rates_of_the_digits_that_ship_are_measured_again():
    found, shipped = measure("digits"), curves()["digits"]
    assert found.keys() == shipped.keys()
    for part in ("latent", "files"):
        assert len(found[part]) == len(shipped[part])
        for mine, theirs in zip(found[part], shipped[part], strict=True):
            assert (mine["method"], mine.get("model")) == (theirs["method"], theirs.get("model"))
            assert np.ravel(mine["mse"]) == pytest.approx(
                np.ravel(theirs["mse"]), rel=0.02
            )  # libraries of files differ
            assert mine.get("body", 0) == pytest.approx(theirs.get("body", 0), rel=0.02)
    assert found["ranges"]["PCA"]["high"] == pytest.approx(shipped["ranges"]["PCA"]["high"], rel=1e-3)
