"""celeba's photographs as 64 x 64 faces, made once by several processes, then mapped into memory.

    CACHE/celeba/train-KEY.npy     faces (N, 3, 64, 64), uint8
    CACHE/celeba/train-KEY.json    size, time and digests of that file; written last: without it the faces do not count
    CACHE/celeba/build.lock        held by the one process that builds
    CACHE/celeba/.train-KEY.part   faces being made; found under the lock, it is what an interrupted build left behind

KEY stands for the names, sizes and times of the photographs, the lists and what is done to a photograph, so that a
change of any of them makes a new file. CACHE is `aeviz.paths.cache_root()`.

The processes are plain `python -c` children rather than `multiprocessing` ones: those would import the caller's main
module, which under Streamlit is the app itself. They end when their parent does.
"""

import contextlib
import dataclasses
import errno
import hashlib
import itertools
import json
import os
import queue
import shutil
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from PIL import Image

from aeviz.data.source import Report
from aeviz.errors import DataError
from aeviz.paths import cache_root

VERSION = 1
"""Raised when faces would be made in another way; older files are then never taken for new ones."""
PHOTOGRAPH_SIZE = (178, 218)
"""Width and height of an aligned photograph in pixels."""
CROP_SIDE = 148
"""Side in pixels of the centred square that is cut out."""
FACE_SIDE = 64
"""Side in pixels to which the square is resized."""
_FACE_SHAPE = (3, FACE_SIDE, FACE_SIDE)
_FACE_BYTES = 3 * FACE_SIDE * FACE_SIDE
_BLOCK = 64
"""Faces written at once."""
_FEW = 1000
"""Faces below which one process will do: starting another takes as long as making 400 faces."""
_POLL_S = 0.1
_DAMAGES = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)
"""What Pillow raises on a damaged JPEG."""


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
    """What the JSON file says of the .npy file."""

    split: str
    folder: str
    """Folder of the photographs, so that the faces of photographs that have changed since can be cleared away."""
    n_bytes: int
    mtime_ns: int
    digests: list[tuple[int, int, str]]
    """First and last + 1 face of each part, and its BLAKE2b digest."""


def read_face(path: Path) -> NDArray[np.uint8]:
    """Decode a photograph, cut out the central 148 x 148 pixels and resize them to 64 x 64.

    The result is that of torchvision's CenterCrop(148) and Resize(64) on Pillow's image, pixel for pixel: bilinear
    with antialiasing.

    Returns:
        (3, 64, 64), uint8, red, green and blue from 0 to 255.

    Raises:
        DataError: The file is no JPEG of 178 x 218 pixels, or damaged.
    """
    width, height = PHOTOGRAPH_SIZE
    left, top = round((width - CROP_SIDE) / 2), round((height - CROP_SIDE) / 2)  # 15, 35
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            size = image.size
            if size == PHOTOGRAPH_SIZE:
                square = image.convert("RGB").crop((left, top, left + CROP_SIDE, top + CROP_SIDE))
                face = np.asarray(square.resize((FACE_SIDE, FACE_SIDE), Image.Resampling.BILINEAR))  # (H, W, 3)
                return np.moveaxis(face, 2, 0)
    except _DAMAGES as exc:
        raise DataError(
            f"photograph {path} of 'celeba' cannot be read: {exc}; expected a complete JPEG; copy it again or remove it"
        ) from exc
    raise DataError(
        f"photograph {path} of 'celeba' has {size[0]} x {size[1]} pixels; expected {width} x {height}, as in the "
        "publisher's img_align_celeba; copy it again or remove it"
    )


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
        if faces.shape != (len(source.names), *_FACE_SHAPE) or faces.dtype != np.uint8:
            return None
        is_untouched = found.st_mtime_ns == record.mtime_ns
        if not (is_untouched or _has_digests(path, faces.offset, record.digests)):
            return None
    except (OSError, ValueError):  # missing, or no .npy file
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
            progress = _Progress(sum(len(source.names) for source in missing), report)
            for source in missing:
                _make(source, folder, progress)
            if missing:
                report(1.0, f"celeba: {progress.total:,} photographs read")
    except OSError as exc:
        raise DataError(
            f"faces of 'celeba' cannot be kept in {folder}: {exc.strerror or exc}; expected a folder that can be "
            "written; mend this, or set AEVIZ_CACHE to another folder"
        ) from exc


def serve() -> None:
    """Make one share of the faces, in a process of its own: task on standard input, answers on standard output."""
    task = json.load(sys.stdin)

    def tell(answer: object) -> None:
        print(json.dumps(answer), flush=True)  # fails when the parent is gone, which ends this process

    try:
        digest = _write_faces(Path(task["folder"]), task["names"], Path(task["file"]), task["offset"], tell)
    except DataError as exc:
        tell({"failure": str(exc)})
    except OSError as exc:
        tell({"failure": exc.strerror or str(exc), "errno": exc.errno})
    else:
        tell({"digest": digest})


class _Progress:
    """Counts photographs over all partitions and tells the caller at most ten times a second."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self.done = 0
        self._report = report
        self._first: tuple[float, int] | None = None  # when the first were done, and how many
        self._told = 0.0

    def add(self, n: int) -> None:
        now = time.monotonic()
        self.done += n
        if n and self._first is None:
            self._first = now, self.done
        if now - self._told < _POLL_S:
            return
        self._told = now
        text = f"celeba: {self.done:,} of {self.total:,} photographs read"
        if self._first is not None and self.done > self._first[1]:
            pace_s = (now - self._first[0]) / (self.done - self._first[1])
            text += f", {_duration(pace_s * (self.total - self.done))} left"
        self._report(0.99 * self.done / max(1, self.total), text)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _folder() -> Path:
    return cache_root() / "celeba"


@contextlib.contextmanager
def _only_builder(folder: Path, report: Report) -> Iterator[None]:
    lock = FileLock(folder / "build.lock", thread_local=False)
    while True:
        try:
            lock.acquire(timeout=_POLL_S)
            break
        except Timeout:
            report(0.0, "celeba: another process is reading the photographs; waiting for it")
    try:
        yield
    finally:
        lock.release()


def _make(source: FaceSource, folder: Path, progress: _Progress) -> None:
    """Make the faces of one partition; the caller holds the lock."""
    n = len(source.names)
    needed, free = n * _FACE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free")
    target, temporary = folder / f"{source.stem}.npy", folder / f".{source.stem}.part"
    try:
        with temporary.open("wb") as stream:
            header = {"descr": "|u1", "fortran_order": False, "shape": (n, *_FACE_SHAPE)}
            np.lib.format.write_array_header_1_0(stream, header)
            offset = stream.tell()
            stream.truncate(offset + needed)
        digests = _fill(source, temporary, offset, progress)
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


def _fill(source: FaceSource, file: Path, offset: int, progress: _Progress) -> list[tuple[int, int, str]]:
    """Write all faces behind the header of `file`; return the digest of each part."""
    n = len(source.names)
    n_processes = _count_cores() if n >= _FEW and sys.executable else 1
    bounds = [n * part // n_processes for part in range(n_processes + 1)]
    tasks = [
        {
            "folder": str(source.folder),
            "names": source.names[start:stop],
            "file": str(file),
            "offset": offset + start * _FACE_BYTES,
        }
        for start, stop in itertools.pairwise(bounds)
    ]
    if n_processes == 1:
        digests = [_write_faces(source.folder, source.names, file, offset, progress.add)]
    else:
        digests = _write_in_processes(tasks, progress)
    return [(start, stop, digest) for (start, stop), digest in zip(itertools.pairwise(bounds), digests, strict=True)]


def _write_faces(folder: Path, names: Sequence[str], file: Path, offset: int, tell: Callable[[int], None]) -> str:
    """Write the faces of `names` into `file` from byte `offset` on, telling how many were added; return the digest.

    Written, not mapped: on a full disk a write fails, but a map ends the process.
    """
    digest = hashlib.blake2b(digest_size=16)
    block = np.empty((_BLOCK, *_FACE_SHAPE), dtype=np.uint8)
    with file.open("rb+") as stream:
        stream.seek(offset)
        for start in range(0, len(names), _BLOCK):
            part = names[start : start + _BLOCK]
            for place, name in enumerate(part):
                block[place] = read_face(folder / name)
            content = block[: len(part)].tobytes()
            digest.update(content)
            stream.write(content)
            tell(len(part))
    return digest.hexdigest()


def _write_in_processes(tasks: Sequence[dict[str, Any]], progress: _Progress) -> list[str]:
    """Let one process do each task; return their digests. No process outlives this function."""
    answers: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    home = str(Path(__file__).resolve().parents[2])
    # -P and pop: neither the working folder nor this package's neighbours may shadow the standard library
    code = f"import sys; sys.path.insert(0, {home!r}); import aeviz; sys.path.pop(0)"
    command = [sys.executable, "-P", "-c", f"{code}; from aeviz.data.face_cache import serve; serve()"]
    processes: list[subprocess.Popen[str]] = []
    threads: list[threading.Thread] = []
    digests: dict[int, str] = {}
    try:
        for place, task in enumerate(tasks):
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
            processes.append(process)
            thread = threading.Thread(target=_converse, args=(process, task, place, answers), daemon=True)
            threads.append(thread)
            thread.start()
        while len(digests) < len(tasks):
            try:
                place, answer = answers.get(timeout=_POLL_S)
            except queue.Empty:
                answer = 0
            if isinstance(answer, int):
                progress.add(answer)  # 0 tells how long is left
            elif "digest" in answer:
                digests[place] = answer["digest"]
            elif "errno" in answer:
                raise OSError(answer["errno"], answer["failure"])
            else:
                raise DataError(answer["failure"])
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for thread in threads:
            thread.join()
    return [digests[place] for place in range(len(tasks))]


def _converse(
    process: "subprocess.Popen[str]", task: dict[str, Any], place: int, answers: "queue.SimpleQueue[tuple[int, Any]]"
) -> None:
    """Hand a process its task and pass its answers on, until it ends."""
    assert process.stdin is not None  # both are pipes
    assert process.stdout is not None
    last_words, is_finished = "", False
    with contextlib.suppress(OSError), process.stdin as stdin:  # it may have ended already
        json.dump(task, stdin)
    with process.stdout as stdout:
        for line in stdout:
            try:
                answer = json.loads(line)
            except ValueError:  # no answer of ours: a traceback, whose last line says most
                last_words = line.strip() or last_words
                continue
            is_finished = is_finished or not isinstance(answer, int)
            answers.put((place, answer))
    if not is_finished:
        status = process.wait()
        failure = f"a process that reads photographs of 'celeba' ended with status {status} ({last_words or 'silent'})"
        answers.put((place, {"failure": f"{failure}; expected 0; start again, and report it if it happens again"}))


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _has_digests(file: Path, offset: int, digests: Sequence[tuple[int, int, str]]) -> bool:
    """Whether each part of the faces behind byte `offset` has its digest. Reads little by little; maps nothing."""
    with file.open("rb") as stream:
        for start, stop, expected in digests:
            digest = hashlib.blake2b(digest_size=16)
            stream.seek(offset + start * _FACE_BYTES)
            for first in range(start, stop, _BLOCK):
                digest.update(stream.read((min(stop, first + _BLOCK) - first) * _FACE_BYTES))
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
