"""The whole training step, repeated in a loop: batches, weights and moments in; weights, moments and losses out.

    images (K, B, P)          float32 in [0, 1], K batches that the reconstructions should equal
    corrupted (K, B, P)       what is encoded; only with a corruption
    noise (K, B, D)           draws from N(0, I); only with a Gaussian bottleneck
    rate (K,), root (K,)      of the optimizer's steps; root only of Adam and AMSGrad
    parameters (n,)           all weights, as `Layout` has them
    the optimizer's state     vectors (n,), `optimizers.MOMENTS`
    scalars                   `scalar_names`

It gives the new weights and the new state under the same names with "new_" before, and of each step
losses (K, 3), the objective, its reconstruction loss and the KL in nats an image; latents (K, B, D), the points of the
batch before the step (posterior means); and of the last step gradients (L,), the norm of the gradient of each matrix of
weights. K and B are free. Weights stay within the runtime from one step of the loop to the next.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from aeviz.config import ObjectiveConfig, OptimizerConfig, RunConfig
from aeviz.export.packages import package
from aeviz.export.step.gradient import Batch, gradients_of
from aeviz.export.step.graph import Graph, model_bytes, tensor
from aeviz.export.step.layers import Weights
from aeviz.export.step.layout import layout_of
from aeviz.export.step.optimizers import MOMENTS, NUMBERS, update
from aeviz.export.step.supported import check_supported

TINY = 1e-36
"""Size below which a moment is 0 at the start of the loop: a hundred times the least normal number of float32.

Moments of weights without a gradient shrink to subnormal numbers, with which processors compute many times slower, and
stay there, since 0.9 times the least of them is rounded to itself.
"""


_MOST_OUTPUTS = 7
"""Outputs of a node on a GPU: WebGPU promises a shader eight buffers, and one is the input."""


def scalar_names(config: RunConfig) -> tuple[str, ...]:
    """Return the names of the step's scalar inputs, float32: what may change while training runs."""
    names = ["reconstruction_weight", *NUMBERS[config.optimizer.name]]
    if config.model.bottleneck == "gaussian":
        names.append("kl_weight")
    if config.objective.penalty != "none":
        names.append("penalty_weight")
    if config.objective.penalty == "kl_sparsity":
        names.append("sparsity")
    return tuple(names)


def training_step(config: RunConfig) -> bytes:
    """Return the training step of a run as an ONNX file.

    Equal networks, objectives and optimizers share one; their numbers, such as the learning rate, are inputs.

    Raises:
        ConfigError: The run cannot be trained in the page; see `check_supported`.
        ExportError: The package onnx is not installed.
    """
    return _write_loop(_bare(config))


def single_step(config: RunConfig) -> bytes:
    """Return one training step of a run as an ONNX file, without a loop around it, which runtimes have on no GPU.

    It has the inputs and outputs of `training_step` without their first dimension K: one batch, rate and root as
    scalars. Whoever keeps weights and moments on the GPU feeds what one step gives to the next.

    Raises:
        ConfigError: The run cannot be trained in the page; see `check_supported`.
        ExportError: The package onnx is not installed.
    """
    return _write_single(_bare(config))


def _bare(config: RunConfig) -> RunConfig:
    """Return what of a run decides on the nodes of its step."""
    check_supported(config)
    objective = ObjectiveConfig(
        reconstruction=config.objective.reconstruction,
        kl_reduction=config.objective.kl_reduction,
        penalty=config.objective.penalty,
        corruption="none" if config.objective.corruption == "none" else "masking",
    )
    return RunConfig(model=config.model, objective=objective, optimizer=OptimizerConfig(name=config.optimizer.name))


def _inputs(config: RunConfig, steps: Sequence[str]) -> list[Any]:
    """Describe the inputs; `steps` is the dimension of steps, or nothing."""
    layout, optimizer, pixels = layout_of(config.model), config.optimizer.name, math.prod(config.model.image_shape)
    inputs = [tensor("images", [*steps, "B", pixels])]
    if config.objective.corruption != "none":
        inputs.append(tensor("corrupted", [*steps, "B", pixels]))
    if layout.heads:
        inputs.append(tensor("noise", [*steps, "B", config.model.latent_dim]))
    inputs += [tensor(name, steps) for name in (("rate",) if optimizer == "sgd" else ("rate", "root"))]
    inputs += [tensor(name, [layout.size]) for name in ("parameters", *MOMENTS[optimizer])]
    return inputs + [tensor(name, []) for name in scalar_names(config)]


class _Step(NamedTuple):
    """Names of what a step gives."""

    state: list[str]
    """The weights and the optimizer's moments."""
    matrices: list[str]
    losses: str
    latents: str


def _step(
    graph: Graph, config: RunConfig, held: Sequence[str], of_step: Callable[[str], str], most: int | None = None
) -> _Step:
    """Add the nodes of one step.

    Args:
        graph: Where they go.
        config: The run.
        held: Names of weights and moments before the step.
        of_step: Gives the name of an input's value in this step.
        most: Most outputs of a node; None for any number.
    """
    layout, optimizer = layout_of(config.model), config.optimizer.name
    images = of_step("images")
    batch = Batch(
        images=images,
        entered=images if config.objective.corruption == "none" else of_step("corrupted"),
        noise=of_step("noise") if layout.heads else None,
    )
    result = gradients_of(graph, config, layout, Weights.split(graph, layout, held[0], most), batch)
    root = None if optimizer == "sgd" else of_step("root")
    moved = update(graph, optimizer, held[0], result.gradient, held[1:], of_step("rate"), root)
    return _Step([moved.parameters, *moved.moments], result.matrices, result.losses, result.latents)


@functools.lru_cache(maxsize=256)
def _write_loop(config: RunConfig) -> bytes:
    layout, latent_dim = layout_of(config.model), config.model.latent_dim
    graph = Graph()
    body = Graph(graph)
    body.rename("going", "goes_on")
    state = ["parameters", *MOMENTS[config.optimizer.name]]
    held = [f"held_{name}" for name in state]
    found = _step(body, config, held, lambda name: body.op("Gather", name, "step", axis=0))
    for value, name in zip(found.state, state, strict=True):
        body.rename(value, f"next_{name}")
    body.rename(_norms_of_last(body, found.matrices), "next_gradients")
    measured: dict[str, list[int | str]] = {"losses": [3], "latents": ["B", latent_dim]}
    for value, name in zip((found.losses, found.latents), measured, strict=True):
        body.rename(value, f"{name}_of_step")
    loop = body.close(
        [
            tensor("step", [], "INT64"),
            tensor("going", [], "BOOL"),
            *(tensor(name, [layout.size]) for name in held),
            tensor("held_gradients", [len(layout.layers)]),
        ],
        [
            tensor("goes_on", [], "BOOL"),
            *(tensor(f"next_{name}", [layout.size]) for name in state),
            tensor("next_gradients", [len(layout.layers)]),
            *(tensor(f"{name}_of_step", shape) for name, shape in measured.items()),
        ],
    )
    steps = graph.op("Gather", graph.op("Shape", "images"), graph.integers(0))
    graph.rename(graph.op("Sub", steps, graph.integers(1)), "last_step")
    moments = [graph.op("Shrink", name, bias=0.0, lambd=TINY) for name in state[1:]]
    begun = ["parameters", *moments, graph.floats([0.0] * len(layout.layers))]
    outputs = [*(f"new_{name}" for name in state), "gradients", *measured]
    graph.nodes.append(package("onnx").helper.make_node("Loop", [steps, "", *begun], outputs, body=loop))
    return model_bytes(graph, _inputs(config, ["K"]), _outputs(config, ["K"]))


@functools.lru_cache(maxsize=256)
def _write_single(config: RunConfig) -> bytes:
    graph = Graph()
    state = ["parameters", *MOMENTS[config.optimizer.name]]
    found = _step(graph, config, state, lambda name: name, _MOST_OUTPUTS)
    for value, name in zip(found.state, state, strict=True):
        graph.rename(value, f"new_{name}")
    graph.rename(_norms(graph, found.matrices), "gradients")
    graph.rename(found.losses, "losses")
    graph.rename(found.latents, "latents")
    return model_bytes(graph, _inputs(config, []), _outputs(config, []))


def _outputs(config: RunConfig, steps: Sequence[str]) -> list[Any]:
    layout = layout_of(config.model)
    return [
        *(tensor(f"new_{name}", [layout.size]) for name in ("parameters", *MOMENTS[config.optimizer.name])),
        tensor("gradients", [len(layout.layers)]),
        tensor("losses", [*steps, 3]),
        tensor("latents", [*steps, "B", config.model.latent_dim]),
    ]


def _norms(graph: Graph, matrices: Sequence[str]) -> str:
    """Return the norms of some vectors as one vector."""
    return graph.op("Concat", *(graph.op("ReduceL2", matrix, keepdims=1) for matrix in matrices), axis=0)


def _norms_of_last(body: Graph, matrices: Sequence[str]) -> str:
    """Return the norms of some vectors in the last step of the loop, and before it what the loop holds."""
    last, before = Graph(body), Graph(body)
    norms = _norms(last, matrices)
    held = before.op("Identity", "held_gradients")
    return body.op(
        "If",
        body.op("Equal", "step", "last_step"),
        then_branch=last.close([], [tensor(norms, [len(matrices)])]),
        else_branch=before.close([], [tensor(held, [len(matrices)])]),
    )
