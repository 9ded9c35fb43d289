"""The loss surface as the page computes it, beside that of Python."""

import numpy as np
from page_scripts import run_script

from aeviz.lab.loss_surface import descend, gradient, loss, reconstruct

SCRIPT = """
async function main({ weights, rate }) {
  const page = await import("./loss_surface/surface.js");
  const data = page.makeData(0.5, 30);
  const moment = page.momentOf(data);
  return { data, moment, told: weights.map((w) => ({
    loss: page.loss(w, moment), gradient: page.gradient(w, moment), path: page.descend(w, moment, rate, 30),
    rebuilt: data.map((x) => page.reconstruct(w, x)),
  })) };
}
"""


def test_page_computes_what_python_does(tmp_path):
    weights = [[-0.25, 0.6], [1.8, -1.8], [0.0, 0.0]]
    found = run_script(tmp_path, SCRIPT, {"weights": weights, "rate": 0.2})
    data = np.array(found["data"])
    moment = data.T @ data / len(data)
    np.testing.assert_allclose(found["moment"], moment.ravel()[[0, 1, 3]])
    for w, told in zip(np.array(weights), found["told"], strict=True):
        np.testing.assert_allclose(told["loss"], loss(w, moment))
        np.testing.assert_allclose(told["gradient"], gradient(w, moment), atol=1e-12)
        np.testing.assert_allclose(told["rebuilt"], reconstruct(w, data), atol=1e-12)
        np.testing.assert_allclose(told["path"], descend(w, moment, 0.2, 30), rtol=1e-6, atol=1e-9)
