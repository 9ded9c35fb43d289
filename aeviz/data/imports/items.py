"""What an opened source of images gives, whatever its kind: one image at a time, and what was left out and why."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aeviz.data.dataset import SPLIT_NAMES, SplitName
from aeviz.data.folder_layout import split_of
from aeviz.errors import DataError

MOST_IMAGES = 500_000
"""Images of one import."""
MOST_TOTAL = 20_000_000_000
"""Bytes of all files of one import, unpacked."""
_EXAMPLES = 3

Content = bytes | NDArray[np.uint8]
"""An image file, or pixels (H, W) or (H, W, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One image of a source."""

    name: str
    """For messages, printable."""
    split: SplitName
    label: str | None
    read: Callable[[], Content]
    """Returns the image; raises `DataError` with what is wrong with it."""


@dataclass(slots=True, kw_only=True)
class Skip:
    """Files or rows that were left out for one reason."""

    reason: str
    """As the end of "skipped, since it is ...": "no image", "an archive inside the archive"."""
    count: int = 0
    examples: tuple[str, ...] = ()
    """Names of the first few, printable."""


class Skipped:
    """All that was left out, by reason, in the order in which the reasons came up."""

    def __init__(self) -> None:
        self._skips: dict[str, Skip] = {}

    def add(self, name: str, reason: str) -> None:
        """Count one more."""
        skip = self._skips.setdefault(reason, Skip(reason=reason))
        skip.count += 1
        if len(skip.examples) < _EXAMPLES:
            skip.examples += (name,)

    def __iter__(self) -> Iterator[Skip]:
        return iter(self._skips.values())


class Opened(ABC):
    """A source of images that is open for reading."""

    def __init__(self, title: str) -> None:
        self.title = title
        """The source's name for people, printable."""
        self.notes: list[str] = []
        """How it was read, sentence by sentence."""
        self.skipped = Skipped()
        self.class_names: tuple[str, ...] | None = None
        """The classes in the order in which the source numbers them; None sorts the labels."""
        self.chosen: frozenset[SplitName] = frozenset({"train"})
        """The splits that the source itself has."""
        self.count = 0
        """Images that `items` yields."""

    @abstractmethod
    def items(self) -> Iterator[Item]:
        """Yield all images: those for training, then for validation, then for the test. May be called twice."""

    def close(self) -> None:
        """Let go of its files."""
        return


def order_splits(names: dict[str, Any]) -> dict[SplitName, list[str]]:
    """Return the names of arrays or files by the split that is in each name, in the order of `Opened.items`.

    Names without one are for training; if none is for training, all are.
    """
    found: dict[SplitName, list[str]] = {split: [] for split in SPLIT_NAMES}
    for name in names:
        words = [split_of(part)[0] for part in reversed(name.replace("\\", "/").split("/"))]
        found[next((split for split in words if split is not None), "train")].append(name)
    if not found["train"]:
        return {"train": list(names)}
    return {split: members for split, members in found.items() if members}


def check_count(title: str, count: int) -> None:
    """Refuse a source with too many images.

    Raises:
        DataError: It has.
    """
    if count > MOST_IMAGES:
        raise DataError(f"{title} holds {count:,} images; expected at most {MOST_IMAGES:,}; bring a part of them")
