"""A network of another program as an `Autoencoder`, which every page, measure and export takes like our own."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.errors import CheckpointFormatError, DataError
from aeviz.models.autoencoder import Autoencoder
from aeviz.models.bottlenecks import Bottleneck, Code, GaussianPosterior, Posterior
from aeviz.models.bottlenecks.gaussian import LOG_VARIANCE_LIMIT
from aeviz.models.foreign.graph import Graph, Node
from aeviz.models.foreign.layers import LAYERS
from aeviz.models.foreign.operators import MOST_VALUES, OPERATORS, Operator

TABLE: Mapping[str, Operator] = {**OPERATORS, **LAYERS}
"""How each operator is computed, by its name in ONNX."""
CHUNK_VALUES = 1 << 26
"""Numbers that an operator returns at most at once: larger batches go through in parts. 268 MB of float32."""


class GraphModule(nn.Module):
    """Computes a graph.

    Args:
        graph: Its operators. The weights, with its shapes, wait in the parameters w0, w1, ... to be loaded.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        unknown = sorted({node.op for node in graph.nodes} - set(TABLE))
        if unknown:
            raise DataError(f"no operator {', '.join(unknown)} is known here")
        self._weights = {name: f"w{index}" for index, name in enumerate(graph.weights)}
        for name, shape in graph.weights.items():
            self.register_parameter(self._weights[name], nn.Parameter(torch.zeros(shape), requires_grad=False))
        for index, (name, each) in enumerate(graph.constants.items()):
            values = torch.tensor(each.values, dtype=torch.bool if each.is_bool else torch.int64).reshape(each.shape)
            self.register_buffer(f"c{index}", values, persistent=False)
            self._weights[name] = f"c{index}"
        last = {name: index for index, node in enumerate(graph.nodes) for name in node.inputs}
        self._spent: list[list[str]] = [[] for _ in graph.nodes]
        for name, index in last.items():
            if name and name not in graph.outputs and name not in self._weights:
                self._spent[index].append(name)
        self.out_features = 0
        """Width of the output, for an encoder."""

    def forward(self, x: Tensor) -> Tensor:
        """Compute a batch; several outputs are put beside each other along the second axis."""
        return torch.cat(self.outputs(x), dim=1)

    def outputs(self, x: Tensor) -> tuple[Tensor, ...]:
        """Compute a batch, in parts where an operator would return too many numbers at once.

        Raises:
            DataError: An operator cannot be computed.
        """
        most = max(1, CHUNK_VALUES // max(1, self.graph.peak))
        if len(x) <= most:
            return self._compute(x)
        parts = [self._compute(x[start : start + most]) for start in range(0, len(x), most)]
        return tuple(torch.cat(each) for each in zip(*parts, strict=True))

    def weights(self) -> dict[str, np.ndarray]:
        """Return the weights by their names in the graph."""
        return {name: getattr(self, self._weights[name]).detach().cpu().numpy() for name in self.graph.weights}

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take the weights of the graph by their names."""
        with torch.no_grad():
            for name in self.graph.weights:
                getattr(self, self._weights[name]).copy_(torch.from_numpy(np.asarray(weights[name], np.float32)))

    def measure_peak(self, x: Tensor) -> int:
        """Return how many numbers the largest result of an operator has for one input of the batch."""
        return math.ceil(max((math.prod(shape) for _, shape in self.trace(x)), default=x.numel()) / len(x))

    def trace(self, x: Tensor) -> list[tuple[Node, tuple[int, ...]]]:
        """Return each operator with the shape of its first result for a batch."""
        seen: list[tuple[Node, tuple[int, ...]]] = []
        self._compute(x, seen)
        return seen

    def _compute(self, x: Tensor, seen: list[tuple[Node, tuple[int, ...]]] | None = None) -> tuple[Tensor, ...]:
        values: dict[str, Tensor | None] = {name: getattr(self, place) for name, place in self._weights.items()}
        values[""] = None
        values[self.graph.input] = x
        for node, spent in zip(self.graph.nodes, self._spent, strict=True):
            results = self._run(node, values)
            values.update(zip(node.outputs, results, strict=False))
            if seen is not None:
                seen.append((node, tuple(results[0].shape)))
            for name in spent:
                del values[name]
        found = [values[name] for name in self.graph.outputs]
        return tuple(value for value in found if value is not None)

    def _run(self, node: Node, values: Mapping[str, Tensor | None]) -> tuple[Tensor, ...]:
        inputs = [values[name] for name in node.inputs]
        try:
            found: Any = TABLE[node.op](node, inputs, self.graph.opset)
        except (RuntimeError, ValueError, IndexError, TypeError, KeyError, ZeroDivisionError) as error:
            if isinstance(error, DataError):
                raise
            shapes = ", ".join("none" if each is None else str(tuple(each.shape)) for each in inputs)
            reason = " ".join(str(error).split()) or type(error).__name__
            raise DataError(f"{node.op} cannot be computed for {shapes}: {reason}") from error
        results: tuple[Tensor, ...] = found if isinstance(found, tuple) else (found,)
        if any(result.numel() > MOST_VALUES for result in results):
            raise DataError(f"{node.op} returns more than {MOST_VALUES:,} numbers")
        return results


class GivenPoint(Bottleneck):
    """The encoder gives the latent point itself."""

    def forward(
        self,
        features: Float[Tensor, "N D"],
        noise: Float[Tensor, "N D"] | None = None,
        prior_mean: Float[Tensor, "N D"] | None = None,
    ) -> Code:
        """Return the points."""
        return Code(z=features, kl=None)

    def mean(self, features: Float[Tensor, "N D"]) -> Float[Tensor, "N D"]:
        """Return the points."""
        return features

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return no rows."""
        return []


class GivenPosterior(GaussianPosterior):
    """The encoder gives the mean and the log-variance beside each other."""

    def posterior(self, features: Float[Tensor, "N F"]) -> Posterior:
        """Return the posterior of each image."""
        mean, log_variance = features.chunk(2, dim=1)
        return Posterior(mean=mean, log_variance=log_variance.clamp(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT))

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return no rows."""
        return []


class ForeignAutoencoder(Autoencoder):
    """An autoencoder of two graphs.

    Args:
        config: Image shape and latent dimension; its encoder is "foreign".
        encoder: From images (N, C, H, W) in [0, 1] to points (N, D), or to means and log-variances.
        decoder: From points (N, D) to images (N, C, H, W).
    """

    encoder: GraphModule  # type: ignore[assignment]
    decoder: GraphModule  # type: ignore[assignment]

    def __init__(self, config: ModelConfig, encoder: Graph, decoder: Graph) -> None:
        nn.Module.__init__(self)
        self.config = config
        self.encoder = GraphModule(encoder)
        self.encoder.out_features = len(encoder.outputs) * config.latent_dim
        self.bottleneck = GivenPosterior() if config.is_variational else GivenPoint()
        self.decoder = GraphModule(decoder)
        self.register_buffer("anchors", None, persistent=False)


def build_foreign(config: ModelConfig, encoder: Graph, decoder: Graph, where: str) -> ForeignAutoencoder:
    """Build the network; its weights are to be loaded.

    Args:
        config: Of the run.
        encoder: Its graph.
        decoder: Its graph.
        where: What a message calls the file of the graphs.

    Raises:
        CheckpointFormatError: An operator is unknown, or the outputs do not fit the config.
    """
    expected = 2 if config.is_variational else 1
    if len(encoder.outputs) != expected or len(decoder.outputs) != 1:
        raise CheckpointFormatError(
            f"{where} has {len(encoder.outputs)} and {len(decoder.outputs)} outputs; expected {expected} and 1; import "
            "the model again"
        )
    try:
        return ForeignAutoencoder(config, encoder, decoder)
    except DataError as error:
        raise CheckpointFormatError(f"{where}: {error}; import the model with this version of aeviz") from error
