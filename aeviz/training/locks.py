"""Whether a process is alive, by the lock file that it holds: the system releases a lock however its process ends."""

import threading
from pathlib import Path

from filelock import FileLock, Timeout

from aeviz.training.safe_files import is_regular_file

_looking = threading.Lock()
"""Held while a lock is tried: two threads that look at once must not take each other for its holder."""


def is_locked(path: Path) -> bool:
    """Whether a living process holds the lock file `path`."""
    if not is_regular_file(path):  # opening a pipe, or making the file, is not for those who only look
        return False
    try:
        with _looking, FileLock(path, thread_local=False).acquire(blocking=False):
            return False
    except Timeout:
        return True
    except OSError:  # the folder has just been removed, or is not ours to write to
        return False
