"""Models of other programs, read and measured by a worker: what a file holds never runs in the server."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aeviz.errors import ImportedModelError
from aeviz.language import tr
from aeviz.paths import runs_root
from aeviz.records import from_mapping
from aeviz.serving.owners import mark
from aeviz.training.runs import CONFIG
from aeviz.workers import task
from aeviz.workers.task import Arrays, Progress, Task, TaskView

if TYPE_CHECKING:
    from aeviz.bring.settings import Imported, ImportSettings

CHECKED = 0.3
"""Share of the work after which the network has been computed often enough to be trusted with all images."""
CHECK_S = 120.0
"""Seconds that the checks may take until then."""
_LOOK_S = 0.1


def importing_task(encoder: bytes, decoder: bytes, settings: "ImportSettings") -> Task:
    """Return the task that makes a run of two files."""
    digest = [hashlib.blake2b(content).hexdigest() for content in (encoder, decoder)]
    return Task(kind="importing", key=task.digest_key(digest, asdict(settings), str(runs_root().resolve())))


def start(job: Task, encoder: bytes, decoder: bytes, settings: "ImportSettings", owner: str = "") -> None:
    """Begin to read, check and measure the model, unless that is under way.

    Args:
        job: From `importing_task`.
        encoder: Content of the file: images to latent points.
        decoder: Content of the file: latent points to images.
        settings: What the files do not say.
        owner: Whose the run is, from `aeviz.serving.owners.hash_key`; nobody's where it is empty.

    Raises:
        WorkerError: The worker did not start, or the cache cannot be written.
    """
    arrays = {"encoder": np.frombuffer(encoder, np.uint8), "decoder": np.frombuffer(decoder, np.uint8)}
    job.start({"settings": asdict(settings), "owner": owner}, arrays, is_done=lambda: read_imported(job) is not None)


def read_imported(job: Task) -> "Imported | None":
    """Return what was made, as long as its run is there; None before, or when it was removed."""
    arrays = job.result()
    if arrays is None or "imported" not in arrays:
        return None
    from aeviz.bring.settings import Imported

    found = from_mapping(Imported, json.loads(arrays["imported"].tobytes()))
    return found if (runs_root() / found.name / CONFIG).is_file() else None


def check_time(job: Task, view: TaskView) -> str:
    """Return why a model is given up that takes too long to check, after its worker was asked to stop; else nothing."""
    if view.is_active and view.share < CHECKED and view.seconds > CHECK_S:
        job.ask_to_stop()
        return tr(
            "the network was not checked after {seconds:.0f} seconds; expected one that takes milliseconds an image",
            seconds=CHECK_S,
        )
    return ""


def import_files(
    encoder: bytes,
    decoder: bytes,
    settings: "ImportSettings",
    *,
    on_progress: Callable[[float, str], None] | None = None,
) -> "Imported":
    """Make a run of an encoder and a decoder in ONNX, in a process of its own, and wait for it.

    Args:
        encoder: Content of the file: images to latent points.
        decoder: Content of the file: latent points to images.
        settings: What the files do not say.
        on_progress: Called in this thread with the share done and what is done. If it raises, the work is given up.

    Raises:
        ImportedModelError: A file cannot be read, computed, fitted or measured; the message says what to do.
        WorkerError: The process did not start.
    """
    job = importing_task(encoder, decoder, settings)
    start(job, encoder, decoder, settings)
    try:
        while True:
            view = job.observe()
            if view is None or not view.is_active:
                break
            if problem := check_time(job, view):
                raise ImportedModelError(problem)
            if on_progress is not None:
                on_progress(view.share, view.message)
            time.sleep(_LOOK_S)
    except BaseException:
        job.ask_to_stop()
        raise
    found = read_imported(job)
    if found is None:
        reason = "its files are gone" if view is None else view.message or view.state
        raise ImportedModelError(f"the model could not be imported: {reason}")
    return found


def work(path: Path) -> int:
    """Be the worker; return the exit status."""
    return task.work(path, _compute)


def _compute(settings: Any, arrays: Arrays, progress: Progress) -> Arrays:
    from aeviz.bring.model import make_run
    from aeviz.bring.settings import ImportSettings

    wanted = from_mapping(ImportSettings, settings["settings"])
    made = make_run(arrays["encoder"].tobytes(), arrays["decoder"].tobytes(), wanted, progress)
    if settings["owner"]:  # here, since who asked may have left the page
        mark(runs_root() / made.name, settings["owner"])
    return {"imported": np.frombuffer(json.dumps(asdict(made)).encode(), np.uint8)}
