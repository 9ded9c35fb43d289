"""What the page needs in order to train a run: the graphs and the places of the weights."""

import dataclasses
import math
import typing
from typing import TypedDict

from aeviz.config import OptimizerConfig, OptimizerName, RunConfig
from aeviz.export.step import decoder_pass, encoder_pass, layout_of, single_step, training_step
from aeviz.export.step.optimizers import MOMENTS
from aeviz.playground.weights import with_fan_in

OPTIMIZERS: tuple[OptimizerName, ...] = typing.get_args(OptimizerName)


class PlannedSlot(TypedDict):
    """The place of a tensor of weights."""

    name: str
    shape: list[int]
    offset: int
    fan_in: int


class PlannedLayer(TypedDict):
    """A dense layer, as the page draws it."""

    part: str
    """encoder, bottleneck or decoder."""
    weight: str
    """Name of its matrix in the state_dict."""
    activation: str | None


class Plan(TypedDict):
    """Everything about a network that stays while it learns; JSON but for the files, which are bytes."""

    slots: list[PlannedSlot]
    size: int
    pixels: int
    channels: int
    latent_dim: int
    is_variational: bool
    init: str
    layers: list[PlannedLayer]
    moments: dict[str, list[str]]
    steps: dict[str, bytes]
    """Training step of each optimizer, so that the page can change it without the server."""
    single_steps: dict[str, bytes]
    """The same without a loop, for the GPU of the visitor's computer."""
    encoder: bytes
    decoder: bytes


def plan_of(config: RunConfig) -> Plan:
    """Return what the page needs in order to train a run.

    Raises:
        ConfigError: The run cannot be trained in the page.
        ExportError: The package onnx is not installed.
    """
    layout, model = layout_of(config.model), config.model
    runs = {name: dataclasses.replace(config, optimizer=OptimizerConfig(name=name)) for name in OPTIMIZERS}
    parts = (("encoder", layout.encoder), ("bottleneck", layout.heads), ("decoder", layout.decoder))
    return Plan(
        slots=[
            PlannedSlot(name=slot.name, shape=list(slot.shape), offset=slot.offset, fan_in=fan_in)
            for slot, fan_in in with_fan_in(layout)
        ],
        size=layout.size,
        pixels=math.prod(model.image_shape),
        channels=model.image_shape[0],
        latent_dim=model.latent_dim,
        is_variational=model.is_variational,
        init=model.init,
        layers=[
            PlannedLayer(part=part, weight=layer.weight.name, activation=layer.activation)
            for part, layers in parts
            for layer in layers
        ],
        moments={name: list(MOMENTS[name]) for name in OPTIMIZERS},
        steps={name: training_step(run) for name, run in runs.items()},
        single_steps={name: single_step(run) for name, run in runs.items()},
        encoder=encoder_pass(model),
        decoder=decoder_pass(model),
    )
