"""Parquet and Arrow files, points for `aeviz show`, and stored images, mutated.

Arrow's reader may end its process, so that tables are read in processes forked from one that has loaded it.
"""

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile_files import HEADERS, mutated_zips, mutations, npy, picture, zip_bomb
from hostile_outcome import LONGEST_MESSAGE, MB, levels, outcomes
from test_hostile_arrays import Trap, npz

from aeviz.config import DataConfig
from aeviz.data.imports import read_imported, sample
from aeviz.data.imports.own import import_files, preview_images
from aeviz.data.imports.store import ABOUT, IMAGES, LABELS, read_split
from aeviz.errors import DataError
from aeviz.web.takeaway.show import read_points

READER = """
import os, resource, sys, warnings
from pathlib import Path
import pyarrow.parquet
from aeviz.data.imports.own import import_files
from aeviz.errors import DataError
warnings.simplefilter("ignore")
home = Path(sys.argv[1])
for path in sorted(home.glob("*.parquet")) + sorted(home.glob("*.arrow")):
    out, into = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_DATA, (2_000_000_000, 2_000_000_000))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            import_files({path.name: path}, home / path.stem, side=None, report=lambda *_: None, title=path.name)
            os.write(into, b"done")
        except DataError as error:
            os.write(into, f"DataError {error}".encode()[:60_000])
        except BaseException as error:
            os.write(into, f"defect {type(error).__name__} {error}".encode()[:60_000])
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as said:
        text = said.read().decode()
    _, status = os.waitpid(child, 0)
    print(path.name, "ended" if os.WIFSIGNALED(status) else " ".join(text.split()), flush=True)
"""


def table():
    images = [{"bytes": picture("PNG", (8, 8), "L", seed), "path": "x.png"} for seed in range(12)]
    features = {"image": {"_type": "Image"}, "label": {"names": ["a", "b"], "_type": "ClassLabel"}}
    meta = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
    return pa.table({"image": images, "label": [seed % 2 for seed in range(12)]}).replace_schema_metadata(meta)


def packed(kind):
    out = io.BytesIO()
    if kind == "parquet":
        pq.write_table(table(), out, row_group_size=5)
    else:
        with (pa.ipc.new_file if kind == "file" else pa.ipc.new_stream)(out, table().schema) as writer:
            writer.write_table(table(), max_chunksize=5)
    return out.getvalue()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@levels("table")
def test_tables(tmp_path, count):
    for kind in ("parquet", "file", "stream"):
        suffix = "parquet" if kind == "parquet" else "arrow"
        whole = packed(kind)
        for number, content in enumerate([whole, *mutations(whole, 1, count // 3)]):
            (tmp_path / f"{kind}-{number:04d}.{suffix}").write_bytes(content)
    found = subprocess.run([sys.executable, "-c", READER, tmp_path], stdout=subprocess.PIPE, text=True, check=True)
    lines = found.stdout.splitlines()
    assert len(lines) == 3 * (count // 3 + 1)
    outcome = dict(line.split(" ", 1) for line in lines)
    assert {outcome[name] for name in ("parquet-0000.parquet", "file-0000.arrow", "stream-0000.arrow")} == {"done"}
    defects = [line for line in lines if line.split()[1] not in ("done", "DataError", "ended")]
    assert not defects, defects[:5]
    assert max(map(len, lines)) < LONGEST_MESSAGE
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")], "scratch folders are gone"


def test_table_that_ends_its_reader_or_not_is_a_sentence(tmp_path, monkeypatch):
    """One mutated file on the way that a page takes: the reader's process may end, this one does not."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / "x.parquet"
    path.write_bytes(packed("parquet")[:-30] + b"\xff" * 30)
    with pytest.raises(DataError, match=r"x\.parquet cannot be read"):
        preview_images(path)


def csv_of(rows):
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


POINTS = np.arange(24, dtype=np.float32).reshape(12, 2)
SHOWN = {
    ".npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (12, 2), }", POINTS.tobytes()),
    ".npz": npz(z=POINTS, labels=np.arange(12) % 3),
    ".csv": csv_of([("z1", "z2", "label"), *((x, y, "a") for x, y in POINTS.tolist())]),
}


def points_reader(folder, suffix):
    path = folder / f"points{suffix}"

    def read(content):
        path.write_bytes(content)
        assert isinstance(read_points(path).z, np.ndarray)

    return read


@levels("points")
@pytest.mark.parametrize("suffix", SHOWN)
def test_points_to_show(suffix, tmp_path, count):
    whole, read = SHOWN[suffix], points_reader(tmp_path, suffix)
    read(whole)
    contents = list(mutations(whole, 1, count // 3, is_text=suffix == ".csv"))
    if suffix == ".npz":
        contents[::2] = mutated_zips(whole, 2, len(contents[::2]))
    outcomes(contents, read, tmp_path, errors=DataError, cap=64 * MB)


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".parquet"])
def test_points_that_were_made_up(suffix, tmp_path):
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    arrays = [npy(header, bytes(16), version) for header in HEADERS for version in (1, 2)]
    if suffix == ".npz":
        arrays = [zip_of(array) for array in arrays] + [zip_bomb("z.npy", 200), zip_of(trap)]
    others = [
        trap,
        b"",
        b"PK",
        b"PAR1",
        b"\0" * 50,
        b'"' + b"x" * 200_000 + b'"\n1',
        b"z1\n" + b"9" * 5000,
        b"z1,z1\n1,2\n",
    ]
    outcomes([*arrays, *others], points_reader(tmp_path, suffix), tmp_path, errors=DataError, cap=128 * MB)
    assert not (tmp_path / "sprung").exists()


def zip_of(member):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("z.npy", member)
    return out.getvalue()


@pytest.fixture
def stored(tmp_path):
    """A folder of imported images, as an import leaves it."""
    source = tmp_path / "x.npz"
    np.savez(source, x_train=np.arange(960, dtype=np.uint8).reshape(15, 8, 8), y_train=np.arange(15) % 3)
    import_files({"x.npz": source}, tmp_path / "images", side=None, report=lambda *_: None, title="x")
    return tmp_path / "images"


def read_stored(folder):
    read_imported(folder)
    images, names = sample(folder)
    assert len(images) == len(names)
    for split in ("train", "validation", "test"):
        found = read_split(folder, DataConfig(name=f"folder:{folder}"), split)
        assert len(found.images)


@levels("store")
@pytest.mark.parametrize("name", [ABOUT, IMAGES, LABELS])
def test_stored_images(name, stored, tmp_path, count):
    path = stored / name
    read_stored(stored)

    def read(content):
        path.write_bytes(content)
        read_stored(stored)

    contents = mutations(path.read_bytes(), 1, count // 3, is_text=name == ABOUT)
    outcomes(contents, read, tmp_path, errors=DataError, cap=64 * MB)


@pytest.mark.parametrize(
    "changes",
    [
        {"counts": {"train": 2**62, "test": 2**62}},
        {"counts": {"train": 2**62}, "image_shape": [1, 2**40, 2**40]},
        {"counts": {"train": 2**60}, "image_shape": [1, 16, 60]},
        {"counts": {}},
        {"class_names": ["a"]},
        {"class_names": []},
        {"class_counts": []},
        {"counts": {"train": 14}, "image_shape": [1, 8, 8]},
        {"counts": {"train": 1}, "image_shape": [1, 32, 30], "class_names": []},
    ],
    ids=str,
)
def test_store_that_was_made_up(changes, stored, tmp_path):
    about = json.loads((stored / ABOUT).read_text())

    def read(content):
        (stored / ABOUT).write_bytes(content)
        read_stored(stored)

    outcomes([json.dumps({**about, **changes}).encode()], read, tmp_path, errors=DataError, cap=64 * MB)


def test_labels_that_were_made_up(stored, tmp_path):
    def read(content):
        (stored / LABELS).write_bytes(content)
        read_stored(stored)

    contents = [npy(header, bytes(120), version) for header in HEADERS for version in (1, 2)]
    shape = "{'descr': '<i8', 'fortran_order': False, 'shape': (15,), }"
    contents += [npy(shape, np.full(15, value).tobytes()) for value in (-1, 3, 2**62)]
    results, _ = outcomes(contents, read, tmp_path, errors=DataError, cap=64 * MB)
    assert not results
    assert not Path("evil").exists()
