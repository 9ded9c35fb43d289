"""Log-likelihood, bound and steps of one parameter as the page computes them, beside those of Python."""

import numpy as np
from page_scripts import run_script

from aeviz.lab.mixture_line import KNOWN, log_likelihoods, next_theta, touching_bound

SCRIPT = """
async function main({ thetas, at, sd }) {
  const page = await import("./mixture_line/line.js");
  const data = page.makeData(3);
  const shares = page.responsibilities(data, at, sd);
  const values = thetas.map((theta) => page.logLikelihood(data, theta, sd));
  const bounds = thetas.map((theta) => page.bound(data, shares, theta, sd));
  return { data, values, bounds, next: page.top(data, shares), known: page.KNOWN };
}
"""


def test_page_computes_what_python_does(tmp_path):
    thetas = np.linspace(-6, 7, 14)
    for at, sd in ((0.6, 1.0), (-4.0, 0.4), (7.0, 3.0)):
        found = run_script(tmp_path, SCRIPT, {"thetas": thetas.tolist(), "at": at, "sd": sd})
        data = np.array(found["data"])
        assert found["known"] == KNOWN
        np.testing.assert_allclose(found["values"], log_likelihoods(data, thetas, sd))
        np.testing.assert_allclose(found["bounds"], touching_bound(data, at, thetas, sd), rtol=1e-6)
        np.testing.assert_allclose(found["next"], next_theta(data, at, sd))
