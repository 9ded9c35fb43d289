"""The outputs of a network's layers as the page computes them, beside PyTorch's forward hooks."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from page_scripts import run_script
from torch import nn

from aeviz.config import ModelConfig
from aeviz.export.files import model_digest, size_limit
from aeviz.export.onnx import export_decoder, export_encoder
from aeviz.models.architecture import ACTIVATIONS

MLP = ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(8, 4))
CONV = replace(MLP, encoder="conv", decoder="conv", channels=(4, 6))
MODELS = {
    "mlp": MLP,
    "conv": CONV,
    "quantized": replace(MLP, bottleneck="quantized", latent_dim=6, codes=5),
    "prelu": replace(CONV, activation="prelu"),
    **{name: replace(MLP, activation=name) for name in ("leaky_relu", "elu", "tanh", "sigmoid")},
}
TITLES = {"leaky_relu": "LeakyReLU", "elu": "ELU", "prelu": "PReLU", "tanh": "Tanh", "sigmoid": "Sigmoid"}
TRACE = """
import { readFileSync } from "node:fs";
async function main({ file, spec, input, rows }) {
  const { network } = await import("./kit/engine.js");
  const { put } = await import("./kit/blobs.js");
  put("it", new Uint8Array(readFileSync(file)));
  const { layers, trace } = await network({ ...spec, name: "it" }, true);
  const outputs = await trace(Float32Array.from(input), rows);
  return { layers, outputs: outputs.map(({ values, shape }) => ({ values: Array.from(values), shape })) };
}
"""


def hooked(module, call):
    """Return the outputs of weighted layers, after their activation, in the order of the pass."""
    found, handles = [], []

    def keep(layer, inputs, output):
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            found.append(output)
        elif isinstance(layer, ACTIVATIONS):
            found[-1] = output

    handles = [layer.register_forward_hook(keep) for layer in module.modules()]
    with torch.no_grad():
        call()
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize("part", ["encoder", "decoder"])
@pytest.mark.parametrize("name", ["conv", pytest.param("mlp", marks=pytest.mark.slow)])
def test_layers_give_what_forward_hooks_see(random_run, tmp_path, name, part):
    config = MODELS[name]
    run = random_run(config)
    shape = config.image_shape if part == "encoder" else (config.latent_dim,)
    given = np.random.default_rng(0).random((3, *shape), dtype=np.float32)
    path = tmp_path / f"{part}.onnx"
    (export_encoder if part == "encoder" else export_decoder)(run, path, half=False)
    spec = {
        "part": part,
        "latent_dim": config.latent_dim,
        "image_shape": config.image_shape,
        "digest": model_digest(run),
        "limit": size_limit(run),
    }
    argument = {"file": str(path), "spec": spec, "input": given.ravel().tolist(), "rows": 3}
    found = run_script(tmp_path, TRACE, argument, runtime=True)
    call = run.model.encode_mean if part == "encoder" else run.model.decode
    expected = hooked(run.model, lambda: call(torch.from_numpy(given)))
    unseen = 0
    if name == "quantized" and part == "encoder":  # its last layer shows the codes in place of the head's outputs
        expected[-1], unseen = call(torch.from_numpy(given)), run.model.bottleneck.codes.numel()
    assert len(found["outputs"]) == len(found["layers"]) == len(expected)
    for layer, output, values in zip(found["layers"], found["outputs"], expected, strict=True):
        assert np.prod(output["shape"]) == values.numel(), layer
        np.testing.assert_allclose(output["values"], values.numpy().ravel(), atol=1e-4)
    assert found["layers"][0]["activation"] == TITLES.get(name, "ReLU")
    weights = sum(layer["parameters"] for layer in found["layers"])
    modules = [run.model.encoder, run.model.bottleneck] if part == "encoder" else [run.model.decoder]
    assert weights + unseen == sum(each.numel() for module in modules for each in module.parameters())
