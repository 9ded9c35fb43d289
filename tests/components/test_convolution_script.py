"""Convolution and pooling as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.convolution import convolve, pool, receptive_field, transpose_convolve

SCRIPT = """
async function main({ input, cases, pools, layers }) {
  const page = await import("./convolution/operators.js");
  return {
    convolved: cases.map(({ layer, kernel }) => page.convolve(input, kernel, layer)),
    pooled: pools.map(({ kind, size, stride }) => page.pool(input, kind, size, stride)),
    field: page.receptiveField(layers),
    none: page.convolve({ values: [1], side: 1 }, Array(9).fill(1), { kind: 0, size: 3, stride: 1, padding: 0 }),
  };
}
"""
LAYERS = [(kind, *rest) for kind in (0, 1) for rest in ((3, 1, 0), (3, 2, 1), (4, 2, 1), (5, 3, 2), (1, 1, 0))]
POOLS = [("max", 2, 2), ("min", 3, 1), ("average", 3, 2)]


def test_page_computes_what_python_does(tmp_path):
    rng = np.random.default_rng(0)
    image = rng.integers(-9, 17, (8, 8))
    kernels = [rng.integers(-4, 5, (size, size)) for _, size, *_ in LAYERS]
    names = ("kind", "size", "stride", "padding")
    argument = {
        "input": {"values": image.ravel().tolist(), "side": 8},
        "cases": [
            {"layer": dict(zip(names, layer, strict=True)), "kernel": kernel.ravel().tolist()}
            for layer, kernel in zip(LAYERS, kernels, strict=True)
        ],
        "pools": [dict(zip(("kind", "size", "stride"), case, strict=True)) for case in POOLS],
        "layers": [{"size": 3, "stride": 2}, {"size": 2, "stride": 2}],
    }
    found = run_script(tmp_path, SCRIPT, argument)
    for (kind, _, stride, padding), kernel, grid in zip(LAYERS, kernels, found["convolved"], strict=True):
        expected = (transpose_convolve if kind else convolve)(image, kernel, stride=stride, padding=padding)
        assert grid["side"] == len(expected)
        assert grid["values"] == pytest.approx(expected.ravel())
    for (kind, size, stride), grid in zip(POOLS, found["pooled"], strict=True):
        assert grid["values"] == pytest.approx(pool(image, kind, size, stride=stride).ravel())
    assert found["field"] == receptive_field([(3, 2), (2, 2)])
    assert found["none"] == {"values": [], "side": 0}
