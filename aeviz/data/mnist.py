"""mnist and fashion_mnist: idx files in torchvision's layout, ROOT/MNIST/raw and ROOT/FashionMNIST/raw."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aeviz.data.dataset import ImageDataset
from aeviz.data.idx import read_idx
from aeviz.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """What its publisher says of a compressed file."""

    n_bytes: int
    md5: str
    """32 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MnistFamily:
    """One data set in MNIST's format."""

    name: str
    folder: str
    """Folder below the data root, which is also the name of torchvision's class."""
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


FAMILIES: dict[str, MnistFamily] = {
    "mnist": MnistFamily(
        name="mnist",
        folder="MNIST",
        class_names=tuple(str(digit) for digit in range(10)),
        files={
            "train-images-idx3-ubyte": PublishedFile(n_bytes=9_912_422, md5="f68b3c2dcbeaaa9fbdd348bbdeb94873"),
            "train-labels-idx1-ubyte": PublishedFile(n_bytes=28_881, md5="d53e105ee54ea40749a09fcbcd1e9432"),
            "t10k-images-idx3-ubyte": PublishedFile(n_bytes=1_648_877, md5="9fb629c4189551a2d022fa330f9573f3"),
            "t10k-labels-idx1-ubyte": PublishedFile(n_bytes=4_542, md5="ec29112dd5afa0611ce80d1b7f02629c"),
        },
    ),
    "fashion_mnist": MnistFamily(
        name="fashion_mnist",
        folder="FashionMNIST",
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
        files={
            "train-images-idx3-ubyte": PublishedFile(n_bytes=26_421_880, md5="8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            "train-labels-idx1-ubyte": PublishedFile(n_bytes=29_515, md5="25c81989df183df01b3e8a0aad5dffbe"),
            "t10k-images-idx3-ubyte": PublishedFile(n_bytes=4_422_102, md5="bef4ecab320f06d8554ea6380940ec79"),
            "t10k-labels-idx1-ubyte": PublishedFile(n_bytes=5_148, md5="bb300cfdad3c16e7a12a480ee83cd310"),
        },
    ),
}


def find_file(family: MnistFamily, root: Path, file_name: str) -> Path | None:
    """Return the plain file if it is there, else the .gz file, else None. Looks at nothing but existence."""
    plain = family.raw_folder(root) / file_name
    return next((path for path in (plain, plain.with_name(file_name + ".gz")) if path.is_file()), None)


def is_complete(family: MnistFamily, root: Path) -> bool:
    """Return whether all four files are there, compressed or not. Looks at nothing but existence."""
    return all(find_file(family, root, file_name) is not None for file_name in family.files)


def read_mnist(family: MnistFamily, root: Path, part: Literal["train", "test"]) -> ImageDataset:
    """Return the 60,000 training or the 10,000 test images.

    Compressed files must have the publisher's checksum; plain ones only the right form.

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
        raise DataError(
            f"data set {family.name!r} is not on this machine: found no {' and no '.join(missing)} (.gz or not) in "
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


def _read_verified(family: MnistFamily, path: Path) -> NDArray[np.uint8]:
    remedy = f"delete it and run `aeviz data prepare {family.name}`"
    if path.suffix == ".gz":
        expected = family.files[path.stem].md5
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        except OSError as exc:
            raise DataError(f"{path} cannot be read: {exc.strerror}; expected a readable file; {remedy}") from exc
        if found != expected:
            raise DataError(f"{path} is damaged: its md5 is {found}; expected the publisher's {expected}; {remedy}")
    return read_idx(path, remedy=remedy)
