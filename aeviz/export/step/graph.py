"""Writes ONNX graphs node by node, each value under a name of its own."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from aeviz import __version__
from aeviz.export.beside import PRODUCER
from aeviz.export.onnx import OPSET
from aeviz.export.packages import package

IR_VERSION = 9
"""Version of the format, known to every runtime since 2023."""


class Graph:
    """Nodes of one graph or of the body of a loop, in the order in which they compute.

    Args:
        outer: The graph around it, which keeps the constants; None for a graph of its own.
    """

    def __init__(self, outer: "Graph | None" = None) -> None:
        self.onnx = package("onnx")
        self.nodes: list[Any] = []
        self._outer = outer
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._initializers: list[Any] = []
        self._count = 0

    def name(self) -> str:
        """Return a name that no other value has."""
        if self._outer is not None:
            return self._outer.name()
        self._count += 1
        return f"v{self._count}"

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return that output's name."""
        return self.ops(kind, *inputs, count=1, **attributes)[0]

    def ops(self, kind: str, *inputs: str, count: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs and return their names."""
        outputs = [self.name() for _ in range(count)]
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs

    def floats(self, values: float | Sequence[float]) -> str:
        """Return the name of a constant in float32: a scalar, or a vector."""
        return self._constant(np.asarray(values, dtype=np.float32))

    def integers(self, values: int | Sequence[int]) -> str:
        """Return the name of a constant in int64: a scalar, or a vector."""
        return self._constant(np.asarray(values, dtype=np.int64))

    def _constant(self, values: "np.ndarray[Any, Any]") -> str:
        if self._outer is not None:
            return self._outer._constant(values)
        key = (values.dtype.name, values.shape, values.tobytes())
        if key not in self._constants:
            self._constants[key] = self.name()
            self._initializers.append(self.onnx.numpy_helper.from_array(values, self._constants[key]))
        return self._constants[key]

    def rename(self, value: str, name: str) -> None:
        """Give a value of this graph the name of an output, which later nodes must use; an input is copied."""
        is_found = False
        for node in self.nodes:
            is_found |= value in node.output
            for ends in (node.input, node.output):
                for place, end in enumerate(ends):
                    if end == value:
                        ends[place] = name
        if not is_found:
            self.nodes.append(self.onnx.helper.make_node("Identity", [value], [name]))

    def close(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> Any:
        """Return the onnx.GraphProto of these nodes."""
        return self.onnx.helper.make_graph(
            self.nodes, "step", list(inputs), list(outputs), initializer=self._initializers
        )


def tensor(name: str, shape: Sequence[int | str], kind: str = "FLOAT") -> Any:
    """Describe an input or output: its name, shape (a word is a free length) and type, FLOAT, INT64 or BOOL."""
    onnx = package("onnx")
    return onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), list(shape))


def model_bytes(graph: Graph, inputs: Sequence[Any], outputs: Sequence[Any]) -> bytes:
    """Return a whole ONNX file of a graph."""
    onnx = graph.onnx
    model = onnx.helper.make_model(
        graph.close(inputs, outputs),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name=PRODUCER,
        producer_version=__version__,
    )
    written: bytes = model.SerializeToString(deterministic=True)
    return written
