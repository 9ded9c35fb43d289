"""Dense layers as ONNX nodes: forward, and backward by the chain rule.

A batch is (B, width) throughout. Gradients are of the whole objective, which is a mean over the batch, so no layer
divides by B.

References:
    D. Rumelhart, G. Hinton, R. Williams, Learning representations by back-propagating errors, Nature 323 (1986).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aeviz.export.step.graph import Graph
from aeviz.export.step.layout import Dense, Layout
from aeviz.models.bottlenecks.gaussian import LOG_VARIANCE_LIMIT

_FORWARD = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "elu": "Elu", "leaky_relu": "LeakyRelu"}
LEAK = 0.01
"""Slope of the leaky ReLU below 0, torch's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Names of the tensors of weights in a graph, by their names in the state_dict."""

    names: dict[str, str]

    @classmethod
    def split(cls, graph: Graph, layout: Layout, vector: str, most: int | None = None) -> "Weights":
        """Part the vector of all weights into matrices and biases, at most `most` of them by one node."""
        parts = _split(graph, vector, [slot.size for slot in layout.slots], most or len(layout.slots))
        return cls(
            names={
                slot.name: part if len(slot.shape) == 1 else graph.op("Reshape", part, graph.integers(slot.shape))
                for slot, part in zip(layout.slots, parts, strict=True)
            }
        )


def _split(graph: Graph, vector: str, sizes: Sequence[int], most: int) -> list[str]:
    """Return the names of the parts of a vector, whose sizes are given."""
    groups = [sizes[at : at + most] for at in range(0, len(sizes), most)]
    if len(groups) == 1:
        return graph.ops("Split", vector, graph.integers(list(sizes)), count=len(sizes), axis=0)
    wholes = _split(graph, vector, [sum(group) for group in groups], most)
    return [part for whole, group in zip(wholes, groups, strict=True) for part in _split(graph, whole, group, most)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the forward pass of a chain of layers leaves for the backward pass."""

    inputs: tuple[str, ...]
    """Input of each layer, (B, in)."""
    outputs: tuple[str, ...]
    """Output of each layer after its activation, (B, out)."""


def forward(graph: Graph, layers: Sequence[Dense], weights: Weights, x: str) -> Trace:
    """Send a batch (B, in) through layers; a linear encoder before a Gaussian bottleneck has none."""
    inputs, outputs = [], []
    for layer in layers:
        inputs.append(x)
        x = graph.op("Gemm", x, weights.names[layer.weight.name], weights.names[layer.bias.name], transB=1)
        if layer.activation is not None:
            extra = {"alpha": LEAK} if layer.activation == "leaky_relu" else {}
            x = graph.op(_FORWARD[layer.activation], x, **extra)
        outputs.append(x)
    return Trace(inputs=tuple(inputs), outputs=tuple(outputs))


class Posterior(NamedTuple):
    """What the heads of a Gaussian bottleneck give, each (B, D)."""

    mean: str
    log_variance: str
    """Clamped as in `GaussianBottleneck`."""
    raw: str
    """The same before it was clamped."""


def posterior(graph: Graph, layout: Layout, weights: Weights, features: str) -> Posterior:
    """Send features (B, F) through the heads of a Gaussian bottleneck."""
    mean, raw = (forward(graph, [head], weights, features).outputs[0] for head in layout.heads)
    limit, least = graph.floats(LOG_VARIANCE_LIMIT), graph.floats(-LOG_VARIANCE_LIMIT)
    return Posterior(mean=mean, log_variance=graph.op("Max", graph.op("Min", raw, limit), least), raw=raw)


def backward(
    graph: Graph,
    layers: Sequence[Dense],
    weights: Weights,
    trace: Trace,
    gradient: str,
    gradients: dict[str, str],
    *,
    to_input: bool,
) -> str | None:
    """Send the gradient of the objective back through layers.

    Args:
        graph: Where the nodes go.
        layers: The layers of `forward`.
        weights: Likewise.
        trace: Its result.
        gradient: With respect to the output of the last layer, (B, out).
        gradients: Takes the name of the gradient of each tensor of weights, flat, by its name in the state_dict.
        to_input: Whether the gradient with respect to the input is wanted.

    Returns:
        The gradient with respect to the input, (B, in); None where it is not wanted.
    """
    for place in reversed(range(len(layers))):
        layer = layers[place]
        gradient = through_activation(graph, layer.activation, trace.outputs[place], gradient)
        matrix = graph.op("Gemm", gradient, trace.inputs[place], transA=1)
        gradients[layer.weight.name] = graph.op("Reshape", matrix, graph.integers([-1]))
        gradients[layer.bias.name] = graph.op("ReduceSum", gradient, graph.integers([0]), keepdims=0)
        if place or to_input:
            gradient = graph.op("MatMul", gradient, weights.names[layer.weight.name])
    return gradient if to_input else None


def through_activation(graph: Graph, activation: str | None, output: str, gradient: str) -> str:
    """Multiply a gradient by the slope of an activation, found from the activation's own output as torch does."""
    if activation is None:
        return gradient
    one = graph.floats(1.0)
    if activation == "relu":
        return graph.op("Where", graph.op("Greater", output, graph.floats(0.0)), gradient, graph.floats(0.0))
    if activation == "tanh":
        slope = graph.op("Sub", one, graph.op("Mul", output, output))
    elif activation == "sigmoid":
        slope = graph.op("Mul", output, graph.op("Sub", one, output))
    elif activation == "elu":  # 1 above 0, and exp(x) = output + 1 below
        slope = graph.op("Add", graph.op("Min", output, graph.floats(0.0)), one)
    else:
        is_above = graph.op("Greater", output, graph.floats(0.0))
        slope = graph.op("Where", is_above, one, graph.floats(LEAK))
    return graph.op("Mul", gradient, slope)
