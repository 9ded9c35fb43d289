"""The processes that work beside the server: how one is started, known to be alive, and ended with its server.

A worker is the process `python -m aeviz.workers KIND DIR`. It reads its settings as one line of JSON from standard
input, and it ends when that pipe closes: the system closes it when the server dies, also by SIGKILL, so no worker
outlives its server. It holds a lock in DIR for as long as it lives; the system releases the lock however it ends.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from filelock import Timeout

from aeviz.errors import AevizError, CheckpointError, WorkerError
from aeviz.paths import PROJECT_ROOT, cache_root, data_root, model_roots, runs_root
from aeviz.serving.limits import limits, variable
from aeviz.training.safe_files import read_tail_checked
from aeviz.workers.watch import follow

Kind = Literal["training", "embedding", "export", "importing", "relu"]
"""The module of `aeviz.workers` that does the work."""

START_S = 20.0
"""Seconds that a worker has to report for work."""
LOOK_S = 0.02
"""Seconds between two looks at whether it has."""
LOG_TAIL = 400
"""Characters of a worker's log that a message quotes."""
LOG_BYTES = 1 << 16
"""Bytes at the end of a log that are read: no more of it is quoted, and a library may have printed megabytes."""
STOPPED = 130
"""Exit status of a worker that was asked to stop, the same as after Ctrl-C."""

_children: list[subprocess.Popen[bytes]] = []
"""The workers that this process started. Their standard input stays open, and they are reaped when they end."""
_starting = 0
"""Workers whose process is about to be started."""
_guard = threading.Lock()


def launch(
    kind: Kind,
    path: Path,
    settings: Any,
    *,
    log: Path,
    environment: Mapping[str, str],
    has_reported: Callable[[int], bool],
) -> None:
    """Start a worker and wait until it reports for work.

    Args:
        kind: What it does.
        path: Its folder, which exists.
        settings: A JSON value for its standard input.
        log: File that gets what it prints.
        environment: All its environment variables; see `quiet_environment`.
        has_reported: Whether the worker of that process number has reported.

    Raises:
        WorkerError: It ended first, or was silent for START_S seconds; the message quotes its log.
        OSError: The log cannot be written, or no process can be started.
    """
    with _place(), log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "aeviz.workers", kind, str(path.resolve())],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,  # Ctrl-C in the server's terminal is not meant for it
        )
        with _guard:
            _children.append(process)
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it died at once; its log says why
        process.stdin.write(json.dumps(settings).encode() + b"\n")
        process.stdin.flush()
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if has_reported(process.pid):
            follow(kind, path, process)
            return
        if process.poll() is not None:
            if has_reported(process.pid):  # and has ended already
                follow(kind, path, process)
                return
            if process.returncode == 0:  # another was quicker
                return
            break
        time.sleep(LOOK_S)
    process.kill()
    process.wait()
    message = read_log(log)[-LOG_TAIL:] or "it left no message"
    raise WorkerError(f"the {kind} process did not start: {message}; try again")


def count_workers() -> int:
    """Return how many workers of this process live: at work, or waiting for their turn."""
    reap()
    return len(_children)


@contextmanager
def _place() -> Iterator[None]:
    """Hold a place for a worker while its process is started.

    Raises:
        WorkerError: As many workers live as this server takes.
    """
    global _starting
    reap()
    most = limits().jobs
    with _guard:
        if most and len(_children) + _starting >= most:
            raise WorkerError(
                f"this server takes at most {most} jobs at work or in the queue ({variable('jobs')}); try again when "
                "one of them has ended"
            )
        _starting += 1
    try:
        yield
    finally:
        with _guard:
            _starting -= 1


def begin(niceness: int) -> Any:
    """Begin to be a worker: return the settings from standard input; from now on it ends with its parent.

    Args:
        niceness: What is added to the priority number of the process, so that a page need not wait for it.
    """
    settings = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(niceness)
    return settings


def _end_with_parent() -> None:
    # not sys.stdin.buffer, which the interpreter wants to close when the work ended and this thread still reads
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)


def reap() -> None:
    """Forget the workers that have ended."""
    with _guard:
        for process in list(_children):
            if process.poll() is not None:
                if process.stdin is not None:
                    with suppress(BrokenPipeError):  # it ended before it read its settings
                        process.stdin.close()
                _children.remove(process)


def quiet_environment(threads: int = 1) -> dict[str, str]:
    """Return the environment of a worker: its threads sleep while they wait, and every folder is absolute.

    With OpenMP's default, threads that spin, an epoch of mlp-2d-adam goes from 0.8 s to 42 s as soon as the
    server wants one of two cores.

    Args:
        threads: Of OpenMP, unless OMP_NUM_THREADS is set.
    """
    return {
        "OMP_NUM_THREADS": str(threads),
        "NUMBA_NUM_THREADS": "1",
        **os.environ,
        "OMP_WAIT_POLICY": "passive",
        "GOMP_SPINCOUNT": "0",
        "AEVIZ_DATA": str(data_root().resolve()),
        "AEVIZ_RUNS": str(runs_root().resolve()),
        "AEVIZ_MODELS": os.pathsep.join(str(folder.resolve()) for folder in model_roots()),
        "AEVIZ_CACHE": str(cache_root().resolve()),
    }


def read_log(path: Path) -> str:
    """Return the end of what a worker printed, without space at the ends; empty where it printed nothing."""
    try:
        return read_tail_checked(path, LOG_BYTES).decode("utf-8", errors="replace").strip()
    except CheckpointError:
        return ""


@contextmanager
def file_errors(what: str, root: Path, variable: str) -> Iterator[None]:
    """Turn an error of the file system into one that is meant for people.

    Args:
        what: What cannot be done then, such as "delete the run".
        root: The folder in which it is done.
        variable: The environment variable that names another.

    Raises:
        WorkerError: In place of an OSError.
    """
    try:
        yield
    except (AevizError, Timeout):  # some of which are OSErrors too
        raise
    except OSError as error:
        raise WorkerError(describe_file_error(error, what, root, variable)) from error


def describe_file_error(error: OSError, what: str, root: Path, variable: str) -> str:
    """Return an error of the file system as a sentence; arguments as of `file_errors`."""
    return (
        f"cannot {what} in {str(root.resolve())!r}: {error.strerror or error}; expected a folder that aeviz may write "
        f"to, with room on the disk; see {variable}"
    )
