"""What is read of trainings: of a shell's run, of jobs that ended or wait, and which names may be removed."""

import contextlib
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from training_jobs import assert_same_run, leave_status, wait_for

from aeviz.errors import CheckpointNotFoundError, ConfigError, TrainingStopped
from aeviz.experiment import train
from aeviz.training.monitor import Monitor
from aeviz.training.runs import RunFolder
from aeviz.training.status import (
    ACTIVE,
    LOCK,
    PAUSE,
    STATUS,
    STOP,
    ask,
    has_trainer,
    read_status,
)
from aeviz.workers import training

# A run that a shell or a notebook trains


def test_run_trained_here_leaves_a_status_and_obeys_the_same_files(runs, tiny_config, tmp_path, monkeypatch):
    monkeypatch.setattr("aeviz.training.monitor.POLL_S", 0.0)
    seen = []

    def go_on():
        wait_for(lambda: (job := training.find_job("mine")).state == "paused" and job)
        time.sleep(2)
        seen.append(training.find_job("mine"))
        training.unpause("mine")

    def act(report):
        if report.epoch == 1:
            training.pause("mine")
            threading.Thread(target=go_on).start()
        elif report.epoch == 3:
            (runs / "mine" / STOP).touch()  # what `touch` does in a shell

    with pytest.raises(TrainingStopped, match="stopped on request"):
        train(tiny_config("train.epochs=5"), out=runs / "mine", on_epoch=act)
    (paused,) = seen
    assert (paused.state, paused.status.from_app, paused.status.pid) == ("paused", False, os.getpid())
    folder = RunFolder.read(runs / "mine")
    assert len(folder.history()) == 3
    assert max(report.seconds for report in folder.history()) < 2, "the pause was counted"
    assert not {PAUSE, STOP} & {path.name for path in folder.path.iterdir()}
    assert training.find_job("mine").state == "stopped"
    train(tiny_config("train.epochs=5"), out=runs / "mine", resume=True)
    assert training.find_job("mine").state == "finished"
    train(tiny_config("train.epochs=5"), out=tmp_path / "unbroken")
    assert_same_run(folder.path, tmp_path / "unbroken")


def test_requests_to_a_run_that_is_over_do_not_haunt_the_next(runs, tiny_config):
    train(tiny_config("train.epochs=1"), out=runs / "over")
    training.pause("over")
    training.stop("over")
    assert not training.find_job("over").is_stopping
    train(tiny_config("train.epochs=2"), out=runs / "over", resume=True)
    assert training.find_job("over").status.epoch == 2


def test_second_trainer_in_one_folder_is_refused(runs, tiny_config):
    config = tiny_config("train.epochs=1")
    path = train(config, out=runs / "taken").folder.path
    before = {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()}
    first = Monitor(path, config)
    with first.at_work():
        with pytest.raises(ConfigError, match=r"another trainer is at work in .*taken"):
            train(tiny_config("train.epochs=2"), out=path, resume=True)
        assert {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()} == before
        first.report("training")
        assert training.find_job("taken").state == "training"
        for act in (training.resume, training.delete):
            with pytest.raises(ConfigError, match="is training"):
                act("taken")
    assert training.find_job("taken").state == "interrupted"


def test_refused_settings_leave_the_status_of_the_run_as_it_was(runs, tiny_config):
    train(tiny_config("train.epochs=1"), out=runs / "mine")
    before = (runs / "mine" / STATUS).read_bytes()
    with pytest.raises(ConfigError, match="only --epochs and --device may change"):
        train(tiny_config("train.epochs=2", "train.seed=8"), out=runs / "mine", resume=True)
    assert (runs / "mine" / STATUS).read_bytes() == before


def test_a_run_in_a_shell_takes_no_turn_of_the_queue(runs, tiny_config):
    path = leave_status(runs / "shell", tiny_config(), from_app=False)
    job = Monitor(runs / "job", tiny_config(), from_app=True)
    job.path.mkdir()
    with Monitor(path, tiny_config()).at_work(), job.at_work():
        job.wait_for_turn()
    assert read_status(job.path).state == "preparing"


def test_turn_goes_to_who_waits_longest_and_not_to_the_dead(runs, tiny_config):
    """A gone trainer, whatever it said last, keeps no one waiting."""
    for state in ACTIVE:
        leave_status(runs / f"dead-{state}", tiny_config(), state)
    early, late = (Monitor(runs / name, tiny_config(), from_app=True) for name in ("early", "late"))
    for monitor in (early, late):
        monitor.path.mkdir()
    with early.at_work(), late.at_work(), ThreadPoolExecutor(2) as pool:
        order = []
        early.report("queued")
        turns = [pool.submit(lambda: (late.wait_for_turn(), order.append("late")))]
        time.sleep(0.3)
        assert not turns[0].done()
        ask(late.path, "stop")
        with pytest.raises(TrainingStopped):
            turns[0].result(timeout=5)
        late.report("queued")
        early._status = replace(early._status, queued_at=0.0)
        early.report("queued")
        turns = [pool.submit(lambda: (late.wait_for_turn(), order.append("late")))]
        early.wait_for_turn()
        order.append("early")
        early.report("paused")
        turns[0].result(timeout=5)
    assert order == ["early", "late"]


# What is read


def test_job_that_nobody_works_at_is_interrupted(runs, tiny_config):
    for state in ("queued", "training", "paused", "measuring"):
        path = leave_status(runs / state, tiny_config(), state)
        assert training.find_job(state).state == "interrupted"
        (path / LOCK).touch()
        assert training.find_job(state).state == "interrupted"
    for state in ("finished", "stopped", "failed"):
        leave_status(runs / state, tiny_config(), state)
        assert training.find_job(state).state == state
    assert training.read_job(runs / "none") is None


def test_many_who_look_at_once_do_not_see_a_trainer_in_each_other(runs, tiny_config):
    path = leave_status(runs / "dead", tiny_config())
    (path / LOCK).touch()
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: has_trainer(path), range(800)))


def test_jobs_are_listed_by_state_and_time(runs, tiny_config):
    assert training.list_jobs() == []
    held = [
        ("waits-longer", "queued", {"queued_at": 1.0}),
        ("works", "training", {"queued_at": 5.0}),
        ("waits", "queued", {"queued_at": 2.0}),
        ("rests", "paused", {"queued_at": 0.0}),
    ]
    for name, state, times in [*held, ("older", "finished", {"updated_at": 3.0}), ("newer", "failed", {})]:
        leave_status(runs / name, tiny_config(), state, **times)
    leave_status(runs / ".deleted-run", tiny_config())
    (runs / "damaged").mkdir()
    (runs / "damaged" / STATUS).write_text("{")
    (runs / "no-run").mkdir()
    (runs / "file").touch()
    with contextlib.ExitStack() as trainers:
        for name, _, _ in held:
            trainers.enter_context(Monitor(runs / name, tiny_config()).at_work())
        names = [job.name for job in training.list_jobs()]
    assert names == ["works", "waits-longer", "waits", "rests", "newer", "older"]


# Names and removal


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "../outside", "x/../mine", "/etc", "mine/", "none", ".queue.lock"]
)
def test_names_that_are_no_run_are_refused(name, runs, tiny_config):
    leave_status(runs / "mine", tiny_config(), "finished")
    leave_status(runs.parent / "outside", tiny_config(), "finished")
    leave_status(runs.parent, tiny_config(), "finished")
    for act in (training.delete, training.find_job, training.resume, training.pause, training.unpause, training.stop):
        with pytest.raises(CheckpointNotFoundError, match="there is no"):
            act(name)
    assert (runs / "mine" / STATUS).is_file()
    assert (runs.parent / "outside" / STATUS).is_file()


def test_run_without_a_status_can_be_deleted_and_others_stay(runs, trained_folder):
    for name in ("old", "other"):
        shutil.copytree(trained_folder, runs / name)
    (runs / "old" / STATUS).unlink()
    assert training.read_job(runs / "old") is None
    training.delete("old")
    assert [path.name for path in runs.iterdir()] == ["other"]


def test_folder_that_is_no_run_is_not_deleted(runs):
    (runs / "thesis").mkdir(parents=True)
    (runs / "thesis" / "thesis.tex").touch()
    with pytest.raises(CheckpointNotFoundError):
        training.delete("thesis")
    assert (runs / "thesis" / "thesis.tex").exists()
