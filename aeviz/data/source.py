"""The interface of a data set: `Source`, and `DatasetInfo`, what is known of it without opening its files.

docs/extending.md shows how to add one.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName

Report = Callable[[float, str], None]
"""Takes the share done in [0, 1] and a text to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """One entry of the catalog."""

    name: str
    """As `aeviz.config.DataConfig.name` writes it."""
    title: str
    image_shape: tuple[int, int, int]
    """(C, H, W): channels, then height and width in pixels."""
    n_train: int
    """Training images, before some are held out for validation unless `n_validation` says that it is a set apart."""
    n_test: int
    n_validation: int | None = None
    """Validation images that the publisher set apart; None where `DataConfig.validation_fraction` of n_train are."""
    embedded: bool
    """Whether it is always there; the others are downloaded once."""
    bytes_download: int
    """Size of the download in bytes, 0 for embedded sets."""
    source: str
    """Whom to cite."""
    licence: str
    factor_names: tuple[str, ...] = ()
    """Generative factors of made-up images that the data set comes with, each with its unit."""


class Source(ABC):
    """Where the images of a data set come from.

    Everything that aeviz does with data sets (list, download, load, check) goes through these members.
    """

    info: DatasetInfo | None
    """The entry in the catalog; None for a folder of images, of which nothing is known before it is read."""

    @abstractmethod
    def is_available(self, root: Path) -> bool:
        """Return whether the files below the data root are there with the right sizes. Opens none of them."""

    @abstractmethod
    def prepare(self, root: Path, report: Report) -> Path | None:
        """Download the files if they are not there, and make all that `read` would otherwise make.

        Args:
            root: The data root, which may not exist yet.
            report: Called in this thread. If it raises, the work is given up and nothing of it stays.

        Returns:
            The folder of the files; None for a data set that needs none.

        Raises:
            DataError: The download failed; the message says why and what to do.
        """

    def bytes_to_download(self, root: Path) -> int:
        """Return how much `prepare` would download, in bytes."""
        return 0 if self.info is None or self.is_available(root) else self.info.bytes_download

    @abstractmethod
    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split.

        A source that knows only training and test images holds the validation images out with
        `aeviz.data.splits.hold_out`.

        Args:
            config: The data set's settings, whose name leads to this source.
            split: Which images.
            root: The data root.
            report: Called in this thread while `read` does what takes long. If it raises, the work is given up.

        Raises:
            DataError: Files are missing or damaged; the message says what to do.
        """
