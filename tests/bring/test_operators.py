"""Every operator of `aeviz.models.foreign` gives what onnxruntime gives."""

from typing import Any

import numpy as np
import onnx_files
import onnxruntime
import pytest
import torch

from aeviz.bring.onnx_file import check_operators, read_network
from aeviz.models.foreign.network import TABLE, GraphModule

RNG = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


IMAGE = (2, 4, 6, 6)
Case = tuple[str, tuple[int, ...], list[np.ndarray | None], dict[str, Any]]
CASES: list[Case] = [
    *((op, (2, 5), [], {}) for op in (
        "Abs", "Ceil", "Cos", "Dropout", "Erf", "Exp", "Floor", "HardSwish", "Identity", "Mish", "Neg", "Reciprocal",
        "Relu", "Round", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Tanh", "Celu", "Elu", "Selu", "HardSigmoid",
        "LeakyRelu", "ThresholdedRelu", "Softmax", "LogSoftmax", "Flatten",
    )),
    *((op, (2, 5), [normal(2, 5) + 3], {}) for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Mean", "Sum")),
    ("Add", (2, 1, 5), [normal(3, 1)], {}),
    ("Elu", (2, 5), [], {"alpha": 0.3}),
    ("HardSigmoid", (2, 5), [], {"alpha": 0.3, "beta": 0.4}),
    ("LeakyRelu", (2, 5), [], {"alpha": 0.3}),
    ("Softmax", (2, 3, 5), [], {"axis": 1}),
    ("PRelu", IMAGE, [normal(4, 1, 1)], {}),
    ("Pow", (2, 5), [np.float32(2)], {}),
    ("Clip", (2, 5), [np.float32(-0.5), np.float32(0.5)], {}),
    ("Clip", (2, 5), [None, np.float32(0.1)], {}),
    ("Gemm", (2, 5), [normal(3, 5), normal(3)], {"transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("Gemm", (2, 5), [normal(2, 3)], {"transA": 1}),
    ("MatMul", (2, 3, 5), [normal(5, 4)], {}),
    ("Conv", IMAGE, [normal(3, 4, 3, 3), normal(3)], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("Conv", IMAGE, [normal(3, 4, 3, 3)], {"strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("Conv", IMAGE, [normal(4, 2, 3, 2)], {"group": 2, "dilations": [2, 1]}),
    ("Conv", IMAGE, [normal(3, 4, 3, 3)], {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("Conv", IMAGE, [normal(3, 4, 3, 3)], {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
    ("ConvTranspose", IMAGE, [normal(4, 3, 3, 3), normal(3)], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("ConvTranspose", IMAGE, [normal(4, 3, 3, 3), normal(3)],
     {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
    ("ConvTranspose", IMAGE, [normal(4, 3, 4, 4)], {"strides": [2, 2], "pads": [1, 1, 1, 1], "group": 2}),
    ("ConvTranspose", IMAGE, [normal(4, 3, 3, 3)], {"strides": [2, 2], "output_shape": [12, 12]}),
    ("ConvTranspose", IMAGE, [normal(4, 3, 3, 3)], {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("MaxPool", IMAGE, [], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("MaxPool", IMAGE, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("AveragePool", IMAGE, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("AveragePool", IMAGE, [], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("GlobalAveragePool", IMAGE, [], {}),
    ("GlobalMaxPool", IMAGE, [], {}),
    ("BatchNormalization", IMAGE, [normal(4), normal(4), normal(4), np.abs(normal(4))], {"epsilon": 1e-3}),
    ("InstanceNormalization", IMAGE, [normal(4), normal(4)], {}),
    ("LayerNormalization", (2, 3, 5), [normal(5), normal(5)], {}),
    ("LpNormalization", (2, 5), [], {}),
    ("DepthToSpace", IMAGE, [], {"blocksize": 2}),
    ("DepthToSpace", IMAGE, [], {"blocksize": 2, "mode": "CRD"}),
    ("SpaceToDepth", IMAGE, [], {"blocksize": 2}),
    *(("Resize", IMAGE, [None, np.array([1, 1, 2, 2], np.float32)],
       {"mode": "nearest", "coordinate_transformation_mode": place, "nearest_mode": rounding})
      for place, rounding in (("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"))),
    ("Resize", IMAGE, [None, None, whole(2, 4, 18, 18)], {"mode": "nearest"}),
    ("Resize", IMAGE, [None, None, whole(2, 4, 12, 9)], {"mode": "linear"}),
    ("Resize", IMAGE, [None, np.array([1, 1, 2, 2], np.float32)],
     {"mode": "linear", "coordinate_transformation_mode": "align_corners"}),
    ("Reshape", (2, 6), [whole(0, 2, -1)], {}),
    ("Flatten", (2, 3, 4), [], {"axis": 2}),
    ("Transpose", (2, 3, 4), [], {"perm": [0, 2, 1]}),
    ("Transpose", (2, 3, 4), [], {}),
    ("Squeeze", (2, 1, 4), [whole(1)], {}),
    ("Unsqueeze", (2, 4), [whole(0, -1)], {}),
    ("Concat", (2, 4), [normal(2, 3)], {"axis": 1}),
    ("Slice", (2, 8), [whole(1), whole(7), whole(1), whole(2)], {}),
    ("Slice", (2, 8), [whole(-1), whole(-100), whole(1), whole(-1)], {}),
    ("Slice", (2, 8), [whole(2), whole(2**62), whole(-1)], {}),
    ("Gather", (2, 8), [np.array([[0, -1], [3, 2]])], {"axis": 1}),
    ("Expand", (2, 1, 4), [whole(3, 1)], {}),
    ("Tile", (2, 3), [whole(1, 2)], {}),
    ("Pad", IMAGE, [whole(0, 0, 1, 2, 0, 0, 2, 1), np.float32(0.5)], {}),
    ("Pad", IMAGE, [whole(0, 0, 1, 2, 0, 0, 2, 1)], {"mode": "reflect"}),
    ("Pad", IMAGE, [whole(0, 0, 1, 2, 0, 0, 2, 1)], {"mode": "edge"}),
    *((op, (2, 3, 5), [], {"axes": [1], "keepdims": 0}) for op in ("ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2")),
    *((op, (2, 3, 5), [whole(-1)], {}) for op in ("ReduceMean", "ReduceSum", "ReduceSumSquare")),
    ("ReduceMean", (2, 3, 5), [], {}),
    ("Cast", (2, 5), [], {"to": 7}),
    ("ArgMax", (2, 5), [], {"axis": 1}),
    ("ArgMin", (2, 5), [], {"axis": 1, "keepdims": 0}),
    ("Shape", (2, 5), [], {}),
    ("Size", (2, 5), [], {}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[3]}")
def test_operator_gives_what_onnxruntime_gives(case: Case) -> None:
    op, shape, others, attributes = case
    names = [f"w{k}" if other is not None else "" for k, other in enumerate(others)]
    opset = 13 if "axes" in attributes else 18  # where axes became an input
    made = [onnx_files.node(op, ["x", *names], ["v"], **attributes), onnx_files.node("Cast", ["v"], ["y"], to=1)]
    weights = {name: other for name, other in zip(names, others, strict=True) if other is not None}
    compare(onnx_files.file(made, {"x": shape}, {"y": None}, weights, opset), normal(*shape))


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_and_group_normalisation_of_newer_versions(approximate: str) -> None:
    made = [
        onnx_files.node("GroupNormalization", ["x", "s", "b"], ["n"], num_groups=2, epsilon=1e-4),
        onnx_files.node("Gelu", ["n"], ["y"], approximate=approximate),
    ]
    weights = {"s": normal(4), "b": normal(4)}
    compare(onnx_files.file(made, {"x": IMAGE}, {"y": None}, weights, 21), normal(*IMAGE))


def test_comparisons_and_choices() -> None:
    made = [
        *(onnx_files.node(op, ["x", "half"], [f"b{k}"]) for k, op in enumerate(
            ("Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal")
        )),
        onnx_files.node("And", ["b0", "b1"], ["both"]),
        onnx_files.node("Not", ["both"], ["not"]),
        onnx_files.node("Or", ["not", "b2"], ["or"]),
        onnx_files.node("Where", ["or", "x", "half"], ["chosen"]),
        onnx_files.node("CastLike", ["chosen", "x"], ["y"]),
    ]  # fmt: skip
    compare(onnx_files.file(made, {"x": (4, 5)}, {"y": None}, {"half": np.float32(0.5)}), normal(4, 5))


def test_shapes_that_are_computed_and_parts_that_are_joined_again() -> None:
    made = [
        onnx_files.node("Shape", ["x"], ["shape"], start=0, end=1),
        onnx_files.node("Concat", ["shape", "rest"], ["target"], axis=0),
        onnx_files.node("Split", ["x", "sizes"], ["a", "b"], axis=1),
        onnx_files.node("Split", ["x"], ["c", "d"], axis=1, num_outputs=2),
        onnx_files.node("ConstantOfShape", ["shape"], ["zeros"]),
        onnx_files.node("Range", ["zero", "three", "one"], ["range"]),
        onnx_files.node("Concat", ["b", "a", "c", "d"], ["all"], axis=1),
        onnx_files.node("Reshape", ["all", "target"], ["y0"]),
        onnx_files.node("Unsqueeze", ["zeros", "last"], ["z1"]),
        onnx_files.node("Cast", ["range"], ["range.f"], to=1),
        onnx_files.node("Add", ["z1", "range.f"], ["z2"]),
        onnx_files.node("ReduceSum", ["z2", "last"], ["z3"]),
        onnx_files.node("Unsqueeze", ["z3", "last"], ["z4"]),
        onnx_files.node("Add", ["y0", "z4"], ["y1"]),
        onnx_files.node("Sqrt", ["y1"], ["y2"]),
        onnx_files.node("Log", ["y2"], ["y"]),
    ]
    weights = {
        "rest": whole(2, -1), "sizes": whole(2, 4), "zero": np.int64(0), "three": np.int64(3), "one": np.int64(1),
        "last": whole(1),
    }  # fmt: skip
    compare(onnx_files.file(made, {"x": ("N", 6)}, {"y": None}, weights), np.abs(normal(4, 6)) + 1)


def test_the_table_is_tried_as_a_whole() -> None:
    elsewhere = {
        "Gelu", "GroupNormalization", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Not", "Or",
        "Where", "CastLike", "Split", "ConstantOfShape", "Range", "Sqrt", "Log",
    }  # fmt: skip
    assert set(TABLE) == {case[0] for case in CASES} | elsewhere


def compare(content: bytes, x: np.ndarray) -> None:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"x": x})
    network = read_network(content, "the file")
    check_operators(network)
    module = GraphModule(network.graph)
    module.load(network.weights)
    (found,) = module.outputs(torch.from_numpy(x))
    assert tuple(found.shape) == expected.shape
    np.testing.assert_allclose(found.numpy(), expected, rtol=2e-5, atol=2e-5)
