import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from aeviz.cli import main
from aeviz.errors import ExportError
from aeviz.export import missing
from aeviz.export.beside import PARTS, beside, is_current, read_metadata, weights_digest
from aeviz.export.check import check_export
from aeviz.export.files import model_digest
from aeviz.export.missing import count_processes, estimate_seconds, find_missing, try_to_write, write_beside
from aeviz.export.onnx import export_part
from aeviz.training.run import load
from aeviz.training.runs import MODEL, RunFolder, list_runs
from aeviz.training.weights import read_tensors, save_weights
from aeviz.workers import process, training

TINY = ["--set", "model.hidden=[8,4]", "--set", "train.batch_size=128", "--device", "cpu"]


@pytest.fixture(scope="module")
def whole(trained_folder, made_once):
    """A trained run with its ONNX files beside the weights; read only."""

    def make(folder):
        write_beside(RunFolder.read(shutil.copytree(trained_folder, folder / "tiny-run")))

    return made_once("beside", make) / "tiny-run"


@pytest.fixture
def folder(whole, tmp_path):
    """A copy of that run, of the same name, that a test may damage."""
    return RunFolder.read(shutil.copytree(whole, tmp_path / whole.name))


@pytest.fixture
def read_only(folder, monkeypatch, tmp_path):
    """The same without its files, in a place that cannot be written; AEVIZ_CACHE is the test's own."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda path, mode: folder.path not in (path, *path.parents))
    return folder


@pytest.fixture
def with_onnx(monkeypatch):
    """What the other tests go without: a training run writes ONNX files when it ends."""
    monkeypatch.setenv("AEVIZ_ONNX", "1")


def change_weights(folder):
    tensors, epoch = read_tensors(folder.path / MODEL)
    save_weights(folder.path / MODEL, {name: tensor + 0.1 for name, tensor in tensors.items()}, epoch)


def refuse(*arguments, **options):
    raise ExportError("ONNX files need the package onnx, which is not installed; run: pip install onnx")


@pytest.mark.parametrize("part", PARTS)
def test_pipe_in_place_of_a_file_is_not_opened(folder, part):
    path = beside(folder, part)
    path.unlink()
    os.mkfifo(path)  # opening it would wait for a writer for ever
    assert read_metadata(path) == {}
    assert not is_current(folder, part)
    with pytest.raises(ExportError, match="it is a pipe; expected a regular file"):
        check_export(load(folder), path)


def test_written_files_are_those_of_the_run(folder):
    run = load(folder)
    for part in PARTS:
        path = beside(folder, part)
        assert path == folder.path / f"{part}.onnx"
        assert check_export(run, path).part == part
        assert is_current(folder, part)
    assert find_missing([folder]) == []


@pytest.mark.parametrize("part", PARTS)
def test_header_read_by_hand_is_what_onnx_reads(folder, part):
    import onnx

    path = folder.path / f"{part}.onnx"
    known = {entry.key: entry.value for entry in onnx.load_model_from_string(path.read_bytes()).metadata_props}
    assert read_metadata(path) == known
    assert known["model_digest"] == weights_digest(folder.path / MODEL) == model_digest(load(folder))


def test_header_of_a_file_cut_anywhere_is_empty(folder):
    path = folder.path / "decoder.onnx"
    content = path.read_bytes()
    for length in {0, 1, 5, len(content) // 2, len(content) - 300, len(content) - 1}:
        path.write_bytes(content[:length])
        assert "model_digest" not in read_metadata(path) or not is_current(folder, "decoder")
    path.write_bytes(np.random.default_rng(0).bytes(len(content)))
    assert read_metadata(path) == {}
    assert read_metadata(path.with_name("nothing")) == {}


def test_header_of_another_program_is_empty(folder):
    import onnx

    path = folder.path / "decoder.onnx"
    model = onnx.load_model_from_string(path.read_bytes())
    model.producer_name = "other"
    path.write_bytes(model.SerializeToString())
    assert read_metadata(path) == {}
    assert not is_current(folder, "decoder")


def test_look_needs_neither_torch_nor_onnx(folder):
    code = (
        "import sys, json; from pathlib import Path; from aeviz.export.missing import find_missing; "
        "from aeviz.training.runs import RunFolder; "
        f"found = find_missing([RunFolder.read(Path({str(folder.path)!r}))]); "
        "print(json.dumps([len(found), sorted({'torch', 'onnx', 'onnxruntime'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == [0, []]


def test_files_of_other_weights_are_written_again(folder):
    before = (folder.path / "decoder.onnx").read_bytes()
    change_weights(folder)
    assert not is_current(folder, "decoder")
    assert find_missing([folder]) == [folder]
    write_beside(folder)
    assert is_current(folder, "decoder")
    assert (folder.path / "decoder.onnx").read_bytes() != before
    check_export(load(folder), folder.path / "decoder.onnx")


def test_damaged_file_and_that_of_a_renamed_run_are_written_again(folder):
    (folder.path / "decoder.onnx").write_bytes(b"no model")
    renamed = RunFolder.read(folder.path.rename(folder.path.with_name("other-name")))
    change_weights(renamed)
    write_beside(renamed)
    for part in PARTS:
        check_export(load(renamed), renamed.path / f"{part}.onnx")


def test_exporting_elsewhere_still_spares_what_is_not_ours(folder, tmp_path):
    (tmp_path / "decoder.onnx").write_bytes(b"mine")
    with pytest.raises(ExportError, match="exists and is not from aeviz"):
        export_part(load(folder), "decoder", tmp_path / "decoder.onnx")
    assert (tmp_path / "decoder.onnx").read_bytes() == b"mine"


def test_read_only_run_is_served_from_the_cache(read_only, tmp_path):
    assert beside(read_only, "decoder") == read_only.path / "decoder.onnx", "what is there is good"
    for part in PARTS:
        (read_only.path / f"{part}.onnx").unlink()
    assert not is_current(read_only, "decoder")
    write_beside(read_only)
    path = beside(read_only, "decoder")
    assert path == tmp_path / "cache" / "onnx" / weights_digest(read_only.path / MODEL) / "decoder.onnx"
    assert is_current(read_only, "decoder")
    assert is_current(read_only, "encoder")
    assert list(read_only.path.glob("*.onnx")) == []


def test_run_of_a_further_folder_stays_as_it_is(folder, tmp_path, monkeypatch):
    """AEVIZ_MODELS names folders that are only read, also where they could be written."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AEVIZ_MODELS", str(folder.path.parent))
    for part in PARTS:
        (folder.path / f"{part}.onnx").unlink(missing_ok=True)
    before = sorted(folder.path.iterdir())
    write_beside(folder)
    assert is_current(folder, "decoder")
    assert sorted(folder.path.iterdir()) == before


def test_run_without_weights_has_no_files(folder):
    (folder.path / MODEL).unlink()
    assert not is_current(folder, "decoder")
    assert beside(folder, "decoder") == folder.path / "decoder.onnx"
    assert find_missing([folder]) == []


def test_weights_that_change_meanwhile_leave_no_file(folder, monkeypatch):
    (folder.path / "decoder.onnx").unlink()

    def export_and_train_on(run, part, path, *, replace):
        export_part(run, part, path, replace=replace)
        change_weights(folder)

    monkeypatch.setattr("aeviz.export.onnx.export_part", export_and_train_on)
    with pytest.raises(ExportError, match=r"the weights of run 'tiny-run' changed while its decoder\.onnx"):
        write_beside(folder)
    assert not (folder.path / "decoder.onnx").exists()


def test_deleted_run_is_not_made_again(folder):
    shutil.rmtree(folder.path)
    assert try_to_write(folder).startswith("no ONNX files of run 'tiny-run' for the page")
    assert not folder.path.exists()


@pytest.mark.slow
def test_several_processes_write_what_is_missing(folder, tmp_path, monkeypatch):
    folders = [RunFolder.read(shutil.copytree(folder.path, tmp_path / "many" / name)) for name in ("a", "b", "c")]
    for copy in folders[:2]:
        change_weights(copy)
    (folders[1].path / "latents.npz").write_bytes(b"damaged")
    monkeypatch.setattr(missing, "count_processes", lambda number: 2)
    done = []
    problems = missing.write_missing(find_missing(folders), on_done=done.append)
    assert sorted(done) == ["a", "b"]
    assert list(problems) == ["b"]
    assert problems["b"].startswith("no ONNX files of run 'b' for the page, whose server decodes instead: ")
    assert is_current(folders[0], "decoder")
    assert not is_current(folders[1], "decoder")


def test_estimate_grows_with_the_work(folder):
    assert count_processes(1) == count_processes(3) == 1
    assert 0 < estimate_seconds([folder]) < estimate_seconds([folder] * 3) < 60


@pytest.mark.slow
def test_training_ends_with_both_files(with_onnx, runs_folder, capsys):
    assert main(["train", "digits-2d-adam", "--epochs", "1", *TINY, "--set", "optimizer.schedule=constant"]) == 0
    (path,) = runs_folder.iterdir()
    folder = RunFolder.read(path)
    assert all(is_current(folder, part) for part in PARTS)
    first = read_metadata(path / "decoder.onnx")
    assert main(["train", "--resume", str(path), "--epochs", "2"]) == 0
    assert all(is_current(folder, part) for part in PARTS)
    assert read_metadata(path / "decoder.onnx") != first
    assert "ONNX" not in capsys.readouterr().err
    (run,) = list_runs()
    assert run.bytes == sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


@pytest.mark.parametrize("option", [[], ["--no-onnx"]])
def test_training_does_without_where_they_cannot_be_written(with_onnx, tmp_path, monkeypatch, capsys, option):
    monkeypatch.setattr("aeviz.export.packages.package", refuse)
    path = tmp_path / "run"
    assert main(["train", "digits-2d-adam", "--epochs", "1", "--out", str(path), *TINY, *option]) == 0
    notices = [line for line in capsys.readouterr().err.splitlines() if "ONNX" in line]
    assert len(notices) == (0 if option else 1)
    if notices:
        assert notices[0].endswith("package onnx, which is not installed; run: pip install onnx")
    assert list(path.glob("*.onnx")) == []
    assert (path / MODEL).is_file()


@pytest.mark.slow
def test_job_of_the_app_ends_with_both_files(with_onnx, runs_folder, tiny_config):
    folder = training.start(tiny_config("train.epochs=1")).path
    (trainer,) = process._children
    assert trainer.wait(timeout=100) == 0, (folder / "trainer.log").read_text()
    process.reap()
    assert all(is_current(RunFolder.read(folder), part) for part in PARTS)


@pytest.fixture
def shipped(folder, tmp_path, monkeypatch):
    """A checkpoints/ of the test's own, with the run."""
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("aeviz.training.runs.checkpoints_root", lambda: tmp_path)
    return folder


def test_command_writes_what_ships_only_where_it_is_missing(shipped, capsys):
    command = ["export", "--shipped", "--format", "onnx"]
    assert main(command) == 0
    assert capsys.readouterr() == ("", "")
    (shipped.path / "encoder.onnx").unlink()
    before = (shipped.path / "decoder.onnx").stat().st_mtime_ns
    assert main([*command, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == [{"name": "tiny-run", "problem": None}]
    assert err.startswith("aeviz: writing the networks of 1 models for the page, once, about ")
    assert is_current(shipped, "encoder")
    assert (shipped.path / "decoder.onnx").stat().st_mtime_ns == before


def test_command_names_what_it_cannot_write(shipped, monkeypatch, capsys):
    (shipped.path / "encoder.onnx").unlink()
    monkeypatch.setattr("aeviz.export.packages.package", refuse)
    assert main(["export", "--shipped", "--format", "onnx"]) == 2
    assert "aeviz: no ONNX files of run 'tiny-run' for the page" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "export needs the name of a model"), (["vae-2d", "--shipped"], "leave out RUN and --out")],
)
def test_command_wants_a_run_or_all(arguments, message, capsys):
    assert main(["export", "--format", "onnx", *arguments]) == 2
    assert message in capsys.readouterr().err
