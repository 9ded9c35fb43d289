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
from collections.abc import Sequence

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
    check_supported(config)
    objective = ObjectiveConfig(
        reconstruction=config.objective.reconstruction,
        kl_reduction=config.objective.kl_reduction,
        penalty=config.objective.penalty,
        corruption="none" if config.objective.corruption == "none" else "masking",
    )
    optimizer = OptimizerConfig(name=config.optimizer.name)
    return _write(RunConfig(model=config.model, objective=objective, optimizer=optimizer))


@functools.lru_cache(maxsize=256)
def _write(config: RunConfig) -> bytes:
    layout, optimizer = layout_of(config.model), config.optimizer.name
    pixels, latent_dim = math.prod(config.model.image_shape), config.model.latent_dim
    is_corrupted, has_root = config.objective.corruption != "none", optimizer != "sgd"
    graph = Graph()
    body = Graph(graph)
    body.rename("going", "goes_on")
    state = ["parameters", *MOMENTS[optimizer]]
    held = [f"held_{name}" for name in state]

    def of_step(name: str) -> str:
        return body.op("Gather", name, "step", axis=0)

    images = of_step("images")
    batch = Batch(
        images=images,
        entered=of_step("corrupted") if is_corrupted else images,
        noise=of_step("noise") if layout.heads else None,
    )
    result = gradients_of(body, config, layout, Weights.split(body, layout, held[0]), batch)
    root = of_step("root") if has_root else None
    moved = update(body, optimizer, held[0], result.gradient, held[1:], of_step("rate"), root)
    for value, name in zip((moved.parameters, *moved.moments), state, strict=True):
        body.rename(value, f"next_{name}")
    body.rename(_norms(body, result.matrices), "next_gradients")
    measured: dict[str, list[int | str]] = {"losses": [3], "latents": ["B", latent_dim]}
    for value, name in zip((result.losses, result.latents), measured, strict=True):
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
    inputs = [tensor("images", ["K", "B", pixels])]
    if is_corrupted:
        inputs.append(tensor("corrupted", ["K", "B", pixels]))
    if layout.heads:
        inputs.append(tensor("noise", ["K", "B", latent_dim]))
    inputs += [tensor(name, ["K"]) for name in (("rate", "root") if has_root else ("rate",))]
    inputs += [tensor(name, [layout.size]) for name in state]
    inputs += [tensor(name, []) for name in scalar_names(config)]
    return model_bytes(
        graph,
        inputs,
        [
            *(tensor(f"new_{name}", [layout.size]) for name in state),
            tensor("gradients", [len(layout.layers)]),
            *(tensor(name, ["K", *shape]) for name, shape in measured.items()),
        ],
    )


def _norms(body: Graph, matrices: Sequence[str]) -> str:
    """Return the norms of some vectors in the last step of the loop, and before it what the loop holds."""
    last, before = Graph(body), Graph(body)
    norms = last.op("Concat", *(last.op("ReduceL2", matrix, keepdims=1) for matrix in matrices), axis=0)
    held = before.op("Identity", "held_gradients")
    return body.op(
        "If",
        body.op("Equal", "step", "last_step"),
        then_branch=last.close([], [tensor(norms, [len(matrices)])]),
        else_branch=before.close([], [tensor(held, [len(matrices)])]),
    )
