"""What selected images share: the page's divergence of Gaussians against torch, and the axes that it names."""

import numpy as np
import pytest
import torch
from page_scripts import run_script

from aeviz.analysis.basis import latent_basis
from aeviz.analysis.summary import summarise
from aeviz.web.components.explorer.payload import space_payload

SCRIPT = """
async function main({ space, members }) {
  const { Space } = await import("./explorer/space.js");
  const { describeShared, sharedAxes, usualMoments } = await import("./explorer/shared_axes.js");
  const found = new Space(Uint8Array.from(space));
  const shared = sharedAxes(found, members, usualMoments(found));
  return { shared, text: describeShared(found, shared) };
}
"""


def codes(dimensions=4, count=600):
    return np.random.default_rng(0).normal(0, [1.0, 2.0, 0.5, 1.0][:dimensions], (count, dimensions)).astype(np.float32)


def shared_by(z, members, tmp_path):
    z = z.astype(np.float32)
    basis = latent_basis(summarise(z), np.zeros(z.shape[1]))
    coordinates = z[:, [int(name[1:]) - 1 for name in basis.names]]
    packed = space_payload(basis, coordinates, None, ())
    found = run_script(tmp_path, SCRIPT, {"space": list(packed), "members": list(map(int, members))})
    return found, basis


def test_axes_are_those_that_differ_most_by_the_divergence_of_gaussians(tmp_path):
    z = codes()
    members = np.flatnonzero(z[:, 1] > 2.0)
    found, basis = shared_by(z, members, tmp_path)
    (shared,) = found["shared"]
    assert basis.names[shared["axis"]] == "z2"
    own, every = z[members, 1].astype(np.float64), z[:, 1].astype(np.float64)
    wanted = torch.distributions.kl_divergence(
        torch.distributions.Normal(own.mean(), own.std()), torch.distributions.Normal(every.mean(), every.std())
    )
    assert shared["nats"] == pytest.approx(float(wanted), rel=1e-3)
    assert shared["own"]["mean"] == pytest.approx(own.mean(), rel=1e-3)
    assert found["text"] == (
        f"They share z2 = {own.mean():.2f} ± {own.std():.2f} (all: {every.mean():.2f} ± {every.std():.2f})."
    )


@pytest.mark.parametrize("case", ["any", "few", "all", "plane"])
def test_nothing_is_said_where_nothing_is_shared(tmp_path, case):
    z = codes(2 if case == "plane" else 4)
    members = {
        "any": np.arange(0, len(z), 3),
        "few": np.argsort(z[:, 1])[-4:],
        "all": np.arange(len(z)),
        "plane": np.flatnonzero(z[:, 1] > 2.0),
    }[case]
    found, _ = shared_by(z, members, tmp_path)
    assert found == {"shared": [], "text": ""}
