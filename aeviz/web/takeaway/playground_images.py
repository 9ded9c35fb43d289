"""The images that a page learns: a first part of a data set, small enough to be sent to thirty visitors."""

import math

from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.components.playground.payload import PlaygroundImages, pack_images

MOST_IMAGES, MOST_BYTES = 2000, 4 << 20
"""Images that a page learns: as many as S1's figures show, and no more bytes than a classroom's network bears."""
MOST_HELD = 400
"""Images that a page measures on."""


def read_images(name: str) -> PlaygroundImages:
    """Return the images of a data set.

    Raises:
        DataError: The data is missing or damaged.
    """
    train = load_dataset(DataConfig(name=name), "train")
    held = load_dataset(DataConfig(name=name), "validation")
    size = math.prod(train.image_shape)
    count = min(MOST_IMAGES, max(64, MOST_BYTES // size))
    labels = None if train.labels is None else train.labels[:count]
    content = pack_images(train.images[:count], held.images[: min(MOST_HELD, max(64, count // 4))], labels)
    return PlaygroundImages(
        blob=blob_name("playground", content), content=content, shape=train.image_shape, classes=train.class_names
    )
