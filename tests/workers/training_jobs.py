"""Helpers of the tests of training jobs: wait for a state, compare runs, leave a status."""

import time
from dataclasses import replace
from pathlib import Path

import torch

from aeviz.training.runs import LAST, MODEL, RunFolder
from aeviz.training.status import (
    LOG,
    JobStatus,
    now,
    write_status,
)
from aeviz.training.weights import read_tensors
from aeviz.workers import training

PATIENCE_S = 60
"""Longest wait for anything: the machine may be busy."""


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
