"""Writes the ONNX files that belong beside a run's weights and are not there: when it is trained, and at set-up.

Needs torch only where something is written.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from aeviz.errors import AevizError, ExportError
from aeviz.export.beside import PARTS, beside, is_current, weights_digest
from aeviz.training.runs import MODEL, RunFolder

MOST_PROCESSES = 4
START_S = 6.0
"""Seconds that a process takes until its first file is begun."""
SECONDS = 2.0
"""Seconds for the two files of a small network."""
SECONDS_PER_MB = 0.8
"""Seconds more for each megabyte of weights."""


def find_missing(folders: Sequence[RunFolder]) -> list[RunFolder]:
    """Return the trained runs among `folders` of which a part is missing or of other weights, the largest first."""
    missing = [run for run in folders if run.is_trained and not all(is_current(run, part) for part in PARTS)]
    return sorted(missing, key=_size, reverse=True)


def write_beside(folder: RunFolder) -> None:
    """Write the parts of a run that are not current to where they belong; whatever has that name there is replaced.

    Raises:
        ExportError: A package is not installed, onnxruntime does not give what PyTorch gives, or the weights changed
            meanwhile.
        CheckpointError: A file of the run is damaged.
        OSError: The file cannot be written.
    """
    missing = [part for part in PARTS if not is_current(folder, part)]
    if not missing:
        return
    from aeviz.export.onnx import export_part
    from aeviz.training.run import load

    before = weights_digest(folder.path / MODEL)
    run = load(folder)
    for part in missing:
        path = beside(folder, part)
        if path.parent != folder.path:  # which must not be made again where somebody has deleted it
            path.parent.mkdir(parents=True, exist_ok=True)
        export_part(run, part, path, replace=True)
        if weights_digest(folder.path / MODEL) != before:
            path.unlink(missing_ok=True)
            raise ExportError(f"the weights of run '{folder.name}' changed while its {part}.onnx was written")


def try_to_write(folder: RunFolder) -> str:
    """Write what is missing; return a notice where that fails, else nothing: the run itself is fine without."""
    try:
        write_beside(folder)
    except (AevizError, OSError, RuntimeError, MemoryError) as error:
        return _notice(folder.name, error)
    return ""


def count_processes(number: int) -> int:
    """Return how many processes write the files of so many runs: each has to load torch first."""
    return max(1, min(MOST_PROCESSES, os.cpu_count() or 1, number // 4))


def estimate_seconds(folders: Sequence[RunFolder]) -> float:
    """Return about how many seconds the files of these runs take on this machine."""
    work = sum(SECONDS + SECONDS_PER_MB * _size(folder) / 1e6 for folder in folders)
    return START_S + work / count_processes(len(folders))


def write_missing(
    folders: Sequence[RunFolder], *, on_done: Callable[[str], object] = lambda name: None
) -> dict[str, str]:
    """Write the files of runs, several at a time.

    Args:
        folders: The result of `find_missing`.
        on_done: Called with the name of each run that was tried.

    Returns:
        A notice for each that failed, by the name of the run; empty where all are there now.
    """
    problems: dict[str, str] = {}
    processes = count_processes(len(folders))
    if processes == 1:
        for folder in folders:
            problems[folder.name] = try_to_write(folder)
            on_done(folder.name)
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context, initializer=_use_one_thread) as pool:
            names = {pool.submit(_try_path, folder.path): folder.name for folder in folders}
            for future in as_completed(names):
                error = future.exception()  # the process was killed
                name = names[future]
                problems[name] = future.result() if error is None else _notice(name, error)
                on_done(name)
    return {name: problem for name, problem in problems.items() if problem}


def _try_path(path: Path) -> str:
    return try_to_write(RunFolder.read(path))


def _notice(name: str, error: BaseException) -> str:
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"no ONNX files of run '{name}' for the page, whose server decodes instead: {reason}"


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _size(folder: RunFolder) -> int:
    return (folder.path / MODEL).stat().st_size
