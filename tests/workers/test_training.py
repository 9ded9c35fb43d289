"""Training jobs as real processes: each imports torch, so a test starts as few as it can."""

import os
import shutil
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training_jobs import assert_same_run, is_alive, leave_status, wait_for, wait_for_epoch, wait_for_state

from aeviz.errors import CheckpointNotFoundError, ConfigError, WorkerError
from aeviz.experiment import train
from aeviz.training.monitor import QUEUE_LOCK, Monitor, max_jobs
from aeviz.training.runs import CONFIG, EVALUATION, LAST, RunFolder, list_runs
from aeviz.training.status import (
    LOG,
    PAUSE,
    STOP,
    WORKING,
)
from aeviz.training.weights import read_tensors
from aeviz.workers import process, training

GONE_S = 10
"""A trainer without its server is gone after so many seconds."""
ENDLESS = "train.epochs=100000"


# One job


@pytest.mark.slow
def test_job_gives_the_run_of_train_and_joins_the_gallery(runs, tiny_config, tmp_path):
    config = tiny_config("optimizer.schedule=one_cycle", "train.epochs=3")
    job = training.start(config)
    trainer = process._children[-1]
    assert job.is_active
    assert job.path.parent == runs.resolve()
    assert (job.status.pid, job.status.settings, job.status.from_app) == (trainer.pid, config, True)
    with pytest.raises(ConfigError, match=f"run '{job.name}' is training; stop it first"):
        training.delete(job.name)
    with pytest.raises(ConfigError, match="is training already"):
        training.resume(job.name)
    done = wait_for_state(job.name, "finished")
    assert trainer.wait(timeout=20) == 0
    assert (job.path / LOG).read_text() == ""
    assert [done.is_active, done.can_resume, done.can_train_longer] == [False, False, False]
    assert (done.status.epoch, done.status.message, done.status.device[:3]) == (3, "", "CPU")
    alone = train(config, out=tmp_path / "alone").folder
    assert_same_run(job.path, alone.path)
    np.testing.assert_array_equal(RunFolder.read(job.path).latents().z, alone.latents().z)
    assert replace(RunFolder.read(job.path).evaluation(), model="") == replace(alone.evaluation(), model="")
    assert [run.name for run in list_runs()] == [job.name]
    assert [found.name for found in training.list_jobs()] == [job.name]
    assert trainer not in process._children
    with pytest.raises(ConfigError, match="another number of epochs would be another curve"):
        training.resume(job.name, epochs=5)
    training.delete(job.name)
    assert not job.path.exists()
    assert {path.name for path in runs.iterdir()} <= {QUEUE_LOCK}
    with pytest.raises(CheckpointNotFoundError, match="there is no training run"):
        training.find_job(job.name)


@pytest.mark.slow
def test_jobs_take_turns_and_leave_each_other_alone(runs, tiny_config, tmp_path):
    """One turn for three jobs: queue, pause, stop and resume, with nothing but the folders between them."""
    most, at_work = 0, set()

    def look_at(name):
        nonlocal most, at_work
        found = training.list_jobs()
        before, at_work = at_work, {job.name for job in found if job.state in WORKING}
        most = max(most, len(before & at_work))  # two looks: a turn may change hands while the statuses are read
        return next(job for job in found if job.name == name)

    def wait_until(name, *states, epoch=0):
        return wait_for(lambda: (job := look_at(name)).state in states and job.status.epoch >= epoch and job)

    first = training.start(tiny_config(ENDLESS)).name
    second = training.start(tiny_config("train.epochs=2", "train.seed=3")).name
    third = training.start(tiny_config()).name
    assert [job.name for job in training.list_jobs()] == [first, second, third]
    training.stop(second)  # before it began
    ended = wait_until(second, "stopped")
    assert (ended.status.epoch, ended.can_resume, (ended.path / CONFIG).exists()) == (0, True, False)
    assert not (ended.path / STOP).exists()
    training.stop(third)
    wait_until(third, "stopped")

    wait_until(first, "training", epoch=1)
    second, third = training.resume(second).name, training.resume(third).name  # they begin anew
    assert [look_at(name).state for name in (first, second, third)] == ["training", "queued", "queued"]
    training.pause(first)
    paused_from = time.monotonic()
    paused = wait_until(first, "paused")
    assert paused.is_pausing
    epochs = len(RunFolder.read(paused.path).history())
    wait_until(second, "preparing", "training")  # the turn is its
    training.unpause(first)  # at the end of the queue now
    wait_until(first, "queued")
    assert [job.name for job in training.list_jobs()] == [second, third, first]
    training.stop(third)
    wait_until(second, "finished")
    paused_s = time.monotonic() - paused_from
    assert RunFolder.read(runs / second).config.train.seed == 3
    assert not (runs / third / CONFIG).exists()
    wait_until(first, "training", epoch=epochs + 1)
    history = RunFolder.read(runs / first).history()
    assert max(report.seconds for report in history) < paused_s / 2, "a pause was counted"

    training.stop(first)
    stopped = wait_until(first, "stopped")
    folder = RunFolder.read(stopped.path)
    kept = len(folder.history())
    assert kept == stopped.status.epoch == read_tensors(folder.path / LAST)[1] > epochs
    assert stopped.status.message == "stopped on request"
    assert folder.evaluation().n == 297
    assert most == 1
    assert {run.name for run in list_runs()} == {first, second}
    unbroken = train(tiny_config(f"train.epochs={kept}"), out=tmp_path / "unbroken").folder
    assert_same_run(folder.path, unbroken.path)


# The end of the server, and of a trainer


@pytest.mark.slow
def test_no_trainer_outlives_its_server_and_what_it_left_is_resumed(server, runs, tiny_config, tmp_path):
    """Two servers: one is killed while one job trains and one waits, the other is asked to end."""
    other_runs = str(tmp_path / "other-runs")
    killed, (trained, waiting) = server(tiny_config(ENDLESS), tiny_config(), AEVIZ_JOBS="1")
    asked, (doomed, bystander) = server(
        tiny_config(ENDLESS), tiny_config(ENDLESS), AEVIZ_RUNS=other_runs, AEVIZ_JOBS="2"
    )
    wait_for_epoch(trained, 2)
    assert training.find_job(waiting).state == "queued"
    pids = [training.find_job(name).status.pid for name in (trained, waiting)]
    assert all(map(is_alive, pids))
    killed.kill()
    wait_for(lambda: not any(map(is_alive, pids)), GONE_S)
    # the system lets go of the lock with the last thread, which may be a moment after the first
    left = wait_for(lambda: (job := training.find_job(trained)).state == "interrupted" and job, GONE_S)
    assert left.can_resume
    assert left.status.epoch >= 2
    wait_for(lambda: training.find_job(waiting).state == "interrupted", GONE_S)

    def other(name):
        return training.read_job(Path(other_runs, name))

    for name in (doomed, bystander):
        wait_for(lambda name=name: other(name).state == "training" and other(name).status.epoch >= 1)
    os.kill(other(doomed).status.pid, signal.SIGKILL)  # as the kernel does when memory is short
    wait_for(lambda: other(doomed).state == "interrupted", GONE_S)
    epoch = other(bystander).status.epoch
    wait_for(lambda: other(bystander).status.epoch > epoch)
    pid = other(bystander).status.pid
    asked.terminate()
    wait_for(lambda: not is_alive(pid), GONE_S)
    wait_for(lambda: other(bystander).state == "interrupted", GONE_S)

    both = threading.Barrier(2)

    def resume():
        both.wait()
        try:
            return training.resume(trained)
        except (ConfigError, WorkerError) as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:  # two visitors press the button at once
        results = [future.result() for future in [pool.submit(resume) for _ in range(2)]]
    (job,) = [result for result in results if isinstance(result, training.Job)]
    (refusal,) = [result for result in results if isinstance(result, str)]
    assert "another trainer is at work" in refusal or "is being started already" in refusal
    assert job.status.epoch == left.status.epoch  # also while it gets ready
    wait_for_epoch(trained, left.status.epoch + 1)
    training.stop(trained)
    kept = len(RunFolder.read(wait_for_state(trained, "stopped").path).history())
    train(tiny_config(f"train.epochs={kept}"), out=tmp_path / "unbroken")
    assert_same_run(runs / trained, tmp_path / "unbroken")


@pytest.mark.slow
def test_run_that_is_being_resumed_is_not_deleted(runs, tiny_config):
    """Its trainer has not taken the lock yet: a deletion then would make it begin again from nothing."""
    train(tiny_config("train.epochs=1"), out=runs / "mine")
    leave_status(runs / "mine", tiny_config("train.epochs=2"), "stopped", epoch=1)
    with ThreadPoolExecutor(1) as pool:
        resumed = pool.submit(training.resume, "mine")
        wait_for(lambda: training._starting)
        with pytest.raises(ConfigError, match="is training"):
            training.delete("mine")
        resumed.result()
    wait_for_state("mine", "finished")


def test_trainer_of_a_deleted_run_does_not_make_its_folder_again(runs, tiny_config):
    with pytest.raises(ConfigError, match="the run was deleted"), Monitor(runs / "gone", tiny_config()).at_work():
        pass
    assert not (runs / "gone").exists()


def test_runs_that_cannot_be_written_are_told(tmp_path, tiny_config, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "file"))
    with pytest.raises(WorkerError, match="cannot make a folder for the run"):
        training.start(tiny_config())


def test_longer_or_shorter_is_checked_before_a_trainer_starts(runs, tiny_config):
    train(tiny_config("train.epochs=2"), out=runs / "done")
    assert training.find_job("done").can_train_longer
    with pytest.raises(ConfigError, match="2 epochs of run 'done' are trained; choose at least as many"):
        training.resume("done", epochs=1)
    assert (training.find_job("done").state, training.find_job("done").status.settings.train.epochs) == ("finished", 2)


def test_what_a_killed_trainer_left_half_written_is_no_obstacle(runs, tiny_config, tmp_path):
    path = leave_status(runs / "killed", tiny_config("train.epochs=1"), "queued")
    (path / ".status.json-a1b2c3.json").write_text('{"state": "qu')
    (path / PAUSE).touch()
    train(tiny_config("train.epochs=1"), out=path)
    assert training.find_job("killed").state == "finished"


# What goes wrong


@pytest.mark.slow
def test_jobs_that_cannot_work_say_why(runs, tiny_config, tmp_path, monkeypatch):
    """Two at once: a batch too large, and a step that is too large from epoch 2 on."""
    monkeypatch.setenv("AEVIZ_JOBS", "2")
    wild = ("optimizer.name=sgd", "model.output=identity")
    train(tiny_config("train.epochs=1", *wild), out=runs / "later")
    late = tiny_config("train.epochs=2", *wild, "optimizer.learning_rate=1e6")
    replace(RunFolder.read(runs / "later"), config=late).write()  # as if it had begun with that learning rate
    leave_status(runs / "later", late, epoch=1)
    (runs / "later" / EVALUATION).unlink()
    large = training.start(tiny_config("train.batch_size=1300")).name
    training.resume("later")
    ends = {}
    for name in (large, "later"):
        job = wait_for_state(name, "failed")
        ends[name] = job.status.message
        assert job.can_resume
    assert "train.batch_size=1300 is larger than the 1250 training images; choose at most 1250" in ends[large]
    assert "diverged in epoch 2: the loss became" in ends["later"]
    assert "try a smaller optimizer.learning_rate than 1e+06, or train.gradient_clip=1" in ends["later"]
    assert "the weights of epoch 1 are kept" in ends["later"]
    assert RunFolder.read(runs / "later").evaluation().n == 297
    assert [run.name for run in list_runs()] == ["later"]


def test_trainer_that_does_not_come_up_is_told_and_leaves_no_folder(runs, tiny_config, monkeypatch):
    class Gone(subprocess.Popen):
        """A process that ended before anything could be sent to it."""

        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            self.wait()

    monkeypatch.setattr(process.sys, "executable", shutil.which("false"))
    monkeypatch.setattr(process.subprocess, "Popen", Gone)
    with pytest.raises(WorkerError, match="the training process did not start: it left no message; try again"):
        training.start(tiny_config())
    assert list(runs.iterdir()) == []
    leave_status(runs / "earlier", tiny_config())
    with pytest.raises(WorkerError, match="the training process did not start"):
        training.resume("earlier")
    assert training.find_job("earlier").state == "interrupted"
    assert not any(isinstance(trainer, Gone) for trainer in process._children)


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", " 2"])
def test_max_jobs_that_is_no_number_is_refused_before_anything_starts(value, runs, tiny_config, monkeypatch):
    monkeypatch.setenv("AEVIZ_JOBS", value)
    with pytest.raises(ConfigError, match=f"AEVIZ_JOBS='{value}'; expected a whole number from 1 up"):
        max_jobs()
    with pytest.raises(ConfigError, match="AEVIZ_JOBS"):
        training.start(tiny_config())
    assert not runs.exists()


@pytest.mark.parametrize(("value", "expected"), [(None, 1), ("", 1), ("3", 3)])
def test_max_jobs(value, expected, monkeypatch):
    monkeypatch.delenv("AEVIZ_JOBS", raising=False)
    if value is not None:
        monkeypatch.setenv("AEVIZ_JOBS", value)
    assert max_jobs() == expected


@pytest.mark.parametrize(
    ("cores", "places", "threads"), [(1, 1, 1), (2, 1, 2), (2, 2, 1), (8, 1, 7), (8, 2, 3), (64, 1, 8)]
)
def test_trainer_gets_its_share_of_the_cores(cores, places, threads, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setenv("AEVIZ_JOBS", str(places))
    environment = process.quiet_environment(training._threads())
    assert environment["OMP_NUM_THREADS"] == str(threads)
    assert environment["OMP_WAIT_POLICY"] == "passive"
    monkeypatch.setenv("OMP_NUM_THREADS", "5")  # who sets it means it
    assert process.quiet_environment(training._threads())["OMP_NUM_THREADS"] == "5"
