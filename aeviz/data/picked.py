"""Images that a person picked out of a data set, as a folder or an archive of images to train on."""

import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from aeviz.data.dataset import ImageDataset
from aeviz.data.folder_layout import MIN_IMAGES
from aeviz.errors import DataError, StorageError

_UNSAFE = re.compile(r"[^\w .-]")
"""What the name of a folder should not hold."""


def write_picked(dataset: ImageDataset, places: np.ndarray, root: Path) -> Path:
    """Write some images of a data set as PNG files into a folder, with one subfolder for each class.

    The same images are written once: their folder is named after the data set and a digest of what it holds.

    Args:
        dataset: The data set.
        places: Which images, (M,), integer, each once.
        root: Where the folder is made; made itself if need be.

    Returns:
        The folder, which `folder:PATH` reads.

    Raises:
        DataError: They are too few to train on.
        StorageError: The folder cannot be written.
    """
    _check_count(places)
    digest = hashlib.blake2b(np.asarray(places, np.int64).tobytes() + dataset.fingerprint().encode(), digest_size=5)
    folder = root / f"{_title(dataset, places)}-{digest.hexdigest()}"
    if folder.is_dir():
        return folder
    try:
        root.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=root, prefix=".picked-"))
        try:
            _write(dataset, places, fresh)
            fresh.chmod(0o755)  # mkdtemp's 700 would hide it from others who share the machine
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        if folder.is_dir():  # another visitor was quicker
            return folder
        raise StorageError(
            f"cannot write the picked images into {root}: {error.strerror or error}; make room, or set AEVIZ_RUNS"
        ) from error
    return folder


def zip_picked(dataset: ImageDataset, places: np.ndarray) -> tuple[str, io.BytesIO]:
    """Write some images of a data set as PNG files into a zip archive, with one folder for each class.

    Arguments and errors as of `write_picked`; nothing is written to the disk.

    Returns:
        Name of the archive, and what it holds.
    """
    _check_count(places)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, picture in _pictures(dataset, places):
            with archive.open(name.as_posix(), "w") as file:
                picture.save(file, "png", compress_level=1)
    stream.seek(0)
    return f"{_title(dataset, places)}.zip", stream


def _check_count(places: np.ndarray) -> None:
    if len(places) < MIN_IMAGES:
        raise DataError(f"{len(places)} images are picked out; expected at least {MIN_IMAGES} to train on; pick more")


def _title(dataset: ImageDataset, places: np.ndarray) -> str:
    return f"{_safe(Path(dataset.name).name)}-{len(places)}"


def _write(dataset: ImageDataset, places: np.ndarray, folder: Path) -> None:
    for name, picture in _pictures(dataset, places):
        (folder / name.parent).mkdir(exist_ok=True)
        picture.save(folder / name, compress_level=1)


def _pictures(dataset: ImageDataset, places: np.ndarray) -> Iterator[tuple[Path, Image.Image]]:
    digits = len(str(len(dataset.images) - 1))
    for place in places.tolist():
        into = Path() if dataset.labels is None else Path(_safe(dataset.class_names[int(dataset.labels[place])]))
        pixels = np.asarray(dataset.images[place]).transpose(1, 2, 0)
        picture = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
        yield into / f"{place:0{digits}}.png", picture


def _safe(name: str) -> str:
    """Return a name as a folder may have it; one that begins with a dot would be hidden."""
    return _UNSAFE.sub("_", name).lstrip(".") or "_"
