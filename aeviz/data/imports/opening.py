"""From what a person brings to an opened source: its kind is known by content, not by name."""

import os
from collections.abc import Mapping
from pathlib import Path

from aeviz.data.imports.archive import ARCHIVES, FolderImages, LooseImages, ZipImages
from aeviz.data.imports.arrays import open_array_files
from aeviz.data.imports.items import Opened
from aeviz.data.imports.tables import TableImages
from aeviz.data.names import printable
from aeviz.data.tree import is_hidden
from aeviz.errors import DataError

KINDS = "images, a folder or a zip archive of images, .npy, .npz, .parquet or .arrow files"
_ARRAYS, _TABLES = (".npy", ".npz"), (".parquet", ".arrow")
_MOST_LISTED = 100_000
"""Files of a folder in which arrays and tables are looked for."""


def open_files(files: Mapping[str, Path], title: str, scratch: Path) -> Opened:
    """Open what was brought.

    Args:
        files: One or more files by name, perhaps below a folder, or one folder.
        title: What it is called, printable.
        scratch: A folder for what must be unpacked, which the caller removes.

    Raises:
        DataError: It is of no known kind, damaged, or refused; the message says why.
    """
    if not files:
        raise DataError(f"nothing was brought; expected {KINDS}")
    if len(files) == 1:
        ((name, path),) = files.items()
        if path.is_dir():
            return _open_folder(path, title, scratch)
        kind = _kind(path)
        if kind == "zip" and not _is_npz(path):
            return ZipImages(path, title)
        if kind in ("npy", "zip"):
            return open_array_files(files, title, scratch)
        if kind in ("parquet", "arrow") or name.lower().endswith(_TABLES):
            return TableImages(files, title)
        if name.lower().endswith(ARCHIVES):
            raise DataError(f"{title} is no zip archive; expected {KINDS}; unpack it, or pack it as zip")
    for suffixes, is_arrays in ((_ARRAYS, True), (_TABLES, False)):
        chosen = {name: path for name, path in files.items() if name.lower().endswith(suffixes)}
        if chosen:
            return open_array_files(chosen, title, scratch) if is_arrays else TableImages(chosen, title)
    return LooseImages(files, title)


def holds_tables(files: Mapping[str, Path]) -> bool:
    """Whether Parquet or Arrow files are among what was brought."""
    for name, path in files.items():
        if path.is_dir():
            if any(each.lower().endswith(_TABLES) for each in _list_arrays(path)):
                return True
        elif name.lower().endswith(_TABLES) or (path.is_file() and _kind(path) in ("parquet", "arrow")):
            return True
    return False


def title_of(paths: list[Path]) -> str:
    """Return what a source is called."""
    name = printable(Path(paths[0].resolve().name)) if paths else "nothing"
    return name if len(paths) == 1 else f"{len(paths)} files"


def _open_folder(folder: Path, title: str, scratch: Path) -> Opened:
    found = _list_arrays(folder)
    for suffixes in (_TABLES, _ARRAYS):
        chosen = {name: path for name, path in found.items() if name.lower().endswith(suffixes)}
        if chosen:
            return TableImages(chosen, title) if suffixes == _TABLES else open_array_files(chosen, title, scratch)
    return FolderImages(folder, title)


def _list_arrays(folder: Path) -> dict[str, Path]:
    """Return the files of arrays and tables in a folder, by their paths in it."""
    found: dict[str, Path] = {}
    listed = 0
    for home, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(names):
            listed += 1
            if name.lower().endswith(_ARRAYS + _TABLES) and not is_hidden(name):
                path = Path(home) / name
                found[path.relative_to(folder).as_posix()] = path
        if listed > _MOST_LISTED:
            break
    return found


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as exc:
        raise DataError(f"{printable(path)} cannot be read: {exc.strerror}; expected {KINDS}; check the path") from exc
    known = ((b"PK", "zip"), (b"\x93NUMPY", "npy"), (b"PAR1", "parquet"), (b"ARROW1", "arrow"))
    return next((kind for magic, kind in known if start.startswith(magic)), "")


def _is_npz(path: Path) -> bool:
    """Whether all files of an archive are arrays."""
    import zipfile

    from aeviz.data.imports.archive import check_directory

    check_directory(path, printable(Path(path.name)))
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return path.suffix.lower() == ".npz"
    return bool(names) and all(name.endswith(".npy") for name in names)
