"""The objective as ONNX nodes: each term and its gradient, with PyTorch's own rules at the edges.

The terms are those of `aeviz.objectives`, with the same reductions: mean over pixels and images of the reconstruction
loss, mean over images of the KL divergence, and so on.
"""

from dataclasses import dataclass

from aeviz.config import ObjectiveConfig
from aeviz.export.step.graph import Graph

LOG_LIMIT = -100.0
"""Least logarithm of a probability in the binary cross-entropy, torch's."""
SLOPE_LIMIT = 1e-12
"""Least y (1 - y) by which torch divides in the gradient of the binary cross-entropy."""
ACTIVE_LIMIT = 1e-6
"""Distance that a mean activation keeps from 0 and 1, as in `aeviz.objectives.penalties`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of the objective, without its weight."""

    value: str
    """Scalar."""
    gradient: str
    """With respect to the term's argument, in that argument's shape."""


def reconstruction(graph: Graph, name: str, output: str, images: str, pixels: int) -> Term:
    """Return mse, l1 or bce between reconstructions (B, P) and images (B, P), and its gradient in the former."""
    count = graph.op("Mul", _rows(graph, images), graph.floats(float(pixels)))
    difference = graph.op("Sub", output, images)
    if name == "mse":
        value = graph.op("Div", graph.op("ReduceSumSquare", difference, keepdims=0), count)
        return Term(value=value, gradient=graph.op("Mul", difference, graph.op("Div", graph.floats(2.0), count)))
    if name == "l1":
        value = graph.op("ReduceMean", graph.op("Abs", difference), keepdims=0)
        return Term(value=value, gradient=graph.op("Div", _sign(graph, difference), count))
    one, limit = graph.floats(1.0), graph.floats(LOG_LIMIT)
    rest = graph.op("Sub", one, output)
    yes = graph.op("Max", graph.op("Log", output), limit)
    no = graph.op("Max", graph.op("Log", rest), limit)
    # x log y + (1 - x) log(1 - y) = log(1 - y) + x (log y - log(1 - y))
    likelihood = graph.op("Add", no, graph.op("Mul", images, graph.op("Sub", yes, no)))
    slope = graph.op("Max", graph.op("Mul", output, rest), graph.floats(SLOPE_LIMIT))
    return Term(
        value=graph.op("Neg", graph.op("ReduceMean", likelihood, keepdims=0)),
        gradient=graph.op("Div", graph.op("Div", difference, slope), count),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """KL(N(mean, exp(log_variance)) || N(0, I)) and its gradients."""

    nats: str
    """Scalar: the sum over dimensions, averaged over images, whatever the reduction."""
    reduced: str
    """Scalar: as the objective counts it."""
    by_mean: str
    """Gradient of `reduced`, (B, D)."""
    by_log_variance: str
    """Likewise."""


def divergence(graph: Graph, config: ObjectiveConfig, mean: str, log_variance: str, latent_dim: int) -> Divergence:
    """Return the divergence of a batch of posteriors from the prior (Kingma and Welling 2014, appendix B)."""
    one, half = graph.floats(1.0), graph.floats(0.5)
    variance_less_one = graph.op("Sub", graph.op("Exp", log_variance), one)
    square = graph.op("Mul", mean, mean)
    twice = graph.op("Sub", graph.op("Add", square, variance_less_one), log_variance)
    rows = _rows(graph, mean)
    nats = graph.op("Div", graph.op("Mul", graph.op("ReduceSum", twice, keepdims=0), half), rows)
    share = 1.0 if config.kl_reduction == "sum" else 1.0 / latent_dim
    scale = graph.op("Div", graph.floats(share), rows)
    return Divergence(
        nats=nats,
        reduced=graph.op("Mul", nats, graph.floats(share)),
        by_mean=graph.op("Mul", mean, scale),
        by_log_variance=graph.op("Mul", variance_less_one, graph.op("Mul", half, scale)),
    )


def penalty(graph: Graph, config: ObjectiveConfig, z: str, latent_dim: int, sparsity: str) -> Term | None:
    """Return the penalty on latent points (B, D) that the config names, or None.

    Args:
        graph: Where the nodes go.
        config: Which penalty.
        z: The latent points.
        latent_dim: D.
        sparsity: Scalar, the target activation of kl_sparsity.
    """
    rows = _rows(graph, z)
    count = graph.op("Mul", rows, graph.floats(float(latent_dim)))
    if config.penalty == "l1":
        value = graph.op("ReduceMean", graph.op("Abs", z), keepdims=0)
        return Term(value=value, gradient=graph.op("Div", _sign(graph, z), count))
    if config.penalty == "l2":
        value = graph.op("Div", graph.op("ReduceSumSquare", z, keepdims=0), count)
        return Term(value=value, gradient=graph.op("Mul", z, graph.op("Div", graph.floats(2.0), count)))
    if config.penalty != "kl_sparsity":
        return None
    one = graph.floats(1.0)
    lowest, highest = graph.floats(ACTIVE_LIMIT), graph.floats(1 - ACTIVE_LIMIT)
    mean = graph.op("ReduceMean", z, graph.integers([0]), keepdims=0)
    active = graph.op("Min", graph.op("Max", mean, lowest), highest)
    idle, rest = graph.op("Sub", one, active), graph.op("Sub", one, sparsity)
    on, off = graph.op("Div", sparsity, active), graph.op("Div", rest, idle)
    parts = graph.op("Add", graph.op("Mul", sparsity, graph.op("Log", on)), graph.op("Mul", rest, graph.op("Log", off)))
    is_free = graph.op("Equal", active, mean)  # a clamped mean has no slope
    slope = graph.op("Where", is_free, graph.op("Sub", off, on), graph.floats(0.0))
    return Term(
        value=graph.op("ReduceSum", parts, keepdims=0),
        gradient=graph.op("Expand", graph.op("Div", slope, rows), graph.op("Shape", z)),
    )


def _sign(graph: Graph, values: str) -> str:
    """Return -1, 0 or 1 for each value; the operator Sign is missing on GPUs."""
    above, below = (graph.op(kind, values, graph.floats(0.0)) for kind in ("Greater", "Less"))
    return graph.op("Sub", graph.op("Cast", above, to=1), graph.op("Cast", below, to=1))


def _rows(graph: Graph, batch: str) -> str:
    """Return the number of rows of a batch as a float32 scalar."""
    rows = graph.op("Gather", graph.op("Shape", batch), graph.integers(0))
    return graph.op("Cast", rows, to=1)
