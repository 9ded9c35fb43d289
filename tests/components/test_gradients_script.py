"""Gradient estimators as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.noise_gradients import FUNCTIONS, estimate, expectation

SCRIPT = """
async function main({ settings, noise, baseline }) {
  const page = await import("./gradients/estimators.js");
  return settings.map((setting) => ({
    exact: page.expectation(setting),
    name: page.RULES[setting.index].name,
    samples: noise.map((e) => page.estimate(setting, e, baseline)),
    moments: page.moments(Float64Array.from(noise)),
  }));
}
"""


def test_page_computes_what_python_does(tmp_path):
    noise = np.random.default_rng(0).standard_normal(20)
    settings = [{"index": index, "k": 3.5, "mean": 0.7, "sd": 1.2} for index in range(len(FUNCTIONS))]
    told = {"settings": settings, "noise": noise.tolist(), "baseline": 0.3}
    for index, found in enumerate(run_script(tmp_path, SCRIPT, told)):
        assert found["name"] == FUNCTIONS[index]
        assert found["exact"] == pytest.approx(expectation(index, 3.5, 0.7, 1.2))
        expected = estimate(index, 3.5, 0.7, 1.2, noise, 0.3)
        np.testing.assert_allclose(
            [one["score"] for one in found["samples"]], np.stack([expected.score_mean, expected.score_sd], axis=1)
        )
        np.testing.assert_allclose(
            [one["path"] for one in found["samples"]], np.stack([expected.path_mean, expected.path_sd], axis=1)
        )
        assert found["moments"] == pytest.approx([noise.mean(), noise.var(ddof=1)])
