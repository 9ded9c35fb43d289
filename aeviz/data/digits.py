"""digits: 1,797 real handwritten digits that ship with scikit-learn, so they are always there."""

from pathlib import Path
from typing import Literal

import numpy as np

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.source import DatasetInfo, Report, Source
from aeviz.data.splits import hold_out
from aeviz.language import mark

N_TEST = 297
_SPLIT_SEED = 1797
"""Fixes the test images for all time. Another number makes every published result on digits wrong."""


class DigitsSource(Source):
    """The 8x8 digits of scikit-learn."""

    info = DatasetInfo(
        name="digits",
        title=mark("Digits (8x8)"),
        image_shape=(1, 8, 8),
        n_train=1500,
        n_test=N_TEST,
        embedded=True,
        bytes_download=0,
        source="E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "1998, https://doi.org/10.24432/C50P49; the 1,797 images that ship with scikit-learn",
        licence="CC BY 4.0",
    )

    def is_available(self, root: Path) -> bool:
        """Return True: the images ship with scikit-learn."""
        return True

    def prepare(self, root: Path, report: Report) -> None:
        """Do nothing."""

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split, as `read_digits` makes it."""
        return read_digits("test") if split == "test" else hold_out(read_digits("train"), config, split)


def read_digits(part: Literal["train", "test"]) -> ImageDataset:
    """Return the 1,500 training or the 297 test images.

    Every class gives the same share of its images, to within one image, to the test set.

    Returns:
        Images (N, 1, 8, 8), uint8, the source's 0..16 stretched to 0..255; labels 0..9.

    References:
        Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository 1998,
        https://doi.org/10.24432/C50P49. scikit-learn ships its 1,797 test images.
    """
    from sklearn.datasets import load_digits  # a second of import that only this data set should cost

    source = load_digits()
    labels = source.target.astype(np.int64)
    images = np.rint(source.images * (255 / 16)).astype(np.uint8)[:, np.newaxis]

    # Shuffle, then give each image the share of its own class that came before it: the smallest shares are a sample
    # of every class in proportion.
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(labels))
    share = np.empty(len(labels))
    for label in range(10):
        members = order[labels[order] == label]
        share[members] = (np.arange(len(members)) + 0.5) / len(members)
    by_share = order[np.argsort(share[order], kind="stable")]
    chosen = np.sort(by_share[:N_TEST] if part == "test" else by_share[N_TEST:])
    return ImageDataset(
        images=images[chosen],
        labels=labels[chosen],
        class_names=tuple(str(digit) for digit in range(10)),
        name="digits",
        split=part,
    )
