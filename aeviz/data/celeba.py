"""celeba: 202,599 aligned photographs of faces with 40 attributes; `aeviz.data.celeba_files` knows where they lie.

Faces are made as in R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025: the central 148 x
148 pixels, resized to 64 x 64. He also flips photographs at random; that belongs to training, which draws anew each
epoch, so nothing is flipped here, and validation and test images never are. His three parts are the publisher's:
`DataConfig.validation_fraction` and `split_seed` play no part.

The publisher (Z. Liu, P. Luo, X. Wang, X. Tang, Deep Learning Face Attributes in the Wild, ICCV 2015) allows
non-commercial research only and forbids passing the images on. Nothing of them is ever written but the
photographs in the data root and the faces in `aeviz.paths.cache_root()`.
"""

import contextlib
import difflib
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.data.celeba_files import (
    ARCHIVE,
    ATTRIBUTES,
    IMAGES,
    NAME,
    PARTITIONS,
    celeba_folder,
    find_archive,
    find_list,
    list_missing,
    names_of,
    photographs_folder,
    read_attributes,
    read_list,
    stamp_files,
    unpack_photographs,
)
from aeviz.data.dataset import SPLIT_NAMES, ImageDataset, SplitName
from aeviz.data.download import Publication, download_from_drive, fetch
from aeviz.data.face_cache import FaceSource, find_faces, make_faces
from aeviz.data.faces import CROP_SIDE, FACE_SIDE, PHOTOGRAPH_SIZE, VERSION
from aeviz.data.source import DatasetInfo, Report, Source
from aeviz.data.splits import describe_no_such_class
from aeviz.errors import DataError
from aeviz.language import mark

_REMEDY = (
    "run `aeviz data prepare celeba` (1.5 GB from the publisher, for non-commercial research only), or set AEVIZ_DATA "
    f"to a folder that holds celeba/{IMAGES}, celeba/{PARTITIONS} and celeba/{ATTRIBUTES}, of whose images a part is "
    "enough"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveFile:
    """A file in the publisher's folder on Google Drive."""

    file_id: str
    n_bytes: int
    md5: str
    """32 hexadecimal digits."""


DRIVE: dict[str, DriveFile] = {
    ARCHIVE: DriveFile(
        file_id="0B7EVK8r0v71pZjFTYXZWM3FlRnM", n_bytes=1_443_490_838, md5="00d2c5bc6d35e252742224ab0c1e8fcb"
    ),
    ATTRIBUTES: DriveFile(
        file_id="0B7EVK8r0v71pblRyaVFSWGxPY0U", n_bytes=26_721_026, md5="75e246fa4810816ffd6ee81facbd244c"
    ),
    PARTITIONS: DriveFile(
        file_id="0B7EVK8r0v71pY0NSMzRuSXJEVkk", n_bytes=2_836_386, md5="d32c9cbf5e040fd4025c592c306e6668"
    ),
}
"""What is downloaded, by name: those of the publisher's files that aeviz reads."""
_BYTES_DOWNLOAD = sum(file.n_bytes for file in DRIVE.values())
_DOWNLOAD_SHARE = 0.7
"""Part of the progress that fetching and unpacking take; making the faces takes the rest."""


class CelebaSource(Source):
    """Photographs of faces in the publisher's three partitions."""

    info = DatasetInfo(
        name=NAME,
        title=mark("CelebA faces"),
        image_shape=(3, FACE_SIDE, FACE_SIDE),
        n_train=162_770,
        n_validation=19_867,
        n_test=19_962,
        embedded=False,
        bytes_download=_BYTES_DOWNLOAD,
        source="Z. Liu, P. Luo, X. Wang, X. Tang, Deep Learning Face Attributes in the Wild, ICCV 2015, "
        "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html; the central 148 x 148 pixels, resized",
        licence="non-commercial research only; the publisher's agreement forbids commercial use and passing the "
        "images, or parts of them, on",
    )

    def is_available(self, root: Path) -> bool:
        """Return whether the two lists and at least one photograph are there. Opens none of them."""
        return not list_missing(celeba_folder(root))

    def prepare(self, root: Path, report: Report) -> Path:
        """Unpack the archive beside the lists, or download all files; then make the faces that are not in the cache."""
        target, done = celeba_folder(root), 0.0
        if not self.is_available(root):
            archive = find_archive(target)
            publication = _describe_publication() if archive is None else _describe_archive(archive)
            fetch(publication, root, lambda share, text: report(_DOWNLOAD_SHARE * share, text))
            done = _DOWNLOAD_SHARE
        sources = [_read_partition(split, target).source for split in SPLIT_NAMES]
        make_faces(sources, lambda share, text: report(done + (1 - done) * share, text))
        report(1.0, f"{NAME}: ready in {target}")
        return target

    def bytes_to_download(self, root: Path) -> int:
        """Return 0 where the archive only has to be unpacked."""
        return 0 if self.is_available(root) or find_archive(celeba_folder(root)) else _BYTES_DOWNLOAD

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one of the partitions, as `read_celeba` does; the settings of held-out images play no part."""
        if config.without is not None:
            raise DataError(describe_no_such_class(config.name, config.without, ()))
        return read_celeba(split, root, report)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Partition:
    """The photographs of one split that are here, and what is known of them."""

    source: FaceSource
    attributes: NDArray[np.bool_]
    """(N, A)."""
    attribute_names: tuple[str, ...]


def read_celeba(split: SplitName, root: Path, on_progress: Report | None = None) -> ImageDataset:
    """Return the faces of one of the publisher's partitions, made first if they are not in the cache.

    Args:
        split: "train", "validation" or "test": 162,770, 19,867 or 19,962 images, or as many of them as are here.
        root: The data root.
        on_progress: Called in this thread while faces are made, with the share done in [0, 1] and a text to show. If
            it raises, the work is given up.

    Returns:
        Images (N, 3, 64, 64), uint8, mapped into memory and read-only, in the order of the publisher's list; no labels;
        attributes (N, 40). `label_by_attribute` makes labels of one of these.

    Raises:
        DataError: Files are missing or damaged, or the cache cannot be written; the message says what to do.
    """
    partition = _read_partition(split, celeba_folder(root))
    faces = find_faces(partition.source)
    if faces is None:
        make_faces([partition.source], on_progress or _ignore)
        faces = find_faces(partition.source)
    if faces is None:
        raise DataError(
            f"faces of {NAME!r} ({split}) have vanished from the cache just after they were made; expected nobody to "
            "delete them; try again"
        )
    return ImageDataset(
        images=faces,
        name=NAME,
        split=split,
        attributes=partition.attributes,
        attribute_names=partition.attribute_names,
    )


def file_names(split: SplitName, root: Path) -> tuple[str, ...]:
    """Return the publisher's file name of each image of `read_celeba`, such as 000001.jpg, in the same order.

    Raises:
        DataError: Files are missing or damaged.
    """
    return _read_partition(split, celeba_folder(root)).source.names


def label_by_attribute(dataset: ImageDataset, name: str) -> ImageDataset:
    """Return the data set with one of its attributes as labels: 0 where it does not hold, 1 where it does.

    The classes of "Smiling" are "not smiling" and "smiling", those of "No_Beard" are "beard" and "no beard".

    Args:
        dataset: A data set with attributes; its images are shared, not copied.
        name: One of `dataset.attribute_names`; capitals do not matter, and spaces may stand for underscores.

    Raises:
        DataError: There is no such attribute; the message lists those that there are.
    """
    places = {_fold(known): place for place, known in enumerate(dataset.attribute_names)}
    place = places.get(_fold(name))
    if dataset.attributes is None or place is None:
        known = ", ".join(dataset.attribute_names) or "none, since this data set has no attributes"
        close = difflib.get_close_matches(_fold(name), places, n=1)
        guess = f"; did you mean {dataset.attribute_names[places[close[0]]]!r}?" if close else ""
        raise DataError(f"unknown attribute {name!r} of {dataset.name!r}; expected one of: {known}{guess}")
    words = _fold(name).replace("_", " ")
    class_names = (words.removeprefix("no "), words) if words.startswith("no ") else (f"not {words}", words)
    return replace(dataset, labels=dataset.attributes[:, place].astype(np.int64), class_names=class_names)


def _describe_publication() -> Publication:
    def download(root: Path) -> None:
        folder = celeba_folder(root)
        for name, file in DRIVE.items():
            download_from_drive(file.file_id, folder / name, n_bytes=file.n_bytes, md5=file.md5)
        unpack_photographs(folder / ARCHIVE, folder / IMAGES, lambda n_bytes: None)
        (folder / ARCHIVE).unlink()

    return Publication(
        name=NAME,
        folder=Path(NAME),
        download=download,
        expected=f"{len(DRIVE)} files of {_BYTES_DOWNLOAD / 1e6:,.1f} MB in all",
        by_hand=f"{IMAGES}/*.jpg, {PARTITIONS}, {ATTRIBUTES}",
        n_bytes=_BYTES_DOWNLOAD,
        count_arrived=_count_arrived,
    )


def _describe_archive(archive: Path) -> Publication:
    unpacked = [0]  # bytes of the archive; counted by the thread that unpacks

    def count(n_bytes: int) -> None:
        unpacked[0] += n_bytes

    return Publication(
        name=NAME,
        folder=Path(NAME),
        download=lambda root: unpack_photographs(archive, celeba_folder(root) / IMAGES, count),
        expected="a whole archive of photographs",
        by_hand=f"{IMAGES}/*.jpg",
        n_bytes=archive.stat().st_size,
        count_arrived=lambda root: (unpacked[0], unpacked[0]),
    )


def _count_arrived(root: Path) -> tuple[int, int]:
    """Count bytes of archive and lists; the folder's time shows the unpacking, since 200,000 files are slow to list."""
    folder, n_bytes, unpacked_ns = celeba_folder(root), 0, 0
    with contextlib.suppress(OSError):  # files come and go while the worker runs
        n_bytes = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        unpacked_ns = (folder / IMAGES).stat().st_mtime_ns
    return n_bytes, n_bytes + unpacked_ns


def _fold(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _ignore(share: float, text: str) -> None:
    pass


def _read_partition(split: SplitName, folder: Path) -> _Partition:
    missing = list_missing(folder)
    if missing:
        raise DataError(
            f"data set {NAME!r} is not on this machine: found no {' and no '.join(missing)} in {folder}; {_REMEDY}, or "
            "use the built-in 'digits' or 'circles'"
        )
    partitions, attributes = find_list(folder, PARTITIONS), find_list(folder, ATTRIBUTES)
    assert partitions is not None  # nothing is missing
    assert attributes is not None
    photographs = photographs_folder(folder)
    texts = [read_list(path) for path in (partitions, attributes)]
    listed = names_of(split, partitions, texts[0])
    key = hashlib.blake2b(digest_size=12)
    key.update(repr((VERSION, PHOTOGRAPH_SIZE, CROP_SIDE, FACE_SIDE, split)).encode())
    for text in texts:
        key.update(hashlib.blake2b(text.encode()).digest())
    stamps = stamp_files(photographs, set(listed))
    names = tuple(name for name in listed if name in stamps)
    if not names:
        raise DataError(
            f"data set {NAME!r} has no {split} images: {partitions} lists {len(listed):,}, none of which is in "
            f"{photographs}; expected at least one; {_REMEDY}"
        )
    for name in names:
        key.update(f"{name} {stamps[name]}\n".encode())
    values, attribute_names = read_attributes(attributes, texts[1], names)
    source = FaceSource(split=split, folder=photographs, names=names, key=key.hexdigest())
    return _Partition(source=source, attributes=values, attribute_names=attribute_names)
