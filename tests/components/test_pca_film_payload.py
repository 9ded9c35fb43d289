"""The film of a linear autoencoder as the component reads it, and the figures of the ReLU comparison."""

import io

import numpy as np
import pytest
from page_scripts import run_script
from PIL import Image

from aeviz.figures.relu_comparison import relu_bars, relu_scatter
from aeviz.web.components.kit.wire import unpack
from aeviz.web.components.pca_film.payload import CODES, PcaFrame, encode_image, pca_film_payload, signed_tiles


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


def test_payload_holds_what_was_packed():
    points, blob = pack(np.array([0, 1, 1]))
    header = unpack(blob)
    assert [(entry["step"], entry["angles"]) for entry in header["frames"]] == [(0, None), (7, [1.0, 30.0])]
    assert (header["n"], header["columns"], header["pcaMse"]) == (3, 2, 0.05)
    assert [entry["name"] for entry in header["classes"]] == ["a", "b"]
    assert header["labels"].tolist() == [0, 1, 1]
    aligned = header["frames"][0]["aligned"]
    np.testing.assert_allclose(aligned["codes"] / CODES * aligned["reach"], 2 * points, atol=1e-3)
    assert [header[name].tobytes() for name in ("originals", "pcaReconstructions", "pcaColumns")] == [b"o", b"pp", b"k"]
    assert header["frames"][1]["columns"].tobytes() + header["frames"][1]["reconstructions"].tobytes() == b"ccrrr"


def test_images_without_classes_are_grey():
    _, blob = pack(None, ())
    header = unpack(blob)
    assert header["classes"] == []
    assert header["labels"].tolist() == [65535] * 3


READ = """
async function main(bytes) {
  const { unpack } = await import("./kit/wire.js");
  const { readPcaFilm } = await import("./pca_film/pca_data.js");
  const film = readPcaFilm(unpack(Uint8Array.from(bytes)));
  return {
    steps: film.frames.map(({ step }) => step), bounds: film.turned.bounds, centres: film.own.frames[1].centres,
    points: Array.from(film.own.frames[1].points), low: film.own.frames[1].low, high: film.own.frames[1].high,
  };
}
"""


def test_page_reads_the_film_as_python_packed_it(tmp_path):
    points, blob = pack(np.array([0, 1, 1]))
    found = run_script(tmp_path, READ, list(blob))
    assert found["steps"] == [0, 7]
    np.testing.assert_allclose(np.reshape(found["points"], (3, 2)), points, atol=1e-3)
    np.testing.assert_allclose([found["low"], found["high"]], [points.min(axis=0), points.max(axis=0)], atol=1e-3)
    np.testing.assert_allclose(found["centres"][0], points[0], atol=1e-3)


def test_signs_of_a_vector_are_told_by_colour():
    picture = signed_tiles(np.array([[1.0, 0.0], [-0.5, 0.0]]), (1, 1, 2), 2)
    above, below, _, zero, _ = picture[0].astype(int)
    assert above[0] > above[2] + 100
    assert below[2] > below[0]
    assert zero.tolist() == [235, 235, 235]


def test_small_pictures_are_exact_and_large_ones_small():
    noise = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_image(noise)))), noise)
    assert Image.open(io.BytesIO(encode_image(noise.repeat(7, axis=0)))).format == "WEBP"


@pytest.mark.parametrize("labels", [None, np.array([0, 1, 1])])
def test_relu_comparison_draws_every_image_and_class(labels):
    pca, network = np.array([1.0, 2.0, 3.0]), np.array([0.5, 2.5, 1.0])
    scatter = relu_scatter(pca, network, labels, ("a", "b"))
    drawn = [trace for trace in scatter.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in drawn) == 3
    assert len(drawn) == (1 if labels is None else 2)
    bars = relu_bars(("a", "b"), pca[:2], network[:2])
    assert [trace.name for trace in bars.data] == ["PCA", "with ReLU"]
