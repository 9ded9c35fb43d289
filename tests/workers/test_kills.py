"""A trainer killed at any moment, also within a file: the run that is resumed is the unbroken one, bit by bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from training_jobs import assert_same_run

from aeviz.experiment import train
from aeviz.training.runs import RunFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="trainers are forked, and their time read in /proc")
SEED = 20
LONG = [pytest.mark.slow, pytest.mark.timeout(600)]  # two minutes, or more beside other busy processes
FEW_STEPS = "train.batch_size=250"


@pytest.fixture
def kill_trainers(tmp_path):
    """A function that has trainers killed by `forked_trainers.py` and returns what that printed, and all runs."""

    def run(kind, config, *numbers):
        root = tmp_path / "runs"
        root.mkdir()
        command = [sys.executable, Path(__file__).with_name("forked_trainers.py"), kind, root]
        command += [json.dumps(config.to_dict()), *map(str, numbers)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "AEVIZ_RUNS": str(root)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=580, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), sorted(path for path in root.iterdir() if not path.name.startswith("."))

    return run


@pytest.mark.parametrize("count", [4, pytest.param(100, marks=LONG)])
def test_kills_at_random_moments_change_no_weight(count, kill_trainers, tiny_config, tmp_path):
    config = tiny_config(FEW_STEPS, "train.epochs=40")
    kills, runs = kill_trainers("random", config, count, SEED)
    epochs = [epoch for run in kills for epoch in run]
    assert len(epochs) == count
    assert any(0 < epoch < config.train.epochs for epoch in epochs), "no kill came amid the epochs"
    unbroken = train(config, out=tmp_path / "unbroken").folder
    for path in runs:
        assert_same_end(path, unbroken)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kills_before_within_and_after_each_file_change_no_weight(kill_trainers, tiny_config, tmp_path):
    config = tiny_config(FEW_STEPS, "train.epochs=2", "model.bottleneck=gaussian", "objective.kl_weight=0.01")
    moments, runs = kill_trainers("writes", config)
    assert moments > 40
    unbroken = train(config, out=tmp_path / "unbroken").folder
    for path in runs:
        assert_same_end(path, unbroken)


def assert_same_end(path, unbroken):
    """The weights, the history and the codes are those of the unbroken run, and nothing half written is left."""
    assert_same_run(path, unbroken.path)
    assert (RunFolder.read(path).latents().z == unbroken.latents().z).all()
