"""Encoders and decoders as arrays, so that the page can compute them itself: dense and convolutional layers."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from torch import Tensor, nn

from aeviz.models.bottlenecks.deterministic import DeterministicBottleneck
from aeviz.models.bottlenecks.gaussian import GaussianBottleneck
from aeviz.models.decoders import ToUnitInterval
from aeviz.training.run import Run

_ACTIVATIONS: dict[type[nn.Module], str] = {nn.ReLU: "relu", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh"}
_TORCHS_OWN: dict[str, nn.LeakyReLU | nn.ELU] = {"leaky_relu": nn.LeakyReLU(), "elu": nn.ELU()}
"""Activations with a constant, of which the page knows torch's own."""
MOST_WEIGHTS = 1_000_000
"""Of encoder and decoder together, 4 MB for the page."""
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Which values a convolution joins: a window of the large images for each value of the small ones."""

    small: Shape
    """(A, h, w): the output of a convolution, the input of a transposed one."""
    large: Shape
    """(B, H, W): the other end."""
    kernel: Shape
    """(kh, kw), in pixels, as are stride and padding."""
    stride: int
    padding: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlainLayer:
    """activation(W x + b)."""

    kind: Literal["dense", "convolution", "transposed"]
    weights: np.ndarray
    """float32: of a dense layer (outputs, inputs), else (A, B, kh, kw)."""
    bias: np.ndarray
    """float32: (outputs,), of convolutions one for each channel of the output."""
    activation: str = "identity"
    """relu, leaky_relu, elu, sigmoid, tanh, unit_tanh (which is (tanh + 1) / 2) or identity."""
    grid: Grid | None = None
    """Of a convolution."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlainNetwork:
    """An autoencoder of plain layers."""

    encoder: tuple[PlainLayer, ...]
    """From pixels in [0, 1] to the latent point, or to the means and then the log-variances of a Gaussian posterior."""
    decoder: tuple[PlainLayer, ...]
    """From a latent point to pixels."""


def plain_network(run: Run) -> PlainNetwork | None:
    """Return the layers of a model; None if it has others than plain ones, or more than `MOST_WEIGHTS`."""
    bottleneck, config = run.model.bottleneck, run.config.model
    if type(bottleneck) is DeterministicBottleneck:
        heads: list[nn.Module] = [bottleneck.head]
    elif type(bottleneck) is GaussianBottleneck:
        heads = [bottleneck.mean_head, bottleneck.log_variance_head]
    else:
        return None
    encoder = plain_layers([run.model.encoder, heads[0]], config.image_shape)
    decoder = plain_layers([run.model.decoder], (config.latent_dim,))
    if not encoder or not decoder:
        return None
    if len(heads) == 2:
        spread = plain_layers(heads[1:], (run.model.encoder.out_features,))
        if not spread:
            return None
        means = encoder[-1]
        encoder[-1] = replace(
            means,
            weights=np.concatenate([means.weights, spread[0].weights]),
            bias=np.concatenate([means.bias, spread[0].bias]),
        )
    if sum(layer.weights.size for layer in (*encoder, *decoder)) > MOST_WEIGHTS:
        return None
    return PlainNetwork(encoder=tuple(encoder), decoder=tuple(decoder))


def plain_layers(modules: Iterable[nn.Module], shape: Shape) -> list[PlainLayer] | None:
    """Return linear and convolutional layers with their activations; None if there is a layer of another kind.

    Normalization over the batch, as it is after training, is a part of the layer before it.

    Args:
        modules: One after the other.
        shape: Of the input, without the batch.
    """
    layers: list[PlainLayer] = []
    for module in _flatten(modules):
        if isinstance(module, nn.Linear):
            shape = (module.out_features,)
            layers.append(PlainLayer(kind="dense", weights=_array(module.weight), bias=_bias(module, shape[0])))
        elif isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            found = _convolution(module, shape)
            if found is None:
                return None
            layer, shape = found
            layers.append(layer)
        elif isinstance(module, nn.Flatten):
            shape = (math.prod(shape),)
        elif isinstance(module, nn.Unflatten):
            shape = tuple(int(length) for length in module.unflattened_size)
        elif isinstance(module, ToUnitInterval) and layers and layers[-1].activation == "tanh":
            layers[-1] = replace(layers[-1], activation="unit_tanh")
        elif isinstance(module, nn.Identity):
            continue
        elif not layers or layers[-1].activation != "identity":
            return None
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.running_mean is not None:
            layers[-1] = _normalised(layers[-1], module)
        elif name := _activation(module):
            layers[-1] = replace(layers[-1], activation=name)
        else:
            return None
    return layers


def _activation(module: nn.Module) -> str:
    """Return the name of an activation, empty where the page does not know it."""
    for name, own in _TORCHS_OWN.items():
        if type(module) is type(own) and repr(module).replace(", inplace=True", "") == repr(own):
            return name
    return _ACTIVATIONS.get(type(module), "")


def _normalised(layer: PlainLayer, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> PlainLayer:
    """Return the layer that gives what a layer and the normalization behind it give."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = _array(norm.running_var + norm.eps).astype(np.float64) ** -0.5
    if norm.weight is not None:
        scale = scale * _array(norm.weight)
    shift = -_array(norm.running_mean) * scale + (0 if norm.bias is None else _array(norm.bias))
    axis = 1 if layer.kind == "transposed" else 0  # of the outputs
    along = [-1 if k == axis else 1 for k in range(layer.weights.ndim)]
    weights = (layer.weights * scale.reshape(along)).astype(np.float32)
    return replace(layer, weights=weights, bias=(layer.bias * scale + shift).astype(np.float32))


def count_products(layers: Iterable[PlainLayer]) -> int:
    """Return how many products of two numbers an input costs, about."""
    return sum(layer.weights.size * (1 if layer.grid is None else math.prod(layer.grid.small[1:])) for layer in layers)


def _convolution(module: nn.Conv2d | nn.ConvTranspose2d, shape: Shape) -> tuple[PlainLayer, Shape] | None:
    """Return a convolution with the shape of its output; None if it is dilated, grouped or uneven."""
    (kh, kw), (stride, across), padding = module.kernel_size, module.stride, module.padding
    is_even = stride == across and isinstance(padding, tuple) and padding[0] == padding[1]
    if not is_even or module.groups != 1 or set(module.dilation) != {1} or module.padding_mode != "zeros":
        return None
    pad = int(padding[0])
    if isinstance(module, nn.Conv2d):
        sides = [(side + 2 * pad - k) // stride + 1 for side, k in zip(shape[1:], (kh, kw), strict=True)]
    else:
        extra = module.output_padding
        sides = [
            (side - 1) * stride - 2 * pad + k + more
            for side, k, more in zip(shape[1:], (kh, kw), (int(extra[0]), int(extra[1])), strict=True)
        ]
    output = (module.out_channels, *sides)
    is_transposed = isinstance(module, nn.ConvTranspose2d)
    grid = Grid(
        small=shape if is_transposed else output,
        large=output if is_transposed else shape,
        kernel=(kh, kw),
        stride=stride,
        padding=pad,
    )
    layer = PlainLayer(
        kind="transposed" if is_transposed else "convolution",
        weights=_array(module.weight),
        bias=_bias(module, module.out_channels),
        grid=grid,
    )
    return layer, output


def _flatten(modules: Iterable[nn.Module]) -> Iterator[nn.Module]:
    for module in modules:
        if isinstance(module, nn.Sequential):
            yield from _flatten(module)
        else:
            yield module


def _bias(module: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, count: int) -> np.ndarray:
    return np.zeros(count, dtype=np.float32) if module.bias is None else _array(module.bias)


def _array(values: Tensor) -> np.ndarray:
    array: np.ndarray = values.detach().cpu().float().numpy().copy()
    return array
