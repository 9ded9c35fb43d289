"""An imported network as ONNX again, for the page and for other programs."""

from typing import Any

import numpy as np

from aeviz.export.beside import PartName
from aeviz.export.files import ENDS
from aeviz.export.packages import package
from aeviz.models.foreign.graph import Node
from aeviz.models.foreign.network import ForeignAutoencoder

_IR_VERSIONS = ((18, 8), (20, 9), (22, 10), (25, 12))
"""Highest version of the operators, and the oldest version of the file format that holds it: any runtime reads that."""
_NEWEST_IR = 13


def write_graph(model: ForeignAutoencoder, part: PartName) -> Any:
    """Return a part of an imported network as an onnx.ModelProto with float32 weights, as `aeviz.export.onnx` says."""
    onnx = package("onnx")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    module = model.decoder if part == "decoder" else model.encoder
    graph = module.graph.pruned(module.graph.outputs[:1])
    source, target = ENDS[part]

    def rename(name: str) -> str:
        return source if name == graph.input else f"v.{name}" if name else ""

    nodes = [_node(helper, node, rename) for node in graph.nodes]
    weights = module.weights()
    initializers = [numpy_helper.from_array(weights[name].astype(np.float32), rename(name)) for name in graph.weights]
    for name, each in graph.constants.items():
        values = np.array(each.values, bool if each.is_bool else np.int64).reshape(each.shape)
        initializers.append(numpy_helper.from_array(values, rename(name)))
    last = rename(graph.outputs[0])
    if part == "decoder":
        bounds = {"zero": np.float32(0), "one": np.float32(1)}
        initializers += [numpy_helper.from_array(np.array(value), name) for name, value in bounds.items()]
        nodes.append(helper.make_node("Clip", [last, *bounds], [target]))
    else:
        nodes.append(helper.make_node("Identity", [last], [target]))
    config = model.config
    sides = {"z": [config.latent_dim], "image": list(config.image_shape)}
    ends = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", *sides[name]]) for name in (source, target)
    ]
    made = helper.make_graph(nodes, part, ends[:1], ends[1:], initializers)
    written = helper.make_model(made, opset_imports=[helper.make_opsetid("", graph.opset)])
    written.ir_version = next((ir for opset, ir in _IR_VERSIONS if graph.opset <= opset), _NEWEST_IR)
    return written


def _node(helper: Any, node: Node, rename: Any) -> Any:
    attributes: dict[str, Any] = dict(node.attributes)
    if node.op == "ConstantOfShape" and "value" in attributes:
        value = attributes["value"]
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(np.float32 if isinstance(value, float) else np.int64))
        attributes["value"] = helper.make_tensor("value", kind, [1], [value])
    inputs, outputs = ([rename(name) for name in names] for names in (node.inputs, node.outputs))
    return helper.make_node(node.op, inputs, outputs, **attributes)
