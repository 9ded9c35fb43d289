"""Vectors from anywhere as a map in one file: what is read, what is refused."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import aeviz
from aeviz.cli import main
from aeviz.errors import ConfigError, DataError
from aeviz.web.takeaway.points import as_images, points_page
from aeviz.web.takeaway.show import read_points

Z = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)


def test_files_of_three_kinds_are_read(tmp_path):
    np.save(tmp_path / "z.npy", Z)
    np.testing.assert_array_equal(read_points(tmp_path / "z.npy").z, Z)
    labels, images = np.arange(30) % 3, np.zeros((30, 4, 4), np.uint8)
    np.savez(tmp_path / "z.npz", z=Z, labels=labels, images=images)
    found = read_points(tmp_path / "z.npz")
    np.testing.assert_array_equal(found.labels, labels)
    assert found.images.shape == (30, 4, 4)
    (tmp_path / "any.csv").write_text("name,a,Class,b\nfirst,1,x,2.5\nsecond,3,y,-1\n")
    found = read_points(tmp_path / "any.csv")
    np.testing.assert_array_equal(found.z, [[1, 2.5], [3, -1]])
    assert found.labels.tolist() == ["x", "y"]


def test_what_export_writes_is_shown_again(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "digits-2d-adam", "--format", "csv"]) == 0
    found = read_points(tmp_path / "digits-2d-adam.csv")
    table = aeviz.training.runs.find_run("digits-2d-adam").require_latents()
    np.testing.assert_allclose(found.z, table.z, rtol=1e-5, atol=1e-6)
    assert main(["show", "digits-2d-adam.csv", "--out", "map.html"]) == 0
    assert "needs no network" in capsys.readouterr().out
    assert (tmp_path / "map.html").stat().st_size < 500_000


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("z.txt", b"1 2", "no kind that is read"),
        ("z.npy", b"no array", "cannot be read"),
        ("z.csv", b"a,b\n", "expected a head"),
        ("z.csv", b"a,b\n1,2\n3\n", "other lengths"),
        ("z.csv", b"a,b\nx,y\n", "no column of numbers"),
        ("gone.npy", None, "cannot be read"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(tmp_path, name, content, words, capsys):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["show", str(tmp_path / name), "--out", str(tmp_path / "out.html")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.html").exists()


def test_an_array_of_objects_is_not_unpickled(tmp_path):
    np.save(tmp_path / "z.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="cannot be read"):
        read_points(tmp_path / "z.npy")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"z": Z[0]}, "a row for each point"),
        ({"z": np.full((3, 2), np.nan)}, "NaN"),
        ({"z": Z, "labels": [1, 2]}, "one for each point"),
        ({"z": Z, "images": np.zeros((29, 4, 4))}, "expected 30"),
        ({"z": Z, "images": np.full((30, 4, 4), 7.0)}, "must lie in"),
        ({"z": Z, "images": np.zeros((30, 4, 4), np.int64)}, "dtype int64"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        points_page(**arguments)
    with pytest.raises(ConfigError, match="pca, t-sne, umap"):
        points_page(Z, method="lda")


def test_images_come_in_the_usual_ways():
    grey = np.linspace(0, 1, 2 * 3 * 4).reshape(2, 3, 4)
    assert as_images(grey, 2).shape == (2, 1, 3, 4)
    colour = as_images(np.zeros((2, 5, 6, 3), np.uint8), 2)
    assert colour.shape == (2, 3, 5, 6)
    np.testing.assert_array_equal(as_images(grey, 2)[:, 0], np.round(grey * 255))


def test_principal_components_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    from aeviz.web.takeaway.points import _plane

    points, _, words = _plane(Z, "pca")
    expected = PCA(2).fit(Z)
    np.testing.assert_allclose(np.abs(points), np.abs(expected.transform(Z)), rtol=1e-3, atol=1e-4)
    assert f"{expected.explained_variance_ratio_.sum():.0%}" in words


def test_parquet_holds_columns_or_lists_of_numbers(tmp_path):
    vectors = np.arange(12.0).reshape(6, 2)
    labels = list("aabbcc")
    flat = pa.table({"name": labels, "z1": vectors[:, 0], "z2": vectors[:, 1], "label": labels})
    nested = pa.table({"embedding": pa.array(vectors.tolist()), "label": labels, "other": list(range(6))})
    for place, table in enumerate((flat, nested)):
        parquet.write_table(table, tmp_path / f"{place}.parquet")
        found = read_points(tmp_path / f"{place}.parquet")
        np.testing.assert_array_equal(found.z, vectors)
        assert list(found.labels) == labels
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="cannot be read"):
        read_points(tmp_path / "bad.parquet")
