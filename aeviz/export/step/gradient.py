"""The gradient of the objective in all weights: a pass forward and a pass back through the whole autoencoder."""

import math
from dataclasses import dataclass

from aeviz.config import RunConfig
from aeviz.export.step.graph import Graph
from aeviz.export.step.layers import Trace, Weights, backward, forward, posterior
from aeviz.export.step.layout import Layout
from aeviz.export.step.objective import divergence, penalty, reconstruction


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Names of the values of a batch."""

    images: str
    """What the reconstructions should equal, (B, P)."""
    entered: str
    """What is encoded, (B, P)."""
    noise: str | None
    """Draws from N(0, I), (B, D); None without a Gaussian bottleneck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Names of what a pass forward and back gives."""

    gradient: str
    """Of all weights in one vector, (n,)."""
    losses: str
    """(3,): the objective, the reconstruction loss without its weight, the KL in nats an image."""
    latents: str
    """Points of the batch, posterior means, (B, D)."""
    matrices: list[str]
    """The gradient of each matrix of weights, flat, in the order of `Layout.layers`."""


def gradients_of(graph: Graph, config: RunConfig, layout: Layout, weights: Weights, batch: Batch) -> Result:
    """Send a batch forward and the gradient of the objective back."""
    gradients: dict[str, str] = {}
    latent_dim = config.model.latent_dim
    encoded = _encode(graph, layout, weights, batch)
    decoded = forward(graph, layout.decoder, weights, encoded.z)
    pixels = math.prod(config.model.image_shape)
    error = reconstruction(graph, config.objective.reconstruction, decoded.outputs[-1], batch.images, pixels)
    total = graph.op("Mul", error.value, "reconstruction_weight")
    by_output = graph.op("Mul", error.gradient, "reconstruction_weight")
    by_z = backward(graph, layout.decoder, weights, decoded, by_output, gradients, to_input=True)
    assert by_z is not None
    nats = graph.floats(0.0)
    term = penalty(graph, config.objective, encoded.z, latent_dim, "sparsity")
    if term is not None:
        total = graph.op("Add", total, graph.op("Mul", term.value, "penalty_weight"))
        by_z = graph.op("Add", by_z, graph.op("Mul", term.gradient, "penalty_weight"))
    if encoded.heads is not None:
        kl = divergence(graph, config.objective, encoded.mean, encoded.heads.log_variance, latent_dim)
        nats = kl.nats
        total = graph.op("Add", total, graph.op("Mul", kl.reduced, "kl_weight"))
        by_mean = graph.op("Add", by_z, graph.op("Mul", kl.by_mean, "kl_weight"))
        by_log_variance = graph.op("Mul", by_z, encoded.heads.spread)
        by_log_variance = graph.op("Mul", by_log_variance, graph.floats(0.5))
        by_log_variance = graph.op("Add", by_log_variance, graph.op("Mul", kl.by_log_variance, "kl_weight"))
        by_raw = graph.op("Where", encoded.heads.is_free, by_log_variance, graph.floats(0.0))
        by_features = _through_heads(graph, layout, weights, encoded, (by_mean, by_raw), gradients)
    else:
        by_features = by_z
    if layout.encoder:
        backward(graph, layout.encoder, weights, encoded.trace, by_features, gradients, to_input=False)
    scalars = [graph.op("Reshape", value, graph.integers([1])) for value in (total, error.value, nats)]
    return Result(
        gradient=graph.op("Concat", *(gradients[slot.name] for slot in layout.slots), axis=0),
        losses=graph.op("Concat", *scalars, axis=0),
        latents=encoded.mean,
        matrices=[gradients[layer.weight.name] for layer in layout.layers],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """What the heads of a Gaussian bottleneck give, each (B, D)."""

    log_variance: str
    """Clamped as in `GaussianBottleneck`."""
    is_free: str
    """Where it is not clamped, and so has a slope."""
    spread: str
    """sigma * noise: z is the mean plus it, and its slope in the log-variance is half of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """What the encoder leaves."""

    z: str
    mean: str
    trace: Trace
    features: str
    heads: Heads | None


def _encode(graph: Graph, layout: Layout, weights: Weights, batch: Batch) -> Encoded:
    trace = forward(graph, layout.encoder, weights, batch.entered)
    features = trace.outputs[-1] if layout.encoder else batch.entered
    if batch.noise is None:
        return Encoded(z=features, mean=features, trace=trace, features=features, heads=None)
    mean, log_variance, raw = posterior(graph, layout, weights, features)
    deviation = graph.op("Exp", graph.op("Mul", log_variance, graph.floats(0.5)))
    spread = graph.op("Mul", deviation, batch.noise)
    heads = Heads(log_variance=log_variance, is_free=graph.op("Equal", raw, log_variance), spread=spread)
    return Encoded(z=graph.op("Add", mean, spread), mean=mean, trace=trace, features=features, heads=heads)


def _through_heads(
    graph: Graph,
    layout: Layout,
    weights: Weights,
    encoded: Encoded,
    by_heads: tuple[str, str],
    gradients: dict[str, str],
) -> str:
    """Return the gradient in the features: the sum of what comes back through mean and log-variance."""
    parts = []
    for head, gradient in zip(layout.heads, by_heads, strict=True):
        trace = Trace(inputs=(encoded.features,), outputs=("",))
        part = backward(graph, [head], weights, trace, gradient, gradients, to_input=bool(layout.encoder))
        parts.append(part or "")
    return graph.op("Add", *parts) if layout.encoder else ""
