"""Images as arrays: .npy and .npz files, or NumPy arrays of a program.

    (N, H, W)       grey
    (N, H, W, C)    C of 1, 3 or 4 last
    (N, C, H, W)    C of 1, 3 or 4 second
    (N, D)          rows of D pixels, where D or D / 3 is a square number

Labels are whole numbers or texts, (N,) or (N, 1), or one-hot rows (N, K). Where a file holds several arrays, "train",
"val" and "test" in their names part them (x_train, y_train, x_test, y_test). Nothing is unpickled. Arrays of a file are
mapped into memory, those of an .npz after they were unpacked to a temporary file.
"""

import math
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aeviz.data.dataset import SplitName
from aeviz.data.image_files import MAX_PIXELS
from aeviz.data.imports.archive import check_directory, check_members
from aeviz.data.imports.items import Item, Opened, check_count, order_splits
from aeviz.data.label_table import MOST_CLASSES
from aeviz.data.mapped import map_array
from aeviz.data.names import printable
from aeviz.errors import DataError, reason_of

_BLOCK = 256
"""Images whose values are looked at together."""
_IMAGE_NAMES = ("x", "images", "image", "data", "imgs", "arr_0", "pixels", "samples")
_LABEL_NAMES = ("y", "labels", "label", "arr_1", "target", "targets", "classes", "class")
_READ_ERRORS = (OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class _Part:
    """The arrays of one split."""

    images: NDArray[Any]
    labels: list[str] | None
    split: SplitName


class ArrayImages(Opened):
    """Images of arrays by name."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], title: str) -> None:
        super().__init__(title)
        self._parts: list[_Part] = []
        for split, names in order_splits(dict(arrays)).items():
            self._add(split, {name: arrays[name] for name in names})
        if not self._parts:
            shapes = ", ".join(f"{name} {arrays[name].dtype} {arrays[name].shape}" for name in list(arrays)[:6])
            raise DataError(
                f"{title} holds no array of images (found {shapes or 'no array'}); expected (N, H, W), (N, H, W, C) or "
                "(N, C, H, W)"
            )
        if len({part.images.shape[1:] for part in self._parts}) > 1:
            shapes = ", ".join(str(part.images.shape[1:]) for part in self._parts)
            raise DataError(f"{title} holds images of different shapes: {shapes}; expected one shape")
        if not all(part.labels for part in self._parts) and any(part.labels for part in self._parts):
            self.notes.append("labels were left out, since not all parts have some")
            self._parts = [_Part(part.images, None, part.split) for part in self._parts]
        self.count = sum(len(part.images) for part in self._parts)
        check_count(title, self.count)
        self.chosen = frozenset(part.split for part in self._parts)
        self._scale = self._find_scale()

    def _add(self, split: SplitName, arrays: dict[str, NDArray[Any]]) -> None:
        images = [name for name, array in arrays.items() if _is_images(array)]
        if len(images) > 1:  # 2-D arrays may be one-hot labels
            images = [name for name in images if arrays[name].ndim > 2] or images
        if not images:
            return
        chosen = min(images, key=lambda name: _rank(name, _IMAGE_NAMES))
        pixels = as_images(arrays[chosen])
        labels = self._find_labels(len(pixels), {name: array for name, array in arrays.items() if name != chosen})
        self.notes.append(
            f"{split} images are {chosen}, {arrays[chosen].dtype} {arrays[chosen].shape}, {_axes(pixels)}"
        )
        unused = [name for name in images if name != chosen]
        if unused:
            self.notes.append(f"not used: {', '.join(map(printable, map(Path, unused)))}")
        self._parts.append(_Part(pixels, labels, split))

    def _find_labels(self, n: int, arrays: dict[str, NDArray[Any]]) -> list[str] | None:
        found = {name: _as_labels(array) for name, array in arrays.items() if len(array.shape) and len(array) == n}
        usable = {name: labels for name, labels in found.items() if labels is not None}
        if not usable:
            return None
        chosen = min(usable, key=lambda name: _rank(name, _LABEL_NAMES))
        if len(set(usable[chosen])) > MOST_CLASSES:
            self.notes.append(f"{chosen} has more than {MOST_CLASSES:,} different values, too many for classes")
            return None
        return usable[chosen]

    def _find_scale(self) -> tuple[float, float]:
        """Return how values become 0 to 255: multiplied by the first number after the second was added."""
        dtype = self._parts[0].images.dtype
        if dtype == np.uint8:
            return 1.0, 0.0
        low, high = np.inf, -np.inf
        for part in self._parts:
            for start in range(0, len(part.images), _BLOCK):
                block = part.images[start : start + _BLOCK]
                if not np.isfinite(block).all():
                    raise DataError(f"{self.title} holds values that are no numbers (NaN or infinity); expected none")
                low, high = min(low, float(block.min())), max(high, float(block.max()))
        kind = f"values ({dtype}) from {low:.4g} to {high:.4g}"
        if dtype.kind == "f" and low >= 0 and high <= 1.0001:
            scale, text = (255.0, 0.0), "0 to 1"
        elif low >= 0 and high <= 255 and (dtype.kind == "f" or high > 1):
            scale, text = (1.0, 0.0), "0 to 255"
        elif dtype.kind in "iub" and low >= 0 and high <= 1:
            scale, text = (255.0, 0.0), "0 and 1"
        elif low >= -1.0001 and high <= 1.0001:
            scale, text = (127.5, 1.0), "-1 to 1"
        elif dtype.kind in "iu" and low >= 0 and high <= 65_535:
            top = next(bits for bits in (10, 12, 14, 16) if high < 1 << bits)
            scale, text = (255 / ((1 << top) - 1), 0.0), f"0 to {(1 << top) - 1:,} ({top} bits)"
        else:
            raise DataError(f"{self.title} has {kind}; expected 0 to 255, 0 to 1 or -1 to 1; scale them first")
        self.notes.append(f"{kind} were read as {text}")
        return scale

    def _pixels(self, image: NDArray[Any]) -> NDArray[np.uint8]:
        factor, shift = self._scale
        if image.dtype != np.uint8:
            image = np.rint((image.astype(np.float64) + shift) * factor).clip(0, 255).astype(np.uint8)
        return without_alpha(image)

    def items(self) -> Iterator[Item]:
        """See `Opened`."""
        for part in self._parts:
            for index in range(len(part.images)):
                yield Item(
                    name=f"{part.split} image {index}",
                    split=part.split,
                    label=None if part.labels is None else part.labels[index],
                    read=lambda image=part.images[index]: self._pixels(image),  # type: ignore[misc]
                )


def open_array_files(files: Mapping[str, Path], title: str, scratch: Path) -> ArrayImages:
    """Open .npy and .npz files.

    Args:
        files: Names for people, to paths.
        title: The source's name.
        scratch: A folder for what is unpacked, which the caller removes.

    Raises:
        DataError: A file is damaged, holds objects, is encrypted or too large.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, path in files.items():
        stem = name.removesuffix(".npy").removesuffix(".npz")
        if _is_zip(path):
            for key, member in _unpack(path, title, scratch).items():
                arrays[key if len(files) == 1 else f"{stem}/{key}"] = _map(member, f"{title}, {key}")
        else:
            arrays[stem] = _map(path, title)
    return ArrayImages(arrays, title)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"PK"


def _unpack(path: Path, title: str, scratch: Path) -> dict[str, Path]:
    check_directory(path, title)
    found: dict[str, Path] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            check_members(members, path.stat().st_size, title)
            for member in members:
                if not member.filename.endswith(".npy"):
                    continue
                target = scratch / f"{len(list(scratch.iterdir()))}.npy"
                if member.file_size > shutil.disk_usage(scratch).free * 0.9:
                    raise DataError(f"the disk is too full to unpack {title}; make room")
                with archive.open(member) as stream, target.open("wb") as out:
                    shutil.copyfileobj(stream, out, 1 << 20)
                found[member.filename.removesuffix(".npy")] = target
    except _READ_ERRORS as exc:
        if isinstance(exc, DataError):
            raise
        raise DataError(
            f"{title} cannot be read: {reason_of(exc)}; expected a complete .npz file; save it again"
        ) from exc
    return found


def _map(path: Path, title: str) -> NDArray[Any]:
    try:
        return map_array(path)
    except (OSError, ValueError) as exc:
        raise DataError(f"{title} cannot be read: {exc}; expected an array of numbers; save it again") from exc


def _is_images(array: NDArray[Any]) -> bool:
    if array.dtype.kind not in "uifb" or array.ndim not in (2, 3, 4) or 0 in array.shape:
        return False
    return array.ndim > 2 or square(array.shape[1]) is not None


def square(size: int) -> tuple[int, ...] | None:
    """Return (H, W) or (H, W, 3) of a row of so many pixels; None if it is no square of at least 4 x 4."""
    for channels in ((), (3,)):
        pixels = size // 3 if channels else size
        side = math.isqrt(pixels)
        if side >= 4 and side * side * (3 if channels else 1) == size:
            return (side, side, *channels)
    return None


def as_images(array: NDArray[Any]) -> NDArray[Any]:
    """Return (N, H, W) or (N, H, W, C)."""
    if array.ndim == 2:
        array = array.reshape(len(array), *(square(array.shape[1]) or ()))
    if array.ndim == 4 and array.shape[3] not in (1, 3, 4):
        if array.shape[1] not in (1, 3, 4):
            raise DataError(
                f"an array of shape {array.shape} has neither its last nor its second axis of 1, 3 or 4 channels; "
                "expected (N, H, W, C) or (N, C, H, W)"
            )
        array = np.moveaxis(array, 1, 3)
    if math.prod(array.shape[1:3]) > MAX_PIXELS:
        raise DataError(f"images of {array.shape[1]} x {array.shape[2]} pixels are too large; expected fewer pixels")
    return array


def without_alpha(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W) or (H, W, 3) of an image (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)."""
    if image.ndim == 3:
        image = image[:, :, 0] if image.shape[2] == 1 else image[:, :, :3]
    return np.ascontiguousarray(image)


def _axes(images: NDArray[Any]) -> str:
    _, height, width, *channels = images.shape
    return f"{width}x{height} pixels, {'grey' if channels in ([], [1]) else 'red, green, blue'}"


def _as_labels(array: NDArray[Any]) -> list[str] | None:
    """Return labels as texts; None for an array of something else."""
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.shape[1] <= MOST_CLASSES and array.dtype.kind in "uifb":
        is_one_hot = bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())
        return [str(place) for place in array.argmax(axis=1).tolist()] if is_one_hot else None
    if array.ndim != 1 or array.dtype.kind not in "uifbUS":
        return None
    if array.dtype.kind == "f":
        if not np.isfinite(array).all() or not (array == np.round(array)).all():
            return None
        array = array.astype(np.int64)
    if array.dtype.kind == "S":
        return [printable(Path(value.decode("utf-8", "backslashreplace"))) for value in array.tolist()]
    return [printable(Path(str(value))) if array.dtype.kind == "U" else str(value) for value in array.tolist()]


def _rank(name: str, known: tuple[str, ...]) -> int:
    """Return how usual a name is: its place among the known ones, of which it may hold one."""
    words = name.lower().replace("/", "_").replace("-", "_").split("_")
    return next((place for place, word in enumerate(known) if word in words or name.lower() == word), len(known))
