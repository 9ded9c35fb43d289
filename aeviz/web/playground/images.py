"""The data sets of the playground, and their images."""

from aeviz.data import is_available, list_datasets
from aeviz.language import mark, tr
from aeviz.paths import data_root
from aeviz.web.components.playground.payload import PlaygroundImages
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.datasets import folder_stamp
from aeviz.web.takeaway.playground_images import read_images

OWN, OWN_SHAPE = "own", (1, 28, 28)
"""Value of the setting for the visitor's own images, and their shape (C, H, W)."""


def available() -> dict[str, str]:
    """Return the title of each data set on this machine, by its name."""
    found = {info.name: tr(info.title) for info in list_datasets() if is_available(info.name)}
    return {**found, OWN: tr("your own images")}


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


@shared(max_entries=8, spinner=mark("Reading the images …"))  # at most 5 MB each
def _read(name: str, root: str, stamp: Stamp) -> PlaygroundImages:
    return read_images(name)
