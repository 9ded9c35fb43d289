"""Where data, runs and shipped models live on disk.

Three places, two of them moved by an environment variable:

    AEVIZ_DATA   downloaded data sets     default ./data
    AEVIZ_RUNS   what you train yourself  default ./runs
    checkpoints  models that ship         beside the package, in the clone
"""

import os
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The clone that holds app.py and checkpoints/ (aeviz is installed editable from it)."""


def data_root() -> Path:
    """Return the folder of downloaded data sets: AEVIZ_DATA, else ./data. It may not exist yet."""
    return Path(os.environ.get("AEVIZ_DATA") or "data").expanduser()


def runs_root() -> Path:
    """Return the folder of one's own runs: AEVIZ_RUNS, else ./runs. It may not exist yet."""
    return Path(os.environ.get("AEVIZ_RUNS") or "runs").expanduser()


def checkpoints_root() -> Path:
    """Return the folder of the models that ship with aeviz."""
    return PROJECT_ROOT / "checkpoints"
