"""The table of a network's layers, a row each, for the network page and the tests."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.models.autoencoder import Autoencoder
from aeviz.models.decoders import ToUnitInterval

PartName = Literal["input", "encoder", "bottleneck", "decoder"]
ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Tanh)
"""Layers that are shown in the row of the layer before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInfo:
    """One layer of a network, its activation folded in."""

    part: PartName
    """The part of the autoencoder that the layer belongs to."""
    kind: str
    """Its kind, such as "Linear" or "Conv 3x3, stride 2"."""
    output_shape: tuple[int, ...]
    """Shape of its output for one image: (F,) or (C, H, W)."""
    parameters: int
    """Number of its weights and biases."""
    activation: str = ""
    """The activation after it: "ReLU", "Sigmoid" or none."""


def describe_layers(config: ModelConfig) -> list[LayerInfo]:
    """List the layers that an image passes, from the image itself to its reconstruction.

    The network is built and one image of no content is sent through it, so the shapes are those of the real network.
    """
    # not on the meta device, whose first use imports a thousand modules in a second
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        model = Autoencoder(config).eval()  # batch normalisation has no statistics of one image
        rows = [LayerInfo(part="input", kind="Image", output_shape=config.image_shape, parameters=0)]
        x = torch.zeros(1, *config.image_shape)
        for name in ("encoder", "bottleneck", "decoder"):
            part: PartName = name
            module = getattr(model, name)
            if name == "bottleneck" and (heads := model.bottleneck.layers()):
                x = model.bottleneck.mean(x)
                rows += [
                    LayerInfo(part=part, kind=title, output_shape=tuple(x.shape[1:]), parameters=_count(head))
                    for title, head in heads
                ]
                continue
            for layer in _leaves(module):
                x = layer(x)
                _add(rows, part, layer, x)
    return rows


def _leaves(chain: nn.Module) -> list[nn.Module]:
    """Return the layers of a chain; a block inside it, such as a residual one, counts as a layer."""
    return [
        leaf for child in chain.children() for leaf in (_leaves(child) if isinstance(child, nn.Sequential) else [child])
    ]


def _add(rows: list[LayerInfo], part: PartName, layer: nn.Module, output: Tensor) -> None:
    shape = tuple(output.shape[1:])
    last = rows[-1]
    if isinstance(layer, ACTIVATIONS):
        rows[-1] = LayerInfo(
            part=last.part,
            kind=last.kind,
            output_shape=last.output_shape,
            parameters=last.parameters + _count(layer),
            activation=type(layer).__name__,
        )
    elif isinstance(layer, nn.Flatten | nn.Unflatten | nn.Identity | ToUnitInterval):
        spatial = shape[1:]
        if last.part != "input" and set(spatial) != {1}:  # the same numbers in another shape: not a layer of its own
            rows[-1] = LayerInfo(
                part=last.part,
                kind=last.kind,
                output_shape=shape,
                parameters=last.parameters,
                activation=last.activation,
            )
    else:
        rows.append(LayerInfo(part=part, kind=_kind(layer), output_shape=shape, parameters=_count(layer)))


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _kind(layer: nn.Module) -> str:
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        name = "Transposed conv" if isinstance(layer, nn.ConvTranspose2d) else "Conv"
        height, width = layer.kernel_size
        return f"{name} {height}x{width}" + (f", stride {layer.stride[0]}" if layer.stride[0] > 1 else "")
    return type(layer).__name__
