"""folder:PATH: a person's own images. `aeviz.data.folder_layout` says how they may lie in the folder."""

import os
from collections import Counter
from pathlib import Path

import numpy as np

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.folder_layout import FOLDER_PREFIX, Layout, list_images
from aeviz.data.image_files import ImageHeader, read_depth, read_header, read_pixels
from aeviz.data.imports.store import is_imported, read_split
from aeviz.data.imports.visits import is_upload, title_of_upload
from aeviz.data.names import natural_key, printable
from aeviz.data.source import Report, Source
from aeviz.data.splits import split_indices
from aeviz.errors import DataError
from aeviz.paths import start_folder

__all__ = ["FOLDER_PREFIX", "FolderSource", "folder_path", "read_folder", "resolve_folder"]

_QUOTES = {"'": "'", '"': '"', "\u201c": "\u201d", "\u2018": "\u2019"}
"""Quotes that people paste around a path, opening to closing."""


class FolderSource(Source):
    """The folder that one name folder:PATH stands for."""

    info = None

    def __init__(self, name: str) -> None:
        self.name = name

    def is_available(self, root: Path) -> bool:
        """Return whether the folder exists; the data root plays no part."""
        return os.path.isdir(folder_path(self.name))  # unlike Path.is_dir, never raises

    def prepare(self, root: Path, report: Report) -> Path:
        """Return the folder, which only has to exist."""
        folder = folder_path(self.name)
        if not os.path.isdir(folder):
            raise DataError(f"image folder {folder} does not exist; expected a folder; check the path")
        return folder

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split, as `read_folder` does, or as it was imported."""
        folder = folder_path(config.name)
        if is_imported(folder):
            return read_split(folder, config, split)
        if is_upload(folder):
            raise DataError(
                f"the images '{title_of_upload(folder)}' were uploaded for one visit, which has ended, and are "
                "deleted; what was trained on them works without them; bring them again and keep them under a name"
            )
        return read_folder(config, split)


def folder_path(name: str) -> Path:
    """Return the PATH of folder:PATH: without quotes around it, ~ expanded.

    A relative path counts from the folder in which `aeviz app` was started, or else from the current one.

    Raises:
        DataError: PATH is empty or names an unknown user, or is no text in UTF-8.
    """
    text = name.removeprefix(FOLDER_PREFIX).strip()
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    if not text:
        raise DataError(f"data set {name!r} names no folder; expected folder:PATH, for example 'folder:my_images'")
    if printable(text) != text:
        raise DataError(
            f"the path '{printable(text)}' holds characters that cannot be shown; expected a path in UTF-8 without "
            "control characters, since the run keeps it as text; rename the folder"
        )
    try:
        return start_folder() / Path(text).expanduser()
    except RuntimeError as exc:  # ~somebody
        raise DataError(f"{text[:80]!r} names no folder: {exc}; check the path") from exc


def resolve_folder(path: str) -> str:
    """Return the name folder:PATH of a folder with an absolute PATH, which means the same wherever it is read.

    Args:
        path: As a person typed or pasted it, with or without "folder:" and quotes.

    Raises:
        DataError: The path is empty, or cannot be the path of a folder.
    """
    try:
        folder = folder_path(path).resolve()
        folder.is_dir()
    except (OSError, RuntimeError, ValueError) as exc:  # too long, a circle of links, a null byte; or DataError
        if isinstance(exc, DataError):
            raise
        raise DataError(f"{printable(path)[:80]!r} names no folder: {exc}; check the path") from exc
    return f"{FOLDER_PREFIX}{folder}"


def read_folder(config: DataConfig, split: SplitName) -> ImageDataset:
    """Decode one split of a folder of images, sorted by class folder and file name.

    Grey values of 16 bits are scaled to 8 by the bits that the folder's images use: 10, 12, 14 or 16.

    Returns:
        Images (N, C, H, W), uint8, with C = 1 if every image of the folder is stored grey, else 3; labels, or None.
        Classes are in natural order (s1, s2, s10).

    Raises:
        DataError: The folder is missing, empty, mixed or too small, its images differ in size although
            config.image_size is None, or one of them cannot be read.
    """
    folder = folder_path(config.name)
    layout = list_images(folder)
    headers = {path: read_header(path) for path, _ in layout.entries}
    width, height = _choose_size(folder, headers, config.image_size)
    is_grey = all(header.is_grey for header in headers.values())
    depth = max((read_depth(path) for path, header in headers.items() if header.is_deep), default=16)

    chosen = _choose(layout, config, split)
    images = np.empty((len(chosen), 1 if is_grey else 3, height, width), dtype=np.uint8)
    for index, (path, _) in enumerate(chosen):
        pixels = read_pixels(path, is_grey=is_grey, side=config.image_size, depth=depth)
        if pixels.shape != images.shape[1:]:
            raise DataError(
                f"image {printable(path)} decodes to {pixels.shape[2]}x{pixels.shape[1]} pixels; expected "
                f"{width}x{height} as its header says; save it again, or pass `--set data.image_size=64`"
            )
        images[index] = pixels

    class_names = tuple(sorted({label for _, label in layout.entries if label is not None}, key=natural_key))
    places = {name: place for place, name in enumerate(class_names)}
    labels = np.array([places[label] for _, label in chosen if label is not None], dtype=np.int64)
    return ImageDataset(
        images=images, labels=labels if class_names else None, class_names=class_names, name=config.name, split=split
    )


def _choose(layout: Layout, config: DataConfig, split: SplitName) -> list[tuple[Path, str | None]]:
    if split == "test":
        return layout.test
    if layout.validation is not None:
        return layout.train if split == "train" else layout.validation
    return [layout.train[index] for index in split_indices(len(layout.train), config, split)]


def _choose_size(folder: Path, headers: dict[Path, ImageHeader], side: int | None) -> tuple[int, int]:
    """Return width and height in pixels of all images."""
    if side is not None:
        return side, side
    sizes = Counter((header.width, header.height) for header in headers.values())
    if len(sizes) > 1:
        raise DataError(_describe_sizes(folder, sizes))
    return next(iter(sizes))


def _describe_sizes(folder: Path, sizes: Counter[tuple[int, int]], most: int = 5) -> str:
    listed = [f"{width}x{height}: {n}" for (width, height), n in sizes.most_common(most)]
    more = [f"{len(sizes) - most} more sizes"] if len(sizes) > most else []
    return (
        f"image folder {folder} holds images of {len(sizes)} sizes (width x height: images; "
        f"{', '.join(listed + more)}); expected one size; pass `--set data.image_size=64` to crop and resize them all"
    )
