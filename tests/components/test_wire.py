"""The format of what the page is sent: what Python packs, Python and the page's own script read back."""

import json

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.errors import PayloadError
from aeviz.web.components.kit.wire import ALIGNMENT, DTYPES, MAGIC, blob_name, pack, unpack

READ = """
async function main(payloads) {
  const { about, textOf, unpack } = await import("./kit/wire.js");
  const shown = (part) => {
    if (ArrayBuffer.isView(part)) {
      return { type: part.constructor.name, values: Array.from(part, String), ...about(part) };
    }
    if (Array.isArray(part)) return part.map(shown);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, shown(each)]));
  };
  return payloads.map((bytes) => {
    try {
      // at an odd address, as a payload within a message may lie
      const buffer = new Uint8Array(bytes.length + 3);
      buffer.set(bytes, 3);
      return { value: shown(unpack(buffer.subarray(3))), text: textOf(buffer.subarray(3)) };
    } catch (error) {
      return { error: error.name, message: error.message };
    }
  });
}
"""
SHAPES = [(0,), (1,), (3,), (7,), (5, 3), (0, 2), (2, 3, 4), ()]


def array(dtype, shape):
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return np.random.default_rng(1).normal(size=shape).astype(kind)
    ends = np.iinfo(kind)
    return np.random.default_rng(1).integers(ends.min, ends.max, size=shape, dtype=kind, endpoint=True)


def read(tmp_path, *payloads):
    return run_script(tmp_path, READ, [list(payload) for payload in payloads])


def test_arrays_of_every_dtype_and_odd_sizes_come_back(tmp_path):
    value = {
        "name": "ä ﹩ \udc80",
        "groups": [[{"array": array(dtype, shape), "size": shape} for shape in SHAPES] for dtype in DTYPES],
        "none": None,
    }
    payload = pack(value)
    again = unpack(payload)
    (found,) = read(tmp_path, payload)
    assert again["name"] == value["name"]
    assert found["value"]["none"] is None
    for sent, back, seen in zip(value["groups"], again["groups"], found["value"]["groups"], strict=True):
        for one, two, three in zip(sent, back, seen, strict=True):
            np.testing.assert_array_equal(two["array"], one["array"])
            assert two["array"].dtype == one["array"].dtype
            assert three["array"]["type"].lower() == f"{one['array'].dtype}array"
            assert three["array"]["shape"] == list(one["size"])
            values = np.array([float(text) for text in three["array"]["values"]])
            np.testing.assert_allclose(values, one["array"].ravel().astype(float), rtol=1e-6)


def test_bytes_come_back_as_bytes_and_other_layouts_in_their_order(tmp_path):
    turned = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    value = {"image": b"\x89PNG", "empty": b"", "turned": turned, "big": turned.astype(">f4")[:, ::2]}
    (found,) = read(tmp_path, pack(value))
    assert found["value"]["image"]["values"] == ["137", "80", "78", "71"]
    assert found["value"]["empty"]["values"] == []
    assert found["value"]["turned"]["values"] == list("012345")
    assert found["value"]["big"]["values"] == ["0", "2", "3", "5"]
    np.testing.assert_array_equal(unpack(pack(value))["big"], value["big"])


def test_payload_is_laid_out_as_its_docstring_says():
    payload = pack({"a": np.array([1, 2, 3], dtype=np.uint8), "b": [np.array([0.5], dtype=np.float64)]})
    assert payload[:4] == MAGIC
    length = int.from_bytes(payload[4:8], "little")
    text = json.loads(payload[8 : 8 + length])
    assert text["value"] == {"a": {"$array": 0}, "b": [{"$array": 1}]}
    assert [entry[:2] for entry in text["arrays"]] == [["uint8", [3]], ["float64", [1]]]
    start = 8 + length + -(8 + length) % ALIGNMENT
    assert payload[8 + length : start] == bytes(start - 8 - length)
    assert payload[start : start + 8] == b"\1\2\3" + bytes(5)
    assert np.frombuffer(payload, "<f8", 1, start + 8) == 0.5
    assert len(payload) == start + 16


def test_equal_texts_mean_equal_arrays():
    def text(values):
        payload = pack({"a": np.array(values, dtype=np.float32)})
        return payload[8 : 8 + int.from_bytes(payload[4:8], "little")]

    assert text([1, 2]) == text([1, 2])
    assert text([1, 2]) != text([2, 1])
    payload = pack({"a": b"12"}, digests=False)
    assert json.loads(payload[8 : 8 + int.from_bytes(payload[4:8], "little")])["arrays"] == [["uint8", [2], ""]]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": np.arange(3)}, "dtype 'int64'; the page reads uint8"),
        ({"a": np.array([True])}, "dtype 'bool'"),
        ({"a": float("nan")}, "cannot be written as JSON"),
        ({"a": {1, 2}}, "a set cannot be sent"),
    ],
)
def test_what_the_page_cannot_read_is_refused_in_words(value, message):
    with pytest.raises(PayloadError, match=message):
        pack(value)


def damaged():
    payload = pack({"a": np.arange(9, dtype=np.uint16), "b": [b"bytes"]})
    text = payload[8 : 8 + int.from_bytes(payload[4:8], "little")]

    def with_text(changed):
        return MAGIC + len(changed).to_bytes(4, "little") + changed + bytes(-(8 + len(changed)) % 8) + bytes(64)

    return {
        "empty": b"",
        "other magic": b"PNG!" + payload[4:],
        "cut within the text": payload[:30],
        "cut within the arrays": payload[:-12],
        "text is no JSON": with_text(text.replace(b"{", b"[", 1)),
        "text is no object": with_text(b"null"),
        "unknown dtype": with_text(text.replace(b"uint16", b"uint17")),
        "shape too large": with_text(text.replace(b"[9]", b"[999999999999]")),
        "negative shape": with_text(text.replace(b"[9]", b"[-9]")),
        "shape with two negative lengths": with_text(text.replace(b"[9]", b"[-3,-3]")),
        "shape with a broken length": with_text(text.replace(b"[9]", b"[1.5]")),
        "shape with a text": with_text(text.replace(b"[9]", b'["x"]')),
        "shape with a truth value": with_text(text.replace(b"[9]", b"[true]")),
        "shape with a list": with_text(text.replace(b"[9]", b"[[9]]")),
        "shape that is a text": with_text(text.replace(b"[9]", b'"9"')),
        "empty array too long": with_text(text.replace(b"[9]", b"[0,99999999999999999999]")),
        "missing array": with_text(text.replace(b'{"$array": 1}', b'{"$array": 7}')),
    }


@pytest.mark.parametrize("name", damaged())
def test_damaged_payload_is_refused_by_python(name):
    with pytest.raises(PayloadError):
        unpack(damaged()[name])


def test_damaged_payload_is_refused_by_the_page(tmp_path):
    found = read(tmp_path, *damaged().values())
    assert {each.get("error") for each in found} == {"WireError"}
    for each in found:
        assert "this part of the page" in each["message"] or "dtype" in each["message"]


def test_blob_name_tells_the_content():
    assert blob_name("space", b"a") == blob_name("space", b"a")
    assert len({blob_name("space", b"a"), blob_name("space", b"b"), blob_name("bridge", b"a")}) == 3
