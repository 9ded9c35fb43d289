"""Workers as processes: their entry point, and that one which waits is small."""

import subprocess
import sys

import pytest

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
