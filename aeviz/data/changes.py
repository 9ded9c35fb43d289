"""Whether the images of a data set are still those a run was trained on.

A folder can change after training. Its test images are drawn from all that lie in it, so that one more file moves
images from training to test. The fingerprint of the training images, which every run keeps, shows it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aeviz.data.dataset import ImageDataset


def with_class_order(dataset: ImageDataset, class_names: Sequence[str]) -> ImageDataset:
    """Return the data set with its classes numbered in the order in which a run knows them.

    Runs of older versions sort the classes of a folder as s1, s10, s2. Where the classes are not the same ones, the
    data set is returned as it is.
    """
    if dataset.labels is None or dataset.class_names == tuple(class_names):
        return dataset
    if sorted(dataset.class_names) != sorted(class_names):
        return dataset
    places = np.array([list(class_names).index(name) for name in dataset.class_names], dtype=np.int64)
    return replace(dataset, labels=places[dataset.labels], class_names=tuple(class_names))


def describe_changed_images(train_set: ImageDataset, *, run: str, fingerprint: str, n_train: int) -> str | None:
    """Return a warning if the training images are not those of a run; None if they are.

    Args:
        train_set: The training images as they are now, classes in the order of the run.
        run: Name of the run.
        fingerprint: `ImageDataset.fingerprint` of the images that it was trained on.
        n_train: How many these were.
    """
    if train_set.fingerprint() == fingerprint:
        return None
    return (
        f"the images of {train_set.name!r} are not those that run {run!r} was trained on ({n_train:,} training images "
        f"then, {len(train_set):,} now): some of the images measured here may have been trained on; restore the "
        "folder, or train a new run"
    )
