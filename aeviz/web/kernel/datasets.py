"""The images that pages show and compare with, read once for all visitors."""

from pathlib import Path

from aeviz.config import DataConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.data.stamp import folder_stamp
from aeviz.web.kernel.caching import Stamp, shared

__all__ = ["folder_stamp", "test_images", "train_fingerprint", "train_images"]


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
