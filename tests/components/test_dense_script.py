"""Networks and discs as the page computes them, beside those of Python."""

import numpy as np
import torch
from page_scripts import run_script

from aeviz.analysis.dense import dense_network
from aeviz.data.circles import render_discs
from aeviz.lab.discs import disc_errors, read_discs
from aeviz.training.run import load

SCRIPT = """
async function main({ encoder, decoder, discs, points, targets }) {
  const { run, decode, runBack } = await import("./kit/dense.js");
  const { render, read, discError } = await import("./circles/discs.js");
  const images = discs.map(render);
  const decoded = points.map((z) => decode({ encoder, decoder }, z));
  const slopes = points.map((z, k) => runBack(decoder, z, (x) => x.map((value, i) => 2 * (value - targets[k][i]))).gradient);
  const plain = (list) => list.map((part) => [...part]);
  return {
    images: plain(images), codes: plain(images.map((image) => run(encoder, image))), decoded: plain(decoded),
    read: decoded.map(read), errors: decoded.map(discError), slopes: plain(slopes),
  };
}
"""


def test_page_computes_networks_and_discs_as_python_does(tmp_path):
    run, random = load("circles-3d"), np.random.default_rng(0)
    discs = np.array([[14, 14, 4.5], [9, 19, 2.2], [3, 20, 6]], dtype=np.float32)
    points = random.normal(0, 5, (3, 3)).astype(np.float32)
    images = render_discs(discs).astype(np.float32) / 255
    layers = dense_network(run)
    sent = {
        part: [
            {"weights": layer.weights.ravel().tolist(), "bias": layer.bias.tolist(), "activation": layer.activation}
            for layer in getattr(layers, part)
        ]
        for part in ("encoder", "decoder")
    }
    targets = images.reshape(3, -1).tolist()
    told = {**sent, "discs": discs.tolist(), "points": points.tolist(), "targets": targets}
    found = run_script(tmp_path, SCRIPT, told)
    np.testing.assert_allclose(np.reshape(found["images"], images.shape), images, atol=1.01 / 255)
    np.testing.assert_allclose(found["codes"], run.encode(images).numpy(), atol=0.05)
    decoded = run.decode(points).numpy()
    np.testing.assert_allclose(np.reshape(found["decoded"], decoded.shape), decoded, atol=1e-4)
    np.testing.assert_allclose(found["read"], read_discs(decoded), atol=1e-2)
    np.testing.assert_allclose(found["errors"], disc_errors(decoded), atol=1e-4)
    z = torch.tensor(points, requires_grad=True)
    ((run.model.decode(z) - torch.tensor(images)) ** 2).sum().backward()
    np.testing.assert_allclose(found["slopes"], z.grad.numpy(), rtol=1e-3, atol=1e-3)
