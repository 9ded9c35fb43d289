"""The funnel above the layers of a network: how high it is at each of them."""

import numpy as np
import pytest
from page_scripts import run_script

SCRIPT = """
async function main({ sizes }) {
  const { funnelHeights } = await import("./activations/funnel.js");
  return funnelHeights(sizes);
}
"""


def test_funnel_is_as_high_as_the_logarithm_of_the_values_and_never_nothing(tmp_path):
    sizes = [784, 128, 12, 1, 12, 128, 784]
    found = run_script(tmp_path, SCRIPT, {"sizes": sizes})
    assert found == pytest.approx(0.06 + 0.94 * np.log(sizes) / np.log(784))
    assert found == found[::-1]
    assert min(found) == pytest.approx(0.06)
