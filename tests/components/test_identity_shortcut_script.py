"""Autoencoders that copy as the page computes them, beside those of Python."""

import numpy as np
from page_scripts import run_script

from aeviz.lab.identity_shortcut import MODELS, decode, directions, encode

SCRIPT = """
async function main({ points, weight }) {
  const { MODELS, autoencode, directions, lineOf, makeData } = await import("./identity_shortcut/copies.js");
  return [0, 1].map((index) => {
    const data = makeData(index);
    const line = { ...lineOf(data), units: directions(index) };
    return { data, models: MODELS.map((_, model) => points.map((x) => autoencode(x, model, line, weight))) };
  });
}
"""


def test_page_computes_what_python_does(tmp_path):
    points = np.random.default_rng(0).uniform(-3, 3, (20, 2))
    for index, told in enumerate(run_script(tmp_path, SCRIPT, {"points": points.tolist(), "weight": 0.6})):
        data, units = np.array(told["data"]), directions(index)
        for model in range(len(MODELS)):
            codes = encode(points, model, data, units, 0.6)
            found = told["models"][model]
            np.testing.assert_allclose([each["code"] for each in found], codes, atol=1e-9)
            np.testing.assert_allclose([each["made"] for each in found], decode(codes, model, data, units), atol=1e-9)
