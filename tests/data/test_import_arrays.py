"""Images from arrays, Parquet and Arrow files, each written with its own library."""

import io
import json
import pickle
import shutil
import subprocess
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import aeviz
from aeviz.data import load_dataset, preview_images
from aeviz.errors import DataError

N = 20
GREY = np.random.default_rng(0).integers(0, 256, (N, 8, 10), dtype=np.uint8)
COLOUR = np.random.default_rng(1).integers(0, 256, (N, 8, 10, 3), dtype=np.uint8)
LABELS = np.arange(N) % 3


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "data"


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


# arrays


@pytest.mark.parametrize(
    ("array", "wanted", "note"),
    [
        (GREY, GREY[:, None], None),
        (GREY[..., None], GREY[:, None], None),
        (COLOUR, np.moveaxis(COLOUR, 3, 1), None),
        (np.moveaxis(COLOUR, 3, 1), np.moveaxis(COLOUR, 3, 1), None),
        (np.concatenate([COLOUR, COLOUR[..., :1]], axis=3), np.moveaxis(COLOUR, 3, 1), None),
        (GREY / 255, GREY[:, None], "values (float64) from 0 to 1 were read as 0 to 1"),
        ((GREY / 255).astype(np.float32), GREY[:, None], "were read as 0 to 1"),
        (GREY.astype(np.float32), GREY[:, None], "were read as 0 to 255"),
        (GREY.astype(np.int64), GREY[:, None], "were read as 0 to 255"),
        (GREY / 127.5 - 1, GREY[:, None], "were read as -1 to 1"),
        (GREY > 127, 255 * (GREY > 127)[:, None].astype(np.uint8), "were read as 0 and 1"),
        (GREY.astype(np.uint16) * 16 + 15, None, "were read as 0 to 4,095 (12 bits)"),
        (GREY[:, :, :8].reshape(N, 64), GREY[:, None, :, :8], None),
        (COLOUR[:, :, :8].reshape(N, 192), np.moveaxis(COLOUR[:, :, :8], 3, 1), None),
    ],
)
@pytest.mark.parametrize("way", ["npy", "npz", "array"])
def test_arrays_are_read_by_their_shape_and_range(tmp_path, array, wanted, note, way):
    source = array
    if way == "npy":
        np.save(source := tmp_path / "x.npy", array)
    elif way == "npz":
        np.savez_compressed(source := tmp_path / "x.npz", array)
    about, images, _ = preview_images(source)
    assert about.counts == {"train": N}
    if wanted is not None:
        np.testing.assert_array_equal(images, wanted)
    assert note is None or any(note in text for text in about.notes), about.notes


@pytest.mark.parametrize(
    "names",
    [("x_train", "y_train", "x_test", "y_test"), ("train_images", "train_labels", "test_images", "test_labels")],
)
@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], LABELS.astype(float), np.eye(3)[LABELS]])
def test_keras_and_medmnist_files_have_splits_and_labels(tmp_path, names, labels, root):
    parts = dict(zip(names, (GREY, labels, GREY[:6], labels[:6]), strict=True))
    np.savez(tmp_path / "mnist.npz", **parts)
    about = aeviz.import_images(tmp_path / "mnist.npz", "own_digits")
    assert dict(about.counts) == {"train": N, "test": 6}
    assert about.class_names == ("0", "1", "2")
    test = load_dataset("own_digits", "test")
    np.testing.assert_array_equal(test.images[:, 0], GREY[:6])
    np.testing.assert_array_equal(test.labels, LABELS[:6])
    assert [path.name for path in (root / "own").iterdir()] == ["own_digits"]


@pytest.mark.parametrize("keys", [("x", "y"), ("images", "labels"), ("arr_0", "arr_1"), ("data", "target")])
def test_labels_have_their_usual_keys(tmp_path, keys):
    extra = {"other": np.arange(N) % 7}
    np.savez(tmp_path / "x.npz", **{**extra, **dict(zip(keys, (COLOUR, np.array(list("abc"))[LABELS]), strict=True))})
    assert preview_images(tmp_path / "x.npz")[0].class_names == ("a", "b", "c")


def test_two_files_of_arrays_belong_together(tmp_path):
    np.save(tmp_path / "images.npy", GREY)
    np.save(tmp_path / "labels.npy", LABELS)
    about, _, _ = preview_images([tmp_path / "images.npy", tmp_path / "labels.npy"])
    assert about.class_counts == (7, 7, 6)
    assert preview_images(tmp_path)[0].class_counts == (7, 7, 6), "the folder that holds them"


def test_arrays_that_are_no_images_are_refused_in_a_sentence(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "evil"), "w"))

    np.save(tmp_path / "x.npy", np.array([Evil()] * N, dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="holds Python objects, which are not read"):
        preview_images(tmp_path / "x.npy")
    (tmp_path / "x.npy").write_bytes(pickle.dumps(GREY))
    with pytest.raises(DataError, match=r"x\.npy"):
        preview_images([tmp_path / "x.npy"])
    assert not (tmp_path / "evil").exists()
    for array, message in [
        (np.arange(5.0), r"holds no array of images \(found images float64 \(5,\)\)"),
        (np.full((N, 8, 8), np.nan), "no numbers"),
        (np.full((N, 8, 8), 1e6), "expected 0 to 255, 0 to 1 or -1 to 1"),
        (np.zeros((N, 5, 8, 8)), "1, 3 or 4 channels"),
        (np.zeros((3, 8, 8)), "holds 3 images that can be read"),
        (np.array(["a"] * N), "holds no array of images"),
    ]:
        with pytest.raises(DataError, match=message):
            preview_images(array)
    np.savez(tmp_path / "x.npz", x=GREY)
    (tmp_path / "x.npz").write_bytes((tmp_path / "x.npz").read_bytes()[:-200])
    with pytest.raises(DataError, match=r"x\.npz cannot be"):
        preview_images(tmp_path / "x.npz")


# Parquet and Arrow


def table(kind="hugging face", names=("cat", "dog", "cow"), rows=N):
    """A table as Hugging Face's datasets publishes it, or with other columns of images."""
    images = [png(image) for image in GREY[:rows]]
    labels = pa.array(LABELS[:rows].tolist(), pa.int64())
    if kind == "hugging face":
        struct = pa.array([{"bytes": image, "path": "x.png"} for image in images])
        features = {"image": {"_type": "Image"}, "label": {"names": list(names), "_type": "ClassLabel"}}
        meta = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
        return pa.table({"image": struct, "label": labels}).replace_schema_metadata(meta)
    if kind == "bytes":
        return pa.table({"id": list(range(rows)), "img": images, "label": labels})
    nested = GREY[:rows, :, :8].tolist() if kind == "nested" else GREY[:rows, :, :8].reshape(rows, 64).tolist()
    return pa.table({"pixels": pa.array(nested), "label": labels})


@pytest.mark.parametrize("kind", ["hugging face", "bytes", "nested", "flat"])
def test_columns_of_images_are_found(tmp_path, kind):
    pq.write_table(table(kind), tmp_path / "x.parquet", row_group_size=7)
    about, images, names = preview_images(tmp_path / "x.parquet")
    np.testing.assert_array_equal(images[:, 0], GREY if kind in ("hugging face", "bytes") else GREY[:, :, :8])
    classes = ("cat", "dog", "cow") if kind == "hugging face" else ("0", "1", "2")
    assert about.class_names == classes
    assert names == [classes[label] for label in LABELS]


def test_folder_of_hugging_face_has_splits_and_the_numbers_of_its_classes(tmp_path):
    home = tmp_path / "pets" / "data"
    home.mkdir(parents=True)
    names = ("cat", "dog", "cow", "none")
    pq.write_table(table(names=names, rows=15), home / "train-00000-of-00002.parquet")
    pq.write_table(table(names=names, rows=14), home / "train-00001-of-00002.parquet")
    pq.write_table(table(names=names, rows=5), home / "test-00000-of-00001.parquet")
    pq.write_table(table(names=names, rows=4), home / "validation-00000-of-00001.parquet")
    aeviz.import_images(tmp_path / "pets", "pets")
    assert [len(load_dataset("pets", split)) for split in ("train", "validation", "test")] == [29, 4, 5]
    test = load_dataset("pets", "test")
    assert test.class_names == names
    np.testing.assert_array_equal(test.labels, LABELS[:5])
    np.testing.assert_array_equal(test.images[:, 0], GREY[:5])


@pytest.mark.parametrize("form", ["stream", "file"])
def test_saved_to_disk_by_datasets(tmp_path, form):
    for split, rows in (("train", N), ("test", 6)):
        home = tmp_path / "saved" / split
        home.mkdir(parents=True)
        made = table(rows=rows)
        opened = pa.ipc.new_stream if form == "stream" else pa.ipc.new_file
        with opened(home / "data-00000-of-00001.arrow", made.schema) as out:
            out.write_table(made, max_chunksize=7)
        (home / "state.json").write_text("{}")
    (tmp_path / "saved" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    about, _, _ = preview_images(tmp_path / "saved")
    assert dict(about.counts) == {"train": N, "test": 6}
    assert about.class_names == ("cat", "dog", "cow")


def test_rows_without_image_or_label_are_skipped(tmp_path):
    images = [{"bytes": png(image), "path": None} for image in GREY]
    images[1], images[2] = {"bytes": None, "path": "a.png"}, None
    labels = [int(label) for label in LABELS]
    labels[3], labels[4] = None, -1
    pq.write_table(pa.table({"image": images, "label": labels}), tmp_path / "x.parquet")
    about, _, _ = preview_images(tmp_path / "x.parquet")
    assert about.n_images == N - 4
    assert {skip.reason: skip.count for skip in about.skipped} == {
        "named by its path alone": 1,
        "missing in the table": 1,
        "has no label": 2,
    }


def test_damaged_and_foreign_tables_are_a_sentence(tmp_path):
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), tmp_path / "x.parquet")
    with pytest.raises(DataError, match=r"no column of images \(found a \(int64\), b \(string\)\)"):
        preview_images(tmp_path / "x.parquet")
    pq.write_table(table(), tmp_path / "x.parquet")
    whole = (tmp_path / "x.parquet").read_bytes()
    for content in (whole[:-100], whole[:4] + bytes(len(whole))):
        (tmp_path / "x.parquet").write_bytes(content)
        with pytest.raises(DataError, match=r"x\.parquet cannot be read"):
            preview_images(tmp_path / "x.parquet")
    (tmp_path / "x.arrow").write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match=r"x\.arrow cannot be read"):
        preview_images(tmp_path / "x.arrow")


# in a process of its own


def test_reader_that_ends_its_process_is_a_sentence(tmp_path, monkeypatch):
    pq.write_table(table(), tmp_path / "x.parquet")
    monkeypatch.setattr("aeviz.data.imports.apart.sys", SimpleNamespace(executable=shutil.which("false")))
    with pytest.raises(DataError, match=r"x\.parquet cannot be read: it is damaged in a way that ended its reader"):
        preview_images(tmp_path / "x.parquet")


def test_import_apart_that_is_given_up_leaves_neither_process_nor_files(tmp_path):
    pq.write_table(table(), tmp_path / "x.parquet")
    ended = []

    def stop(share, text):
        if share:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        start = subprocess.Popen
        patch.setattr(subprocess, "Popen", lambda *args, **options: ended.append(start(*args, **options)) or ended[0])
        with pytest.raises(KeyboardInterrupt):
            aeviz.import_images(tmp_path / "x.parquet", "x", on_progress=stop)
    assert ended[0].returncode is not None
    assert not list((tmp_path / "data" / "own").iterdir())
