"""Download a data set through torchvision, whole or not at all."""

import contextlib
import errno
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

from aeviz.data.catalog import FOLDER_PREFIX, find_dataset
from aeviz.data.folder import folder_path
from aeviz.data.mnist import FAMILIES, MnistFamily, is_complete
from aeviz.errors import DataError
from aeviz.paths import data_root

_POLL_S = 0.1
_STALL_S = 60.0
"""Seconds without a new byte after which a download counts as failed; torchvision itself would wait for ever."""

_this_thread = threading.local()


def prepare_dataset(
    name: str, *, root: Path | None = None, on_progress: Callable[[float, str], None] | None = None
) -> Path | None:
    """Make sure that a data set is on this machine; download it if it is not.

    The files arrive in a temporary folder beside their place and move there when all are complete and verified.

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
    family = FAMILIES[name]
    root = data_root() if root is None else root
    target = family.raw_folder(root)
    if is_complete(family, root):
        return target

    report = on_progress or (lambda fraction, text: None)
    root_was_there = root.exists()
    temporary: Path | None = None
    try:
        try:
            root.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{family.folder}-", dir=root))
        except OSError as exc:
            raise _failed(family, root, exc) from exc
        failure = _download(family, temporary, report)
        if failure is not None:
            raise _failed(family, root, failure) from failure
        try:
            _move(temporary / family.folder / "raw", target)
        except OSError as exc:
            raise _failed(family, root, exc) from exc
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        if not root_was_there:
            with contextlib.suppress(OSError):  # not empty: the download succeeded
                root.rmdir()
    report(1.0, f"{name}: ready in {target}")
    return target


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


def _download(family: MnistFamily, folder: Path, report: Callable[[float, str], None]) -> BaseException | None:
    """Download into `folder`, reporting in this thread; return what went wrong, or None."""
    import torchvision

    _silence_bars()
    worker = _Worker(getattr(torchvision.datasets, family.folder), folder)
    total = family.bytes_download
    worker.start()
    try:
        size, changed = 0, time.monotonic()
        while worker.is_alive():
            arrived = _size(folder, "*.gz")
            text = f"{family.name}: {arrived / 1e6:.1f} of {total / 1e6:.1f} MB"
            report(min(arrived / total, 0.99), text)
            if (size_now := _size(folder, "*")) != size:
                size, changed = size_now, time.monotonic()
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
            os.replace(path, target / path.name)
    else:
        os.rename(finished, target)


def _failed(family: MnistFamily, root: Path, failure: BaseException) -> DataError:
    files = ", ".join(f"{name}.gz" for name in family.files)
    return DataError(
        f"data set {family.name!r} could not be downloaded into {root}: {_cause(failure)}; expected "
        f"{len(family.files)} files of {family.bytes_download / 1e6:.1f} MB in all; mend this and run "
        f"`aeviz data prepare {family.name}` again, or put {files} into {family.raw_folder(root)} by hand, or use the "
        "built-in 'digits' or 'circles'"
    )


def _cause(failure: BaseException) -> str:
    """Say in words why a download failed. torchvision packs what each server said into one text."""
    text = str(failure)
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
