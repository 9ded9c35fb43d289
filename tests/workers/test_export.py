"""The worker that writes a run's ONNX files for the page."""

import time

import pytest

from aeviz.errors import ExportError
from aeviz.export.beside import PARTS, is_current
from aeviz.training.runs import RunFolder
from aeviz.workers import export, process
from aeviz.workers.task import Task

PATIENCE_S = 120


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, no_worker_left):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(export, "_started", {})


def wait_for_end(folder):
    deadline = time.monotonic() + PATIENCE_S
    while (view := export.prepare(folder)) is None or view.is_active:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return view


@pytest.mark.slow
def test_files_are_written_once_a_server(run_copy):
    folder = RunFolder.read(run_copy)
    assert not any(is_current(folder, part) for part in PARTS)
    assert export.prepare(folder).is_active
    assert len(process._children) == 1
    assert wait_for_end(folder).state == "finished"
    assert all(is_current(folder, part) for part in PARTS)
    for part in PARTS:
        (run_copy / f"{part}.onnx").unlink()
    process._children[0].wait(timeout=PATIENCE_S)
    assert export.prepare(folder).state == "finished"  # this server has tried
    assert not process._children
    export._started.clear()  # another server
    assert export.prepare(folder).is_active


def test_why_it_failed_is_told(run_copy):
    weights = run_copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(
        ExportError, match=r"^no ONNX files of run 'copy' for the page, whose server decodes instead: .+$"
    ):
        export._compute({"path": str(run_copy)}, {}, lambda share, text: None)


def test_cache_that_cannot_be_written_is_told_to_every_visitor(run_copy, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "file"))
    folder = RunFolder.read(run_copy)
    for _ in range(2):
        view = export.prepare(folder)
        assert view.state == "failed"
        assert "see AEVIZ_CACHE" in view.message


def test_visitor_who_comes_while_it_is_started_waits(run_copy, monkeypatch):
    folder = RunFolder.read(run_copy)
    seen = []
    monkeypatch.setattr(Task, "start", lambda *args, **options: seen.append(export.prepare(folder)))
    export.prepare(folder)
    assert seen == [None]


def test_model_that_was_deleted_meanwhile_is_told(run_copy):
    folder = RunFolder.read(run_copy)
    (run_copy / "model.safetensors").unlink()
    view = export.prepare(folder)
    assert (view.state, view.message) == ("failed", "the weights of run 'copy' are gone; it may have been deleted")
