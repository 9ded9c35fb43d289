"""A clock that jumps to and fro: no job is lost, no time is negative, nothing is given up before its time."""

import itertools
import json
import os
import time

import numpy as np
import pytest
from filelock import FileLock

from aeviz.bring import model
from aeviz.experiment import train
from aeviz.training.monitor import Monitor
from aeviz.training.runs import RunFolder, new_run_path
from aeviz.training.status import LAST_SECOND, read_status
from aeviz.workers import importing, task, training

JUMPS = (-86_400.0 * 365 * 80, -86_400.0, 0.0, 86_400.0, 1e9, 1e12)
"""Seconds by which the clock is wrong: before 1970, a day, and beyond the last year that dates have."""


@pytest.fixture
def jumping(monkeypatch):
    """The system's clock jumps each time that it is asked."""
    plain, jumps = time.time, itertools.cycle(JUMPS)
    monkeypatch.setattr(time, "time", lambda: plain() + next(jumps))


def test_training_under_a_clock_that_jumps_is_never_lost(jumping, runs_folder, tiny_config):
    seen = []

    def look(step):
        (job,) = training.list_jobs()
        seen.append(job.state)
        assert 0 <= job.status.queued_at < LAST_SECOND
        assert 0 <= job.status.updated_at < LAST_SECOND

    train(tiny_config("train.epochs=3", "train.batch_size=250"), out=runs_folder / "mine", on_step=look)
    assert set(seen) == {"training"}
    history = RunFolder.read(runs_folder / "mine").history()
    assert all(0 <= report.seconds < 60 and report.images_per_second > 0 for report in history)
    assert training.find_job("mine").state == "finished"


def test_jobs_that_wait_have_their_turn_whatever_the_clock_said_when_they_came(runs_folder, tiny_config, monkeypatch):
    plain, monitors = time.time, []
    for number, jump in enumerate(JUMPS):
        monkeypatch.setattr(time, "time", lambda jump=jump: plain() + jump)
        path = runs_folder / str(number)
        path.mkdir(parents=True)
        monitors.append(Monitor(path, tiny_config(), from_app=True))
        monitors[-1].report("queued")
    order = []
    locks = {each.path: FileLock(each.path / "trainer.lock", thread_local=False) for each in monitors}
    for lock in locks.values():
        lock.acquire()
    while monitors:
        ready = [each for each in monitors if each._is_next()]
        assert ready, "all wait for each other"
        monitors.remove(ready[0])
        order.append(ready[0].path.name)
        ready[0].report("finished")
        locks[ready[0].path].release()
    assert sorted(order) == [str(number) for number in range(len(JUMPS))]


def test_folders_of_runs_have_names_of_their_own_at_one_second(runs_folder, tiny_config):
    names = set()
    for _ in range(3):
        path = new_run_path(tiny_config())
        path.mkdir(parents=True)
        names.add(path.name)
    assert len(names) == 3


@pytest.mark.parametrize("jump", JUMPS)
def test_computation_is_as_old_as_it_is(jump, tmp_path, monkeypatch):
    """An import is given up after two minutes, not when the clock says so."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path))
    job = task.Task(kind="importing", key="key")
    job.path.mkdir(parents=True)
    plain = time.time

    def compute(settings, arrays, progress):
        monkeypatch.setattr(time, "time", lambda: plain() + jump)
        for share in (0.05, 0.1):
            progress(share, f"reading {share}")
            view = job.observe()
            assert view.state == "working"
            assert 0 <= view.seconds < 60
            assert view.seconds_left is None or 0 <= view.seconds_left < 60
            assert importing.check_time(job, view) == ""
        return {"points": np.zeros(1)}

    np.savez(job.path / task.INPUT, z=np.zeros(1))
    with FileLock(job.path / task.LOCK, thread_local=False):
        assert task._Reporter(job.path).work({}, compute) == 0
    assert job.observe().state == "finished"


def test_status_of_a_boot_before_has_no_negative_age(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path))
    job = task.Task(kind="relu", key="key")
    job.path.mkdir(parents=True)
    status = {"state": "working", "pid": 1, "began_at": time.monotonic() + 1e6, "share": 0.5}
    (job.path / task.STATUS).write_text(json.dumps(status))
    view = job.observe()
    assert (view.state, view.seconds) == ("interrupted", 0.0)


def test_import_that_only_looks_old_is_not_cleared_away(tmp_path, runs_folder, monkeypatch):
    for name in ("living", "dead"):
        (runs_folder / f".import-{name}").mkdir(parents=True)
        (runs_folder / f".import-{name}" / model._LOCK).touch()
        os.utime(runs_folder / f".import-{name}", (0, 0))
    with FileLock(runs_folder / ".import-living" / model._LOCK, thread_local=False):
        model.clear_stale(runs_folder)
        assert [path.name for path in runs_folder.iterdir()] == [".import-living"]


def test_status_in_a_year_that_no_clock_has_is_bounded(runs_folder, tiny_config, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: -5.0)
    train(tiny_config("train.epochs=1"), out=runs_folder / "early")
    assert read_status(runs_folder / "early").updated_at == 0
