"""A disk without room ends a training with a sentence, in the shell, in status.json and so in the app."""

import errno
import os
import shutil
import subprocess
import sys

import pytest

from aeviz.cli import main
from aeviz.errors import StorageError
from aeviz.experiment import measure, train
from aeviz.training import loop
from aeviz.training.latents import LATENTS
from aeviz.training.runs import HISTORY, LAST, RunFolder
from aeviz.training.status import STATUS, read_status
from aeviz.training.weights import save_weights

SETTINGS = ("data.name=digits", "model.image_shape=[1,8,8]", "model.hidden=[8,4]", "train.device=cpu")
COMMAND = ["train", "digits-2d-adam", "--epochs", "3", *(f"--set={setting}" for setting in SETTINGS)]


def run_cli(*arguments, before):
    code = f"import sys; {before}; from aeviz.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=240)


def assert_failed(result, path):
    """The command ended with one sentence, and the status of the run has it too."""
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("aeviz: ")
    assert f"cannot write run '{path.name}'" in last
    assert "make room on the disk" in last
    status = read_status(path)
    assert status.state == "failed"
    assert status.message in last
    return status


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_file_that_may_not_grow_ends_training_with_a_sentence(tmp_path):
    """The weights with the state of the optimizer have 18 kB, those it begins with 7 kB."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))"
    result = run_cli(*COMMAND, "--out", str(tmp_path / "run"), before=limit)
    status = assert_failed(result, tmp_path / "run")
    assert "File too large" in status.message
    assert main(["train", "--resume", str(tmp_path / "run")]) == 0  # with room, it goes on
    assert len(RunFolder.read(tmp_path / "run").history()) == 3
    assert read_status(tmp_path / "run").state == "finished"


@pytest.fixture
def small_disk(tmp_path):
    """A function that mounts a file system of so many bytes; skips where that is not allowed."""
    root = tmp_path / "disk"
    root.mkdir()

    def make(size):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(root)]
        if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("only root may mount a file system")
        return root

    yield make
    if os.path.ismount(root):
        subprocess.run(["umount", str(root)], check=True)


@pytest.mark.parametrize("pages", [2, 7, 12])
def test_full_disk_ends_training_with_a_sentence(pages, small_disk, tiny_config):
    """Wherever the room ends: before the first epoch, in its middle, or at the film's frames."""
    disk = small_disk(4096 * pages)
    with pytest.raises(StorageError, match=r"No space left on device; .*make room on the disk"):
        train(tiny_config(), out=disk / "run")
    if pages == 2:  # it could not even begin, and left nothing behind
        assert list(disk.iterdir()) == []
        return
    status = read_status(disk / "run")
    assert status.state == "failed"
    assert "No space left on device" in status.message
    assert [file.name for file in (disk / "run").iterdir() if file.name.startswith(".")] == []


def full(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_status_is_written_even_where_no_second_file_fits(tiny_config, tmp_path, monkeypatch):
    def fill(*arguments):
        monkeypatch.setattr("aeviz.training.files.write_atomically", full)
        full()

    monkeypatch.setattr(loop, "append_report", fill)
    with pytest.raises(StorageError, match=r"cannot write run 'run' in .*: No space left on device; .*--resume"):
        train(tiny_config(), out=tmp_path / "run")
    status = read_status(tmp_path / "run")
    assert (status.state, status.epoch) == ("failed", 0)
    assert "No space left on device" in status.message


def test_progress_that_cannot_be_written_does_not_end_training(tiny_config, tmp_path, monkeypatch):
    monkeypatch.setattr("aeviz.training.monitor.write_status", full)
    monkeypatch.setattr("aeviz.training.monitor.overwrite_status", full)
    assert len(train(tiny_config(), out=tmp_path / "run").history) == 3
    assert not (tmp_path / "run" / STATUS).exists()


def test_full_disk_at_the_measurement_keeps_what_was_trained(tiny_config, tmp_path, monkeypatch):
    monkeypatch.setattr("aeviz.training.runs.write_latents", full)
    with pytest.raises(StorageError, match="No space left on device"):
        train(tiny_config(), out=tmp_path / "run")
    status = read_status(tmp_path / "run")
    assert status.state == "failed"
    assert status.message.startswith("all epochs are trained, but not measured: cannot write run 'run'")
    assert len(RunFolder.read(tmp_path / "run").history()) == 3
    monkeypatch.undo()
    measure(RunFolder.read(tmp_path / "run"))
    assert (tmp_path / "run" / LATENTS).is_file()


def test_stopped_run_that_cannot_be_measured_still_counts_as_stopped(tiny_config, tmp_path, monkeypatch):
    def stop(report):
        raise KeyboardInterrupt

    monkeypatch.setattr("aeviz.training.runs.write_latents", full)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_config(), out=tmp_path / "run", on_epoch=stop)
    status = read_status(tmp_path / "run")
    assert status.state == "stopped"
    assert "could not be measured: cannot write run 'run'" in status.message


def test_error_of_the_weights_has_the_number_of_the_system(tmp_path, monkeypatch):
    from safetensors import SafetensorError

    def fail(*arguments, **options):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("aeviz.training.weights.save_file", fail)
    with pytest.raises(OSError, match="No space left on device") as caught:
        save_weights(tmp_path / LAST, {}, 0)
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_half_a_line_of_history_is_dropped_when_the_run_goes_on(tiny_config, tmp_path):
    train(tiny_config("train.epochs=2"), out=tmp_path / "run")
    with (tmp_path / "run" / HISTORY).open("a") as file:
        file.write('{"epoch": 3, "train_l')
    run = train(tiny_config("train.epochs=3"), out=tmp_path / "run", resume=True)
    assert [report.epoch for report in run.history] == [1, 2, 3]
