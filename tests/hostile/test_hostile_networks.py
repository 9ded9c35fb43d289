"""ONNX files, weights of a page and payloads, mutated: what can be computed, or a message."""

import numpy as np
import onnx
import onnx_files
import pytest
import torch
from hostile_files import mutations
from hostile_outcome import MB, levels, outcomes
from onnx import TensorProto, helper

from aeviz.bring.onnx_file import check_operators, read_network
from aeviz.errors import DataError, ImportedModelError, PayloadError
from aeviz.models.foreign.network import GraphModule
from aeviz.web.components.kit.wire import pack, unpack

LINEAR, _, _, _ = onnx_files.linear_pair(image=("N", 1, 8, 8))
CONVOLUTION = onnx_files.file(
    [
        onnx_files.node("Conv", ["x", "w"], ["a"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        onnx_files.node("Relu", ["a"], ["b"]),
        onnx_files.node("Flatten", ["b"], ["c"]),
        onnx_files.node("Gemm", ["c", "g"], ["z"], alpha=1.0, transB=0),
    ],
    {"x": ("N", 1, 8, 8)},
    {"z": ("N", 2)},
    {"w": np.ones((2, 1, 3, 3), np.float32), "g": np.ones((32, 2), np.float32)},
)


def read(content):
    """Read a file, and compute it for two images as the import does."""
    network = read_network(content, "model.onnx")
    check_operators(network)
    module = GraphModule(network.graph)
    module.load(network.weights)
    with torch.no_grad():
        module.outputs(torch.zeros(2, 1, 8, 8))


@levels("onnx")
@pytest.mark.parametrize("whole", [LINEAR, CONVOLUTION], ids=["linear", "convolution"])
def test_networks(whole, tmp_path, count):
    read(whole)
    outcomes(mutations(whole, 1, count // 2), read, tmp_path, errors=(ImportedModelError, DataError), cap=512 * MB)


def changed(change):
    """Return the network after a function has changed the message."""
    model = onnx.load_model_from_string(CONVOLUTION)
    change(model)
    content: bytes = model.SerializeToString()
    return content


def external(model):
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.ClearField("raw_data")
    for key, value in (("location", "../../etc/passwd"), ("offset", "0"), ("length", "72")):
        tensor.external_data.add(key=key, value=value)


def external_constant(model):
    tensor = TensorProto(name="c", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="/etc/passwd")
    model.graph.node.insert(0, helper.make_node("Constant", [], ["c"], value=tensor))


def cycle(model):
    model.graph.node[0].input[0] = "b"


def huge_dimensions(model):
    del model.graph.initializer[0].dims[:]
    model.graph.initializer[0].dims.extend([2**31, 2**31, 3, 3])


def negative_dimensions(model):
    model.graph.initializer[0].dims[0] = -1


def short_data(model):
    model.graph.initializer[0].raw_data = b"\0" * 5


def odd_type(model):
    model.graph.initializer[0].data_type = 99


def text_weights(model):
    tensor = model.graph.initializer[0]
    tensor.data_type = TensorProto.STRING
    tensor.ClearField("raw_data")
    tensor.string_data.extend([b"a"] * 18)


def huge_padding(model):
    next(each for each in model.graph.node[0].attribute if each.name == "pads").ints[:] = [2**40] * 4


def zero_stride(model):
    next(each for each in model.graph.node[0].attribute if each.name == "strides").ints[:] = [0, 0]


def large_expand(model):
    shape = onnx.numpy_helper.from_array(np.array([2**20, 2**20], np.int64), "s")
    model.graph.initializer.append(shape)
    model.graph.node.append(onnx_files.node("Expand", ["z", "s"], ["e"]))
    model.graph.output[0].name = "e"


def unknown_operator(model):
    model.graph.node[1].op_type = "os.system"


def other_domain(model):
    model.graph.node[1].domain = "evil"
    model.opset_import.append(helper.make_opsetid("evil", 1))


def python_operator(model):
    model.graph.node[1].op_type, model.graph.node[1].domain = "ATen", "org.pytorch.aten"
    model.opset_import.append(helper.make_opsetid("org.pytorch.aten", 1))


def constant_without_value(model):
    model.graph.node.insert(0, onnx.NodeProto(op_type="Constant", output=["q"]))


def constant_of_two_values(model):
    node = helper.make_node("Constant", [], ["q"], value_int=1)
    node.attribute.append(helper.make_attribute("value_float", 2.0))
    model.graph.node.insert(0, node)


def recursive_function(model):
    function = helper.make_function("own", "F", ["x"], ["y"], [helper.make_node("F", ["x"], ["y"], domain="own")],
                                    [helper.make_opsetid("own", 1)])  # fmt: skip
    model.functions.append(function)
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node[1].op_type, model.graph.node[1].domain = "F", "own"


def no_opset(model):
    del model.opset_import[:]


def old_opset(model):
    model.opset_import[0].version = -5


def new_opset(model):
    model.opset_import[0].version = 2**62


def two_inputs(model):
    model.graph.input.append(helper.make_tensor_value_info("other", TensorProto.FLOAT, [1]))


def same_weight_twice(model):
    model.graph.initializer.append(model.graph.initializer[0])


def names_of_paths(model):
    for node in model.graph.node:
        for names in (node.input, node.output):
            names[:] = [name.replace("a", "../../a") for name in names]


CHANGES = [
    external, external_constant, cycle, huge_dimensions, negative_dimensions, short_data, odd_type, text_weights,
    huge_padding, zero_stride, large_expand, unknown_operator, other_domain, python_operator, constant_without_value,
    constant_of_two_values, recursive_function, no_opset, old_opset, new_opset, two_inputs,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_network_that_was_made_up(change, tmp_path):
    found = outcomes([changed(change)], read, tmp_path, errors=(ImportedModelError, DataError), cap=512 * MB)
    assert found == (0, 1)


@pytest.mark.parametrize("change", [same_weight_twice, names_of_paths], ids=lambda change: change.__name__)
def test_network_that_is_odd_and_may_be_read(change, tmp_path):
    outcomes([changed(change)], read, tmp_path, errors=(ImportedModelError, DataError), cap=512 * MB)


def test_network_whose_texts_are_none(tmp_path):
    contents = [CONVOLUTION.replace(old, b"\xff" * len(old)) for old in (b"Relu", b"kernel_shape", b"maker", b"made")]
    outcomes(contents, read, tmp_path, errors=(ImportedModelError, DataError), cap=512 * MB)


@levels("payload")
def test_payloads(tmp_path, count):
    whole = pack(
        {"z": np.arange(12, dtype=np.float32).reshape(6, 2), "names": ["a", {"b": np.arange(5, dtype=np.uint8)}]}
    )
    unpack(whole)
    some = count // 2
    contents = [*mutations(whole, 1, some), *mutations(whole, 2, count - some, is_text=True)]
    _, messages = outcomes(contents, unpack, tmp_path, errors=PayloadError, cap=64 * MB)
    assert messages


@pytest.mark.parametrize(
    "head",
    [
        b'{"value": {}, "arrays": 3}',
        b'{"value": {}, "arrays": [1]}',
        b'{"value": {}, "arrays": [[[], [1], 0]]}',
        b'{"value": {}, "arrays": [["float32", 3, 0]]}',
        b'{"value": {}, "arrays": [["float32", [[1]], 0]]}',
        b'{"value": {}, "arrays": [["float32", [4611686018427387904, 0], 0]]}',
        b'{"value": ' + b"[" * 990 + b"]" * 990 + b', "arrays": []}',
        b'{"value": ' + b"[" * 100_000 + b', "arrays": []}',
        b"[]",
        b"3",
        b'{"value": {}, "arrays": {}}',
        b'{"value": {}, "arrays": null}',
    ],
    ids=lambda head: head[:40].decode(),
)
def test_payload_that_was_made_up(head, tmp_path):
    empty = pack({})
    length = len(head).to_bytes(4, "little")
    content = empty[:4] + length + head
    outcomes([content + bytes(-len(content) % 8)], unpack, tmp_path, errors=PayloadError, cap=64 * MB)
