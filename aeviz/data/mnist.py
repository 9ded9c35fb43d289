"""mnist, fashion_mnist and kmnist: idx files in torchvision's layout, ROOT/MNIST/raw, ROOT/FashionMNIST/raw, ..."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.download import Publication, count_bytes, download_file, fetch
from aeviz.data.idx import read_idx
from aeviz.data.source import DatasetInfo, Report, Source
from aeviz.data.splits import hold_out
from aeviz.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A compressed file as its publisher describes it, and what unpacking it gives."""

    n_bytes: int
    """Size of the .gz file."""
    md5: str
    """Of the .gz file, 32 hexadecimal digits."""
    plain_bytes: int
    """Size of the idx file in it."""
    plain_md5: str | None
    """Of the idx file; None where it is not known, so that only the .gz file is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MnistFamily:
    """One data set in MNIST's format."""

    name: str
    title: str
    source: str
    """Whom to cite."""
    licence: str
    folder: str
    """Folder below the data root."""
    mirrors: tuple[str, ...]
    """Addresses of the folder of the compressed files, asked in turn."""
    class_names: tuple[str, ...]
    files: Mapping[str, PublishedFile]
    """The four files by name, without .gz."""

    @property
    def bytes_download(self) -> int:
        """Size of the four compressed files in bytes."""
        return sum(file.n_bytes for file in self.files.values())

    def raw_folder(self, root: Path) -> Path:
        """Return the folder of the idx files below the data root."""
        return root / self.folder / "raw"


_IMAGE_BYTES, _LABEL_BYTES = (47_040_016, 7_840_016), (60_008, 10_008)
"""Sizes of the plain files of images and labels, those of training and those of test: a header and 784 or 1 each."""


def _describe_files(*rows: tuple[int, str, str | None]) -> dict[str, PublishedFile]:
    """Return the four files by name, from size, md5 and plain md5 of each: images and labels of train, then of test."""
    names = [f"{prefix}-{kind}-ubyte" for prefix in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]
    sizes = [size for pair in zip(_IMAGE_BYTES, _LABEL_BYTES, strict=True) for size in pair]
    return {
        name: PublishedFile(n_bytes=n_bytes, md5=md5, plain_bytes=plain_bytes, plain_md5=plain_md5)
        for name, plain_bytes, (n_bytes, md5, plain_md5) in zip(names, sizes, rows, strict=True)
    }


FAMILIES: dict[str, MnistFamily] = {
    "mnist": MnistFamily(
        name="mnist",
        title="MNIST",
        source="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, "
        "Proceedings of the IEEE 86(11), 1998",
        licence="the publishers state none; commonly listed as CC BY-SA 3.0",
        folder="MNIST",
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        class_names=tuple(str(digit) for digit in range(10)),
        files=_describe_files(
            (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
            (28_881, "d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
            (1_648_877, "9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
            (4_542, "ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
        ),
    ),
    "fashion_mnist": MnistFamily(
        name="fashion_mnist",
        title="Fashion-MNIST",
        source="H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning "
        "Algorithms, arXiv:1708.07747, 2017",
        licence="MIT, Copyright (c) 2017 Zalando SE, https://tech.zalando.com",
        folder="FashionMNIST",
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        class_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        files=_describe_files(
            (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            (29_515, "25c81989df183df01b3e8a0aad5dffbe", "9018921c3c673c538a1fc5bad174d6f9"),
            (4_422_102, "bef4ecab320f06d8554ea6380940ec79", "8181f5470baa50b63fa0f6fddb340f0a"),
            (5_148, "bb300cfdad3c16e7a12a480ee83cd310", "15d484375f8d13e6eb1aabb0c3f46965"),
        ),
    ),
    "kmnist": MnistFamily(
        name="kmnist",
        title="Kuzushiji-MNIST",
        source="T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha, Deep Learning for Classical "
        "Japanese Literature, arXiv:1812.01718, 2018; KMNIST Dataset (created by CODH), adapted from Kuzushiji Dataset "
        "(created by NIJL and others), https://doi.org/10.20676/00000341",
        licence="CC BY-SA 4.0",
        folder="KMNIST",
        mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        files=_describe_files(
            (18_165_135, "bdb82020997e1d708af4cf47b453dcf7", None),
            (29_497, "e144d726b3acfaa3e44228e80efcd344", None),
            (3_041_136, "5c965bf0a639b31b8f53240b1b52f4d7", None),
            (5_120, "7320c461ea6c1c855c0b718fb2a4b134", None),
        ),
    ),
}


class MnistSource(Source):
    """One member of `FAMILIES`, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        family = self.family
        self.info = DatasetInfo(
            name=name,
            title=family.title,
            image_shape=(1, 28, 28),
            n_train=60_000,
            n_test=10_000,
            embedded=False,
            bytes_download=family.bytes_download,
            source=family.source,
            licence=family.licence,
        )

    @property
    def family(self) -> MnistFamily:
        """The files and what is known of them."""
        return FAMILIES[self.name]

    def is_available(self, root: Path) -> bool:
        """Return whether all four files are there, compressed or not, with the right size. Opens none of them."""
        return all(_find_whole(self.family, root, file_name) is not None for file_name in self.family.files)

    def prepare(self, root: Path, report: Report) -> Path:
        """Download the four files where one of them is missing or has another size."""
        family = self.family
        target = family.raw_folder(root)
        if not self.is_available(root):
            fetch(_describe_publication(family), root, report)
            report(1.0, f"{family.name}: ready in {target}")
        return target

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split, as `read_mnist` does."""
        if split == "test":
            return read_mnist(self.family, root, "test")
        return hold_out(read_mnist(self.family, root, "train"), config, split)


def read_mnist(family: MnistFamily, root: Path, part: Literal["train", "test"]) -> ImageDataset:
    """Return the 60,000 training or the 10,000 test images.

    Every file must have the publisher's checksum, be it compressed or not.

    Returns:
        Images (N, 1, H, W), uint8, bright strokes on 0; labels 0..9.

    Raises:
        DataError: A file is missing, damaged or does not fit the other; the message names it and what to do.
    """
    prefix = {"train": "train", "test": "t10k"}[part]
    names = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
    paths = [path for path in (find_file(family, root, name) for name in names) if path is not None]
    if len(paths) < len(names):
        missing = [name for name in names if find_file(family, root, name) is None]
        either = " (.gz or not)" if all(family.files[name].plain_md5 for name in missing) else ".gz"
        raise DataError(
            f"data set {family.name!r} is not on this machine: found no {' and no '.join(missing)}{either} in "
            f"{family.raw_folder(root)}; run `aeviz data prepare {family.name}`, or set AEVIZ_DATA to a folder that "
            f"holds {family.folder}/raw, or use the built-in 'digits' or 'circles'"
        )
    images, labels = (_read_verified(family, path) for path in paths)
    remedy = f"delete both and run `aeviz data prepare {family.name}`"
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise DataError(
            f"{paths[0]} and {paths[1].name} declare shapes {images.shape} and {labels.shape}; expected (N, H, W) and "
            f"(N,) with the same N; {remedy}"
        )
    if len(labels) and labels.max() >= len(family.class_names):
        raise DataError(f"{paths[1]} holds the label {labels.max()}; expected 0 to 9; {remedy}")
    return ImageDataset(
        images=images[:, np.newaxis],
        labels=labels.astype(np.int64),
        class_names=family.class_names,
        name=family.name,
        split=part,
    )


def find_file(family: MnistFamily, root: Path, file_name: str) -> Path | None:
    """Return the plain or the .gz file: the first that has the right size, else the first that is there, else None."""
    whole = _find_whole(family, root, file_name)
    return whole or next((path for path, _ in _candidates(family, root, file_name) if path.is_file()), None)


def _find_whole(family: MnistFamily, root: Path, file_name: str) -> Path | None:
    for path, n_bytes in _candidates(family, root, file_name):
        try:
            status = os.stat(path)
        except (OSError, ValueError):  # gone, not ours to look at, or no path at all
            continue
        if stat.S_ISREG(status.st_mode) and status.st_size == n_bytes:
            return path
    return None


def _candidates(family: MnistFamily, root: Path, file_name: str) -> list[tuple[Path, int]]:
    """Return the paths at which a file may lie and the sizes that it must have there."""
    file, plain = family.files[file_name], family.raw_folder(root) / file_name
    packed = [(plain.with_name(file_name + ".gz"), file.n_bytes)]
    return packed if file.plain_md5 is None else [(plain, file.plain_bytes), *packed]


def _describe_publication(family: MnistFamily) -> Publication:
    def download(root: Path) -> None:
        for name, file in family.files.items():
            first, *others = (f"{mirror}{name}.gz" for mirror in family.mirrors)
            target = family.raw_folder(root) / f"{name}.gz"
            download_file(first, target, n_bytes=file.n_bytes, md5=file.md5, mirrors=others)

    return Publication(
        name=family.name,
        folder=Path(family.folder, "raw"),
        download=download,
        expected=f"{len(family.files)} files of {family.bytes_download / 1e6:.1f} MB in all",
        by_hand=", ".join(f"{name}.gz" for name in family.files),
        n_bytes=family.bytes_download,
        count_arrived=lambda root: (count_bytes(root, "*.gz"),) * 2,
    )


def _read_verified(family: MnistFamily, path: Path) -> NDArray[np.uint8]:
    remedy = f"delete it and run `aeviz data prepare {family.name}`"
    if path.suffix == ".gz":
        return read_idx(path, md5=family.files[path.stem].md5, remedy=remedy)
    return read_idx(path, md5=family.files[path.name].plain_md5, remedy=remedy)
