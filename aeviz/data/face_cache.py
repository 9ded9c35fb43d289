"""celeba's photographs as 64 x 64 faces, made once, then mapped into memory.

    CACHE/celeba/train-KEY.npy     faces (N, 3, 64, 64), uint8
    CACHE/celeba/train-KEY.json    size, time and digests of that file; written last: without it the faces do not count
    CACHE/celeba/build.lock        held by the one process that builds
    CACHE/celeba/.train-KEY.part   faces being made; found under the lock, it is what an interrupted build left behind

KEY stands for the names, sizes and times of the photographs, the lists and what is done to a photograph, so that a
change of any of them makes a new file. CACHE is `aeviz.paths.cache_root()`.
"""

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import shutil
import threading
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from aeviz.data.face_workers import POLL_S, Progress, fill
from aeviz.data.faces import BLOCK, FACE_BYTES, FACE_SHAPE
from aeviz.data.source import Report
from aeviz.errors import DataError
from aeviz.paths import cache_root


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSource:
    """The photographs of one partition."""

    split: str
    folder: Path
    """Where the photographs lie."""
    names: tuple[str, ...]
    """Their file names, in the order of the faces."""
    key: str
    """Hexadecimal digits that stand for the photographs and the lists; see the module's docstring."""

    @property
    def stem(self) -> str:
        """Name of the cache's files without their endings."""
        return f"{self.split}-{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """The JSON file that describes the .npy file."""

    split: str
    folder: str
    """Folder of the photographs, so that the faces of photographs that have changed since can be cleared away."""
    n_bytes: int
    mtime_ns: int
    digests: list[tuple[int, int, str]]
    """First and last + 1 face of each part, and its BLAKE2b digest."""


def find_faces(source: FaceSource) -> NDArray[np.uint8] | None:
    """Map the faces into memory, read-only, or return None where they have not been made or their file is damaged.

    Size and time of the file must be those of the record; if only the time differs, all of it is read and compared.
    """
    path = _folder() / f"{source.stem}.npy"
    record = _read_record(path.with_suffix(".json"))
    try:
        found = path.stat()
        if record is None or found.st_size != record.n_bytes:
            return None
        faces: np.memmap[Any, np.dtype[np.uint8]] = np.load(path, mmap_mode="r", allow_pickle=False)
        if faces.shape != (len(source.names), *FACE_SHAPE) or faces.dtype != np.uint8:
            return None
        is_untouched = found.st_mtime_ns == record.mtime_ns
        if not (is_untouched or _has_digests(path, faces.offset, record.digests)):
            return None
    except (OSError, ValueError, SyntaxError, tokenize.TokenError):  # missing, or no .npy file
        return None
    if not is_untouched:
        with contextlib.suppress(OSError):  # a folder that is only lent may be read-only
            _write_record(path, dataclasses.replace(record, mtime_ns=found.st_mtime_ns))
    return faces


def make_faces(sources: Sequence[FaceSource], report: Report) -> None:
    """Make the faces that `find_faces` does not find; wait if another process is about to.

    Args:
        sources: One or more partitions.
        report: Called in this thread some ten times a second. If it raises, the work is given up and nothing of it
            stays but partitions that are whole.

    Raises:
        DataError: A photograph is damaged, or the cache cannot be written.
    """
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_builder(folder, report):
            for leftover in folder.glob(".*.part"):
                leftover.unlink(missing_ok=True)
            missing = [source for source in sources if find_faces(source) is None]
            progress = Progress(sum(len(source.names) for source in missing), report)
            for source in missing:
                _make(source, folder, progress)
            if missing:
                report(1.0, f"celeba: {progress.total:,} photographs read")
    except OSError as exc:
        raise DataError(
            f"faces of 'celeba' cannot be kept in {folder}: {exc.strerror or exc}; expected a folder that can be "
            "written; mend this, or set AEVIZ_CACHE to another folder"
        ) from exc


def _folder() -> Path:
    return cache_root() / "celeba"


@contextlib.contextmanager
def _only_builder(folder: Path, report: Report) -> Iterator[None]:
    lock = FileLock(folder / "build.lock", thread_local=False)
    while True:
        try:
            lock.acquire(timeout=POLL_S)
            break
        except Timeout:
            report(0.0, "celeba: another process is reading the photographs; waiting for it")
    try:
        yield
    finally:
        lock.release()


def _make(source: FaceSource, folder: Path, progress: Progress) -> None:
    """Make the faces of one partition; the caller holds the lock."""
    n = len(source.names)
    needed, free = n * FACE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free")
    target, temporary = folder / f"{source.stem}.npy", folder / f".{source.stem}.part"
    try:
        with temporary.open("wb") as stream:
            header = {"descr": "|u1", "fortran_order": False, "shape": (n, *FACE_SHAPE)}
            np.lib.format.write_array_header_1_0(stream, header)
            offset = stream.tell()
            stream.truncate(offset + needed)
        digests = fill(source.folder, source.names, temporary, offset, progress)
        if not _has_digests(temporary, offset, digests):
            raise OSError(errno.EIO, "what was read back differs from what was written")
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    found = target.stat()
    home = str(source.folder.resolve())
    record = _Record(
        split=source.split, folder=home, n_bytes=found.st_size, mtime_ns=found.st_mtime_ns, digests=digests
    )
    _write_record(target, record)
    _remove_outdated(folder, record, source.stem)


def _has_digests(file: Path, offset: int, digests: Sequence[tuple[int, int, str]]) -> bool:
    """Whether each part of the faces behind byte `offset` has its digest. Reads little by little; maps nothing."""
    with file.open("rb") as stream:
        for start, stop, expected in digests:
            digest = hashlib.blake2b(digest_size=16)
            stream.seek(offset + start * FACE_BYTES)
            for first in range(start, stop, BLOCK):
                digest.update(stream.read((min(stop, first + BLOCK) - first) * FACE_BYTES))
            if digest.hexdigest() != expected:
                return False
    return True


def _read_record(path: Path) -> _Record | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        digests = [(int(start), int(stop), str(digest)) for start, stop, digest in values["digests"]]
        return _Record(
            split=str(values["split"]),
            folder=str(values["folder"]),
            n_bytes=int(values["n_bytes"]),
            mtime_ns=int(values["mtime_ns"]),
            digests=digests,
        )
    except (OSError, ValueError, KeyError, TypeError):  # missing, cut off or somebody else's
        return None


def _write_record(target: Path, record: _Record) -> None:
    path = target.with_suffix(".json")
    temporary = target.with_name(f".{target.stem}-{os.getpid()}-{threading.get_ident()}.part")
    temporary.write_text(json.dumps(dataclasses.asdict(record), indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def _remove_outdated(folder: Path, record: _Record, stem: str) -> None:
    """Remove the faces made of the same folder's photographs before they changed."""
    for path in folder.glob(f"{record.split}-*.json"):
        other = _read_record(path)
        if path.stem != stem and other is not None and other.folder == record.folder:
            for outdated in (path, path.with_suffix(".npy")):
                with contextlib.suppress(OSError):  # another process may have it open, or remove it too
                    outdated.unlink()
