"""Files in folders, on a disk or in a list of paths such as an archive's, behind one interface."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath, PurePosixPath
from typing import Generic, TypeVar

from aeviz.data.image_files import SUFFIXES
from aeviz.data.label_table import MOST_BYTES
from aeviz.data.names import printable
from aeviz.errors import DataError

P = TypeVar("P", bound=PurePath)
_TABLES = (".csv", ".tsv")


class Tree(ABC, Generic[P]):
    """Folders of images."""

    is_import = False
    """Whether this is an import, whose report names what is left out.

    A folder of images that is the only one is then no class, but how the whole was packed, and a few images that lie
    beside the others are no error.
    """

    @abstractmethod
    def look(self, folder: P) -> tuple[list[P], list[P]]:
        """Return a folder's images and its subfolders, each sorted by name, without hidden ones.

        Raises:
            DataError: The folder cannot be opened.
        """

    @abstractmethod
    def tables(self, folder: P) -> Iterator[tuple[str, str]]:
        """Yield name and content of the tables in a folder, by name."""

    def is_link(self, folder: P) -> bool:
        """Whether a folder may lead round in a circle."""
        return False


class DiskTree(Tree[Path]):
    """Folders on a disk."""

    def __init__(self, *, is_import: bool = False) -> None:
        self.is_import = is_import

    def look(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """See `Tree`."""
        try:
            inside = sorted((path for path in folder.iterdir() if not is_hidden(path.name)), key=_name)
            subfolders = [path for path in inside if path.is_dir()]
            return [path for path in inside if path.suffix.lower() in SUFFIXES and path.is_file()], subfolders
        except (OSError, ValueError) as exc:  # ValueError: a null byte
            reason = exc.strerror if isinstance(exc, OSError) else str(exc)
            raise DataError(
                f"image folder {printable(folder)} cannot be opened: {reason}; expected a folder of images; check the "
                "path after 'folder:'"
            ) from exc

    def tables(self, folder: Path) -> Iterator[tuple[str, str]]:
        """See `Tree`."""
        try:
            for path in sorted(folder.iterdir(), key=_name):
                is_table = path.suffix.lower() in _TABLES and not is_hidden(path.name) and path.is_file()
                if is_table and path.stat().st_size <= MOST_BYTES:
                    yield printable(path.name), decode_table(path.read_bytes())
        except (OSError, ValueError):  # not ours to read
            return

    def is_link(self, folder: Path) -> bool:
        """See `Tree`."""
        return folder.is_symlink()


class MemberTree(Tree[PurePosixPath]):
    """Folders as a list of paths says, such as that of an archive."""

    is_import = True

    def __init__(self, images: list[PurePosixPath], tables: Mapping[PurePosixPath, bytes]) -> None:
        self._files: dict[PurePosixPath, list[PurePosixPath]] = {}
        self._folders: dict[PurePosixPath, set[PurePosixPath]] = {}
        self._tables = tables
        for path in images:
            self._files.setdefault(path.parent, []).append(path)
        for folder in list(self._files):
            for child in (folder, *folder.parents):
                if child.parent != child:
                    self._folders.setdefault(child.parent, set()).add(child)

    def look(self, folder: PurePosixPath) -> tuple[list[PurePosixPath], list[PurePosixPath]]:
        """See `Tree`."""
        files, subfolders = self._files.get(folder, []), self._folders.get(folder, set())
        return sorted(files, key=_name), sorted(subfolders, key=_name)

    def tables(self, folder: PurePosixPath) -> Iterator[tuple[str, str]]:
        """See `Tree`."""
        for path in sorted(self._tables, key=_name):
            if path.parent == folder:
                yield printable(path.name), decode_table(self._tables[path])


def is_table(name: str) -> bool:
    """Whether a file's name is that of a table."""
    return PurePosixPath(name).suffix.lower() in _TABLES


def is_hidden(name: str) -> bool:
    """Whether a file or folder is none of the person's own."""
    return name.startswith((".", "__MACOSX"))


def decode_table(content: bytes) -> str:
    """Return a table's text: UTF-8 with or without its mark, else Latin-1, which any bytes are."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _name(path: PurePath) -> str:
    return path.name
