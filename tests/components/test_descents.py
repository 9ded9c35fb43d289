"""The trajectories that the page draws during a drag are those of `aeviz.lab.surfaces.travel`."""

from dataclasses import replace

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.adaptive import METHODS, Settings, as_torch
from aeviz.lab.surfaces import SURFACES, travel
from aeviz.web.optimizers.surfaces import _for_page

SCRIPT = """
async function main(cases) {
  const { descend } = await import("./surface/descents.js");
  return cases.map(({ surface, method, start, steps, limit }) => descend(surface, method, start, steps, limit));
}
"""
STEPS = 60
USUAL = Settings(alpha=0.05, beta2=0.95, momentum=0.8)
CHOSEN = {"as printed": USUAL, "corrected": as_torch(USUAL), "diverging": replace(USUAL, alpha=3.0)}


@pytest.mark.parametrize("kind", CHOSEN)
def test_page_descends_as_python_does(tmp_path, kind):
    settings = CHOSEN[kind]
    cases = [
        {
            "surface": surface.name,
            "method": _for_page(name, settings),
            "start": surface.start,
            "steps": STEPS,
            "limit": surface.limit,
        }
        for surface in SURFACES.values()
        for name in METHODS
    ]
    found = iter(run_script(tmp_path, SCRIPT, cases))
    for surface in SURFACES.values():
        expected = travel(surface, dict.fromkeys(METHODS, settings), surface.start, STEPS)
        for name in METHODS:
            points = np.array(next(found))
            assert points.shape == expected[name].points.shape, (surface.name, name)
            np.testing.assert_allclose(points, expected[name].points, rtol=1e-6, atol=1e-6)
