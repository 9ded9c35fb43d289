"""Distortions and losses as the page computes them, beside those of Python and of the objectives."""

import numpy as np
import pytest
import torch
from page_scripts import run_script

from aeviz.lab.image_losses import DISTORTIONS, amount_for, distort, ssim_maps
from aeviz.objectives.ms_ssim import ms_ssim
from aeviz.objectives.reconstruction import bce

SCRIPT = """
async function main({ values, side, normal, uniform, error }) {
  const page = await import("./image_losses/distortions.js");
  const measure = await import("./image_losses/measures.js");
  const image = { values: Float64Array.from(values), height: side, width: side };
  const noise = { normal: Float64Array.from(normal), uniform: Float64Array.from(uniform) };
  return page.DISTORTIONS.map((kind) => {
    const amount = page.amountFor(image, kind, error, noise, page.tried(image, kind, noise));
    const other = { ...image, values: page.distort(image, kind, amount, noise) };
    const maps = measure.ssimMaps(image, other, measure.widest(side, 1));
    return {
      kind, amount, values: [...other.values], l1: measure.l1(other.values, image.values),
      bce: measure.bce(other.values, image.values), ssim: measure.meanSsim(maps), structure: [...maps.structure],
      many: measure.msSsim(image, other),
    };
  });
}
"""


@pytest.mark.parametrize("side", [8, 23, 48])
def test_page_computes_what_python_does(tmp_path, side):
    rng = np.random.default_rng(side)
    ramp = np.add.outer(np.linspace(0, 0.6, side), np.linspace(0, 0.4, side))
    image = np.clip(ramp + 0.15 * rng.standard_normal((side, side)), 0, 1)
    noise = np.stack([rng.standard_normal((side, side)), rng.random((side, side))])
    argument = {"values": image.ravel().tolist(), "side": side, "error": 0.004}
    argument |= {"normal": noise[0].ravel().tolist(), "uniform": noise[1].ravel().tolist()}
    results = run_script(tmp_path, SCRIPT, argument)
    assert [found["kind"] for found in results] == list(DISTORTIONS)
    for found in results:
        amount = amount_for(image, found["kind"], 0.004, noise)
        other = distort(image, found["kind"], amount, noise)
        assert found["amount"] == pytest.approx(amount, rel=1e-6)
        np.testing.assert_allclose(found["values"], other.ravel(), atol=1e-6)
        given, changed = (torch.tensor(values)[None, None] for values in (image, other))
        assert found["l1"] == pytest.approx(np.abs(other - image).mean(), abs=1e-6)
        assert found["bce"] == pytest.approx(bce(changed, given).item(), rel=1e-5)
        maps = ssim_maps(image, other, min(11, side - 1 + side % 2))
        assert found["ssim"] == pytest.approx(np.prod(maps, axis=0).mean(), abs=1e-5)
        np.testing.assert_allclose(found["structure"], maps.structure.ravel(), atol=1e-4)
        expected = ms_ssim(given, changed)
        assert found["many"]["value"] == pytest.approx(expected.value.item(), abs=1e-5)
        assert (found["many"]["scales"], found["many"]["window"]) == (expected.scales, expected.window)
