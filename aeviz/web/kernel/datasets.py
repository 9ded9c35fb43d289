"""The images that pages show and compare with, read once for all visitors."""

from pathlib import Path

from aeviz.config import DataConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.web.kernel.caching import Stamp, shared, stamp_of


def folder_stamp(name: str) -> Stamp:
    """Return the times of change of the folders of a folder: data set; nothing for the others, which never change."""
    if not name.startswith("folder:"):
        return ""
    root = Path(name.removeprefix("folder:"))
    return stamp_of([root, *(path for path in sorted(root.glob("*")) if path.is_dir())])


@shared(max_entries=4, spinner="Reading the test images …")  # 8 MB for MNIST
def test_images(data: DataConfig, root: str, stamp: Stamp) -> tuple[ImageDataset, str]:
    """Return the test split of a data set and its fingerprint.

    Args:
        data: The data set.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `folder_stamp` of the data set, so that changed images are read again.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    dataset = load_dataset(data, "test", root=Path(root))
    return dataset, dataset.fingerprint()


@shared(max_entries=2, spinner="Reading the training images …")  # 39 MB for MNIST
def train_images(data: DataConfig, root: str, stamp: Stamp) -> ImageDataset:
    """Return the training split of a data set; arguments and errors as in `test_images`."""
    return load_dataset(data, "train", root=Path(root))


@shared(max_entries=8)  # a few bytes each
def train_fingerprint(data: DataConfig, root: str, stamp: Stamp) -> str:
    """Return the fingerprint of the training split; arguments and errors as in `test_images`."""
    return train_images(data, root, stamp).fingerprint()
