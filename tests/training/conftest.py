from pathlib import Path

import pytest

from aeviz.training.loop import fit


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
