"""A disk that is full at the first, second, ... write of each piece of work: a sentence, no part of a file, and on."""

import re
import shutil

import numpy as np
import onnx_files
import pytest
from full_disk import FullDisk, count_writes

from aeviz.bring.model import make_run
from aeviz.bring.settings import ImportSettings
from aeviz.cli import main
from aeviz.data.imports import own, visits
from aeviz.errors import AevizError, StorageError
from aeviz.experiment import train
from aeviz.training.runs import CONFIG, MODEL, RunFolder
from aeviz.training.weights import read_tensors
from aeviz.workers import task


def hidden(folder):
    """Files that a write began and did not rename."""
    return [path for path in folder.rglob(".*") if path.is_file() and path.name != ".owner.json"]


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_training_ends_with_a_sentence_and_goes_on_when_there_is_room(step, tiny_config, tmp_path, monkeypatch):
    config = tiny_config("train.epochs=2", "train.batch_size=250")
    unbroken = train(config, out=tmp_path / "unbroken").folder
    writes = count_writes(tmp_path, monkeypatch, lambda: train(config, out=tmp_path / "counted"))
    assert writes > 15
    for number in range(0, writes, step):
        path = tmp_path / f"run{number}"
        message = ""
        try:
            with FullDisk(tmp_path, number).mounted(monkeypatch):
                train(config, out=path)
        except StorageError as error:
            message = str(error)
        if message:  # progress that cannot be written is no reason to end
            assert re.search("No space left on device; .* make room on the disk", message), number
        assert hidden(path) == [], number
        if not (path / CONFIG).is_file():  # it had not begun, and left nothing
            assert not path.exists(), number
            continue
        train(config, out=path, resume=True)
        again, same = read_tensors(path / MODEL)[0], read_tensors(unbroken.path / MODEL)[0]
        assert all((again[name] == same[name]).all() for name in same), number
        assert len(RunFolder.read(path).history()) == 2, number
        shutil.rmtree(path)


def test_upload_is_refused_in_a_sentence_and_leaves_nothing(tmp_path, monkeypatch, write_pictures):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(visits, "import_apart", own.import_files)  # in this process, which sees the full disk
    pictures = write_pictures(tmp_path / "pictures", 12)

    def upload():
        files = {f"mine/{path.name}": path.open("rb") for path in pictures}
        try:
            return visits.take("visitor", files, report=lambda share, text: None)
        finally:
            for file in files.values():
                file.close()

    writes = count_writes(tmp_path / "cache", monkeypatch, upload)
    visits.end_visit("visitor")
    assert writes > 12
    for number in range(writes):
        with (
            FullDisk(tmp_path / "cache", number).mounted(monkeypatch),
            pytest.raises(StorageError, match=r"No space left on device; make room") as caught,
        ):
            upload()
        assert str(tmp_path / "cache") in str(caught.value)
        assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.name != visits.LOCK] == []
    assert visits.list_sets("visitor") == []
    upload()
    assert len(visits.list_sets("visitor")) == 1
    visits.end_visit("visitor")


def test_imported_model_that_cannot_be_kept_leaves_no_run(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    encoder, decoder, _, _ = onnx_files.linear_pair()

    def bring(name):
        return make_run(encoder, decoder, ImportSettings(name=name, data="digits"), lambda share, text: None)

    writes = count_writes(tmp_path / "runs", monkeypatch, lambda: bring("first"))
    assert writes > 8
    for number in (0, 2, writes // 2, writes - 1):
        with (
            FullDisk(tmp_path / "runs", number).mounted(monkeypatch),
            pytest.raises(AevizError, match="No space left on device"),
        ):
            bring("mine")
        assert [path.name for path in (tmp_path / "runs").iterdir()] == ["first"], number
    assert bring("mine").name == "mine"


def test_result_of_a_worker_says_where_there_is_no_room(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path))
    job = task.Task(kind="embedding", key="key")

    def compute():
        job.path.mkdir(parents=True, exist_ok=True)
        np.savez(job.path / task.INPUT, z=np.arange(9.0))
        return task._Reporter(job.path).work({}, lambda settings, arrays, progress: {"points": arrays["z"]})

    with FullDisk(tmp_path).mounted(monkeypatch) as disk:
        assert compute() == 0
    assert job.result() is not None
    for number in range(disk.writes):
        shutil.rmtree(job.path)
        job.path.mkdir()
        np.savez(job.path / task.INPUT, z=np.arange(9.0))
        with FullDisk(tmp_path, number).mounted(monkeypatch):
            status = task._Reporter(job.path).work({}, lambda settings, arrays, progress: {"points": arrays["z"]})
        assert hidden(job.path) == [], number
        if status:
            assert job.result() is None, number
            view = job.observe()
            assert view is None or "No space left on device" in view.message or view.state == "interrupted", number


@pytest.mark.parametrize("form", ["csv", "npz", "html", "gif"])
def test_export_leaves_no_part_of_a_file(form, trained_folder, tmp_path, monkeypatch, capsys):
    place = tmp_path / "out" / f"file.{form}"
    command = ["export", str(trained_folder), "--format", form, "--out", str(place)]
    if form == "gif":
        command += ["--seconds", "1"]
    writes = count_writes(tmp_path / "out", monkeypatch, lambda: main(command))
    whole = place.read_bytes()
    place.unlink()
    for number in {0, writes // 2, writes - 1}:
        capsys.readouterr()
        with FullDisk(tmp_path / "out", number).mounted(monkeypatch):
            assert main(command) == 2
        message = capsys.readouterr().err.strip().splitlines()[-1]
        assert f"cannot write {place}: No space left on device; make room on its disk" in message
        assert list((tmp_path / "out").iterdir()) == []
    place.write_bytes(b"of last week")
    with FullDisk(tmp_path / "out", 0).mounted(monkeypatch):
        assert main(command) == 2
    assert place.read_bytes() == b"of last week"
    assert main(command) == 0
    assert len(place.read_bytes()) == len(whole)
