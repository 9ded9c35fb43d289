"""digits: 1,797 real handwritten digits that ship with scikit-learn, so they are always there."""

from typing import Literal

import numpy as np

from aeviz.data.dataset import ImageDataset

N_TEST = 297
_SPLIT_SEED = 1797
"""Fixes the test images for all time. Another number makes every published result on digits wrong."""


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
