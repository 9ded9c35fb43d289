"""The film of a linear autoencoder as the component reads it, and the figures of the ReLU comparison."""

import io
import json
import struct

import numpy as np
import pytest
from PIL import Image

from aeviz.figures.relu_comparison import relu_bars, relu_scatter
from aeviz.web.components.pca_film.payload import CODES, PcaFrame, encode_picture, pca_film_payload, signed_tiles


def frame(step, points, **values):
    given = {"mse": 0.1, "excess": 0.5, "angles_deg": np.array([1.0, 30.0]), "match": 0.9, **values}
    return PcaFrame(step=step, plane=points, aligned=2 * points, columns=b"cc", reconstructions=b"rrr", **given)


def pack(labels, names=("a", "b")):
    points = np.array([[1.0, -2.0], [0.5, 0.0], [0.0, 1.0]])
    return points, pca_film_payload(
        identity="x",
        frames=[frame(0, points, angles_deg=None), frame(7, points)],
        pca_mse=0.05,
        pca_plane=points,
        labels=labels,
        class_names=names,
        axis_names=("z1", "z2"),
        originals=b"o",
        pca_reconstructions=b"pp",
        pca_columns=b"k",
        columns=2,
    )


def test_payload_holds_header_arrays_and_pictures_in_order():
    points, blob = pack(np.array([0, 1, 1]))
    (length,) = struct.unpack_from("<I", blob)
    header = json.loads(blob[4 : 4 + length])
    assert [(entry["step"], entry["angles"]) for entry in header["frames"]] == [(0, None), (7, [1.0, 30.0])]
    assert (header["n"], header["columns"], header["pcaMse"]) == (3, 2, 0.05)
    assert [entry["name"] for entry in header["classes"]] == ["a", "b"]
    at = (4 + length + 3) // 4 * 4
    assert np.frombuffer(blob, "<u2", 3, at).tolist() == [0, 1, 1]
    codes = np.frombuffer(blob, "<i2", 5 * 6, at + 6).reshape(5, 3, 2)
    np.testing.assert_allclose(codes[2] / CODES * header["reaches"][2], 2 * points, atol=1e-3)
    assert blob[at + 6 + 60 :] == b"oppk" + b"ccrrr" * 2
    assert header["pictures"] == [1, 2, 1, 2, 3, 2, 3]


def test_images_without_classes_are_grey():
    _, blob = pack(None, ())
    (length,) = struct.unpack_from("<I", blob)
    assert json.loads(blob[4 : 4 + length])["classes"] == []
    assert np.frombuffer(blob, "<u2", 3, (4 + length + 3) // 4 * 4).tolist() == [65535] * 3


def test_signs_of_a_vector_are_told_by_colour():
    picture = signed_tiles(np.array([[1.0, 0.0], [-0.5, 0.0]]), (1, 1, 2), 2)
    above, below, _, zero, _ = picture[0].astype(int)
    assert above[0] > above[2] + 100
    assert below[2] > below[0]
    assert zero.tolist() == [235, 235, 235]


def test_small_pictures_are_exact_and_large_ones_small():
    noise = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_picture(noise)))), noise)
    assert Image.open(io.BytesIO(encode_picture(noise.repeat(7, axis=0)))).format == "WEBP"


@pytest.mark.parametrize("labels", [None, np.array([0, 1, 1])])
def test_relu_comparison_draws_every_image_and_class(labels):
    pca, network = np.array([1.0, 2.0, 3.0]), np.array([0.5, 2.5, 1.0])
    scatter = relu_scatter(pca, network, labels, ("a", "b"))
    drawn = [trace for trace in scatter.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in drawn) == 3
    assert len(drawn) == (1 if labels is None else 2)
    bars = relu_bars(("a", "b"), pca[:2], network[:2])
    assert [trace.name for trace in bars.data] == ["PCA", "with ReLU"]
