"""The one vector that holds all weights of a network of dense layers, and the layers that read them."""

import functools
import math
from dataclasses import dataclass

import torch
from torch import nn

from aeviz.config import ModelConfig
from aeviz.models import build_model

_ACTIVATIONS: dict[type[nn.Module], str] = {
    nn.ReLU: "relu",
    nn.LeakyReLU: "leaky_relu",
    nn.ELU: "elu",
    nn.Tanh: "tanh",
    nn.Sigmoid: "sigmoid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The place of one tensor of weights in the vector."""

    name: str
    """Its name in the network's state_dict."""
    shape: tuple[int, ...]
    """(out, in) of a matrix, (out,) of a bias; a matrix lies row by row."""
    offset: int
    """Index of its first number."""

    @property
    def size(self) -> int:
        """Number of its numbers."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """A dense layer and the activation after it: activation(W x + b)."""

    weight: Slot
    bias: Slot
    activation: str | None
    """relu, leaky_relu, elu, tanh, sigmoid, or None for the identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The weights of a network in one vector, in the order of its state_dict."""

    slots: tuple[Slot, ...]
    encoder: tuple[Dense, ...]
    """Layers from the image to the latent point, or to the features of the heads."""
    heads: tuple[Dense, ...]
    """Mean and log-variance of a Gaussian bottleneck; none of a deterministic one."""
    decoder: tuple[Dense, ...]
    """Layers from the latent point to the image."""

    @property
    def size(self) -> int:
        """Number of weights and biases."""
        return sum(slot.size for slot in self.slots)

    @property
    def layers(self) -> tuple[Dense, ...]:
        """All layers, from the image to its reconstruction."""
        return (*self.encoder, *self.heads, *self.decoder)


@functools.lru_cache(maxsize=64)
def layout_of(config: ModelConfig) -> Layout:
    """Return the layout of a network whose layers are dense.

    Raises:
        TypeError: Another layer is among them; `check_supported` says so in words.
    """
    with torch.random.fork_rng(devices=[]):
        model = build_model(config)
    slots, offset = [], 0
    for name, parameter in model.named_parameters():
        slots.append(Slot(name=name, shape=tuple(parameter.shape), offset=offset))
        offset += slots[-1].size
    found = {slot.name: slot for slot in slots}
    is_gaussian = config.bottleneck == "gaussian"
    return Layout(
        slots=tuple(slots),
        encoder=_chain(model, ("encoder",) if is_gaussian else ("encoder", "bottleneck"), found),
        heads=_chain(model, ("bottleneck",), found) if is_gaussian else (),
        decoder=_chain(model, ("decoder",), found),
    )


def _chain(model: nn.Module, parts: tuple[str, ...], slots: dict[str, Slot]) -> tuple[Dense, ...]:
    layers: list[Dense] = []
    for part in parts:
        for name, layer in model.get_submodule(part).named_modules(prefix=part):
            if isinstance(layer, nn.Linear):
                layers.append(Dense(weight=slots[f"{name}.weight"], bias=slots[f"{name}.bias"], activation=None))
            elif type(layer) in _ACTIVATIONS:
                last = layers.pop()
                layers.append(Dense(weight=last.weight, bias=last.bias, activation=_ACTIVATIONS[type(layer)]))
            elif any(True for _ in layer.parameters(recurse=False)):
                raise TypeError(f"{type(layer).__name__} has no place in a layout of dense layers")
    return tuple(layers)
