"""A visitor's images on their way into a data set: a few imports at a time, within the visitor's limits."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from aeviz.data.imports.visits import list_sets, remove, remove_size, resize, take
from aeviz.data.source import Report
from aeviz.errors import NotAllowedError
from aeviz.language import tr
from aeviz.web.kernel import jobs
from aeviz.web.kernel.visitor import visitor_id
from aeviz.web.kernel.visits import hold_uploads

_WAIT_S = 0.3
_CHECK_S = 2.0
"""Seconds between two looks at how many bytes an import has written."""
_importing = threading.BoundedSemaphore(2)
"""Imports decode thousands of images: a class must not do that all at once."""


def bring(files: Mapping[str, BinaryIO], report: Report) -> Path:
    """Import files as images of this visitor, when it is their turn.

    Args:
        files: By name.
        report: Called in this thread. If it raises, the import is given up and nothing of it stays.

    Returns:
        The folder of the images.

    Raises:
        DataError: The files cannot be read, or the visitor has too many sets.
        NotAllowedError: It is a demonstration, or a limit is reached.
        StorageError: The cache cannot be written.
    """
    hold_uploads(expected=True)
    with _turn(report):
        jobs.check_upload(sum(_size(stream) for stream in files.values()))
        store, _ = take(visitor_id(), files, report=_within_limits(report))
        _check_room(store, remove)
        return store


def bring_in_size(store: Path, side: int, report: Report) -> Path:
    """Import images of this visitor once more with another side; returns and errors as of `bring`."""
    with _turn(report):
        jobs.check_upload(0)
        known = list_sets(visitor_id())
        made, _ = resize(store, side, report=_within_limits(report))
        if made not in known:
            _check_room(made, remove_size)
        return made


class _turn(AbstractContextManager[None]):  # noqa: N801 - used like a function
    """Waits for one of the few places in which images are imported at a time."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __enter__(self) -> None:
        while not _importing.acquire(timeout=_WAIT_S):
            self._report(0.0, tr("Waiting for another import"))  # where a click on Stop is noticed

    def __exit__(self, *_: object) -> None:
        _importing.release()


def _within_limits(report: Report) -> Report:
    """Return a report that gives an import up as soon as its files are too many bytes: a zip says little of them."""
    last = time.monotonic()

    def checked(share: float, text: str) -> None:
        nonlocal last
        if time.monotonic() - last > _CHECK_S:
            jobs.check_upload(0)
            last = time.monotonic()
        report(share, text)

    return checked


def _check_room(store: Path, give_up: Callable[[Path], None]) -> None:
    """Give up new images that take more than the visitor may have, and say so."""
    try:
        jobs.check_upload(0)
    except NotAllowedError:
        give_up(store)
        raise


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size
