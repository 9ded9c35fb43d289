"""ONNX files for the tests, as other programs write them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Side = Sequence[int | str]


def file(
    nodes: Sequence[onnx.NodeProto],
    inputs: dict[str, Side],
    outputs: dict[str, Side | None],
    weights: dict[str, np.ndarray],
    opset: int = 18,
    *,
    domain: str = "",
) -> bytes:
    """Return the content of a file."""
    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.asarray(values), name) for name, values in weights.items()],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])],
        producer_name="maker",
        producer_version="1.0",
    )
    model.ir_version = 8
    model = onnx.shape_inference.infer_shapes(model)  # an output needs a shape, be it unknown
    for output in model.graph.output:
        if not output.type.tensor_type.HasField("shape"):
            output.type.tensor_type.shape.dim.add()
    content: bytes = model.SerializeToString()
    return content


def node(op: str, inputs: Sequence[str], outputs: Sequence[str] = ("y",), **attributes: Any) -> onnx.NodeProto:
    """Return an operator."""
    return helper.make_node(op, list(inputs), list(outputs), **attributes)


def linear_pair(
    pixels: int = 64, latent: int = 3, *, image: Side | None = None, last: str = "Sigmoid", seed: int = 0
) -> tuple[bytes, bytes, np.ndarray, np.ndarray]:
    """Return an encoder and a decoder of one layer each, and their weights."""
    rng = np.random.default_rng(seed)
    down = rng.normal(size=(pixels, latent)).astype(np.float32) / 8
    up = rng.normal(size=(latent, pixels)).astype(np.float32)
    shape: Side = image or ("N", pixels)
    encoder = file(
        [node("Flatten", ["x"], ["flat"]), node("MatMul", ["flat", "down"], ["z"])],
        {"x": shape},
        {"z": ("N", latent)},
        {"down": down},
    )
    decoder = file(
        [node("MatMul", ["z", "up"], ["flat"]), node(last, ["flat"], ["image"])],
        {"z": ("N", latent)},
        {"image": ("N", pixels)},
        {"up": up},
    )
    return encoder, decoder, down, up
