"""From a data set's name to its images: load, prepare, check."""

from collections.abc import Callable
from pathlib import Path

from aeviz.config import DataConfig
from aeviz.data.catalog import find_source
from aeviz.data.dataset import SPLIT_NAMES, ImageDataset, SplitName
from aeviz.data.splits import leave_out
from aeviz.errors import ConfigError, DataError
from aeviz.paths import data_root


def load_dataset(
    config: DataConfig | str,
    split: SplitName = "test",
    *,
    root: Path | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> ImageDataset:
    """Read one split of a data set into memory.

    Train and validation share the source's training images: a permutation drawn from `config.split_seed` decides, and
    each part keeps the source's order. Test never depends on the seed. celeba has three parts of its own, which depend
    on no setting; they are mapped into memory, read-only, and take minutes to make the first time.
    `config.without` takes a class out of train and validation, once they are drawn; labels keep their numbers.

    Args:
        config: The data set; a name alone stands for `DataConfig(name=name)`.
        split: "train", "validation" or "test".
        root: Folder of downloaded data sets; None for `aeviz.paths.data_root()`.
        on_progress: Called in this thread with the share done in [0, 1] and a text to show, if this takes long, which
            only celeba's first time does. If it raises, the work is given up.

    Raises:
        DataError: The data set is unknown, missing or damaged; the message says what to do.
    """
    if isinstance(config, str):
        config = DataConfig(name=config)
    if split not in SPLIT_NAMES:
        raise DataError(f"unknown split {split!r} of {config.name!r}; expected one of: {', '.join(SPLIT_NAMES)}")
    root = data_root() if root is None else root
    dataset = find_source(config.name, root).read(config, split, root, on_progress or _ignore)
    return dataset if split == "test" or config.without is None else leave_out(dataset, config.without)


def is_available(name: str, root: Path | None = None) -> bool:
    """Return whether `load_dataset` would find the data set's files. Opens none of them, so it takes no time.

    An unknown name is not available, and neither is one that a plugin would add which cannot be imported.
    """
    try:
        root = data_root() if root is None else root
        return find_source(name, root).is_available(root)
    except (ConfigError, DataError):
        return False


def bytes_to_download(name: str, root: Path | None = None) -> int:
    """Return how much `prepare_dataset` would download, in bytes: 0 where the files, or their archive, are here.

    Raises:
        DataError: The name is unknown.
    """
    root = data_root() if root is None else root
    return find_source(name, root).bytes_to_download(root)


def prepare_dataset(
    name: str, *, root: Path | None = None, on_progress: Callable[[float, str], None] | None = None
) -> Path | None:
    """Make sure that a data set is on this machine and ready; download it if it is not.

    The files arrive in a temporary folder beside their place and move there when all are complete and verified. Of
    celeba, what is here is enough, be it a part of the photographs; then its faces are made, if they are not in
    `aeviz.paths.cache_root()` yet.

    Args:
        name: A data set that `aeviz data list` names, or folder:PATH, which only has to exist.
        root: Folder of downloaded data sets; None for `aeviz.paths.data_root()`.
        on_progress: Called in this thread, some ten times a second, with the share done in [0, 1] and a text to show.
            If it raises, the download is given up and nothing of it stays.

    Returns:
        The folder of the files; None for data sets that need none.

    Raises:
        DataError: The name is unknown, or the download failed; the message says why and what to do.
    """
    root = data_root() if root is None else root
    return find_source(name, root).prepare(root, on_progress or _ignore)


def _ignore(share: float, text: str) -> None:
    """Report progress to nobody."""
