import os
import signal

import pytest

from aeviz.training.status import has_trainer, read_status
from aeviz.workers import process


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The AEVIZ_RUNS of the app; no trainer outlives the test."""
    monkeypatch.delenv("AEVIZ_JOBS", raising=False)
    folder = tmp_path / "runs"
    yield folder
    for path in folder.iterdir() if folder.is_dir() else ():
        if has_trainer(path):
            os.kill(read_status(path).pid, signal.SIGKILL)
    for trainer in list(process._children):
        trainer.wait(timeout=20)
    process.reap()


@pytest.fixture
def train(app, runs):
    """The app on the page that trains."""
    return app.switch_page("pages/train.py").run()
