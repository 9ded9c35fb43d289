"""When a folder of images last changed, without opening an image."""

import hashlib
import os
from collections import deque
from pathlib import Path

from aeviz.data.folder import folder_path
from aeviz.data.folder_layout import FOLDER_PREFIX
from aeviz.errors import DataError

_DEPTH = 2
"""Levels of subfolders that may hold images: PATH/test/CLASS."""
_MOST_FILES = 5000
"""Files whose size and time are looked at; 15 ms."""


def folder_stamp(name: str) -> str:
    """Return a digest that changes when an image of folder:PATH is added, removed, renamed or overwritten.

    Names, sizes and times of change count, of the first 5,000 files; of larger folders only the time of each subfolder
    beyond these, which does not change when a file is overwritten in place.

    Args:
        name: Name of a data set; one that is no folder never changes.

    Returns:
        32 hexadecimal digits; empty for a data set that is no folder, or a folder that cannot be read.
    """
    if not name.startswith(FOLDER_PREFIX):
        return ""
    digest = hashlib.blake2b(digest_size=16)
    try:
        root = folder_path(name)
        digest.update(str(root.stat().st_mtime_ns).encode())
    except (DataError, OSError, ValueError):
        return ""
    waiting, n_files = deque([(root, 0)]), 0
    while waiting:
        folder, depth = waiting.popleft()
        for entry in _scan(folder) if n_files < _MOST_FILES else ():
            try:
                is_folder = entry.is_dir()
                status = entry.stat()
            except OSError:  # gone, or a link to nowhere
                continue
            if is_folder and depth < _DEPTH:
                waiting.append((folder / entry.name, depth + 1))
            elif not is_folder and n_files < _MOST_FILES:
                n_files += 1
            else:
                continue
            line = f"{depth}|{entry.name}|{status.st_mtime_ns}|{0 if is_folder else status.st_size}\n"
            digest.update(line.encode(errors="surrogateescape"))
    return digest.hexdigest()


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, sorted by name, without hidden files; nothing if it may not be entered."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return []
