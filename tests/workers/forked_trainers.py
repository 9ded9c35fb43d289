"""Trainers that are killed, for test_kills.py: `python forked_trainers.py KIND ROOT CONFIG NUMBERS`.

This process imports PyTorch once; each trainer is a fork of it that runs what a worker of the app runs, so one costs
milliseconds. It prints one line of JSON.
"""

import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from aeviz.config import RunConfig
from aeviz.experiment import train
from aeviz.training import loop
from aeviz.training.history import read_history
from aeviz.training.runs import HISTORY
from aeviz.training.status import read_status
from aeviz.workers import training

LONGEST_S = 0.4
"""A trainer is killed before it has computed for so many seconds, which go as far on a busy machine."""
LOOK_S = 0.001


def fork_trainer(path, config, before=lambda: None):
    """Start a trainer of the run in the folder `path`; return its process number and the pipe that keeps it alive."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(writing)
        os.dup2(reading, 0)
        before()
        os._exit(training.work(path))
    os.close(reading)
    os.write(writing, json.dumps(config.to_dict()).encode() + b"\n")
    return pid, writing


def wait(pid, pipe):
    """Wait until a trainer has ended; return its exit status, below 0 where it was killed."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(pipe)
    return status


def kill_after(pid, seconds):
    """Kill a process once its main thread has computed for so many seconds, unless it ends before."""
    computed = Path(f"/proc/{pid}/schedstat")  # in nanoseconds
    while int(computed.read_text().split()[0]) < seconds * 1e9:
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        time.sleep(LOOK_S)
    os.kill(pid, signal.SIGKILL)


def count_epochs(path):
    """Return how many epochs of a run are written."""
    return len(read_history(path / HISTORY))


def kill_at_random(root, config, count, seed):
    """Kill `count` trainers at random moments; a run that ended makes room for the next.

    Returns:
        The epochs that were written at each kill, by run.
    """
    rng, kills = random.Random(seed), [[]]
    while True:
        path = root / f"{len(kills) - 1:03d}"
        path.mkdir(exist_ok=True)
        is_last = sum(map(len, kills)) == count
        trainer = fork_trainer(path, config)
        if not is_last:
            kill_after(trainer[0], rng.random() * LONGEST_S)
        status = wait(*trainer)
        if status == -signal.SIGKILL:
            kills[-1].append(count_epochs(path))
        elif status:
            raise SystemExit(f"a trainer failed: {read_status(path)}")
        elif is_last:
            return kills
        else:
            kills.append([])


class DeathAtWrite:
    """Kills this process at its n-th step of writing a file: before the file is there, half written, or just after.

    Args:
        number: Counted from 0.
    """

    def __init__(self, number):
        self._left = number

    def __call__(self):
        """Count a step."""
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def install(self):
        """Count from now on what this process renames and appends."""
        replace, append = os.replace, loop.append_report

        def replace_in_steps(source, target):
            content = Path(source).read_bytes()
            os.truncate(source, len(content) // 2)
            self()
            Path(source).write_bytes(content)
            self()
            replace(source, target)
            self()

        def append_in_steps(file, report):
            before = file.stat().st_size if file.exists() else 0
            append(file, report)
            whole = file.read_bytes()
            os.truncate(file, before + (len(whole) - before) // 2)
            self()
            file.write_bytes(whole)
            self()

        os.replace = replace_in_steps
        loop.append_report = append_in_steps


def kill_at_writes(root, config):
    """Train a run for each moment of writing, killed there and resumed. Return the number of moments."""
    for number in itertools.count():
        path = root / f"{number:03d}"
        path.mkdir()
        status = wait(*fork_trainer(path, config, DeathAtWrite(number).install))
        if status == 0:  # it writes no more often
            return number
        if status != -signal.SIGKILL or wait(*fork_trainer(path, config)):
            raise SystemExit(f"moment {number}: {status}, {read_status(path)}")


def main():
    kind, root, settings, *numbers = sys.argv[1:]
    config = RunConfig.from_dict(json.loads(settings))
    with tempfile.TemporaryDirectory() as folder:  # all that a trainer imports is imported here, once
        train(config.with_settings(("train.epochs=1",)), out=Path(folder) / "first")
    training.NICENESS = 0  # beside another busy process the test would last
    result = {"random": kill_at_random, "writes": kill_at_writes}[kind]
    print(json.dumps(result(Path(root), config, *map(int, numbers))))


if __name__ == "__main__":
    main()
