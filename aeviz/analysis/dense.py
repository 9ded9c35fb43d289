"""Encoders and decoders of dense layers as arrays, so that the page can compute them itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from aeviz.models.bottlenecks.deterministic import DeterministicBottleneck
from aeviz.models.bottlenecks.gaussian import GaussianBottleneck
from aeviz.training.run import Run

_ACTIVATIONS: dict[type[nn.Module], str] = {nn.ReLU: "relu", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh"}
_SHAPES = nn.Flatten, nn.Unflatten, nn.Identity
"""Layers that change no value."""
MOST_WEIGHTS = 1_000_000
"""Of encoder and decoder together, 4 MB for the page."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseLayer:
    """activation(W x + b)."""

    weights: np.ndarray
    """(outputs, inputs), float32."""
    bias: np.ndarray
    """(outputs,), float32."""
    activation: str
    """relu, sigmoid, tanh or identity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseNetwork:
    """An autoencoder of dense layers."""

    encoder: tuple[DenseLayer, ...]
    """From pixels in [0, 1] to the latent point, or to the means and then the log-variances of a Gaussian posterior."""
    decoder: tuple[DenseLayer, ...]
    """From a latent point to pixels."""


def dense_network(run: Run) -> DenseNetwork | None:
    """Return the layers of a model; None if it has others than dense ones, or more than `MOST_WEIGHTS`."""
    bottleneck = run.model.bottleneck
    if type(bottleneck) is DeterministicBottleneck:
        heads: list[nn.Module] = [bottleneck.head]
    elif type(bottleneck) is GaussianBottleneck:
        heads = [bottleneck.mean_head, bottleneck.log_variance_head]
    else:
        return None
    encoder = dense_layers([run.model.encoder, heads[0]])
    decoder = dense_layers([run.model.decoder])
    if encoder is None or decoder is None:
        return None
    if len(heads) == 2:
        spread = dense_layers(heads[1:])
        if spread is None:
            return None
        encoder[-1] = DenseLayer(
            weights=np.concatenate([encoder[-1].weights, spread[0].weights]),
            bias=np.concatenate([encoder[-1].bias, spread[0].bias]),
            activation="identity",
        )
    if sum(layer.weights.size for layer in (*encoder, *decoder)) > MOST_WEIGHTS:
        return None
    return DenseNetwork(encoder=tuple(encoder), decoder=tuple(decoder))


def dense_layers(modules: Iterable[nn.Module]) -> list[DenseLayer] | None:
    """Return linear layers, each with the activation that follows; None if there is a layer of another kind."""
    layers: list[DenseLayer] = []
    for module in _flatten(modules):
        if isinstance(module, nn.Linear):
            bias = np.zeros(module.out_features, dtype=np.float32) if module.bias is None else _array(module.bias)
            layers.append(DenseLayer(weights=_array(module.weight), bias=bias, activation="identity"))
        elif type(module) in _ACTIVATIONS and layers and layers[-1].activation == "identity":
            last = layers.pop()
            layers.append(DenseLayer(weights=last.weights, bias=last.bias, activation=_ACTIVATIONS[type(module)]))
        elif not isinstance(module, _SHAPES):
            return None
    return layers


def _flatten(modules: Iterable[nn.Module]) -> Iterator[nn.Module]:
    for module in modules:
        if isinstance(module, nn.Sequential):
            yield from _flatten(module)
        else:
            yield module


def _array(values: Tensor) -> np.ndarray:
    array: np.ndarray = values.detach().cpu().float().numpy().copy()
    return array
