import json
import os
import signal
import subprocess
import sys

import pytest
import torch

from aeviz.training.status import (
    has_trainer,
    read_status,
)
from aeviz.workers import process

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
