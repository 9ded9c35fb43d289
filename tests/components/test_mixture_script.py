"""EM and k-means as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.mixture import bound, centroids, distortion, e_step, example_sets, log_likelihood, m_step, nearest, start

SCRIPT = """
async function main({ cases }) {
  const { Trace } = await import("./mixture/em.js");
  return cases.map(({ points, means, isHard, hasFloor, half }) => {
    const trace = new Trace(points, means, { isHard, hasFloor });
    const { mixture, shares, value, bound } = trace.at(half);
    return { mixture, shares: [...shares], value, bound, collapsed: trace.collapsed, count: trace.states.length };
  });
}
"""
MEANS = [[-1.0, 0.0], [0.0, 0.5], [1.0, 0.0]]


def test_page_computes_what_python_does(tmp_path):
    sets = {name: data.tolist() for name, data in example_sets().items()}
    soft = {"points": sets["three clouds"], "means": MEANS, "isHard": False, "hasFloor": True, "half": 9}
    hard = {**soft, "isHard": True, "half": 8}
    outlier = {**soft, "points": sets["a cloud and an outlier"], "means": [[-1.5, -1], [4, 3]], "half": 40}
    found = run_script(tmp_path, SCRIPT, {"cases": [soft, hard, outlier, {**outlier, "hasFloor": False}]})

    data, means = example_sets()["three clouds"], np.array(MEANS)
    mixture = start(data, means)
    for _ in range(4):
        mixture = m_step(data, e_step(data, mixture), mixture)
    shares = e_step(data, mixture)
    np.testing.assert_allclose(found[0]["shares"], shares.ravel(), atol=1e-9)
    np.testing.assert_allclose(found[0]["mixture"]["means"], mixture.means)
    entries = mixture.covariances.reshape(-1, 4)[:, [0, 1, 3]]
    np.testing.assert_allclose(found[0]["mixture"]["covariances"], entries)
    assert found[0]["value"] == pytest.approx(log_likelihood(data, mixture))
    assert found[0]["bound"] == pytest.approx(bound(data, mixture, shares))

    for _ in range(4):
        assignment = nearest(data, means)
        means = centroids(data, assignment, means)
    np.testing.assert_allclose(found[1]["mixture"]["means"], means)
    assert found[1]["value"] == pytest.approx(distortion(data, means, assignment))

    assert [found[2]["collapsed"], found[3]["collapsed"]] == [-1, 1]
    assert found[3]["count"] < 12
