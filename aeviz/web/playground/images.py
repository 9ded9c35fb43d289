"""The images that a page learns: a first part of a data set, small enough to be sent to thirty visitors."""

import math

from aeviz.config import DataConfig
from aeviz.data import is_available, list_datasets, load_dataset
from aeviz.paths import data_root
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.components.playground.payload import PlaygroundImages, pack_images
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.datasets import folder_stamp

MOST_IMAGES, MOST_BYTES = 2000, 4 << 20
"""Images that a page learns: as many as S1's figures show, and no more bytes than a classroom's network bears."""
OWN, OWN_SHAPE = "own", (1, 28, 28)
"""Value of the setting for the visitor's own images, and their shape (C, H, W)."""
MOST_HELD = 400
"""Images that a page measures on."""


def available() -> dict[str, str]:
    """Return the title of each data set on this machine, by its name."""
    found = {info.name: info.title for info in list_datasets() if is_available(info.name)}
    return {**found, OWN: "your own images"}


def shapes() -> dict[str, tuple[int, int, int]]:
    """Return the shape (C, H, W) of the images of each data set."""
    return {**{info.name: info.image_shape for info in list_datasets()}, OWN: OWN_SHAPE}


def images_of(name: str) -> PlaygroundImages:
    """Return the images of a data set, read once for all visitors; none of the visitor's own, which stay in the page.

    Raises:
        DataError: The data is missing or damaged.
    """
    if name == OWN:
        return PlaygroundImages(blob=OWN, content=b"", shape=OWN_SHAPE, classes=())
    return _read(name, str(data_root()), folder_stamp(name))


@shared(max_entries=8, spinner="Reading the images …")  # at most 5 MB each
def _read(name: str, root: str, stamp: Stamp) -> PlaygroundImages:
    train = load_dataset(DataConfig(name=name), "train")
    held = load_dataset(DataConfig(name=name), "validation")
    size = math.prod(train.image_shape)
    count = min(MOST_IMAGES, max(64, MOST_BYTES // size))
    labels = None if train.labels is None else train.labels[:count]
    content = pack_images(train.images[:count], held.images[: min(MOST_HELD, max(64, count // 4))], labels)
    return PlaygroundImages(
        blob=blob_name("playground", content), content=content, shape=train.image_shape, classes=train.class_names
    )
