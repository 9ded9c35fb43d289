"""The history of a run: one line of JSON an epoch, appended to history.jsonl."""

import dataclasses
import json
import statistics
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeviz.errors import CheckpointNotFoundError
from aeviz.training.files import write_atomically
from aeviz.training.json_lines import LINES_BYTES, parse_lines
from aeviz.training.safe_files import read_bytes_checked, stat_checked

_Version = tuple[int, int, int]
_MOST_KEPT = 256
_kept: dict[Path, tuple[_Version, tuple["EpochReport", ...]]] = {}
"""Histories read last, each in its newest version alone: a listing of runs reads all of theirs, and most do not change,
while one that grows to 100,000 epochs must not be held once for each."""
_guard = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochReport:
    """Losses, learning rate and duration of one epoch."""

    epoch: int
    """Counted from 1."""
    train_loss: float
    """Mean of the objective over the training images, each measured just before the step that used it."""
    val_loss: float
    """Mean of the objective over the validation images, after the epoch."""
    val_mse: float
    """Mean squared error over pixels and validation images, values in [0, 1]; equals val_loss when that is the MSE."""
    learning_rate: float
    """Learning rate of the epoch's last step."""
    seconds: float
    """Wall-clock time of the epoch, validation included, pauses left out."""
    gradient_norm: float | None = None
    """Mean Euclidean norm of the whole gradient, before clipping, over every eighth step, or over all with clipping;
    None where not finite."""
    images_per_second: float | None = None
    """Training images a second, validation and pauses left out."""
    val_kl: float | None = None
    """Divergence from posterior to prior over the validation images, nats per image; None for a plain autoencoder."""
    kl_share: float | None = None
    """Share of the KL weight that counted in the epoch's last step: below 1 while it is annealed; None likewise."""


def append_report(path: Path, report: EpochReport) -> None:
    """Append one epoch to a history file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(report))


def write_history(path: Path, reports: Iterable[EpochReport]) -> None:
    """Replace a history file atomically."""
    text = "".join(_line(report) for report in reports)
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def read_history(path: Path) -> list[EpochReport]:
    """Read a history file, oldest epoch first; a missing file gives an empty list.

    A last line without its line end is one that is being written, and is left out.

    Raises:
        CheckpointFormatError: A finished line is not an epoch report, or the file cannot be read.
    """
    try:
        status = stat_checked(path)
        version = status.st_ino, status.st_mtime_ns, status.st_size
        with _guard:
            kept = _kept.get(path)
        if kept is None or kept[0] != version:
            kept = version, tuple(_parse(path, read_bytes_checked(path, LINES_BYTES), 0))
            with _guard:
                _kept.pop(path, None)
                _kept[path] = kept
                if len(_kept) > _MOST_KEPT:
                    del _kept[next(iter(_kept))]
    except CheckpointNotFoundError:
        return []
    return list(kept[1])


def _parse(path: Path, content: bytes, before: int) -> list[EpochReport]:
    """Parse the finished lines of a history, of which `before` lines come first."""
    return parse_lines(EpochReport, content, path, noun="epoch report", before=before)


class HistoryReader:
    """Reads a history that grows: each call parses only what was appended since the last.

    Args:
        path: The history file; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._reports: list[EpochReport] = []
        self._identity: tuple[int, int] | None = None
        self._guard = threading.Lock()

    def read(self) -> list[EpochReport]:
        """Return all epochs so far, oldest first.

        Raises:
            CheckpointFormatError: A finished line is not an epoch report, or the file cannot be read.
        """
        with self._guard:
            try:
                status = stat_checked(self._path)
                identity = status.st_dev, status.st_ino
                if identity != self._identity or status.st_size < self._offset:  # replaced: a run was resumed
                    self._offset, self._reports, self._identity = 0, [], identity
                if status.st_size > self._offset:
                    added = read_bytes_checked(self._path, LINES_BYTES, start=self._offset)
                    whole = added[: added.rfind(b"\n") + 1]
                    self._reports = self._reports + _parse(self._path, whole, len(self._reports))
                    self._offset += len(whole)
            except CheckpointNotFoundError:
                self._offset, self._reports, self._identity = 0, [], None
            return self._reports


def seconds_left(history: Sequence[EpochReport], epochs: int, share: float = 0.0) -> float | None:
    """Return how long training will still take, from the last epochs; None before the first has ended.

    Args:
        history: The epochs so far.
        epochs: Epochs in all.
        share: Part of the epoch in progress that is done, in [0, 1].
    """
    if not history:
        return None
    usual = statistics.median(report.seconds for report in history[-5:])
    return max(0.0, (epochs - history[-1].epoch - share) * usual)


def _line(report: EpochReport) -> str:
    return json.dumps(dataclasses.asdict(report), allow_nan=False) + "\n"
