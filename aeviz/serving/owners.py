"""Whose run is whose, without accounts: a hash of the random key of the browser that started it, beside the run."""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from aeviz.errors import CheckpointError
from aeviz.training.safe_files import read_json_checked

OWNER = ".owner.json"
"""In the folder of a run, hidden so that a trainer finds the folder empty; neither shown, nor exported, nor pushed."""


def hash_key(key: str) -> str:
    """Return what is stored of a key: the key, of 128 random bits at least, cannot be found from it."""
    return hashlib.sha256(b"aeviz owner:" + key.encode()).hexdigest()


def mark(path: Path, owner: str) -> None:
    """Say whose a run is, unless that was said before; a run that cannot be marked is nobody's.

    Args:
        path: Folder of the run.
        owner: From `hash_key`.
    """
    with suppress(OSError):
        place = os.open(path / OWNER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "w", encoding="utf-8") as out:
            json.dump({"owner": owner}, out)


_MOST_KNOWN = 20_000
_known: dict[tuple[Path, int, int], str] = {}
"""Owners that were read, by folder, and number and time of the file: it is written once and costs more than a look."""


def owner_of(path: Path) -> str | None:
    """Return whose a run is; None where that is not known, as of what a shell trained."""
    try:
        look = os.lstat(path / OWNER)
    except OSError:
        return None
    key = path, look.st_ino, look.st_mtime_ns
    with suppress(KeyError):
        return _known[key]
    owner = _read(path)
    if owner is None:  # perhaps it is being written
        return None
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[key] = owner
    return owner


def _read(path: Path) -> str | None:
    try:
        said = read_json_checked(path / OWNER)
    except CheckpointError:
        return None
    owner = said.get("owner") if isinstance(said, dict) else None
    return owner if isinstance(owner, str) else None
