"""Divergences as the page computes them, beside those of Python."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.lab.information import (
    Gaussian,
    estimated_kl,
    fit,
    gaussian_cross_entropy,
    gaussian_entropy,
    gaussian_kl,
    integral_entropy,
    integral_kl,
    log_density,
)

SCRIPT = """
async function main({ pairs, points, fits, count }) {
  const page = await import("./divergence/gaussians.js");
  return {
    measures: pairs.map(([p, q]) => [page.measure(p, q), page.integrate(p, q)]),
    densities: pairs.map(([p]) => points.map((x) => page.logDensity(p, x))),
    integrands: pairs.map(([p, q]) => points.map((x) => page.integrand(p, q, x))),
    fits: fits.map(([p, q, direction]) => {
      let fitted = q;
      for (let k = 0; k < count; k += 1) fitted = page.fitStep(p, fitted, direction);
      return fitted;
    }),
    estimates: pairs.map(([p, q]) => {
      const draws = page.drawFrom(p, page.makeNoise(10000, 3));
      return { draws: [...draws], ...page.estimate(p, q, draws) };
    }),
  };
}
"""
MIXTURE = (Gaussian(-2.5, 0.8, 0.5), Gaussian(2, 0.5, 0.5))
PAIRS = [
    ((Gaussian(0, 1),), (Gaussian(1, 2),)),
    ((Gaussian(-6, 0.2),), (Gaussian(6, 3),)),
    (MIXTURE, (Gaussian(1, 1.5),)),
    ((Gaussian(1, 1.5),), MIXTURE),
]
FITS = [(MIXTURE, Gaussian(*start), way) for start in ((1, 1.5), (-5, 3)) for way in ("forward", "reverse")]
FITS += [((Gaussian(2, 0.3),), Gaussian(-3, 3), "reverse")]
POINTS = np.linspace(-8, 8, 33)


def plain(mixture):
    parts = (mixture,) if isinstance(mixture, Gaussian) else mixture
    return [{"mean": part.mean, "sd": part.sd, "weight": part.weight} for part in parts]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    told = {
        "pairs": [[plain(p), plain(q)] for p, q in PAIRS],
        "points": POINTS.tolist(),
        "fits": [[plain(p), plain(q)[0], way] for p, q, way in FITS],
        "count": 60,
    }
    return run_script(tmp_path_factory.mktemp("page"), SCRIPT, told)


def test_entropies_and_divergences_are_those_of_python(found):
    for (p, q), (shown, integrated) in zip(PAIRS, found["measures"], strict=True):
        assert integrated["kl"] == pytest.approx(integral_kl(p, q), rel=1e-9)
        assert integrated["entropy"] == pytest.approx(integral_entropy(p), rel=1e-9)
        if len(p) == len(q) == 1:
            assert shown["kl"] == pytest.approx(gaussian_kl(p[0], q[0]), rel=1e-12)
            assert shown["entropy"] == pytest.approx(gaussian_entropy(p[0].sd), rel=1e-12)
            assert shown["crossEntropy"] == pytest.approx(gaussian_cross_entropy(p[0], q[0]), rel=1e-12)
        else:
            assert shown == integrated


def test_densities_and_integrands_are_those_of_python(found):
    for (p, q), densities, integrands in zip(PAIRS, found["densities"], found["integrands"], strict=True):
        log_p = log_density(p, POINTS)
        np.testing.assert_allclose(densities, log_p, rtol=1e-10)
        np.testing.assert_allclose(integrands, np.exp(log_p) * (log_p - log_density(q, POINTS)), rtol=1e-8, atol=1e-300)


def test_fits_take_the_steps_of_python(found):
    for (p, q, way), fitted in zip(FITS, found["fits"], strict=True):
        expected = fit(p, q, way, steps=60)
        assert (fitted["mean"], fitted["sd"]) == pytest.approx((expected.mean, expected.sd), rel=1e-6, abs=1e-6)


def test_draws_have_the_density_and_estimates_their_standard_error(found):
    for (p, q), estimate in zip(PAIRS, found["estimates"], strict=True):
        draws = np.array(estimate["draws"])
        mean, error = estimated_kl(p, q, draws)
        assert estimate["mean"] == pytest.approx(mean, rel=1e-9)
        assert estimate["error"] == pytest.approx(error, rel=1e-9)
        assert abs(estimate["mean"] - integral_kl(p, q)) < 4 * error
        assert draws.mean() == pytest.approx(np.mean([part.mean for part in p]), abs=0.1)
