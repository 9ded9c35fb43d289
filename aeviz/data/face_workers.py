"""Many faces made by several processes, each of which writes one part of a file.

The processes are plain `python -c` children rather than `multiprocessing` ones: those would import the caller's main
module, which under Streamlit is the app itself. They end when their parent does.
"""

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aeviz.data.faces import FACE_BYTES, write_faces
from aeviz.data.source import Report
from aeviz.errors import DataError

POLL_S = 0.1
"""Seconds between two reports of progress."""
_FEW = 1000
"""Faces below which one process will do: starting another takes as long as making 400 faces."""


class Progress:
    """Counts photographs over all partitions and reports to the caller at most ten times a second."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self.done = 0
        self._report = report
        self._first: tuple[float, int] | None = None  # when the first were done, and how many
        self._reported = 0.0

    def add(self, n: int) -> None:
        """Count `n` more photographs, and report how many are done and how long the rest takes."""
        now = time.monotonic()
        self.done += n
        if n and self._first is None:
            self._first = now, self.done
        if now - self._reported < POLL_S:
            return
        self._reported = now
        text = f"celeba: {self.done:,} of {self.total:,} photographs read"
        if self._first is not None and self.done > self._first[1]:
            pace_s = (now - self._first[0]) / (self.done - self._first[1])
            text += f", {_duration(pace_s * (self.total - self.done))} left"
        self._report(0.99 * self.done / max(1, self.total), text)


def fill(folder: Path, names: Sequence[str], file: Path, offset: int, progress: Progress) -> list[tuple[int, int, str]]:
    """Write all faces behind the header of `file`, by as many processes as the number of faces is worth.

    Args:
        folder: Where the photographs lie.
        names: Their file names, N of them.
        file: A file long enough for all faces.
        offset: Length of its header in bytes.
        progress: Counts the faces that are made.

    Returns:
        First and last + 1 face of each part, and its BLAKE2b digest.

    Raises:
        DataError: A photograph is damaged.
        OSError: The file cannot be written.
    """
    n = len(names)
    n_processes = _count_cores() if n >= _FEW and sys.executable else 1
    bounds = [n * part // n_processes for part in range(n_processes + 1)]
    tasks = [
        {
            "folder": str(folder),
            "names": names[start:stop],
            "file": str(file),
            "offset": offset + start * FACE_BYTES,
        }
        for start, stop in itertools.pairwise(bounds)
    ]
    if n_processes == 1:
        digests = [write_faces(folder, names, file, offset, progress.add)]
    else:
        digests = _write_in_processes(tasks, progress)
    return [(start, stop, digest) for (start, stop), digest in zip(itertools.pairwise(bounds), digests, strict=True)]


def serve() -> None:
    """Make one share of the faces, in a process of its own: task on standard input, answers on standard output."""
    task = json.load(sys.stdin)

    def send(answer: object) -> None:
        print(json.dumps(answer), flush=True)  # fails when the parent is gone, which ends this process

    try:
        digest = write_faces(Path(task["folder"]), task["names"], Path(task["file"]), task["offset"], send)
    except DataError as exc:
        send({"failure": str(exc)})
    except OSError as exc:
        send({"failure": exc.strerror or str(exc), "errno": exc.errno})
    else:
        send({"digest": digest})


def _write_in_processes(tasks: Sequence[dict[str, Any]], progress: Progress) -> list[str]:
    """Let one process do each task; return their digests. No process outlives this function."""
    answers: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    home = str(Path(__file__).resolve().parents[2])
    # -P and pop: neither the working folder nor this package's neighbours may shadow the standard library
    code = f"import sys; sys.path.insert(0, {home!r}); import aeviz; sys.path.pop(0)"
    command = [sys.executable, "-P", "-c", f"{code}; from aeviz.data.face_workers import serve; serve()"]
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
                place, answer = answers.get(timeout=POLL_S)
            except queue.Empty:
                answer = 0
            if isinstance(answer, int):
                progress.add(answer)  # 0 reports how long the rest takes
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


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
