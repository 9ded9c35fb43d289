"""Reads an ONNX file as a graph of known operators. Runs nothing of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aeviz.errors import ImportedModelError, reason_of
from aeviz.export.packages import package
from aeviz.models.foreign.graph import MOST_CONSTANT, MOST_NODES, Attribute, Constant, Graph, Node
from aeviz.models.foreign.network import TABLE

MOST_BYTES = 512 << 20
"""Largest file that is read."""
_DAMAGED = (RuntimeError, ValueError, TypeError, LookupError, AttributeError, OverflowError)
"""What the package onnx raises on fields that contradict each other: not all of them are checked by its checker."""
OLDEST_OPSET, NEWEST_OPSET = 11, 25
"""Versions of the operators that are read; older ones are converted."""
_RANDOM = {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"}
_INNER = {"If", "Loop", "Scan", "SequenceMap"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnnxNetwork:
    """A network as a file has it, its ends not fitted yet."""

    name: str
    """Of the file, for messages."""
    graph: Graph
    weights: Mapping[str, np.ndarray]
    """float32, by name."""
    input_shape: tuple[int | None, ...] | None
    """None for a side that is free, or for a shape that the file does not state."""
    output_shapes: tuple[tuple[int | None, ...] | None, ...]
    """Likewise, of each output of the graph."""
    producer: str
    """The program that wrote the file, such as "pytorch 2.14"; empty where it does not say."""

    def with_outputs(self, outputs: tuple[str, ...]) -> "OnnxNetwork":
        """Return the network with some of its outputs, and only with what they depend on."""
        shapes = dict(zip(self.graph.outputs, self.output_shapes, strict=True))
        graph = self.graph.pruned(outputs)
        return replace(
            self,
            graph=graph,
            weights={name: self.weights[name] for name in graph.weights},
            output_shapes=tuple(shapes[name] for name in outputs),
        )


def read_network(content: bytes, name: str) -> OnnxNetwork:
    """Read an ONNX file.

    Args:
        content: The file.
        name: Its name, for messages.

    Raises:
        ImportedModelError: It is no ONNX model, too large, split over several files, or malformed.
        ExportError: The package onnx is not installed.
    """
    onnx = package("onnx")
    broken = package("google.protobuf.message").DecodeError
    if len(content) > MOST_BYTES:
        raise ImportedModelError(f"{name} has {len(content):,} bytes; expected at most {MOST_BYTES:,}")
    try:
        model = onnx.load_model_from_string(content)
        if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer):
            raise ImportedModelError(
                f"{name} keeps its weights in another file; export it again as one file, in PyTorch with "
                "external_data=False"
            )
        onnx.checker.check_model(model)
        if len(model.functions):
            model = onnx.inliner.inline_local_functions(model)
        return _translate(onnx, _modern(onnx, model, name), name)
    except ImportedModelError:
        raise
    except (broken, onnx.checker.ValidationError, *_DAMAGED) as error:
        reason = reason_of(str(error).strip().partition("\n")[0] or "it cannot be decoded")
        raise ImportedModelError(
            f"{name} is no ONNX model: {reason}; expected a file that an exporter wrote"
        ) from error


def check_operators(network: OnnxNetwork) -> None:
    """Check that aeviz can compute every operator; call it when the outputs are chosen.

    Raises:
        ImportedModelError: Some are unknown; the message lists them and says what to do.
    """
    ops = {node.op for node in network.graph.nodes}
    if random := sorted(ops & _RANDOM):
        raise ImportedModelError(
            f"{network.name} draws random numbers ({', '.join(random)}); export the mean of the posterior in place of "
            "a sample"
        )
    if inner := sorted(ops & _INNER):
        raise ImportedModelError(
            f"{network.name} has {', '.join(inner)}, which holds networks of its own; export it without branches and "
            "loops, in PyTorch with dynamo=True"
        )
    if unknown := sorted(ops - set(TABLE)):
        raise ImportedModelError(
            f"{network.name} needs {', '.join(unknown)}, which aeviz cannot compute; expected only: "
            f"{', '.join(sorted(TABLE))}; export the network without an optimizer of graphs, or with opset_version=18"
        )


def _modern(onnx: Any, model: Any, name: str) -> Any:
    """Return the model with operators of a version that is read."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    opset = versions.get("", versions.get("ai.onnx", 0))
    if opset > NEWEST_OPSET:
        raise ImportedModelError(
            f"{name} has operators of version {opset}; expected at most {NEWEST_OPSET}; export it with opset_version=18"
        )
    if opset >= OLDEST_OPSET:
        return model
    try:
        return onnx.version_converter.convert_version(model, 13)
    except RuntimeError as error:
        raise ImportedModelError(
            f"{name} has operators of version {opset}, which cannot be converted: "
            f"{str(error).strip().partition(chr(10))[0]}; export it with opset_version=18"
        ) from error


def _translate(onnx: Any, model: Any, name: str) -> OnnxNetwork:
    source = model.graph
    if len(source.node) > MOST_NODES:
        raise ImportedModelError(f"{name} has {len(source.node):,} operators; expected at most {MOST_NODES:,}")
    weights: dict[str, np.ndarray] = {}
    constants: dict[str, Constant] = {}
    nodes: list[Node] = []
    for tensor in source.initializer:
        _keep(onnx, onnx.numpy_helper.to_array(tensor), tensor.name, name, weights, constants)
    for node in source.node:
        if node.domain not in ("", "ai.onnx"):
            raise ImportedModelError(
                f"{name} needs {node.domain}:{node.op_type}, which is no standard operator; export the network "
                "without an optimizer of graphs"
            )
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        if node.op_type == "Constant":
            (value,) = attributes.values()
            values = onnx.numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.array(value)
            _keep(onnx, values, node.output[0], name, weights, constants)
            continue
        nodes.append(
            Node(
                op=node.op_type,
                inputs=tuple(node.input),
                outputs=tuple(node.output),
                attributes={
                    key: plain for key, value in attributes.items() if (plain := _attribute(onnx, value)) is not None
                },
            )
        )
    free = [each for each in source.input if each.name not in weights and each.name not in constants]
    if len(free) != 1:
        names = ", ".join(each.name for each in free) or "none"
        raise ImportedModelError(f"{name} has {len(free)} inputs ({names}); expected one: the images, or the points")
    graph = Graph(
        input=free[0].name,
        outputs=tuple(each.name for each in source.output),
        nodes=tuple(nodes),
        weights={key: value.shape for key, value in weights.items()},
        constants=constants,
        opset=next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")),
    )
    if problem := graph.problem():
        raise ImportedModelError(f"{name} is no network that can be computed: {problem}")
    return OnnxNetwork(
        name=name,
        graph=graph,
        weights=weights,
        input_shape=_shape(free[0]),
        output_shapes=tuple(_shape(each) for each in source.output),
        producer=" ".join(f"{model.producer_name} {model.producer_version}".split()),
    )


def _keep(
    onnx: Any,
    values: np.ndarray,
    name: str,
    file: str,
    weights: dict[str, np.ndarray],
    constants: dict[str, Constant],
) -> None:
    """Keep a tensor of the file: numbers as weights, whole numbers and truth values as constants."""
    if values.dtype.kind in "iub" and values.size <= MOST_CONSTANT:
        flat = tuple(int(each) for each in values.flatten())
        constants[name] = Constant(shape=values.shape, values=flat, is_bool=values.dtype.kind == "b")
    elif values.dtype.kind in "fV" and values.dtype.itemsize <= 8:  # V: bfloat16
        weights[name] = values.astype(np.float32)
    else:
        raise ImportedModelError(
            f"{file} holds {values.size:,} values of type {values.dtype} in {name!r}; expected weights in floating "
            "point; quantized networks are not read"
        )


def _attribute(onnx: Any, value: Any) -> Attribute | None:
    """Return an attribute as JSON can have it; None for one that is a network, which `check_operators` refuses."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, int | float):
        return value
    if isinstance(value, onnx.TensorProto):
        array = onnx.numpy_helper.to_array(value)
        return array.flatten()[0].item() if array.size == 1 else None
    if isinstance(value, onnx.GraphProto):
        return None
    values = list(value)
    return values if all(isinstance(each, int | float) for each in values) else None


def _shape(end: Any) -> tuple[int | None, ...] | None:
    if not end.type.tensor_type.HasField("shape"):
        return None
    return tuple(side.dim_value or None for side in end.type.tensor_type.shape.dim)
