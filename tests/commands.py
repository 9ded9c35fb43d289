"""What the tests of the command line share."""

import subprocess
import sys

RUN_KEYS = ["name", "preset", "dataset", "latent_dim", "optimizer", "parameters", "epochs", "val_mse", "bytes"]
"""What is said of a run."""
TINY = ["--set", "model.hidden=[8,4]", "--set", "train.batch_size=128", "--device", "cpu"]
"""Settings of a network that trains in a moment."""


def shell(*arguments, **options):
    """Run `python -m aeviz` as a user does."""
    command = [sys.executable, "-m", "aeviz", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def assert_refused(result, message):
    status, out, err = result
    assert status == 2
    assert out == ""
    assert message in err
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
