"""Workers as processes: their entry point, and that one which waits is small."""

import subprocess
import sys

import pytest

from aeviz.errors import WorkerError
from aeviz.workers import process
from aeviz.workers.__main__ import main


@pytest.mark.parametrize("arguments", [[], ["training"], ["cooking", "folder"], ["relu", "a", "b"]])
def test_entry_point_refuses_what_is_no_worker(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err == "expected one of training, embedding, export, importing, relu and a folder\n"


def test_worker_that_is_refused_says_why_in_one_line(tmp_path):
    command = [sys.executable, "-m", "aeviz.workers", "training", str(tmp_path / "gone")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as worker:
        worker.stdin.write(b'{"colour": 3}\n')
        worker.stdin.flush()  # and left open: a worker ends when its input closes
        error = worker.stderr.read().decode()
        assert worker.wait(60) == 2
    assert "colour" in error
    assert error.count("\n") == 1


def test_worker_that_waits_holds_no_torch():
    code = (
        "import sys; from aeviz.workers import embedding, export, process, relu, task, training; "
        "sys.exit(bool({'torch', 'sklearn', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_server_takes_so_many_jobs_and_no_more(tmp_path, monkeypatch):
    """Of whatever kind, in every mode; one that has ended makes room."""
    monkeypatch.setenv("AEVIZ_LIMIT_JOBS", str(process.count_workers() + 1))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as working:
        process._children.append(working)
        with pytest.raises(
            WorkerError, match=r"at most \d+ jobs at work or in the queue \(AEVIZ_LIMIT_JOBS\); try again"
        ):
            start(tmp_path)
        assert not list(tmp_path.iterdir())
        working.communicate(b"\n")
    start(tmp_path)
    assert (tmp_path / "log").exists()


def start(folder):
    """Start a worker whose input is refused; it counts as reported."""
    process.launch(
        "relu", folder, {}, log=folder / "log", environment=process.quiet_environment(), has_reported=lambda pid: True
    )
