"""The images that pages show and compare with, read once for all visitors."""

from pathlib import Path

from aeviz.config import DataConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.data.changes import with_class_order
from aeviz.data.stamp import folder_stamp
from aeviz.language import mark
from aeviz.web.kernel.caching import Stamp, shared

__all__ = ["folder_stamp", "test_images", "train_fingerprint", "train_images"]


@shared(max_entries=4, spinner=mark("Reading the test images …"))  # 8 MB for MNIST
def test_images(data: DataConfig, root: str, stamp: Stamp, class_names: tuple[str, ...]) -> tuple[ImageDataset, str]:
    """Return the test split of a data set and its fingerprint.

    Args:
        data: The data set.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `folder_stamp` of the data set, so that changed images are read again.
        class_names: The classes in the order in which a run numbers them.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    dataset = with_class_order(load_dataset(data, "test", root=Path(root)), class_names)
    return dataset, dataset.fingerprint()


@shared(max_entries=2, spinner=mark("Reading the training images …"))  # 39 MB for MNIST
def train_images(data: DataConfig, root: str, stamp: Stamp, class_names: tuple[str, ...]) -> ImageDataset:
    """Return the training split of a data set; arguments and errors as in `test_images`."""
    return with_class_order(load_dataset(data, "train", root=Path(root)), class_names)


@shared(max_entries=8)  # a few bytes each
def train_fingerprint(data: DataConfig, root: str, stamp: Stamp, class_names: tuple[str, ...]) -> str:
    """Return the fingerprint of the training split; arguments and errors as in `test_images`."""
    return train_images(data, root, stamp, class_names).fingerprint()
