import os
import signal

import pytest
import torch

from aeviz.training.status import (
    has_trainer,
    read_status,
)
from aeviz.workers import process


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
