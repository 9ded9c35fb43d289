"""Codes of test images for other programs: read back by the standard library, by NumPy and by TensorBoard itself."""

import csv
import io
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from PIL import Image

from aeviz.cli import main
from aeviz.data import load_dataset
from aeviz.errors import ExportError
from aeviz.export.tables import latent_csv, write_npz, write_parquet, write_projector
from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder

NAME = "digits-2d-adam"


@pytest.fixture(scope="module")
def folder():
    return RunFolder.read(checkpoints_root() / NAME)


def test_csv_holds_codes_classes_and_errors(folder):
    table, names = folder.require_latents(), folder.provenance.class_names
    rows = list(csv.DictReader(io.StringIO(latent_csv(table, names))))
    assert list(rows[0]) == ["image", "label", "class", "z1", "z2", "error"]
    assert len(rows) == len(table.z)
    assert [int(row["label"]) for row in rows] == table.labels.tolist()
    found = np.array([[float(row["z1"]), float(row["z2"])] for row in rows])
    np.testing.assert_allclose(found, table.z, rtol=1e-5, atol=1e-6)
    assert rows[3]["class"] == names[table.labels[3]]


def test_csv_has_deviations_of_a_gaussian_posterior():
    run = RunFolder.read(checkpoints_root() / "vae-2d")
    table = run.require_latents()
    row = next(csv.DictReader(io.StringIO(latent_csv(table, run.provenance.class_names))))
    assert float(row["s2"]) == pytest.approx(float(np.exp(table.log_variance[0, 1] / 2)), rel=1e-5)


def test_npz_holds_the_same(folder, tmp_path):
    table = folder.require_latents()
    write_npz(table, folder.provenance.class_names, tmp_path / "codes.npz")
    with np.load(tmp_path / "codes.npz") as found:
        np.testing.assert_array_equal(found["z"], table.z)
        np.testing.assert_array_equal(found["labels"], table.labels)
        assert found["classes"].tolist() == list(folder.provenance.class_names)


def test_parquet_holds_the_columns_of_the_csv():
    run = RunFolder.read(checkpoints_root() / "vae-2d")
    table, names = run.require_latents(), run.provenance.class_names
    with tempfile.TemporaryDirectory() as folder:
        write_parquet(table, names, Path(folder) / "codes.parquet")
        found = pyarrow.parquet.read_table(Path(folder) / "codes.parquet")
    rows = list(csv.DictReader(io.StringIO(latent_csv(table, names))))
    assert found.column_names == list(rows[0])
    assert found["class"].to_pylist() == [row["class"] for row in rows]
    np.testing.assert_array_equal(found["z2"].to_numpy(), table.z[:, 1])
    np.testing.assert_allclose(found["s1"].to_numpy(), [float(row["s1"]) for row in rows], rtol=1e-4)


def test_projector_has_a_picture_for_each_point(folder, tmp_path, capsys):
    out = tmp_path / "projector"
    assert main(["export", NAME, "--format", "projector", "--out", str(out)]) == 0
    assert "tensorboard --logdir" in capsys.readouterr().out
    images = load_dataset(folder.config.data, "test").images
    side = int(np.ceil(np.sqrt(len(images))))
    with Image.open(out / "sprite.png") as sprite:
        assert sprite.size == (8 * side, 8 * side)
        row, column = divmod(17, side)
        np.testing.assert_array_equal(
            np.asarray(sprite)[8 * row : 8 * row + 8, 8 * column : 8 * column + 8], images[17, 0]
        )
    (out / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match=r"notes\.txt"):
        write_projector(folder.require_latents(), (), out, name="x", images=None)


def test_command_writes_and_refuses(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", NAME, "--format", "csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == f"{NAME}.csv"
    assert main(["export", NAME, "--format", "npz", "--out", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.slow
def test_tensorboard_reads_the_projector_files(folder, tmp_path):
    pytest.importorskip("tensorboard")
    table = folder.require_latents()
    write_projector(table, folder.provenance.class_names, tmp_path / "run", name=NAME, images=None)
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(tmp_path / "run"), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(path):
        for _ in range(120):
            try:
                with urllib.request.urlopen(f"http://localhost:{port}/data/plugin/projector/{path}") as answer:
                    return answer.read()
            except OSError:
                time.sleep(0.5)
        raise AssertionError(f"TensorBoard does not answer {path}")

    try:
        (run,) = json.loads(ask("runs"))
        (embedding,) = json.loads(ask(f"info?run={run}"))["embeddings"]
        assert embedding["tensorName"] == NAME
        assert embedding["tensorShape"] == list(table.z.shape)
        found = np.frombuffer(ask(f"tensor?run={run}&name={NAME}&num_rows=100000"), np.float32)
        np.testing.assert_allclose(found.reshape(table.z.shape), table.z, rtol=1e-5, atol=1e-6)
        assert ask(f"metadata?run={run}&name={NAME}&num_rows=100000").decode().splitlines()[0] == "class\timage\terror"
    finally:
        server.terminate()
        server.wait(20)
