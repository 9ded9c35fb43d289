"""What visitors may do with runs: the one way from a page to `aeviz.workers.training`.

`aeviz.serving.mode` says what each mode allows. In class mode a run belongs to the browser that started it; a run that
a shell trained belongs to nobody, and no visitor can change it.
"""

import threading
from collections import Counter
from pathlib import Path

import streamlit as st

from aeviz.config import RunConfig
from aeviz.data.folder_layout import FOLDER_PREFIX
from aeviz.data.imports import list_own, visits
from aeviz.data.imports.own import own_folder
from aeviz.errors import NotAllowedError
from aeviz.language import tr
from aeviz.paths import cache_root, data_root, runs_root, size_of
from aeviz.serving import owners
from aeviz.serving.limits import MB, limits
from aeviz.serving.mode import server_mode
from aeviz.serving.usage import check_free, check_limit, sizes_of
from aeviz.web.kernel.visitor import owner, visitor_id
from aeviz.workers import training
from aeviz.workers.process import count_workers
from aeviz.workers.training import Job

_starting: Counter[str] = Counter()
"""Runs of each owner that are about to be there: two windows must not pass a limit together."""
_guard = threading.Lock()


def is_demo() -> bool:
    """Whether nothing on this server can be changed."""
    return server_mode() == "demo"


def note_demo() -> None:
    """Say that nothing can be changed on this server, where that is so."""
    if is_demo():
        st.info(
            tr(
                "This server is a demonstration: everything can be looked at, nothing is trained, kept or deleted. "
                "Install aeviz on a machine of your own to do that."
            ),
            icon=":material/lock:",
        )


def may_name_folders() -> bool:
    """Whether a visitor may name a folder of the server; where not, no path of theirs is looked at."""
    return server_mode() == "open"


def may_manage(path: Path) -> bool:
    """Whether the visitor may stop, resume and delete the run, or delete the data set, in a folder."""
    mode = server_mode()
    return mode == "open" or (mode == "class" and owners.owner_of(path) == owner())


def check_changes() -> None:
    """Check that something may be changed on this server at all.

    Raises:
        NotAllowedError: It is a demonstration.
    """
    if is_demo():
        raise NotAllowedError(
            tr(
                "this server is a demonstration: everything can be looked at, nothing is trained, kept or deleted; "
                "install aeviz on a machine of your own to do that"
            )
        )


def check_new_runs(count: int = 1, *, in_turn: bool = False) -> None:
    """Check that the visitor may add so many runs.

    Args:
        count: How many.
        in_turn: Whether they train one after another, as those of a comparison of optimizers; trainings of one visitor
            at a time are not limited then.

    Raises:
        NotAllowedError: It is a demonstration, or a limit is reached; the message says which, and what to do.
    """
    check_changes()
    most = limits()
    check_free(runs_root(), most.free_mb)
    mine_soon, all_soon = count + _starting[owner()], count + _starting.total()
    if in_turn:
        what = tr("jobs at work or in the queue")
        advice = tr("choose fewer seeds or optimizers, or try again when some have ended")
        check_limit(count_workers() + all_soon, "jobs", what, advice)
    else:
        _check_queue(mine_soon)
    if not (most.runs or most.runs_each or most.disk_mb or most.disk_mb_each):
        return
    runs = _runs()
    mine = [path for path in runs if owners.owner_of(path) == owner()]
    advice = tr("delete one of yours first")
    if in_turn:
        advice = tr("choose fewer seeds or optimizers, or delete runs of yours first")
    check_limit(len(mine) + mine_soon, "runs_each", tr("runs of one visitor"), advice)
    check_limit(len(runs) + all_soon, "runs", tr("runs in all"), tr("ask who runs it to remove some"))
    if most.disk_mb or most.disk_mb_each:
        used = sizes_of(runs)
        advice = tr("delete a run of yours first")
        check_limit(
            sum(used[path] for path in mine) / MB, "disk_mb_each", tr("megabytes of runs of one visitor"), advice
        )
        check_limit(
            sum(used.values()) / MB, "disk_mb", tr("megabytes of runs in all"), tr("ask who runs it to make room")
        )


class Places:
    """Places for new runs of one visitor, which count as theirs until a run is there. Any thread may use them.

    Args:
        whose: From `owner`.
        count: How many are held.
    """

    def __init__(self, whose: str, count: int) -> None:
        self._whose, self._count = whose, count

    def start(self, config: RunConfig) -> Job:
        """Start a training on one of the places.

        Raises:
            WorkerError: The trainer did not start.
        """
        try:
            job = training.start(config)
            owners.mark(job.path, self._whose)
        finally:
            self._give_back(1)
        return job

    def release(self) -> None:
        """Give back what is still held."""
        self._give_back(self._count)

    def _give_back(self, count: int) -> None:
        self._count -= count
        with _guard:
            _starting[self._whose] -= count
            if not _starting[self._whose]:
                del _starting[self._whose]


def hold_places(count: int = 1, *, in_turn: bool = False) -> Places:
    """Hold places for new runs of this visitor; arguments and errors as of `check_new_runs`."""
    with _guard:
        check_new_runs(count, in_turn=in_turn)
        _starting[owner()] += count
    return Places(owner(), count)


def start(config: RunConfig) -> Job:
    """Start a training of this visitor.

    Raises:
        NotAllowedError: The mode does not allow it, or a limit is reached.
        WorkerError: The trainer did not start.
    """
    check_data(config.data.name)
    return hold_places().start(config)


def may_use_data(name: str) -> bool:
    """Whether the visitor may train on a data set; no folder that they may not name is looked at."""
    is_free = may_name_folders() or not name.startswith(FOLDER_PREFIX)
    return is_free or name in {f"{FOLDER_PREFIX}{store}" for store in visits.list_sets(visitor_id())}


def check_data(name: str) -> None:
    """Check that the visitor may train on a data set: in class mode not on a folder of the server.

    Raises:
        NotAllowedError: They may not. Whether there is such a folder is neither looked at nor said.
    """
    if not may_use_data(name):
        raise NotAllowedError(
            tr(
                "on this server you train on a data set of the list, or on images that you upload; folders of the "
                "server are for who runs it"
            )
        )


def check_upload(size: int) -> None:
    """Check that the visitor may bring so many bytes of images.

    Raises:
        NotAllowedError: It is a demonstration, or a limit is reached.
    """
    check_changes()
    check_free(cache_root(), limits().free_mb)
    mine, everything = visits.bytes_held(visitor_id())
    advice = tr("remove a set of images first, or bring fewer")
    check_limit((mine + size) / MB, "uploads_mb_each", tr("megabytes of uploads of one visitor"), advice)
    advice = tr("try again when others have left")
    check_limit((everything + size) / MB, "uploads_mb", tr("megabytes of uploads in all"), advice)


def check_keep(store: Path) -> None:
    """Check that the visitor may keep uploaded images as a data set of the server.

    Raises:
        NotAllowedError: It is a demonstration, or a limit is reached.
    """
    check_changes()
    check_free(data_root(), limits().free_mb)
    sizes = {own_folder(name): size_of(own_folder(name)) for name in list_own()}
    size = size_of(store)
    mine = sum(each for path, each in sizes.items() if owners.owner_of(path) == owner())
    advice = tr("delete a data set of yours first")
    check_limit((mine + size) / MB, "uploads_mb_each", tr("megabytes of images kept by one visitor"), advice)
    advice = tr("ask who runs it to remove some")
    check_limit((sum(sizes.values()) + size) / MB, "uploads_mb", tr("megabytes of kept images"), advice)


def evaluate(path: Path, config: RunConfig) -> Job:
    """Let a trainer evaluate a run that a page has trained for this visitor; `check_new_runs` comes before it is kept.

    Raises:
        WorkerError: The trainer did not start.
    """
    owners.mark(path, owner())
    return training.evaluate(path, config)


def resume(name: str, *, epochs: int | None = None) -> Job:
    """Go on with a run of this visitor; arguments and errors as of `training.resume`.

    Raises:
        NotAllowedError: It is not theirs, or they have as many trainings as they may.
    """
    _check_own(name)
    check_free(runs_root(), limits().free_mb)
    _check_queue(1 + _starting[owner()])
    return training.resume(name, epochs=epochs)


def pause(name: str) -> None:
    """Ask a run of this visitor to rest; errors as of `_check_own` and `training.pause`."""
    _check_own(name)
    training.pause(name)


def unpause(name: str) -> None:
    """Let a run of this visitor go on; errors as of `_check_own` and `training.unpause`."""
    _check_own(name)
    training.unpause(name)


def stop(name: str) -> None:
    """Ask a run of this visitor to end; errors as of `_check_own` and `training.stop`."""
    _check_own(name)
    training.stop(name)


def delete(name: str) -> None:
    """Delete a run of this visitor; errors as of `_check_own` and `training.delete`."""
    _check_own(name)
    training.delete(name)


def _check_own(name: str) -> None:
    """Check that a run is the visitor's to manage.

    Raises:
        NotAllowedError: It is not.
    """
    check_changes()
    if server_mode() == "open":
        return
    is_name = Path(name).name == name and name not in ("", "..")
    if not is_name or owners.owner_of(runs_root() / name) != owner():
        raise NotAllowedError(
            tr(
                "{name} was not started in this browser; on this server you manage your own runs, so ask who started "
                "it",
                name=repr(name),
            )
        )


def _check_queue(count: int) -> None:
    if not limits().jobs_each:
        return
    mine = sum(job.is_active and owners.owner_of(job.path) == owner() for job in training.list_jobs())
    check_limit(
        mine + count,
        "jobs_each",
        tr("trainings of one visitor at work or in the queue"),
        tr("wait until one of yours has ended, or stop one"),
    )


def _runs() -> list[Path]:
    try:
        return [path for path in runs_root().iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError:
        return []
