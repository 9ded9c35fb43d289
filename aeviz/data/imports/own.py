"""Data sets of one's own: imported images kept under a name, in AEVIZ_DATA/own/NAME."""

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aeviz.config import DataConfig
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.imports.apart import import_apart
from aeviz.data.imports.arrays import ArrayImages
from aeviz.data.imports.build import build, scratch_folder
from aeviz.data.imports.items import Opened
from aeviz.data.imports.opening import holds_tables, open_files, title_of
from aeviz.data.imports.store import ABOUT, Imported, is_imported, read_imported, read_split
from aeviz.data.source import DatasetInfo, Report, Source
from aeviz.errors import DataError, StorageError
from aeviz.language import tr
from aeviz.paths import data_root

OWN = "own"
"""Folder of these data sets below the data root."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

Brought = str | Path | Sequence[str | Path] | NDArray[Any] | Mapping[str, NDArray[Any]]
"""Files or folders by path, or arrays."""
Progress = Callable[[float, str], None]


class OwnSource(Source):
    """One data set of one's own."""

    def __init__(self, name: str, folder: Path) -> None:
        self._folder, self._name = folder, name

    @property
    def info(self) -> DatasetInfo:  # type: ignore[override] # read when it is asked for: the images may be replaced
        """The entry in the catalog.

        Raises:
            DataError: The images are missing or damaged.
        """
        about = _read(self._folder, (self._folder / ABOUT).stat().st_mtime_ns)
        return DatasetInfo(
            name=self._name,
            title=f"{self._name} (your own)",
            image_shape=about.image_shape,
            n_train=about.n_train,
            n_test=about.n_test,
            n_validation=about.counts.get("validation"),
            embedded=False,
            bytes_download=0,
            source=f"imported from {about.title} on {about.made[:10]}",
            licence="as of the images that you brought",
        )

    def is_available(self, root: Path) -> bool:
        """Return whether it was imported and not removed since."""
        return is_imported(own_folder(self._name, root))

    def prepare(self, root: Path, report: Report) -> Path:
        """Return the folder, which only has to exist."""
        if not self.is_available(root):
            raise DataError(f"the data set {self._name!r} of your own is gone; import its images again")
        return own_folder(self._name, root)

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        """Return one split, as `read_split` does."""
        return read_split(own_folder(self._name, root), config, split)


def own_folder(name: str, root: Path | None = None) -> Path:
    """Return where a data set of one's own lies below a data root."""
    return (data_root() if root is None else root) / OWN / name


def list_own(root: Path | None = None) -> list[str]:
    """Return the names of the data sets of one's own that can be read."""
    home = own_folder("", root)
    try:
        names = sorted(path.name for path in home.iterdir() if _NAME.fullmatch(path.name) and is_imported(path))
    except OSError:  # there is none yet
        return []
    return [name for name in names if _is_readable(home / name)]


def check_name(name: str, taken: Sequence[str]) -> None:
    """Refuse a name that no data set can have.

    Args:
        name: The name.
        taken: Names of data sets.

    Raises:
        DataError: It is refused; the message says why.
    """
    if not _NAME.fullmatch(name):
        raise DataError(
            f"{name[:60]!r} is no name for a data set; expected up to 40 lower-case letters, digits and underscores, "
            "the first one a letter, for example 'my_digits'"
        )
    if name in taken:
        raise DataError(f"a data set named {name!r} is there already; choose another name")


def suggest_name(title: str) -> str:
    """Return a name for a data set that was brought under a title."""
    stem = re.sub(r"[^a-z0-9]+", "_", Path(title).stem.lower()).strip("_")[:40].rstrip("_")
    return stem if _NAME.fullmatch(stem) else f"my_{stem}"[:40].rstrip("_")


def import_images(
    source: Brought, name: str, *, side: int | None = None, on_progress: Progress | None = None
) -> Imported:
    """Import images as a data set of your own, AEVIZ_DATA/own/NAME; `aeviz.train` and the app know it by its name.

    Args:
        source: A zip archive, folder, image, .npy, .npz, .parquet or .arrow file, or several of a kind; or an array of
            images (N, H, W), (N, H, W, C) or (N, C, H, W); or arrays by name, such as x_train, y_train, x_test, y_test.
        name: Lower-case letters, digits and underscores.
        side: Side in pixels to which the centred square of each image is resized; None leaves images of one size up to
            128 pixels as they are, and else takes 64.
        on_progress: Called in this thread with the share done in [0, 1] and a text. If it raises, nothing stays.

    Returns:
        Shape, counts and classes, how the source was read, and what was skipped and why.

    Raises:
        DataError: The source cannot be read, or the name is taken; the message says what to do.
        StorageError: The folder cannot be written.
    """
    from aeviz.data.catalog import list_datasets

    check_name(name, [info.name for info in list_datasets()])
    return import_to(source, own_folder(name), side=side, report=on_progress or _ignore)


def preview_images(
    source: Brought, *, side: int | None = None, most: int = 50, on_progress: Progress | None = None
) -> tuple[Imported, NDArray[np.uint8], list[str]]:
    """Return what `import_images` would make, and some of its images, and keep nothing.

    Returns:
        The description; up to `most` images, (n, C, H, W), uint8; and the class of each, empty where there is none.

    Raises:
        DataError: As of `import_images`.
    """
    from aeviz.data.imports.store import sample

    with scratch_folder(Path(tempfile.gettempdir())) as home:
        about = import_to(source, home / "images", side=side, report=on_progress or _ignore)
        images, names = sample(home / "images", most)
    return about, images, names


def import_to(source: Brought, folder: Path, *, side: int | None, report: Report, title: str = "") -> Imported:
    """Import images into a folder that does not exist yet; arguments and errors as of `import_images`."""
    if isinstance(source, str | Path):
        source = [source]
    if isinstance(source, np.ndarray):
        source = {"images": source}
    if isinstance(source, Mapping):
        arrays = {str(key): np.asarray(array) for key, array in source.items()}
        return build(ArrayImages(arrays, title or "arrays"), folder, side=side, report=report)
    paths = [Path(path).expanduser() for path in source]
    files = {_unique_name(path, paths): path for path in paths}
    work = import_apart if holds_tables(files) else import_files  # Arrow's reader can end its process
    return work(files, folder, side=side, report=report, title=title or title_of(paths))


def import_files(files: Mapping[str, Path], folder: Path, *, side: int | None, report: Report, title: str) -> Imported:
    """Import files by name, or one folder, into a folder that does not exist yet; errors as of `import_images`."""
    with scratch_folder(folder.parent) as scratch:
        report(0.0, tr("Opening"))
        opened: Opened = open_files(files, title, scratch)
        try:
            return build(opened, folder, side=side, report=report)
        finally:
            opened.close()


def keep(folder: Path, name: str) -> None:
    """Move imported images to the data sets of one's own.

    Raises:
        DataError: The name is taken or cannot be, or the images are gone.
        StorageError: The data root cannot be written.
    """
    from aeviz.data.catalog import list_datasets

    check_name(name, [info.name for info in list_datasets()])
    read_imported(folder)
    target = own_folder(name)
    fresh = target.with_name(f".keep-{name}-{time.time_ns()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(folder, fresh)
        fresh.rename(target)
    except OSError as exc:
        raise StorageError(f"cannot keep the images in {target.parent}: {exc.strerror or exc}; make room") from exc
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def remove_own(name: str) -> Path:
    """Delete a data set of your own; return where it lay. Runs that trained on it keep their weights.

    Raises:
        DataError: There is none of that name.
        StorageError: It cannot be deleted.
    """
    folder = own_folder(name)
    if not _NAME.fullmatch(name) or not is_imported(folder):
        known = ", ".join(list_own()) or "none yet"
        raise DataError(f"there is no data set {name[:60]!r} of your own; there are: {known}")
    try:
        shutil.rmtree(folder)
    except OSError as exc:
        raise StorageError(f"cannot delete {folder}: {exc.strerror or exc}") from exc
    return folder


def _unique_name(path: Path, paths: Sequence[Path]) -> str:
    """Return a file's name, with that of its folder where another file has the same."""
    return path.name if sum(other.name == path.name for other in paths) == 1 else path.as_posix()


@lru_cache(maxsize=64)
def _read(folder: Path, mtime_ns: int) -> Imported:
    return read_imported(folder)


def _is_readable(folder: Path) -> bool:
    try:
        _read(folder, (folder / ABOUT).stat().st_mtime_ns)
    except (DataError, OSError):
        return False
    return True


def _ignore(share: float, text: str) -> None:
    """Report progress to nobody."""
