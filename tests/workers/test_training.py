"""Training jobs as real processes: each imports torch, so a test starts as few as it can."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aeviz import cli
from aeviz.cli import train as train_command
from aeviz.errors import CheckpointNotFoundError, ConfigError, TrainingStopped, WorkerError
from aeviz.experiment import train
from aeviz.presets import PRESETS
from aeviz.training.monitor import QUEUE_LOCK, Monitor, max_jobs
from aeviz.training.runs import CONFIG, EVALUATION, LAST, MODEL, RunFolder, list_runs
from aeviz.training.status import (
    ACTIVE,
    LOCK,
    LOG,
    PAUSE,
    STATUS,
    STOP,
    WORKING,
    JobStatus,
    ask,
    has_trainer,
    now,
    read_status,
    write_status,
)
from aeviz.training.weights import read_tensors
from aeviz.workers import process, training

PATIENCE_S = 60
"""Longest wait for anything: the machine may be busy."""
GONE_S = 10
"""A trainer without its server is gone after so many seconds."""
ENDLESS = "train.epochs=100000"
SERVER = """
import json, sys, time
from aeviz.workers import training
from aeviz.config import RunConfig
for line in sys.argv[1:]:
    print(training.start(RunConfig.from_dict(json.loads(line))).name, flush=True)
time.sleep(600)
"""


@pytest.fixture
def runs(runs_folder, monkeypatch):
    """An AEVIZ_RUNS of the test's own; trainers compute as this process does, and none outlives the test."""
    monkeypatch.delenv("AEVIZ_JOBS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", str(torch.get_num_threads()))
    yield runs_folder
    for path in runs_folder.iterdir() if runs_folder.is_dir() else ():
        if has_trainer(path):
            os.kill(read_status(path).pid, signal.SIGKILL)
    for trainer in list(process._children):
        trainer.wait(timeout=20)
    process.reap()


@pytest.fixture
def server(runs):
    """A function that starts jobs from another process, which stands for the app's server; returns it and them."""
    servers = []

    def start(*configs, **environment):
        lines = [json.dumps(config.to_dict()) for config in configs]
        started = subprocess.Popen(
            [sys.executable, "-c", SERVER, *lines], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
        )
        servers.append(started)
        return started, [started.stdout.readline().strip() for _ in configs]

    yield start
    for started in servers:
        started.kill()
        started.wait()
        started.stdout.close()


def wait_for(condition, seconds=PATIENCE_S):
    """Wait until the condition holds; return what it gave."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return result


def wait_for_state(name, *states, seconds=PATIENCE_S):
    """Wait until the job is in one of the states; fail early where it ended in another."""

    def look():
        job = training.find_job(name)
        assert job.is_active or job.state in states, (job.state, job.status.message, (job.path / LOG).read_text())
        return job if job.state in states else None

    return wait_for(look, seconds)


def wait_for_epoch(name, epoch=1):
    return wait_for(lambda: (job := wait_for_state(name, "training")).status.epoch >= epoch and job)


def is_alive(pid):
    """Whether a process runs; one that ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def curve(folder):
    """The history without what the clock decides."""
    return [replace(report, seconds=0.0, images_per_second=None) for report in folder.history()]


def assert_same_run(path, other):
    assert curve(RunFolder.read(path)) == curve(RunFolder.read(other))
    for name in (MODEL, LAST):
        (tensors, epoch), (other_tensors, other_epoch) = read_tensors(path / name), read_tensors(other / name)
        assert epoch == other_epoch
        assert tensors.keys() == other_tensors.keys()
        assert all(torch.equal(tensor, other_tensors[key]) for key, tensor in tensors.items()), name


def leave_status(path, config, state="training", **changes):
    """Write the status of a trainer that is gone."""
    path.mkdir(parents=True, exist_ok=True)
    status = JobStatus(state=state, settings=config, pid=1, from_app=True, queued_at=now(), updated_at=now())
    write_status(path, replace(status, **changes))
    return path


# One job


@pytest.mark.slow
def test_job_gives_the_run_of_train_and_joins_the_gallery(runs, tiny_config, tmp_path):
    config = tiny_config("optimizer.schedule=one_cycle", "train.epochs=3")
    job = training.start(config)
    trainer = process._children[-1]
    assert job.is_active
    assert job.path.parent == runs.resolve()
    assert (job.status.pid, job.status.settings, job.status.from_app) == (trainer.pid, config, True)
    with pytest.raises(ConfigError, match=f"run '{job.name}' is at work; stop it first"):
        training.delete(job.name)
    with pytest.raises(ConfigError, match="is at work already"):
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
        with pytest.raises(ConfigError, match="is at work"):
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
            with pytest.raises(ConfigError, match="is at work"):
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


# The same in a shell


def parsed(command):
    program, *arguments = shlex.split(command)
    assert program == "aeviz"
    config, path = train_command.training_config(cli.build_parser().parse_args(arguments))
    assert path is None
    return config


@pytest.mark.parametrize("preset", PRESETS)
def test_shell_command_trains_the_same(preset):
    config = PRESETS[preset].config
    assert training.shell_command(config) == f"aeviz train {preset}"
    assert parsed(training.shell_command(config)) == config
    changed = config.with_settings(
        [
            "model.latent_dim=5",
            "model.hidden=[30,20]",
            "objective.reconstruction=bce",
            "optimizer.name=sgd",
            "optimizer.learning_rate=0.012345678901234567",
            "optimizer.schedule=" + ("constant" if config.optimizer.schedule == "one_cycle" else "one_cycle"),
            "optimizer.epsilon=1e-12",
            "train.epochs=7",
            "train.seed=123",
            "train.device=cpu",
            "train.gradient_clip=1.5",
        ]
    )
    assert parsed(training.shell_command(changed)) == changed
    linear = changed.with_settings(["model.encoder=linear", "model.decoder=linear", "objective.reconstruction=mse"])
    linear = linear.with_settings(["model.output=identity", "train.gradient_clip=none"])
    assert parsed(training.shell_command(linear)) == linear


def test_shell_command_of_other_data(tmp_path):
    digits = PRESETS["quick-look"].config
    assert parsed(training.shell_command(fewer := digits.with_settings(["data.validation_fraction=0.25"]))) == fewer
    circles = digits.with_settings(["data.name=circles", "model.image_shape=[1,28,28]"])
    assert parsed(training.shell_command(circles)) == circles
    folder = tmp_path / "Anna's pictures; $HOME"
    folder.mkdir()
    for number in range(12):
        Image.fromarray(np.full((9, 9), number, dtype=np.uint8)).save(folder / f"{number}.png")
    own = digits.with_settings(["data.image_size=8", f"data.name=folder:{folder}", "train.batch_size=4"])
    assert parsed(training.shell_command(own)) == own


def test_shell_command_of_settings_without_a_preset(tiny_config):
    assert parsed(training.shell_command(tiny_config())) == tiny_config()
