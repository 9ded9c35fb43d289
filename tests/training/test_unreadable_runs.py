"""Runs that may not be read, vanish meanwhile, or are no plain files leave the others as they are."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from run_readers import read_all

from aeviz.cli import main
from aeviz.errors import CheckpointFormatError, CheckpointNotFoundError
from aeviz.training.latents import LATENTS
from aeviz.training.run import load
from aeviz.training.runs import (
    CONFIG,
    HISTORY,
    MODEL,
    RunFolder,
    find_run,
    list_folders,
    list_problems,
)
from aeviz.training.safe_files import read_bytes_checked, read_json_checked, read_tail_checked
from aeviz.training.status import is_asked
from aeviz.workers.training import list_jobs

# Folders that may not be entered


class Shut:
    """Stands for a folder of mode 0700 that belongs to somebody else: root, who runs the tests, may enter any."""

    def __init__(self, folder, monkeypatch):
        self.folder = str(folder)
        for module, name in ((os, "stat"), (os, "lstat"), (os, "open"), (os, "scandir"), (os, "listdir")):
            monkeypatch.setattr(module, name, self.guard(getattr(module, name), name in ("scandir", "listdir")))

    def guard(self, function, itself):
        def guarded(path, *args, **kwargs):
            text = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
            if text.startswith(self.folder + "/") or (itself and text == self.folder):
                raise PermissionError(13, "Permission denied", text)
            return function(path, *args, **kwargs)

        return guarded


def test_run_that_may_not_be_entered_leaves_the_others(two_runs, monkeypatch, capsys, caplog):
    Shut(two_runs / "bad", monkeypatch)
    assert [folder.name for folder in list_folders()] == ["good"]
    (problem,) = list_problems()
    assert "cannot read config.json of run 'bad': Permission denied; change its permissions" in problem.message
    read_all(two_runs / "bad")
    assert [job.name for job in list_jobs()] == ["good"]
    assert not is_asked(two_runs / "bad", "stop")
    with pytest.raises(CheckpointFormatError, match="Permission denied"):
        find_run("bad")
    assert main(["list"]) == 0
    assert "good" in capsys.readouterr().out
    assert "Permission denied" in caplog.text


def test_runs_folder_that_may_not_be_entered_is_named(two_runs, monkeypatch, caplog):
    Shut(two_runs, monkeypatch)
    assert list_folders() == []
    assert list_jobs() == []
    assert "cannot look into" in list_problems()[0].message
    assert main(["list"]) == 0
    assert "Permission denied" in caplog.text


def test_list_writes_a_warning_on_standard_error(two_runs):
    (two_runs / "bad" / HISTORY).unlink()
    (two_runs / "bad" / HISTORY).mkdir()
    result = subprocess.run(
        [sys.executable, "-m", "aeviz", "list", "--json"], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0
    assert "good" in [run["name"] for run in json.loads(result.stdout)]
    expected = (
        "aeviz: left out: cannot read history.jsonl of run 'bad': it is a folder; expected a regular file; restore"
    )
    assert result.stderr.startswith(expected)
    assert result.stderr.count("\n") == 1


def test_lost_and_found_is_no_run(two_runs, monkeypatch):
    (two_runs / "lost+found").mkdir(mode=0o700)
    Shut(two_runs / "lost+found", monkeypatch)
    assert list_problems() == []


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="becoming another user takes root")
def test_run_of_another_user_leaves_the_others(two_runs, monkeypatch):
    with tempfile.TemporaryDirectory() as name:  # not tmp_path, whose parents are root's own
        root = Path(name)
        root.chmod(0o755)
        two_runs.rename(root / "runs")
        monkeypatch.setenv("AEVIZ_RUNS", str(root / "runs"))
        monkeypatch.setattr("aeviz.training.runs.checkpoints_root", lambda: root / "none")
        (root / "runs" / "bad").chmod(0o700)
        os.seteuid(65534)
        try:
            listed, problems = list_folders(), list_problems()
        finally:
            os.seteuid(0)
    assert [folder.name for folder in listed] == ["good"]
    assert "Permission denied" in problems[0].message


# Runs that vanish


def remove(folder):
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    folder.rmdir()


@pytest.mark.parametrize("read", [load, lambda folder: folder.latents()], ids=["load", "latents"])
def test_run_that_was_deleted_meanwhile_is_reported(read, two_runs):
    folder = find_run("bad")
    remove(folder.path)
    with pytest.raises(CheckpointNotFoundError, match=r"run 'bad' is gone: .*was deleted or renamed meanwhile"):
        read(folder)


def test_weights_that_were_deleted_meanwhile_are_reported(two_runs):
    folder = find_run("bad")
    (folder.path / MODEL).unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"'bad' has no model\.safetensors any longer, although 2 epochs"):
        load(folder)


def test_latents_that_were_deleted_meanwhile_are_reported(two_runs):
    folder = find_run("bad")
    assert folder.require_latents().z.shape == (297, 2)
    (folder.path / LATENTS).unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"run 'bad' has no latents\.npz; restore the file, or train"):
        folder.require_latents()


def test_config_that_was_deleted_meanwhile_is_reported(two_runs):
    folder = find_run("bad")
    (folder.path / CONFIG).unlink()
    with pytest.raises(CheckpointNotFoundError, match=r"is no run: expected a folder with config\.json"):
        RunFolder.read(folder.path)
    with pytest.raises(CheckpointNotFoundError, match="'bad' is gone"):
        load(folder)


def test_run_that_vanishes_while_it_is_listed_is_passed_over(two_runs, monkeypatch):
    read = RunFolder.read.__func__

    def vanish(cls, path):
        if path.name == "bad":
            remove(path)
        return read(cls, path)

    monkeypatch.setattr(RunFolder, "read", classmethod(vanish))
    assert [folder.name for folder in list_folders()] == ["good"]
    assert list_problems() == []


# The module that opens files


def test_file_that_becomes_a_pipe_between_looking_and_opening_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "value.json"
    path.write_text("{}")
    opened = os.open

    def swap(name, flags, *args):
        if Path(name) == path:
            path.unlink()
            os.mkfifo(path)
        return opened(name, flags, *args)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(CheckpointFormatError, match="it is a pipe"):
        read_json_checked(path)


def test_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "value.json")
    has_reader = threading.Event()

    def write():
        with suppress(OSError):
            os.close(os.open(tmp_path / "value.json", os.O_WRONLY | os.O_NONBLOCK))
            has_reader.set()

    with pytest.raises(CheckpointFormatError, match="it is a pipe; expected a regular file"):
        read_bytes_checked(tmp_path / "value.json", 10)
    write()
    assert not has_reader.is_set()


def test_tail_of_a_file(tmp_path):
    (tmp_path / "log").write_bytes(bytes(range(100)))
    assert read_tail_checked(tmp_path / "log", 3) == bytes([97, 98, 99])
    assert read_tail_checked(tmp_path / "log", 1_000) == bytes(range(100))
    with pytest.raises(CheckpointNotFoundError, match="it is not there"):
        read_tail_checked(tmp_path / "other", 3)


def test_only_one_module_opens_files_to_read_them():
    """np.load, Path.open, read_text and the like trust what they open."""
    package = Path(sys.modules["aeviz.training.runs"].__file__).parent
    for path in package.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in ("np.load(", ".read_text(", ".read_bytes(", '.open("r"', '.open("rb', ".open()", "json.load("):
            assert call not in text, f"{path.name}: {call}; use aeviz.training.safe_files"
