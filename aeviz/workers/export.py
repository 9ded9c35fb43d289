"""The ONNX files that a page runs itself, written beside a run by a worker while the server decodes."""

import threading
from pathlib import Path
from typing import Any

from aeviz.errors import ExportError, WorkerError
from aeviz.export.beside import weights_digest
from aeviz.training.runs import MODEL, RunFolder
from aeviz.workers import task
from aeviz.workers.task import Arrays, Progress, Task, TaskView

_started: dict[Task, str] = {}
"""The exports that this server has started, with the reason of a failure: each server tries once."""
_starting: set[Task] = set()
"""Those that a visitor is starting at this moment; the status on disk is still that of an earlier server."""
_guard = threading.Lock()


def export_task(folder: RunFolder) -> Task:
    """Return the task that writes the files of a run, which must be trained."""
    return Task(kind="export", key=task.digest_key(str(folder.path.resolve()), weights_digest(folder.path / MODEL)))


def prepare(folder: RunFolder) -> TaskView | None:
    """Begin to write the files of a run that are not current, unless that was begun; return how it stands.

    Two thirds of a gigabyte and a core go into one run, so that the others wait.

    Returns:
        None for a moment while another visitor starts the same.
    """
    try:
        job = export_task(folder)
    except OSError:
        return _failed(f"the weights of run {folder.name!r} are gone; it may have been deleted")
    with _guard:
        is_first = job not in _started
        if is_first:
            _started[job] = ""
            _starting.add(job)
        elif job in _starting:
            return None
    if is_first:
        try:
            job.start({"path": str(folder.path.resolve())}, {}, is_done=lambda: False)
        except WorkerError as error:
            _started[job] = str(error)
        finally:
            _starting.discard(job)
    if problem := _started[job]:
        return _failed(problem)
    return job.observe()


def _failed(message: str) -> TaskView:
    return TaskView(state="failed", share=0.0, seconds=0.0, seconds_left=None, message=message)


def work(path: Path) -> int:
    """Be the worker; return the exit status."""
    return task.work(path, _compute)


def _compute(settings: Any, arrays: Arrays, progress: Progress) -> Arrays:
    from aeviz.export.missing import try_to_write

    if problem := try_to_write(RunFolder.read(Path(settings["path"]))):
        raise ExportError(problem)
    return {}
