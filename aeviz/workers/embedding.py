"""t-SNE and UMAP maps, computed once in a process of their own and kept under AEVIZ_CACHE.

A map is a folder, embeddings/KEY, whose name is a digest of the points and of all settings:

    points.npy     the map, float32; there once it is done, whole or absent
    status.json    what the process does, or why it ended
    worker.lock    held by the process for as long as it lives; the system lets go of it however it ends
    stop           an empty file that asks it to end
    input.npy      the points, until the map is done
    worker.log     what the libraries print

The process takes its settings from its standard input and ends when that closes, so that none outlives the server,
however the server ends; a visitor may leave. One works at a time, the others wait.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from filelock import FileLock, Timeout

from aeviz.analysis.embedding import EmbeddingConfig, embed
from aeviz.errors import AevizError, CheckpointError, ConfigError, EmbeddingError
from aeviz.paths import PROJECT_ROOT, cache_root
from aeviz.records import from_mapping
from aeviz.training.files import write_atomically, write_json
from aeviz.training.safe_files import read_json_checked

POINTS, STATUS, LOCK, STOP, INPUT, LOG = (
    "points.npy", "status.json", "worker.lock", "stop", "input.npy", "worker.log"
)  # fmt: skip
TURN = "turn.lock"
"""In the folder of all maps: held by the process that works."""
FORMAT = 1
"""Raised when the same settings begin to give another map."""
START_S = 20.0
"""Seconds that a process has to report for work."""
TELL_S = 0.5
"""Least seconds between two writes of the status."""
LOCK_S = 1.0
"""Seconds for which a process asks for its lock, which a look from another server holds for a moment."""
LOOK_S = 0.2
"""Seconds between two looks for a request to stop."""
STOPPED = 130
"""Exit status of a process that was asked to stop."""
_LOG_TAIL = 400
_workers: list[subprocess.Popen[bytes]] = []
"""The processes that this one started: their standard input stays open, and they are reaped when they end."""
_guard = threading.Lock()
_starting = threading.Lock()
"""Held while a map is started: a second start must not wipe the status that the first one's process wrote."""
_looking = threading.Lock()
"""Held while a lock is tried: two visitors who look at once must not take each other for a worker."""

WorkerState = Literal["queued", "working", "finished", "stopped", "failed"]
ObservedState = WorkerState | Literal["interrupted"]
"""What a process said last, or that it is gone although it said that it works."""
Tell = Callable[[WorkerState, str, float, float], None]
"""Writes a status: state, message, share and seconds left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    """What the process says."""

    state: WorkerState
    pid: int
    share: float = 0.0
    """Of the work that is done, from 0 to 1."""
    seconds_left: float = -1.0
    """By the pace so far; below 0 where nothing is known."""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingJob:
    """A map that is being computed, or was."""

    state: ObservedState
    share: float
    seconds_left: float | None
    message: str

    @property
    def is_active(self) -> bool:
        """Whether a process is alive."""
        return self.state in ("queued", "working")


def embedding_key(points_digest: str, config: EmbeddingConfig) -> str:
    """Return the name of a map.

    Args:
        points_digest: A digest of the points that are embedded.
        config: How.
    """
    text = json.dumps([FORMAT, points_digest, asdict(config)], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _folder(key: str) -> Path:
    return cache_root().resolve() / "embeddings" / key


def read_embedding(key: str) -> np.ndarray | None:
    """Return a map, (N, K), float32; None where it was not computed yet or cannot be read."""
    try:
        points: np.ndarray = np.load(_folder(key) / POINTS, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    usable = points.ndim == 2 and points.dtype == np.float32 and np.isfinite(points).all()
    return points if usable else None


def observe(key: str) -> EmbeddingJob | None:
    """Return how the computation of a map stands; None where it was never asked for."""
    _reap()
    path = _folder(key)
    status = _read_status(path)
    if status is None:
        return None
    state: ObservedState = status.state
    if state in ("queued", "working") and not _has_worker(path):
        again = _read_status(path)  # it may have ended between the two looks
        state = "interrupted" if again is None or again.state in ("queued", "working") else again.state
        status = again or status
    left = status.seconds_left if status.seconds_left >= 0 else None
    return EmbeddingJob(state=state, share=status.share, seconds_left=left, message=status.message)


def start(z: np.ndarray, points_digest: str, config: EmbeddingConfig) -> None:
    """Compute a map in the background, unless that is done or under way.

    Args:
        z: The points, (N, D), floating point.
        points_digest: A digest of them.
        config: How.

    Raises:
        EmbeddingError: The process did not come up, or the cache cannot be written.
    """
    key = embedding_key(points_digest, config)
    path = _folder(key)
    with _starting, _told_of_files():
        if read_embedding(key) is not None:
            return
        path.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + START_S
        while (path / STOP).exists() and _has_worker(path) and time.monotonic() < deadline:
            time.sleep(0.02)  # one that was asked to stop is on its way out
        if _has_worker(path):
            return
        write_atomically(path / INPUT, lambda temporary: np.save(temporary, z.astype(np.float32)))
        (path / STOP).unlink(missing_ok=True)
        (path / STATUS).unlink(missing_ok=True)
        _launch(path, config)


def ask_to_stop(key: str) -> None:
    """Ask the process that computes a map to end; what it did is lost."""
    with _told_of_files():
        (_folder(key) / STOP).touch()


def _launch(path: Path, config: EmbeddingConfig) -> None:
    with (path / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "aeviz.workers.embedding", str(path)],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={
                "OMP_NUM_THREADS": "1",
                **os.environ,
                "OMP_WAIT_POLICY": "passive",  # threads that spin would take the cores from the server
                "NUMBA_NUM_THREADS": "1",
            },
            start_new_session=True,  # Ctrl-C in the server's terminal is not meant for it
        )
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it died at once; its log says why
        process.stdin.write(json.dumps(asdict(config)).encode() + b"\n")
        process.stdin.flush()
    with _guard:
        _workers.append(process)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if _read_status(path) is not None:
            return
        if process.poll() is not None:
            if process.returncode == 0:  # another was quicker
                return
            break
        time.sleep(0.02)
    process.kill()
    process.wait()
    tail = (path / LOG).read_text(encoding="utf-8", errors="replace")[-_LOG_TAIL:].strip()
    raise EmbeddingError(f"the computation of the map did not start: {tail or 'it left no message'}; try again")


def work(path: Path) -> int:
    """Be the process that `start` starts. Returns the exit status."""
    config = from_mapping(EmbeddingConfig, json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)  # a page must not wait for it
    try:
        with _lock(path).acquire(timeout=LOCK_S):
            return _work(path, config)
    except Timeout:
        return 0  # another computes the same map


def _work(path: Path, config: EmbeddingConfig) -> int:
    pid = os.getpid()
    told = threading.Lock()

    def tell(state: WorkerState, message: str, share: float = 0.0, left: float = -1.0) -> None:
        with told:
            write_json(
                path / STATUS,
                asdict(_Status(state=state, pid=pid, message=message, share=share, seconds_left=left)),
            )

    def watch() -> None:
        while not (path / STOP).exists():
            time.sleep(LOOK_S)
        tell("stopped", "stopped before it was done")
        (path / INPUT).unlink(missing_ok=True)
        os._exit(STOPPED)

    tell("queued", "waiting for its turn")
    threading.Thread(target=watch, daemon=True).start()
    try:
        with FileLock(path.parent / TURN, thread_local=False):
            tell("working", "starting")
            points = embed(np.load(path / INPUT, allow_pickle=False), config, _Teller(tell))
        write_atomically(path / POINTS, lambda temporary: np.save(temporary, points))
        tell("finished", "", 1.0)
        (path / INPUT).unlink(missing_ok=True)
    except AevizError as error:
        tell("failed", str(error))
        return 2
    except Exception as error:
        tell("failed", f"the computation broke off: {type(error).__name__}: {error}")
        raise
    return 0


class _Teller:
    """Writes progress to the status, not too often, with the time left."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._last = self._began = 0.0
        self._text = ""

    def __call__(self, share: float, text: str) -> None:
        now = time.monotonic()
        if share <= 0 or not self._began:
            self._began = now
        if text == self._text and now - self._last < TELL_S:
            return
        self._last, self._text = now, text
        left = (now - self._began) * (1 - share) / share if share > 0.02 else -1.0
        self._tell("working", text, share, left)


def _end_with_parent() -> None:
    # not sys.stdin.buffer, which the interpreter wants to close when the work ended and this thread still reads
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)


def _read_status(path: Path) -> _Status | None:
    try:
        return from_mapping(_Status, read_json_checked(path / STATUS))
    except (CheckpointError, ConfigError):
        return None


def _lock(path: Path) -> FileLock:
    return FileLock(path / LOCK, thread_local=False)


def _has_worker(path: Path) -> bool:
    if not (path / LOCK).exists():
        return False
    try:
        with _looking, _lock(path).acquire(blocking=False):
            return False
    except Timeout:
        return True
    except OSError:  # the folder has just been removed, or is not ours to write to
        return False


@contextmanager
def _told_of_files() -> Iterator[None]:
    """Turn an error of the file system into one that is meant for people."""
    try:
        yield
    except OSError as error:
        raise EmbeddingError(
            f"cannot compute a map in {str(cache_root().resolve())!r}: {error.strerror or error}; expected a folder "
            "that aeviz may write to, with room on the disk; see AEVIZ_CACHE"
        ) from error


def _reap() -> None:
    """Forget the processes that have ended."""
    with _guard:
        for process in list(_workers):
            if process.poll() is not None:
                if process.stdin is not None:
                    with suppress(BrokenPipeError):  # it ended before it read its settings
                        process.stdin.close()
                _workers.remove(process)


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[1])))
