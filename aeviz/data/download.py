"""Download a data set, whole or not at all: files by their addresses and mirrors, or from Google Drive."""

import contextlib
import errno
import importlib
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aeviz.data.source import Report
from aeviz.errors import DataError

_POLL_S = 0.1
_STALL_S = 60.0
"""Seconds without a new byte after which a download counts as failed."""

_CHUNK = 1 << 16
"""Bytes of a file that are read at once."""

_DAMAGED = "file is corrupted: size or checksum differ from the publisher's"
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
    """Ends a download from within; none of the kinds after which the next server is asked."""


class _Bar:
    """pooch's progress bar: shows nothing, and ends a download that is cancelled or longer than it should be."""

    def __init__(self, cancelled: threading.Event, n_bytes: int) -> None:
        self.cancelled = cancelled
        self.n_bytes = n_bytes
        self.arrived = self.total = 0

    def update(self, n: int) -> None:
        self.arrived += n
        if self.cancelled.is_set():
            raise _CancelledError
        if self.arrived > self.n_bytes + _CHUNK:  # pooch counts whole chunks
            raise RuntimeError(_DAMAGED)

    def reset(self) -> None:
        self.arrived = 0

    def close(self) -> None:
        pass


def download_file(url: str, target: Path, *, n_bytes: int, md5: str, mirrors: Sequence[str] = ()) -> None:
    """Download a file and check it, within `Publication.download`.

    Args:
        url: Its address.
        target: Where to write it; its folder is made.
        n_bytes: Its size as the publisher states it. Little more is read.
        md5: 32 hexadecimal digits, as the publisher states them.
        mirrors: Other addresses of the same file, asked in turn where those before fail.

    Raises:
        requests.RequestException: The server did not answer with the file.
        RuntimeError: The file is not the publisher's.
        ExceptionGroup: Several servers were asked; holds what was wrong with each.
    """
    import requests

    addresses = (url, *mirrors)
    target.parent.mkdir(parents=True, exist_ok=True)
    failures: list[Exception] = []
    for address in addresses:
        try:
            # all are asked before the whole counts as failed
            _fetch_over_http(address, target, n_bytes, timeout_s=_STALL_S / (len(addresses) + 1))
            return _check_file(target, n_bytes, md5)
        except (requests.RequestException, RuntimeError) as exc:
            failures.append(exc)
    raise failures[0] if len(failures) == 1 else ExceptionGroup("no server had the file", failures)


def _fetch_over_http(url: str, target: Path, n_bytes: int, *, timeout_s: float) -> None:
    import pooch

    cancelled = getattr(_this_thread, "cancelled", threading.Event())
    with contextlib.ExitStack() as responses:

        def close_later(response: Any, **_: Any) -> None:  # pooch leaves one open that is refused or cancelled
            responses.callback(response.close)

        pooch.HTTPDownloader(
            progressbar=_Bar(cancelled, n_bytes),
            chunk_size=_CHUNK,
            headers={"User-Agent": "aeviz", "Accept-Encoding": "identity"},  # a .gz file is to arrive as it is
            timeout=timeout_s,
            hooks={"response": close_later},
        )(url, str(target), None)


def download_from_drive(file_id: str, target: Path, *, n_bytes: int, md5: str) -> None:
    """Download a file from Google Drive and check it, within `Publication.download`.

    Args:
        file_id: Google Drive's name of the file.
        target: Where to write it; its folder is made.
        n_bytes: Its size as the publisher states it.
        md5: 32 hexadecimal digits, as the publisher states them.

    Raises:
        ModuleNotFoundError: The package gdown, an extra, is not installed.
        RuntimeError: The file is not the publisher's.
        gdown.exceptions.FileURLRetrievalError: Google Drive refused.
    """
    gdown: Any = importlib.import_module("gdown")
    cancelled = getattr(_this_thread, "cancelled", threading.Event())
    target.parent.mkdir(parents=True, exist_ok=True)
    gdown.download(id=file_id, output=str(target), quiet=True, cancel=cancelled)
    _check_file(target, n_bytes, md5)


def _check_file(path: Path, n_bytes: int, md5: str) -> None:
    import pooch

    if path.stat().st_size != n_bytes or pooch.file_hash(str(path), alg="md5") != md5:
        raise RuntimeError(_DAMAGED)


def _download(publication: Publication, folder: Path, report: Report) -> BaseException | None:
    """Download into `folder`, reporting in this thread; return what went wrong, or None."""
    worker = _Worker(publication, folder)
    total = publication.n_bytes
    report(0.0, f"{publication.name}: 0.0 of {total / 1e6:,.1f} MB")  # a quick one may end before the first look
    worker.start()
    try:
        trace, changed = 0, time.monotonic()
        while worker.is_alive():
            arrived, trace_now = publication.count_arrived(folder)
            text = f"{publication.name}: {arrived / 1e6:,.1f} of {total / 1e6:,.1f} MB"
            if arrived >= total:
                text += ", checking"
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
    """Describe why a download failed, in words."""
    text = " ".join(str(failure).split())
    if isinstance(failure, ExceptionGroup):
        return ", and ".join(dict.fromkeys(_cause(each) for each in failure.exceptions))
    if isinstance(failure, ModuleNotFoundError) and failure.name == "gdown":
        return 'the package gdown, which fetches from Google Drive, is not installed; run `pip install "aeviz[celeba]"`'
    if type(failure).__module__.partition(".")[0] in ("gdown", "requests"):
        return _server_cause(text)
    if isinstance(failure, TimeoutError | ConnectionError):
        return f"the connection to the server broke off ({text})"
    if isinstance(failure, OSError):
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            return "the disk is full"
        if failure.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return "no permission to write there; choose another folder with AEVIZ_DATA"
        return f"the folder cannot be written ({failure.strerror or text})"
    if "corrupted" in text:
        return "a file arrived damaged (its checksum is not the publisher's)"
    return f"{type(failure).__name__}: {text}"


def _server_cause(text: str) -> str:
    """Describe what a server, or the connection to it, refused."""
    if "Too many users" in text or "many accesses" in text:
        return "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"
    if answer := re.match(r"(\d{3}) (?:Client|Server) Error: (.*?)(?: for url|$)", text):
        return f"the server answered {answer[1]}: {answer[2]}"
    reason = re.search(r"\[Errno [^\]]*\] ([^)\"']*)", text)
    if reason or "Max retries exceeded" in text:
        return f"no network connection to the server ({reason[1].strip() if reason else text})"
    return f"the connection to the server broke off ({text})"
