"""aeviz doctor: what it finds, what it advises, and its exit status."""

import json
import socket

import pytest

from aeviz.cli import main
from aeviz.serving import checks
from aeviz.serving.checks import check_installation


@pytest.fixture
def doctor(capsys, tmp_path, monkeypatch):
    """A function that runs the command for a port that is free: exit status and what it found, by name."""
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "new" / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    for name in ("AEVIZ_MODE", "AEVIZ_HOSTS", "AEVIZ_JOBS"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]

    def run(*arguments):
        status = main(["doctor", "--json", "--port", str(port), *arguments])
        said = json.loads(capsys.readouterr().out)
        assert said["ok"] == (status == 0)
        return status, {check["name"]: check for check in said["checks"]}

    return run


def test_whole_installation_has_no_problem_and_is_not_changed(doctor, tmp_path):
    status, found = doctor()
    assert status == 0, found
    assert found["App"]["found"].endswith("with 27 models")
    assert found["PyTorch"]["state"] == "ok"
    assert found["Folder of runs"]["found"] == str((tmp_path / "new" / "runs").resolve())
    assert all(check["advice"] for check in found.values() if check["state"] != "ok")
    assert list(tmp_path.iterdir()) == []


def test_mode_is_that_of_the_address_to_be_served(doctor, monkeypatch):
    assert doctor()[1]["Settings"]["found"].startswith("mode open; ")
    assert doctor("--host", "0.0.0.0")[1]["Settings"]["found"].startswith("mode class; ")
    monkeypatch.setenv("AEVIZ_HOSTS", "class.example.org")
    assert doctor()[1]["Settings"]["found"].startswith("mode class; ")


def test_each_problem_says_what_to_do(doctor, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "file"))
    monkeypatch.setenv("AEVIZ_LIMIT_FREE_MB", str(10**9))
    monkeypatch.setattr(checks, "checkpoints_root", lambda: tmp_path / "missing")
    monkeypatch.setattr(
        checks.metadata, "requires", lambda name: ["numpy>=99", "no-such-package>=1", "pip; extra=='x'"]
    )
    monkeypatch.setattr(checks, "OLDEST_PYTHON", (9, 9))
    status, found = doctor()
    assert status == 1
    problems = {name for name, check in found.items() if check["state"] == "problem"}
    assert {"Python", "Packages", "App", "Folder of runs", "Disk of the folder of caches"} <= problems
    assert "expected >=99; no-such-package is missing" in found["Packages"]["found"]
    assert found["Folder of runs"]["advice"] == "set AEVIZ_RUNS to another folder"
    assert "AEVIZ_LIMIT_FREE_MB" in found["Disk of the folder of caches"]["advice"]
    assert all(found[name]["advice"] for name in problems)


def test_what_could_be_better_is_a_note(doctor, tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "_COMPONENTS", tmp_path)
    monkeypatch.setattr(checks, "MEMORY_MB", 10**9)
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        status, found = doctor("--port", str(port))
    assert status == 0
    notes = {name for name, check in found.items() if check["state"] == "note"}
    assert {"ONNX Runtime of the page", "Scripts of the page", f"Port {port}", "Data sets"} <= notes
    assert "aeviz data prepare NAME" in found["Data sets"]["advice"]


@pytest.mark.parametrize(
    ("name", "value"), [("AEVIZ_MODE", "x"), ("AEVIZ_LIMIT_RUNS", "x"), ("AEVIZ_JOBS", "0"), ("AEVIZ_HOSTS", "a/b")]
)
def test_setting_that_cannot_work_is_a_problem(monkeypatch, name, value):
    monkeypatch.setattr(checks, "_torch", lambda: checks.Check("PyTorch", "ok", ""))
    monkeypatch.setenv(name, value)
    found = {check.name: check for check in check_installation(1)}
    assert found["Settings"].state == "problem"
    assert name in found["Settings"].found


def test_lines_for_people(capsys, monkeypatch):
    monkeypatch.setattr(
        checks, "check_installation", lambda *_: iter([checks.Check("Python", "problem", "2.7", "install another")])
    )
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out == "PROBLEM  Python: 2.7\n         -> install another\n\nProblems to mend: 1.\n"
