"""Download a data set, whole or not at all: through torchvision, or a file by its address."""

import contextlib
import errno
import hashlib
import importlib
import inspect
import os
import re
import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from aeviz.data.source import Report
from aeviz.errors import DataError

_POLL_S = 0.1
_STALL_S = 60.0
"""Seconds without a new byte after which a download counts as failed; torchvision itself would wait for ever."""

_CHUNK = 1 << 16
"""Bytes of a file that are read at once."""

_this_thread = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A data set as its publisher offers it."""

    name: str
    folder: Path
    """Where `download` puts the files, below the root it is given."""
    download: Callable[[Path], None]
    """Downloads, verifies and unpacks all files below a root. Runs in a thread of its own."""
    expected: str
    """Number and size of the files, in words, for a message."""
    by_hand: str
    """Files that a person can put into the folder instead."""
    n_bytes: int
    count_arrived: Callable[[Path], tuple[int, int]]
    """From the temporary root to the bytes of the download, and a number that changes as long as anything happens."""


def fetch(publication: Publication, root: Path, report: Report) -> None:
    """Download into a temporary folder below `root`, then move the files to their place.

    Args:
        publication: The data set.
        root: The data root.
        report: Called in this thread, some ten times a second, with the share done and a text. If it raises, the
            download is given up and nothing of it stays.

    Raises:
        DataError: The download failed; the message says why and what to do.
    """
    root_was_there = root.exists()
    temporary: Path | None = None
    try:
        try:
            root.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{publication.name}-", dir=root))
        except OSError as exc:
            raise _failed(publication, root, exc) from exc
        failure = _download(publication, temporary, report)
        if failure is not None:
            raise _failed(publication, root, failure) from failure
        try:
            _move(temporary / publication.folder, root / publication.folder)
        except OSError as exc:
            raise _failed(publication, root, exc) from exc
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        if not root_was_there:
            with contextlib.suppress(OSError):  # not empty: the download succeeded
                root.rmdir()


class _Worker(threading.Thread):
    """Runs a download, which neither reports progress nor can be stopped from outside."""

    def __init__(self, publication: Publication, folder: Path) -> None:
        super().__init__(name=f"download {publication.name}", daemon=True)  # a dead server must not block exit
        self.download = publication.download
        self.folder = folder
        self.cancelled = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        _this_thread.cancelled = self.cancelled
        try:
            self.download(self.folder)
        except BaseException as exc:  # noqa: BLE001 - carried to the caller's thread, which classifies it
            self.failure = exc
        finally:
            if self.cancelled.is_set():  # the caller has gone, and the download may have made the folder anew
                shutil.rmtree(self.folder, ignore_errors=True)


class _CancelledError(Exception):
    """Ends a download from within; none of the kinds after which torchvision tries the next server."""


class _SilentBar:
    """Stands in for torchvision's progress bar: shows nothing and ends the download once it is cancelled."""

    def __init__(self, cancelled: threading.Event) -> None:
        self.cancelled = cancelled

    def __enter__(self) -> "_SilentBar":
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass

    def update(self, n: int) -> None:
        if self.cancelled.is_set():
            raise _CancelledError


def with_torchvision(class_name: str) -> Callable[[Path], None]:
    """Return the download of one of torchvision's data sets, by the name of its class, for `Publication.download`."""

    def download(root: Path) -> None:
        import torchvision

        _silence_bars()
        _silence_gdown()
        getattr(torchvision.datasets, class_name)(root=root, download=True)

    return download


def download_file(url: str, target: Path, *, n_bytes: int, md5: str) -> None:
    """Download a file and check it, within `Publication.download`.

    Args:
        url: Its address.
        target: Where to write it; its folder is made.
        n_bytes: Its size as the publisher states it. No more is read.
        md5: 32 hexadecimal digits, as the publisher states them.

    Raises:
        RuntimeError: The file is not the publisher's.
    """
    cancelled = getattr(_this_thread, "cancelled", threading.Event())
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, arrived = hashlib.md5(usedforsecurity=False), 0
    request = urllib.request.Request(url, headers={"User-Agent": "aeviz"})
    with urllib.request.urlopen(request, timeout=_STALL_S) as response, target.open("wb") as stream:
        while arrived <= n_bytes and (chunk := response.read(_CHUNK)):
            if cancelled.is_set():
                raise _CancelledError
            arrived += len(chunk)
            digest.update(chunk)
            stream.write(chunk)
    if arrived != n_bytes or digest.hexdigest() != md5:
        raise RuntimeError("file is corrupted: size or checksum differ from the publisher's")


def _silence_bars() -> None:
    """Replace torchvision's progress bar, once, in the threads of this module; other threads keep theirs."""
    from torchvision.datasets import utils

    shown = utils.tqdm
    if getattr(shown, "is_aeviz", False):
        return

    def bar(*args: Any, **kwargs: Any) -> Any:
        cancelled = getattr(_this_thread, "cancelled", None)
        return shown(*args, **kwargs) if cancelled is None else _SilentBar(cancelled)

    bar.is_aeviz = True  # type: ignore[attr-defined]
    utils.tqdm = bar


def _silence_gdown() -> None:
    """Do the same to gdown, with which torchvision fetches from Google Drive, if it is installed."""
    try:
        gdown: Any = importlib.import_module("gdown")
    except ModuleNotFoundError:  # torchvision will raise it again
        return
    shown = gdown.download
    if getattr(shown, "is_aeviz", False):
        return
    can_cancel = "cancel" in inspect.signature(shown).parameters  # since gdown 6

    def download(*args: Any, **kwargs: Any) -> Any:
        cancelled = getattr(_this_thread, "cancelled", None)
        if cancelled is not None:
            kwargs |= {"quiet": True} | ({"cancel": cancelled} if can_cancel else {})
        return shown(*args, **kwargs)

    download.is_aeviz = True  # type: ignore[attr-defined]
    gdown.download = download


def _download(publication: Publication, folder: Path, report: Report) -> BaseException | None:
    """Download into `folder`, reporting in this thread; return what went wrong, or None."""
    worker = _Worker(publication, folder)
    total = publication.n_bytes
    worker.start()
    try:
        trace, changed = 0, time.monotonic()
        while worker.is_alive():
            arrived, trace_now = publication.count_arrived(folder)
            text = f"{publication.name}: {arrived / 1e6:,.1f} of {total / 1e6:,.1f} MB"
            if arrived >= total:
                text += ", unpacking"
            report(min(arrived / total, 0.99), text)
            if trace_now != trace:
                trace, changed = trace_now, time.monotonic()
            elif time.monotonic() - changed > _STALL_S:
                return TimeoutError(f"nothing arrived for {_STALL_S:.0f} seconds")
            worker.join(_POLL_S)
        return worker.failure
    finally:
        if worker.is_alive():
            worker.cancelled.set()
            worker.join(1.0)


def count_bytes(folder: Path, pattern: str) -> int:
    """Return the size in bytes of the files below a folder whose names match a pattern."""
    size = 0
    with contextlib.suppress(OSError):  # files come and go while the worker runs
        size = sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())
    return size


def _move(finished: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():  # some of the files were there before
        for path in sorted(finished.iterdir()):
            if path.is_dir():
                _move(path, target / path.name)
            else:
                os.replace(path, target / path.name)
    else:
        os.rename(finished, target)


def _failed(publication: Publication, root: Path, failure: BaseException) -> DataError:
    return DataError(
        f"data set {publication.name!r} could not be downloaded into {root}: {_cause(failure)}; expected "
        f"{publication.expected}; mend this and run `aeviz data prepare {publication.name}` again, or put "
        f"{publication.by_hand} into {root / publication.folder} by hand, or use the built-in 'digits' or 'circles'"
    )


def _cause(failure: BaseException) -> str:
    """Describe why a download failed. torchvision packs what each server answered into one text."""
    text = str(failure)
    if "'gdown' is required" in text:
        return "the package gdown, which fetches from Google Drive, is not installed; run `pip install gdown`"
    if type(failure).__module__.partition(".")[0] in ("gdown", "requests"):
        return _drive_cause(text)
    if isinstance(failure, HTTPError):
        return f"the server answered {failure.code}: {failure.reason}"
    if isinstance(failure, URLError):
        reason = failure.reason.strerror if isinstance(failure.reason, OSError) else None
        return f"no network connection to the server ({reason or failure.reason})"
    if isinstance(failure, TimeoutError | ConnectionError | HTTPException):
        return f"the connection to the server broke off ({text})"
    if isinstance(failure, OSError):
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            return "the disk is full"
        if failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return "no permission to write there; choose another folder with AEVIZ_DATA"
        return f"the folder cannot be written ({failure.strerror or text})"
    causes = [f"the server answered {answer}" for answer in re.findall(r"HTTP Error (\d+: [^\n]*)", text)]
    if "corrupted" in text:
        causes.append("a file arrived damaged (its checksum is not the publisher's)")
    reasons = re.findall(r"urlopen error (?:\[[^\]]*\] )?([^>\n]*)", text)
    causes += [f"no network connection to the server ({reason})" for reason in reasons]
    return ", and ".join(dict.fromkeys(causes)) or f"{type(failure).__name__}: {' '.join(text.split())}"


def _drive_cause(text: str) -> str:
    """Describe what Google Drive, or the connection to it, refused."""
    words = " ".join(text.split())
    if "Too many users" in words or "many accesses" in words:
        return "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"
    if answer := re.match(r"(\d{3}) (?:Client|Server) Error: (.*?)(?: for url|$)", words):
        return f"the server answered {answer[1]}: {answer[2]}"
    reason = re.search(r"\[Errno [^\]]*\] ([^)\"']*)", words)
    if reason or "Max retries exceeded" in words:
        return f"no network connection to the server ({reason[1].strip() if reason else words})"
    return f"the connection to the server broke off ({words})"
