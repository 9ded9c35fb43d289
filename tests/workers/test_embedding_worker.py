"""Maps that are computed in a process of their own, as real processes."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import numpy as np
import pytest
from filelock import FileLock

from aeviz.analysis.embedding import EmbeddingConfig
from aeviz.errors import WorkerError
from aeviz.workers import embedding, process
from aeviz.workers import task as worker_task
from aeviz.workers.task import INPUT, LOCK, RESULT, STATUS, STOP

PATIENCE_S = 60
CONFIG = EmbeddingConfig(algorithm="t-SNE", neighbours=5)
SERVER = """
import sys, time
import numpy as np
from aeviz.workers import embedding
from aeviz.analysis.embedding import EmbeddingConfig
z = np.random.default_rng(0).normal(size=(int(sys.argv[1]), 6)).astype(np.float32)
embedding.start(z, "server", EmbeddingConfig(algorithm="t-SNE", neighbours=5))
print("started", flush=True)
time.sleep(600)
"""

WORKER = """
import sys
from pathlib import Path
from aeviz.workers import embedding
print("ready", flush=True)
sys.exit(embedding.work(Path(sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, no_worker_left):
    """An AEVIZ_CACHE of the test's own; no process outlives the test."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def points():
    """A function that returns so many points of 6 dimensions; 200 take a second, 20,000 far longer than any test."""
    return lambda n: np.random.default_rng(0).normal(size=(n, 6)).astype(np.float32)


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not (result := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return result


def wait_for_state(task, *states):
    return wait_for(lambda: (job := task.observe()) is not None and job.state in states and job)


def flipped_bytes(z):
    """Yield archives of a map with one damaged byte: the compressed data, the header of the array, the method."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, points=z)
    whole = buffer.getvalue()
    for place in range(8, len(whole), 7):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        with contextlib.suppress(Exception):
            if np.array_equal(np.load(io.BytesIO(damaged))["points"], z):
                continue  # numpy does not look at this byte
        yield damaged


def test_map_is_computed_once_and_kept(points):
    task = embedding.embedding_task("a", CONFIG)
    assert task.observe() is None
    assert embedding.read_embedding(task) is None
    embedding.start(points(200), "a", CONFIG)
    wait_for_state(task, "finished")
    found = embedding.read_embedding(task)
    assert found.shape == (200, 2)
    wait_for(lambda: not (task.path / INPUT).exists())
    before = list(process._children)
    embedding.start(points(200), "a", CONFIG)
    assert set(process._children) <= set(before)  # nothing was begun anew


def test_key_differs_by_points_and_settings():
    keys = {
        embedding.embedding_task("a", CONFIG),
        embedding.embedding_task("b", CONFIG),
        embedding.embedding_task("a", EmbeddingConfig(algorithm="t-SNE", neighbours=6)),
        embedding.embedding_task("a", EmbeddingConfig(algorithm="UMAP", neighbours=5)),
        embedding.embedding_task("a", EmbeddingConfig(algorithm="UMAP", neighbours=5, seed=1)),
        embedding.embedding_task("a", EmbeddingConfig(algorithm="UMAP", neighbours=5, dimensions=3)),
    }
    assert len(keys) == 6


def test_only_one_works_and_both_can_be_stopped(points):
    first, second = (embedding.embedding_task(name, CONFIG) for name in "ab")
    embedding.start(points(20_000), "a", CONFIG)
    wait_for_state(first, "working")
    embedding.start(points(20_000), "a", CONFIG)  # asked for twice
    embedding.start(points(20_000), "b", CONFIG)
    assert len(process._children) == 2
    assert second.observe().state == "queued"
    second.ask_to_stop()
    wait_for_state(second, "stopped")
    assert first.observe().is_active
    first.ask_to_stop()
    assert wait_for_state(first, "stopped").message == "stopped before it was done"
    assert embedding.read_embedding(first) is None


def test_two_who_start_at_once_start_one(points):
    starts = [threading.Thread(target=embedding.start, args=(points(200), "a", CONFIG)) for _ in range(2)]
    for each in starts:
        each.start()
    for each in starts:
        each.join(PATIENCE_S)
    assert len(process._children) == 1
    wait_for_state(embedding.embedding_task("a", CONFIG), "finished")


def test_process_waits_for_a_lock_that_is_held_for_a_moment(points):
    task = embedding.embedding_task("a", CONFIG)
    path = task.path
    path.mkdir(parents=True)
    np.savez(path / INPUT, z=points(4))
    with FileLock(path / LOCK):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert worker.stdout.readline() == b"ready\n"
        worker.stdin.write(json.dumps(asdict(CONFIG)).encode() + b"\n")
        worker.stdin.flush()
        time.sleep(0.2)
    with worker:
        assert worker.wait(PATIENCE_S) == 2
    assert "4 points cannot be embedded" in task.observe().message  # so it came to its work


def test_stopped_map_can_be_begun_again(points):
    task = embedding.embedding_task("a", CONFIG)
    embedding.start(points(20_000), "a", CONFIG)
    task.ask_to_stop()
    wait_for_state(task, "stopped")
    embedding.start(points(20_000), "a", CONFIG)
    assert wait_for_state(task, "queued", "working").is_active


def test_stopped_worker_reports_nothing_more(tmp_path, monkeypatch):
    is_ending, may_end = threading.Event(), threading.Event()
    monkeypatch.setattr(os, "_exit", lambda status: (is_ending.set(), may_end.wait(PATIENCE_S)))
    (tmp_path / STOP).touch()
    reporter = worker_task._Reporter(tmp_path)
    watcher = threading.Thread(target=reporter._watch)
    computation = threading.Thread(target=reporter._report, args=(0.5, "moving the points"))
    watcher.start()
    assert is_ending.wait(PATIENCE_S)
    computation.start()
    computation.join(0.3)
    assert json.loads((tmp_path / STATUS).read_text())["state"] == "stopped"
    may_end.set()
    watcher.join(PATIENCE_S)
    computation.join(PATIENCE_S)


def test_no_process_outlives_the_server():
    server = subprocess.Popen([sys.executable, "-c", SERVER, "20000"], stdout=subprocess.PIPE, text=True)
    task = embedding.embedding_task("server", CONFIG)
    try:
        assert server.stdout.readline() == "started\n"
        wait_for_state(task, "working")
        worker = json.loads((task.path / STATUS).read_text())["pid"]
        assert os.getpriority(os.PRIO_PROCESS, worker) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        server.stdout.close()
    assert wait_for_state(task, "interrupted").state == "interrupted"


def test_error_is_told(points):
    embedding.start(points(4), "a", CONFIG)
    job = wait_for_state(embedding.embedding_task("a", CONFIG), "failed")
    assert "4 points cannot be embedded; expected at least 10" in job.message


def test_damaged_map_counts_as_missing(points):
    task = embedding.embedding_task("a", CONFIG)
    task.path.mkdir(parents=True)
    for content in (b"none", *flipped_bytes(points(60)[:, :2])):
        (task.path / RESULT).write_bytes(content)
        assert embedding.read_embedding(task) is None
    embedding.start(points(60), "a", CONFIG)
    wait_for_state(task, "finished")
    assert embedding.read_embedding(task).shape == (60, 2)


def test_cache_that_cannot_be_written_is_told(tmp_path, monkeypatch, points):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "file"))
    with pytest.raises(WorkerError, match="expected a folder that aeviz may write to"):
        embedding.start(points(60), "a", CONFIG)
