"""The epochs of runs, read as they are trained: only what is new is parsed."""

from pathlib import Path

from aeviz.training.history import EpochReport, HistoryReader
from aeviz.training.runs import HISTORY
from aeviz.web.kernel.caching import shared


@shared(max_entries=64)  # some kB each; a reader remembers how far it has read
def _reader(path: str) -> HistoryReader:
    return HistoryReader(Path(path) / HISTORY)


def read_epochs(path: Path) -> list[EpochReport]:
    """Return the epochs of the run in a folder so far, oldest first, parsing only what is new since the last call."""
    return _reader(str(path)).read()
