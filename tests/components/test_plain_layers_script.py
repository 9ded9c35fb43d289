"""Networks and discs as the page computes them, beside those of Python."""

import dataclasses

import numpy as np
import pytest
import torch
from page_scripts import run_script
from torch import nn

from aeviz.analysis.plain_layers import plain_layers, plain_network
from aeviz.data.circles import render_discs
from aeviz.lab.discs import disc_errors, read_discs
from aeviz.lab.reparameterization import estimate_mean, path_gradients
from aeviz.models.decoders import ToUnitInterval
from aeviz.training.run import load

SCRIPT = """
async function main({ encoder, decoder, discs, points, targets }) {
  const { run, decode, runBack } = await import("./kit/plain_layers.js");
  const { render, read, discError } = await import("./circles/discs.js");
  const images = discs.map(render);
  const decoded = points.map((z) => decode({ encoder, decoder }, z));
  const slope = (target) => (x) => x.map((value, i) => 2 * (value - target[i]));
  const slopes = points.map((z, k) => runBack(decoder, z, slope(targets[k])).gradient);
  const plain = (list) => list.map((part) => [...part]);
  return {
    images: plain(images), codes: plain(images.map((image) => run(encoder, image))), decoded: plain(decoded),
    read: decoded.map(read), errors: decoded.map(discError), slopes: plain(slopes),
  };
}
"""


def layers_as_lists(run):
    layers = plain_network(run)
    return {
        part: [
            {
                "kind": layer.kind,
                "weights": layer.weights.ravel().tolist(),
                "bias": layer.bias.tolist(),
                "activation": layer.activation,
                "grid": None if layer.grid is None else dataclasses.asdict(layer.grid),
            }
            for layer in getattr(layers, part)
        ]
        for part in ("encoder", "decoder")
    }


def test_page_computes_networks_and_discs_as_python_does(tmp_path):
    run, random = load("circles-3d"), np.random.default_rng(0)
    discs = np.array([[14, 14, 4.5], [9, 19, 2.2], [3, 20, 6]], dtype=np.float32)
    points = random.normal(0, 5, (3, 3)).astype(np.float32)
    images = render_discs(discs).astype(np.float32) / 255
    targets = images.reshape(3, -1).tolist()
    told = {**layers_as_lists(run), "discs": discs.tolist(), "points": points.tolist(), "targets": targets}
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


VAE = """
async function main({ encoder, decoder, image, noise }) {
  const { posterior, draw, estimate, divergence } = await import("./one_vae/paths.js");
  const q = posterior(encoder, image);
  const draws = noise.map((e) => draw(decoder, image, q, e));
  const means = [draws.map(({ mean }) => mean), draws.map(({ sd }) => sd)].map((values) => estimate(values));
  return { q, means, errors: draws.map(({ error }) => error), kl: divergence(q) };
}
"""


@pytest.mark.parametrize("name", ["regime-both", "vae-2d"])
def test_page_computes_a_vae_and_its_gradients_as_python_does(name, tmp_path):
    run, random = load(name), np.random.default_rng(0)
    image, noise = random.uniform(size=(1, 1, 28, 28)).astype(np.float32), random.normal(size=(6, 2))
    told = {**layers_as_lists(run), "image": image.ravel().tolist(), "noise": noise.tolist()}
    found = run_script(tmp_path, VAE, told)
    mu = run.encode(image)[0].requires_grad_()
    sigma = torch.exp(run.encode_log_variance(image)[0] / 2).requires_grad_()
    np.testing.assert_allclose(found["q"]["mean"], mu.detach(), atol=1e-3)
    np.testing.assert_allclose(found["q"]["sd"], sigma.detach(), rtol=1e-3)
    z = mu + sigma * torch.tensor(noise, dtype=torch.float32)
    (slopes,) = torch.autograd.grad(((run.model.decode(z) - torch.tensor(image)) ** 2).sum(), z)
    gradients = path_gradients(slopes.numpy(), noise)
    for told_mean, values in zip(found["means"], (gradients.mean, gradients.sd), strict=True):
        mean, error = estimate_mean(values)
        np.testing.assert_allclose(told_mean["mean"], mean, rtol=0.01, atol=0.05)
        np.testing.assert_allclose(told_mean["error"], error, rtol=0.01, atol=0.05)
    q = torch.distributions.Normal(mu, sigma)
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum().item()
    np.testing.assert_allclose(found["kl"], kl, rtol=1e-3)


FOLDED = """
async function main({ layers, points }) {
  const { run, runBack } = await import("./kit/plain_layers.js");
  return points.map((z) => [[...run(layers, z)], [...runBack(layers, z, (x) => x.map(() => 1)).gradient]]);
}
"""


def test_page_computes_normalization_and_other_activations_as_pytorch_does(tmp_path):
    draw = torch.Generator().manual_seed(0)
    network = nn.Sequential(
        nn.Linear(3, 18),
        nn.BatchNorm1d(18),
        nn.LeakyReLU(inplace=True),
        nn.Unflatten(1, (2, 3, 3)),
        nn.ConvTranspose2d(2, 4, 4, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(4),
        nn.ELU(),
        nn.Conv2d(4, 3, 3, padding=1),
        nn.BatchNorm2d(3, affine=False),
        nn.Tanh(),
        ToUnitInterval(),
    ).eval()
    for tensor in (*network.parameters(), *(each for each in network.buffers() if each.is_floating_point())):
        tensor.data = torch.rand(tensor.shape, generator=draw) - (0 if tensor.min() == 1 else 0.5)
    for norm in (network[1], network[5], network[8]):
        norm.running_var.add_(0.7)
    layers = plain_layers([network], (3,))
    z = torch.rand((2, 3), generator=draw, requires_grad=True)
    expected = network(z)
    expected.sum().backward()
    told = [
        {
            "kind": layer.kind,
            "weights": layer.weights.ravel().tolist(),
            "bias": layer.bias.tolist(),
            "activation": layer.activation,
            "grid": None if layer.grid is None else dataclasses.asdict(layer.grid),
        }
        for layer in layers
    ]
    found = run_script(tmp_path, FOLDED, {"layers": told, "points": z.detach().tolist()})
    np.testing.assert_allclose([each[0] for each in found], expected.detach().flatten(1).numpy(), atol=1e-5)
    np.testing.assert_allclose([each[1] for each in found], z.grad.numpy(), rtol=1e-3, atol=1e-5)
    assert plain_layers([nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.BatchNorm1d(3))], (3,)) is None
    assert plain_layers([nn.Linear(3, 3), nn.LeakyReLU(0.2)], (3,)) is None
