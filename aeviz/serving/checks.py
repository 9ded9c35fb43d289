"""What an installation needs: one check for each thing, what was found, and what to do where it is missing."""

import json
import os
import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from aeviz.data import is_available, list_datasets
from aeviz.errors import AevizError
from aeviz.paths import PROJECT_ROOT, cache_root, checkpoints_root, data_root, runs_root
from aeviz.serving.hosts import known_hosts
from aeviz.serving.journal import log_form
from aeviz.serving.limits import MB, limits, variable
from aeviz.serving.mode import mode_for, server_mode
from aeviz.serving.password import passes_from_environment
from aeviz.training.memory import free_memory
from aeviz.training.monitor import max_jobs

State = Literal["ok", "note", "problem"]
"""All is well; the app works and could do better; something does not work."""
OLDEST_PYTHON = (3, 11)
ROOM_MB = 5_000
"""Megabytes of free disk below which a note says so: a few data sets and a class of runs."""
MEMORY_MB = 2_000
"""Megabytes of memory below which a note says so: the server, PyTorch and one training."""
_COMPONENTS = Path(__file__).resolve().parents[1] / "web" / "components"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, and how it stands."""

    name: str
    state: State
    found: str
    advice: str = ""
    """What to do; empty where all is well."""


def check_installation(port: int, host: str = "localhost") -> Iterator[Check]:
    """Look at everything that the app and the commands need, and change nothing.

    Args:
        port: Where the app is to be served.
        host: Address at which it is to be served, on which the mode depends.
    """
    yield _python()
    yield _packages()
    yield _torch()
    yield _pages()
    yield from _browser()
    yield _data_sets()
    yield from (_folder(*each) for each in _folders())
    yield from (_disk(name, folder) for name, folder, _ in _folders())
    yield _memory()
    yield _settings(host)
    yield _port(port)


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Check("Python", "ok", found)
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Check("Python", "problem", found, f"install Python {oldest} or newer; make app PYTHON=python{oldest}")


def _packages() -> Check:
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(line) for line in metadata.requires("aeviz") or ()]
    except metadata.PackageNotFoundError:
        return Check(
            "Packages", "problem", "aeviz is not installed here", "make app, or pip install -e . in its folder"
        )
    needed = [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong = []
    for each in needed:
        try:
            version = metadata.version(each.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{each.name} is missing")
            continue
        if not each.specifier.contains(version, prereleases=True):
            wrong.append(f"{each.name} is {version}, expected {each.specifier}")
    if wrong:
        return Check("Packages", "problem", "; ".join(wrong), "make app installs them; or pip install --upgrade aeviz")
    return Check("Packages", "ok", f"{len(needed)} as required, Streamlit {metadata.version('streamlit')} among them")


def _torch() -> Check:
    try:
        import torch

        best = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        torch.ones(8, 8).matmul(torch.ones(8, 8))
    except Exception as error:  # noqa: BLE001 - whatever a broken installation raises
        return Check(
            "PyTorch",
            "problem",
            f"it cannot be used: {type(error).__name__}: {error}",
            "pip install --force-reinstall torch",
        )
    cores = os.cpu_count() or 1
    return Check("PyTorch", "ok", f"{torch.__version__}, computes on {best}; {cores} processor cores")


def _pages() -> Check:
    script, models = PROJECT_ROOT / "app.py", checkpoints_root()
    if not script.is_file() or not models.is_dir():
        return Check(
            "App", "problem", f"app.py or checkpoints/ is missing in {PROJECT_ROOT}", "install aeviz anew, or clone it"
        )
    count = sum(1 for path in models.glob("*/config.json"))
    return Check("App", "ok", f"in {PROJECT_ROOT}, with {count} models")


def _browser() -> Iterator[Check]:
    runtime = _COMPONENTS / "vendor" / "onnxruntime-web" / "stamp.json"
    yield _asset("ONNX Runtime of the page", runtime, "until then the server decodes convolutional networks")
    yield _asset("Scripts of the page", _COMPONENTS / "bundled" / "stamp.json", "until then they are loaded one by one")


def _asset(name: str, stamp: Path, without: str) -> Check:
    try:
        json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Check(name, "note", "not here", f"make app fetches it once from npm's registry; {without}")
    return Check(name, "ok", "here")


def _data_sets() -> Check:
    here = [info.name for info in list_datasets() if is_available(info.name)]
    missing = [info.name for info in list_datasets() if not is_available(info.name)]
    found = f"{', '.join(here)} in {data_root().resolve()}"
    if not missing:
        return Check("Data sets", "ok", found)
    advice = f"aeviz data prepare NAME downloads one of {', '.join(missing)}, best before a lesson"
    return Check("Data sets", "note" if len(here) < 3 else "ok", found, advice)


def _folders() -> tuple[tuple[str, Path, str], ...]:
    return (
        ("Folder of runs", runs_root(), "AEVIZ_RUNS"),
        ("Folder of caches", cache_root(), "AEVIZ_CACHE"),
    )


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def _folder(name: str, folder: Path, setting: str) -> Check:
    try:
        with tempfile.TemporaryFile(dir=_existing(folder)) as file:
            file.write(b"x")
    except OSError as error:
        return Check(
            name,
            "problem",
            f"{folder} cannot be written: {error.strerror or error}",
            f"set {setting} to another folder",
        )
    return Check(name, "ok", str(folder.resolve()))


def _disk(name: str, folder: Path) -> Check:
    what = f"Disk of the {name.lower()}"
    try:
        free = shutil.disk_usage(_existing(folder)).free // MB
    except OSError as error:
        return Check(what, "problem", f"cannot be looked at: {error.strerror or error}", "see the folder")
    least = _read(lambda: limits().free_mb, 0)
    if free < least:
        return Check(
            what, "problem", f"{free:,} MB free", f"make room: below {least:,} MB no run starts ({variable('free_mb')})"
        )
    if free < ROOM_MB:
        return Check(what, "note", f"{free:,} MB free", "make room: a class may need some gigabytes")
    return Check(what, "ok", f"{free:,} MB free")


def _memory() -> Check:
    found = available_mb()
    if found is None:
        return Check("Memory", "ok", "not known on this system")
    if found < MEMORY_MB:
        return Check("Memory", "note", f"{found:,} MB available", "close other programs before a training")
    return Check("Memory", "ok", f"{found:,} MB available")


def available_mb() -> int | None:
    """Return the megabytes of memory that programs can still have; None where that is not known."""
    free = free_memory()
    return None if free is None else free // MB


def server_mb() -> int | None:
    """Return the megabytes of memory that this process has; None where that is not known."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") // MB


def _settings(host: str) -> Check:
    for look in (server_mode, limits, max_jobs, log_form, passes_from_environment, lambda: known_hosts(host)):
        problem = _why_not(look)
        if problem:
            return Check("Settings", "problem", problem, "mend the environment variable, or unset it")
    named = sorted(name for name in os.environ if name.startswith("AEVIZ_"))
    return Check("Settings", "ok", f"mode {mode_for(host)}; {', '.join(named) if named else 'all as they come'}")


def _why_not(look: Callable[[], object]) -> str:
    try:
        look()
    except AevizError as error:
        return str(error)
    return ""


def _read(look: Callable[[], int], default: int) -> int:
    try:
        return look()
    except AevizError:
        return default


def _port(port: int) -> Check:
    try:
        socket.create_server(("localhost", port)).close()
    except OSError as error:
        return Check(
            f"Port {port}",
            "note",
            f"{error.strerror or error}",
            "the app may be running already; else make app PORT=8600 serves on another",
        )
    return Check(f"Port {port}", "ok", "free")
