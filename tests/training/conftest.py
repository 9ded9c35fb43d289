from pathlib import Path

import pytest

from aeviz.training.loop import fit
from aeviz.training.samples import SAMPLES


@pytest.fixture
def fit_tiny(tiny_config, tiny_sets, tmp_path):
    """A function that trains on the tiny sets into tmp_path / name, with settings as on the command line."""

    def run(*settings, name="run", **options):
        return fit(
            tiny_config(*settings), tiny_sets["train"], tiny_sets["validation"], Path(tmp_path / name), **options
        )

    return run


@pytest.fixture
def stop_after():
    """A function that returns an on_epoch callback which stands for Ctrl-C after that epoch."""

    def make(epoch):
        def callback(report):
            if report.epoch == epoch:
                raise KeyboardInterrupt

        return callback

    return make


@pytest.fixture
def two_runs(runs_folder, trained_folder):
    """Runs 'bad' and 'good', the first of which a test may damage: its files are links to those of the other."""
    for name in ("bad", "good"):
        (runs_folder / name / SAMPLES).mkdir(parents=True)
        for file in trained_folder.rglob("*"):
            if file.is_file():
                (runs_folder / name / file.relative_to(trained_folder)).hardlink_to(file)
    return runs_folder
