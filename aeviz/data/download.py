"""Download a data set through torchvision, whole or not at all; make celeba's faces."""

import contextlib
import errno
import importlib
import inspect
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from aeviz.data import celeba
from aeviz.data.catalog import FOLDER_PREFIX, find_dataset
from aeviz.data.folder import folder_path
from aeviz.data.mnist import FAMILIES, MnistFamily, is_complete
from aeviz.errors import DataError
from aeviz.paths import data_root

_POLL_S = 0.1
_STALL_S = 60.0
"""Seconds without a new byte after which a download counts as failed; torchvision itself would wait for ever."""

_DOWNLOAD_SHARE = 0.7
"""Part of celeba's progress that fetching and unpacking take; making the faces takes the rest."""

_this_thread = threading.local()

Report = Callable[[float, str], None]
"""Takes the share done in [0, 1] and a text to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publication:
    """A data set as torchvision knows it."""

    name: str
    class_name: str
    """Of torchvision's class."""
    folder: Path
    """Where that class puts the files, below its root."""
    expected: str
    """What should have arrived, in words."""
    by_hand: str
    """Files that a person can put into the folder instead."""
    n_bytes: int
    count_arrived: Callable[[Path], tuple[int, int]]
    """From the temporary root to the bytes of the download, and a number that changes as long as anything happens."""


def prepare_dataset(
    name: str, *, root: Path | None = None, on_progress: Callable[[float, str], None] | None = None
) -> Path | None:
    """Make sure that a data set is on this machine and ready; download it if it is not.

    The files arrive in a temporary folder beside their place and move there when all are complete and verified. Of
    celeba, what is here is enough, be it a part of the photographs; then its faces are made, if they are not in
    `aeviz.paths.cache_root()` yet.

    Args:
        name: A data set that `aeviz data list` names, or folder:PATH, which only has to exist.
        root: Folder of downloaded data sets; None for `aeviz.paths.data_root()`.
        on_progress: Called in this thread, some ten times a second, with the share done in [0, 1] and a text to show.
            If it raises, the download is given up and nothing of it stays.

    Returns:
        The folder of the files; None for data sets that need none.

    Raises:
        DataError: The name is unknown, or the download failed; the message says why and what to do.
    """
    if name.startswith(FOLDER_PREFIX):
        if not folder_path(name).is_dir():
            raise DataError(f"image folder {folder_path(name)} does not exist; expected a folder; check the path")
        return folder_path(name)
    if find_dataset(name).embedded:
        return None
    root = data_root() if root is None else root
    report = on_progress or (lambda fraction, text: None)
    if name == celeba.NAME:
        return _prepare_celeba(root, report)
    publication = _describe_family(FAMILIES[name])
    target = root / publication.folder
    if not is_complete(FAMILIES[name], root):
        _fetch(publication, root, report)
        report(1.0, f"{name}: ready in {target}")
    return target


def _prepare_celeba(root: Path, report: Report) -> Path:
    target, done = celeba.celeba_folder(root), 0.0
    if not celeba.is_here(root):
        _fetch(_describe_celeba(), root, lambda share, text: report(_DOWNLOAD_SHARE * share, text))
        done = _DOWNLOAD_SHARE
    celeba.prepare_celeba(root, lambda share, text: report(done + (1 - done) * share, text))
    report(1.0, f"{celeba.NAME}: ready in {target}")
    return target


def _describe_family(family: MnistFamily) -> _Publication:
    return _Publication(
        name=family.name,
        class_name=family.folder,
        folder=Path(family.folder, "raw"),
        expected=f"{len(family.files)} files of {family.bytes_download / 1e6:.1f} MB in all",
        by_hand=", ".join(f"{name}.gz" for name in family.files),
        n_bytes=family.bytes_download,
        count_arrived=lambda root: (_size(root, "*.gz"), _size(root, "*")),
    )


def _describe_celeba() -> _Publication:
    n_bytes = find_dataset(celeba.NAME).bytes_download
    return _Publication(
        name=celeba.NAME,
        class_name="CelebA",
        folder=Path(celeba.NAME),
        expected=f"6 files of {n_bytes / 1e6:,.1f} MB in all",
        by_hand=f"{celeba.IMAGES}/*.jpg, {celeba.PARTITIONS}, {celeba.ATTRIBUTES}",
        n_bytes=n_bytes,
        count_arrived=_count_celeba,
    )


def _count_celeba(root: Path) -> tuple[int, int]:
    """Count bytes of archive and lists; the folder's time tells of unpacking, since 200,000 files are slow to list."""
    folder, n_bytes, unpacked_ns = celeba.celeba_folder(root), 0, 0
    with contextlib.suppress(OSError):  # files come and go while the worker runs
        n_bytes = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        unpacked_ns = (folder / celeba.IMAGES).stat().st_mtime_ns
    return n_bytes, n_bytes + unpacked_ns


def _fetch(publication: _Publication, root: Path, report: Report) -> None:
    """Download into a temporary folder below `root`, then move the files to their place."""
    root_was_there = root.exists()
    temporary: Path | None = None
    try:
        try:
            root.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{publication.class_name}-", dir=root))
        except OSError as exc:
            raise _failed(publication, root, exc) from exc
        failure = _download(publication, temporary, report)
        if failure is not None:
            raise _failed(publication, root, failure) from failure
        try:
            for archive in (temporary / publication.folder).glob("*.zip"):  # unpacked
                archive.unlink()
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
    """Runs torchvision's download, which neither reports progress nor can be stopped."""

    def __init__(self, dataset_class: Any, folder: Path) -> None:
        super().__init__(name=f"download {dataset_class.__name__}", daemon=True)  # a dead server must not block exit
        self.dataset_class = dataset_class
        self.folder = folder
        self.cancelled = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        _this_thread.cancelled = self.cancelled
        try:
            self.dataset_class(root=self.folder, download=True)
        except BaseException as exc:  # noqa: BLE001 - carried to the caller's thread, which classifies it
            self.failure = exc
        finally:
            if self.cancelled.is_set():  # the caller has gone and torchvision may have made the folder anew
                shutil.rmtree(self.folder, ignore_errors=True)


class _CancelledError(Exception):
    """Ends torchvision's download from within; none of the kinds after which it tries the next server."""


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
    except ModuleNotFoundError:  # torchvision will say so
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


def _download(publication: _Publication, folder: Path, report: Report) -> BaseException | None:
    """Download into `folder`, reporting in this thread; return what went wrong, or None."""
    import torchvision

    _silence_bars()
    if publication.name == celeba.NAME:
        _silence_gdown()
    worker = _Worker(getattr(torchvision.datasets, publication.class_name), folder)
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


def _size(folder: Path, pattern: str) -> int:
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


def _failed(publication: _Publication, root: Path, failure: BaseException) -> DataError:
    return DataError(
        f"data set {publication.name!r} could not be downloaded into {root}: {_cause(failure)}; expected "
        f"{publication.expected}; mend this and run `aeviz data prepare {publication.name}` again, or put "
        f"{publication.by_hand} into {root / publication.folder} by hand, or use the built-in 'digits' or 'circles'"
    )


def _cause(failure: BaseException) -> str:
    """Say in words why a download failed. torchvision packs what each server said into one text."""
    text = str(failure)
    if "'gdown' is required" in text:
        return "the package gdown, which fetches from Google Drive, is not installed; run `pip install gdown`"
    if type(failure).__module__.partition(".")[0] in ("gdown", "requests"):
        return _drive_cause(text)
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
    """Say in words what Google Drive, or the way to it, refused."""
    words = " ".join(text.split())
    if "Too many users" in words or "many accesses" in words:
        return "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"
    if answer := re.match(r"(\d{3}) (?:Client|Server) Error: (.*?)(?: for url|$)", words):
        return f"the server answered {answer[1]}: {answer[2]}"
    reason = re.search(r"\[Errno [^\]]*\] ([^)\"']*)", words)
    if reason or "Max retries exceeded" in words:
        return f"no network connection to the server ({reason[1].strip() if reason else words})"
    return f"the connection to the server broke off ({words})"
