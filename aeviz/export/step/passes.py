"""Encoder and decoder as ONNX files whose weights are an input, for a network that changes while it is watched.

    encoder   parameters (n,), images (N, P) -> z (N, D), and log_variance (N, D) of a Gaussian bottleneck
    decoder   parameters (n,), z (N, D)      -> images (N, P), in [0, 1]

Both give the output of each hidden layer too: hidden_1 (N, F), hidden_2 and so on, from the layer nearest the input.
"""

import functools
import math

from aeviz.config import ModelConfig
from aeviz.export.step.graph import Graph, model_bytes, tensor
from aeviz.export.step.layers import Weights, forward, posterior
from aeviz.export.step.layout import layout_of


@functools.lru_cache(maxsize=64)
def encoder_pass(config: ModelConfig) -> bytes:
    """Return the encoder as an ONNX file.

    Raises:
        ExportError: The package onnx is not installed.
    """
    layout, pixels = layout_of(config), math.prod(config.image_shape)
    graph = Graph()
    weights = Weights.split(graph, layout, "parameters")
    found = forward(graph, layout.encoder, weights, "images").outputs
    hidden = found if layout.heads else found[:-1]
    outputs = []
    if layout.heads:
        features = found[-1] if found else "images"
        mean, log_variance, _ = posterior(graph, layout, weights, features)
        graph.rename(log_variance, "log_variance")
        outputs.append(tensor("log_variance", ["N", config.latent_dim]))
    else:
        mean = found[-1]
    graph.rename(mean, "z")
    outputs.insert(0, tensor("z", ["N", config.latent_dim]))
    for place, value in enumerate(hidden):
        graph.rename(value, f"hidden_{place + 1}")
        outputs.append(tensor(f"hidden_{place + 1}", ["N", layout.encoder[place].weight.shape[0]]))
    return model_bytes(graph, [tensor("parameters", [layout.size]), tensor("images", ["N", pixels])], outputs)


@functools.lru_cache(maxsize=64)
def decoder_pass(config: ModelConfig) -> bytes:
    """Return the decoder as an ONNX file.

    Raises:
        ExportError: The package onnx is not installed.
    """
    layout, pixels = layout_of(config), math.prod(config.image_shape)
    graph = Graph()
    found = forward(graph, layout.decoder, Weights.split(graph, layout, "parameters"), "z").outputs
    graph.rename(graph.op("Min", graph.op("Max", found[-1], graph.floats(0.0)), graph.floats(1.0)), "images")
    outputs = [tensor("images", ["N", pixels])]
    for place, value in enumerate(found[:-1]):
        graph.rename(value, f"hidden_{place + 1}")
        outputs.append(tensor(f"hidden_{place + 1}", ["N", layout.decoder[place].weight.shape[0]]))
    return model_bytes(graph, [tensor("parameters", [layout.size]), tensor("z", ["N", config.latent_dim])], outputs)
