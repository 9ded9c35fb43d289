"""Levels of pixels as the page computes them, beside those of Python."""

import numpy as np
from page_scripts import run_script

from aeviz.lab.pixels import (
    GREY_WEIGHTS,
    count_ties_that_differ,
    from_levels,
    grey_levels,
    to_levels,
    to_levels_even,
)

SCRIPT = """
async function main(pixels) {
  const page = await import("./image_numbers/levels.js");
  return [1, 3, 8].map((bits) => [
    pixels.map((p) => page.toLevel(p, bits)), pixels.map((p) => page.toLevelEven(p, bits)), page.tiesThatDiffer(bits),
    page.roundingError(pixels, bits),
  ]);
}
"""
PIXELS = [*(k / 16 for k in range(17)), *np.random.default_rng(0).random(50), *((k + 0.5) / 7 for k in range(7))]


def test_page_rounds_as_python_does(tmp_path):
    p = np.array(PIXELS)
    for bits, (down, even, ties, error) in zip((1, 3, 8), run_script(tmp_path, SCRIPT, PIXELS), strict=True):
        assert down == to_levels(p, bits).tolist()
        assert even == to_levels_even(p, bits).tolist()
        assert ties == count_ties_that_differ(bits)[0]
        errors = np.abs(from_levels(to_levels(p, bits), bits) - p)
        np.testing.assert_allclose([error["largest"], error["rms"]], [errors.max(), np.sqrt((errors**2).mean())])


def test_page_weighs_channels_as_python_does(tmp_path):
    script = """
    async function main(pixels) {
      const { GREY_WEIGHTS, greyLevel } = await import("./rgb_pixel/grey.js");
      return GREY_WEIGHTS.map(([name, weights]) => [name, pixels.map((pixel) => greyLevel(pixel, weights))]);
    }
    """
    pixels = np.random.default_rng(1).integers(0, 256, (9, 3))
    for (name, values), (expected, weights) in zip(
        run_script(tmp_path, script, pixels.tolist()), GREY_WEIGHTS.items(), strict=True
    ):
        assert name == expected
        np.testing.assert_allclose(values, grey_levels(pixels, weights))
