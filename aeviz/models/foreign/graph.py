"""A network as operators of ONNX, without its weights: what network.json of an imported run holds. Needs no torch."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from aeviz.errors import CheckpointFormatError
from aeviz.records import shorten

MOST_NODES = 5_000
"""Most operators of a network."""
MOST_CONSTANT = 4_096
"""Most whole numbers in a constant: shapes, axes and indices, never weights."""
Attribute = int | float | str | list[int] | list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One operator."""

    op: str
    """Its name in ONNX, such as "Conv"."""
    inputs: tuple[str, ...]
    """Names of values; "" for one that is left out."""
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """Whole numbers or truth values that the network holds: shapes, axes, indices."""

    shape: tuple[int, ...]
    values: tuple[int, ...]
    is_bool: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """An encoder or a decoder."""

    input: str
    """Name of its input: images (N, C, H, W) in [0, 1], or latent points (N, D)."""
    outputs: tuple[str, ...]
    """Names of its outputs: the point or the mean, perhaps the log-variance, (N, D); or images (N, C, H, W)."""
    nodes: tuple[Node, ...]
    weights: Mapping[str, tuple[int, ...]]
    """Shapes of the weights, float32, by name."""
    constants: Mapping[str, Constant]
    opset: int
    """Version of the operators, which decides what some attributes mean."""
    peak: int = 0
    """Most numbers that a single operator returns for one input; 0 where that is not known yet."""

    @property
    def parameters(self) -> int:
        """Number of weights; single numbers without an axis are left out, such as the bounds of a function."""
        return sum(math.prod(shape) for shape in self.weights.values() if shape)

    def parameters_of(self, name: str) -> int:
        """Return how many numbers a weight has; 0 for any other value."""
        return math.prod(self.weights[name]) if name in self.weights else 0

    def pruned(self, outputs: tuple[str, ...]) -> "Graph":
        """Return the graph with these outputs, and only with what they depend on."""
        needed, nodes = set(outputs), list[Node]()
        for node in reversed(self.nodes):
            if needed & set(node.outputs):
                nodes.append(node)
                needed.update(node.inputs)
        return replace(
            self,
            outputs=outputs,
            nodes=tuple(reversed(nodes)),
            weights={name: shape for name, shape in self.weights.items() if name in needed},
            constants={name: each for name, each in self.constants.items() if name in needed},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any, where: str) -> "Graph":
        """Read what `to_dict` wrote.

        Args:
            values: JSON values.
            where: What a message calls them, such as "network.json of run 'mine'".

        Raises:
            CheckpointFormatError: They describe no network.
        """
        try:
            nodes = tuple(
                Node(
                    op=_text(node["op"]),
                    inputs=tuple(map(_text, node["inputs"])),
                    outputs=tuple(map(_text, node["outputs"])),
                    attributes={_text(name): _attribute(value) for name, value in node["attributes"].items()},
                )
                for node in values["nodes"]
            )
            graph = cls(
                input=_text(values["input"]),
                outputs=tuple(map(_text, values["outputs"])),
                nodes=nodes,
                weights={_text(name): _whole(shape) for name, shape in values["weights"].items()},
                constants={
                    _text(name): Constant(
                        shape=_whole(each["shape"]), values=_whole(each["values"]), is_bool=each["is_bool"] is True
                    )
                    for name, each in values["constants"].items()
                },
                opset=_whole([values["opset"]])[0],
                peak=_whole([values["peak"]])[0],
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise CheckpointFormatError(
                f"{where} describes no network: {shorten(str(error))}; import the model again"
            ) from error
        if problem := graph.problem():
            raise CheckpointFormatError(f"{where} describes no network: {problem}; import the model again")
        return graph

    def problem(self) -> str | None:
        """Return what is wrong with the names and sizes of the network; None where nothing is."""
        if len(self.nodes) > MOST_NODES:
            return f"it has {len(self.nodes):,} operators; expected at most {MOST_NODES:,}"
        for name, constant in self.constants.items():
            if math.prod(constant.shape) != len(constant.values) or len(constant.values) > MOST_CONSTANT:
                return f"constant {shorten(name)} has {len(constant.values):,} values for shape {constant.shape}"
        known = {"", self.input, *self.weights, *self.constants}
        for node in self.nodes:
            if missing := [name for name in node.inputs if name not in known]:
                return f"{node.op} takes {shorten(missing[0])}, which nothing before it gives"
            known.update(node.outputs)
        lost = [name for name in self.outputs if name not in known]
        return f"nothing gives its output {shorten(lost[0])}" if lost else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{shorten(value)} is no text")
    return value


def _whole(values: Any) -> tuple[int, ...]:
    numbers = tuple(values)
    for value in numbers:
        if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
            raise ValueError(f"{shorten(value)} is no whole number of 64 bits")
    return numbers


def _attribute(value: Any) -> Attribute:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, int | float | str) and not isinstance(each, bool) for each in values):
        raise TypeError(f"{shorten(value)} is no attribute")
    return list(value) if isinstance(value, list) else values[0]
