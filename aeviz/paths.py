"""Where data, runs and shipped models live on disk.

Places that an environment variable moves, and one that stays:

    AEVIZ_DATA   downloaded data sets     default ./data
    AEVIZ_RUNS   what you train yourself  default ./runs
    AEVIZ_MODELS  more folders of runs    no default; several are parted as in PATH
    AEVIZ_RELEASES  address of models    no default; `aeviz models fetch` downloads from there
    AEVIZ_CACHE  what can be made anew    default $XDG_CACHE_HOME/aeviz, else ~/.cache/aeviz
    AEVIZ_LESSONS  lessons of your own    no default: none are looked for
    AEVIZ_START  where relative paths of  default the current folder; `aeviz app` sets it to
                 your own images count    the folder in which it was called
    checkpoints  models that ship         in the clone beside the package; in a wheel inside it
"""

import os
import stat
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
BUNDLE = _PACKAGE / "_bundle"
"""Where a wheel carries what lies beside the package in the clone; setup.py fills it, and the clone has none."""
PROJECT_ROOT = BUNDLE if BUNDLE.is_dir() else _PACKAGE.parent
"""The folder that holds app.py, pages/, .streamlit/ and checkpoints/: the clone, or an installed wheel's bundle."""


def data_root() -> Path:
    """Return the folder of downloaded data sets: AEVIZ_DATA, else ./data. It may not exist yet."""
    return Path(os.environ.get("AEVIZ_DATA") or "data").expanduser()


def runs_root() -> Path:
    """Return the folder of one's own runs: AEVIZ_RUNS, else ./runs. It may not exist yet."""
    return Path(os.environ.get("AEVIZ_RUNS") or "runs").expanduser()


def model_roots() -> tuple[Path, ...]:
    """Return further folders of runs, which are only read: AEVIZ_MODELS, parted as in PATH. They may not exist."""
    return tuple(Path(part).expanduser() for part in os.environ.get("AEVIZ_MODELS", "").split(os.pathsep) if part)


def cache_root() -> Path:
    """Return the folder of what was computed from data sets and can be deleted at any time. It may not exist yet.

    AEVIZ_CACHE, else aeviz in XDG_CACHE_HOME, else ~/.cache/aeviz. Data sets themselves may lie on a read-only disk.
    """
    if named := os.environ.get("AEVIZ_CACHE"):
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "aeviz"


def fetched_root() -> Path:
    """Return the folder of published models that were fetched. It may not exist yet."""
    return cache_root() / "models"


def lessons_root() -> Path | None:
    """Return the folder of one's own lessons: AEVIZ_LESSONS; None where it is not set. It may not exist."""
    named = os.environ.get("AEVIZ_LESSONS")
    return Path(named).expanduser() if named else None


def start_folder() -> Path:
    """Return the folder from which a relative path of a person's own images counts: AEVIZ_START, else the current one.

    `aeviz app` sets AEVIZ_START to the folder in which it was called, since the server works in another.
    """
    return Path(os.environ.get("AEVIZ_START") or "")


COMPARISON = "comparison"
"""Folder in `checkpoints_root()` with the runs of the comparison of optimizers that ships."""


def checkpoints_root() -> Path:
    """Return the folder of the models that ship with aeviz."""
    return PROJECT_ROOT / "checkpoints"


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder and below it; what cannot be looked at, or is gone, counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(os.path.join(place, name))
            except OSError:  # deleted meanwhile
                continue
            if stat.S_ISREG(found.st_mode):
                total += found.st_size
    return total
