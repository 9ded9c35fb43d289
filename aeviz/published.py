"""Models that are published beside aeviz and not in its wheel: which there are, and how one is fetched.

published.json lists their files with sizes and digests; `python -m tools.publish` writes it. AEVIZ_RELEASES is the
address below which they lie, as NAME/FILE. Fetched runs lie in `aeviz.paths.fetched_root()` and are listed like those
that ship.
"""

import functools
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aeviz.data.source import Report
from aeviz.errors import CheckpointError, CheckpointNotFoundError
from aeviz.paths import fetched_root
from aeviz.records import from_mapping
from aeviz.training.runs import RunFolder, listed_roots

REGISTRY = Path(__file__).with_name("published.json")
RELEASES = "AEVIZ_RELEASES"
"""Environment variable with the address of the published files."""
_TIMEOUT_S = 30.0
_SLACK = 1 << 16
"""Bytes that may arrive above the size of a file: whole chunks are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A file of a published model."""

    bytes: int
    sha256: str
    """64 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedModel:
    """A model that can be fetched."""

    title: str
    """What it is, as a part of a sentence."""
    licence: str
    """Its terms, a sentence."""
    files: Mapping[str, PublishedFile]

    @property
    def bytes(self) -> int:
        """Size of the download."""
        return sum(file.bytes for file in self.files.values())


@functools.cache
def list_published() -> Mapping[str, PublishedModel]:
    """Return the models that can be fetched, by name."""
    found: Mapping[str, Any] = json.loads(REGISTRY.read_text(encoding="utf-8"))
    return {name: from_mapping(PublishedModel, values) for name, values in found.items()}


def is_here(name: str) -> bool:
    """Whether a published model is on this machine: it shipped with the clone, or was fetched."""
    return any((root / name / "config.json").is_file() for root in listed_roots())


def releases_address(given: str | None = None) -> str:
    """Return the address of the published files, without a slash at its end; empty where none is known."""
    return (given or os.environ.get(RELEASES, "")).strip().rstrip("/")


def fetch_model(name: str, *, address: str | None = None, on_progress: Report | None = None) -> RunFolder:
    """Fetch a published model, whole or not at all.

    Args:
        name: A name of `list_published`.
        address: Where the files lie; None for AEVIZ_RELEASES.
        on_progress: Called in this thread with the share done in [0, 1] and a text. If it raises, nothing stays.

    Returns:
        The run, which is listed from now on. One that is here already is not fetched again.

    Raises:
        CheckpointNotFoundError: No such model is published, or no address is known.
        CheckpointError: The download failed, or a file is not the one that was published.
    """
    model = list_published().get(name)
    if model is None:
        raise CheckpointNotFoundError(f"no model {name!r} is published; expected one of: {', '.join(list_published())}")
    for root in listed_roots():
        if (root / name / "config.json").is_file():
            return RunFolder.read(root / name)
    base = releases_address(address)
    if not base.startswith(("https://", "http://")):
        raise CheckpointNotFoundError(
            f"the address of the published models is {base!r}; expected one that begins with https://; set {RELEASES}, "
            "or name it with --from"
        )
    target = fetched_root()
    try:
        target.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".fetch-", dir=target))
    except OSError as error:
        raise CheckpointError(f"cannot write into {target}: {error.strerror or error}; see AEVIZ_CACHE") from error
    try:
        folder = temporary / name
        _download(model, f"{base}/{name}/", folder, on_progress or _ignore)
        RunFolder.read(folder)
        folder.chmod(0o755)
        try:
            folder.rename(target / name)
        except OSError:
            if not (target / name).is_dir():  # another was quicker
                raise
    except OSError as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(
            f"model {name!r} could not be fetched into {target}: {error.strerror or error}; nothing of it is kept"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return RunFolder.read(target / name)


class _Bar:
    """pooch's progress bar for one file: reports what has arrived, and ends a download that is too long."""

    def __init__(self, model: PublishedModel, before: int, limit: int, report: Report) -> None:
        self.model, self.before, self.limit, self.report = model, before, limit, report
        self.arrived = self.total = 0

    def update(self, n: int) -> None:
        self.arrived += n
        if self.arrived > self.limit + _SLACK:
            raise ValueError("a file is longer than the one that was published")
        done = self.before + min(self.arrived, self.limit)
        self.report(done / self.model.bytes, f"{done / 1e6:.1f} of {self.model.bytes / 1e6:.1f} MB")

    def reset(self) -> None:
        self.arrived = 0

    def close(self) -> None:
        pass


def _download(model: PublishedModel, address: str, folder: Path, report: Report) -> None:
    import pooch
    import requests

    registry = {name: f"sha256:{file.sha256}" for name, file in model.files.items()}
    store = pooch.Pooch(path=folder, base_url=address, registry=registry)
    pooch.get_logger().setLevel("ERROR")
    before = 0
    report(0.0, "connecting")
    for name, file in model.files.items():
        bar = _Bar(model, before, file.bytes, report)
        downloader = pooch.HTTPDownloader(
            progressbar=bar, timeout=_TIMEOUT_S, headers={"User-Agent": "aeviz", "Accept-Encoding": "identity"}
        )
        try:
            store.fetch(name, downloader=downloader)
        except (requests.RequestException, ValueError) as error:
            reason = " ".join(str(error).split())
            raise CheckpointError(
                f"{address}{name} could not be fetched: {reason[:300]}; nothing is kept; check the address and the "
                "network, and try again"
            ) from error
        before += file.bytes


def _ignore(share: float, text: str) -> None:
    """Report progress to nobody."""
