"""Images in a zip archive, in a folder, or brought one by one.

No name of an archive becomes a path on the disk: its images are read in memory, one at a time, and stored as pixels. So
a name that leads out of the archive, or clashes with another, has nothing to overwrite. Limits are checked by what the
archive declares before anything is unpacked, and a member is never read beyond its declared size.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath

from aeviz.data.dataset import SplitName
from aeviz.data.folder_layout import Parts, arrange
from aeviz.data.image_files import MAX_BYTES, SUFFIXES
from aeviz.data.imports.items import MOST_TOTAL, Content, Item, Opened, check_count
from aeviz.data.label_table import MOST_BYTES
from aeviz.data.names import printable
from aeviz.data.tree import DiskTree, MemberTree, is_hidden, is_table
from aeviz.errors import DataError, reason_of

MOST_DIRECTORY = 100_000_000
"""Bytes of an archive's list of members, which is read into memory: about a million members."""
BOMB_RATIO, BOMB_BYTES = 100, 200_000_000
"""An archive that grows to more than so many times its size, and to more than so many bytes, is refused: images shrink
to a tenth at most, bombs to a thousandth."""
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")
_READ_ERRORS = (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What `zipfile` raises on damaged archives."""


class _Arranged(Opened):
    """Images whose splits and classes follow from where they lie."""

    _parts: Parts[PurePath]

    def _take(self, parts: Parts[PurePath], root: PurePath) -> None:
        self._parts, self._root = parts, root
        self.notes += parts.notes
        for path in parts.unlabelled:
            self.skipped.add(self._shown(path), "without a label, which the others have")
        members: dict[SplitName, list[tuple[PurePath, str | None]] | None] = {
            "train": parts.train,
            "validation": parts.validation,
            "test": parts.test,
        }
        self._members = {split: entries for split, entries in members.items() if entries is not None}
        self.chosen = frozenset(self._members)
        self.count = sum(map(len, self._members.values()))
        check_count(self.title, self.count)

    def _shown(self, path: PurePath) -> str:
        return printable(path.relative_to(self._root))

    def _read(self, path: PurePath) -> Content:
        raise NotImplementedError

    def items(self) -> Iterator[Item]:
        """See `Opened`."""
        for split, entries in self._members.items():
            for path, label in entries:
                yield Item(name=self._shown(path), split=split, label=label, read=lambda path=path: self._read(path))  # type: ignore[misc] # mypy does not know the type of a lambda's default

    def _skip_rest(self, images: Sequence[PurePath]) -> None:
        """Count images that lie where neither a class nor a split is."""
        parts = self._parts
        used = {path for entries in self._members.values() for path, _ in entries} | set(parts.unlabelled)
        for path in images:
            if path not in used:
                self.skipped.add(self._shown(path), "too deep in the folders, or beside them")


class ZipImages(_Arranged):
    """The images of a zip archive."""

    def __init__(self, path: Path, title: str) -> None:
        super().__init__(title)
        self._path = path
        check_directory(path, title)
        try:
            self._zip = zipfile.ZipFile(path)
        except _READ_ERRORS as exc:
            raise DataError(
                f"{title} cannot be opened: {reason_of(exc)}; expected a complete zip archive; pack it again"
            ) from exc
        try:
            self._list()
        except BaseException:
            self._zip.close()
            raise

    def _list(self) -> None:
        members = [
            member for member in self._zip.infolist() if not member.filename.endswith("/")
        ]  # is_dir fails on an empty name
        check_members(members, self._path.stat().st_size, self.title)
        root = PurePosixPath(self.title)
        self._infos: dict[PurePath, zipfile.ZipInfo] = {}
        images: list[PurePosixPath] = []
        tables: dict[PurePosixPath, bytes] = {}
        for member in members:
            name = member.filename.replace("\\", "/")
            shown = printable(PurePosixPath(name[:200]))
            if any(is_hidden(part) and part != ".." for part in name.split("/")):
                continue
            reason = why_not(member, name)
            path = root / name
            if reason is None and path in self._infos:
                reason = "a second file of the same name"
            if reason is not None:
                self.skipped.add(shown, reason)
                continue
            self._infos[path] = member
            if is_table(name):
                try:
                    tables[path] = self._zip.read(member)
                except _READ_ERRORS:
                    self.skipped.add(shown, "damaged in the archive")
            else:
                images.append(path)
        if not images:
            raise DataError(
                f"{self.title} holds no images; expected {', '.join(SUFFIXES)} files, in one subfolder for each class "
                f"or all together{self._describe_skipped()}"
            )
        self._take(arrange(MemberTree(images, tables), root), root)  # type: ignore[arg-type] # Parts is not covariant
        self._skip_rest(images)

    def _describe_skipped(self) -> str:
        reasons = [f"{skip.count:,} {'is' if skip.count == 1 else 'are'} {skip.reason}" for skip in self.skipped]
        return f"; of its files {', '.join(reasons)}" if reasons else ""

    def _read(self, path: PurePath) -> bytes:
        try:
            return self._zip.read(self._infos[path])
        except _READ_ERRORS as exc:
            raise DataError("the image is damaged in the archive") from exc

    def close(self) -> None:
        """See `Opened`."""
        self._zip.close()


class FolderImages(_Arranged):
    """The images of a folder on this machine."""

    def __init__(self, path: Path, title: str) -> None:
        super().__init__(title)
        self._take(arrange(DiskTree(is_import=True), path), path)  # type: ignore[arg-type] # Parts is not covariant
        rest: list[PurePath] = []
        for home, folders, names in os.walk(path):
            folders[:] = [name for name in folders if not is_hidden(name)]
            for name in names:
                if is_hidden(name) or is_table(name):
                    continue
                if Path(name).suffix.lower() in SUFFIXES:
                    rest.append(Path(home) / name)
                else:
                    self.skipped.add(self._shown(Path(home) / name), _kind(name))
        self._skip_rest(rest)

    def _read(self, path: PurePath) -> bytes:
        return _read_file(Path(path))


class LooseImages(_Arranged):
    """Images brought one by one, or as a folder that the browser sent file by file."""

    def __init__(self, files: Mapping[str, Path], title: str) -> None:
        super().__init__(title)
        root = PurePosixPath(title)
        self._files: dict[PurePath, Path] = {}
        images: list[PurePosixPath] = []
        tables: dict[PurePosixPath, bytes] = {}
        for name, file in files.items():
            path = root / name.replace("\\", "/").lstrip("/")
            if any(is_hidden(part) for part in path.relative_to(root).parts):
                continue
            if is_table(name):
                tables[path] = _read_file(file, MOST_BYTES)
            elif path.suffix.lower() in SUFFIXES:
                images.append(path)
                self._files[path] = file
            else:
                self.skipped.add(printable(PurePosixPath(name)), _kind(name))
        if not images:
            raise DataError(f"{title} holds no images; expected {', '.join(SUFFIXES)} files")
        self._take(arrange(MemberTree(images, tables), root), root)  # type: ignore[arg-type] # Parts is not covariant
        self._skip_rest(images)

    def _read(self, path: PurePath) -> bytes:
        return _read_file(self._files[path])


def check_directory(path: Path, title: str) -> None:
    """Refuse an archive whose list of members would not fit into memory, before it is read.

    Raises:
        DataError: It has.
    """
    look = getattr(zipfile, "_EndRecData", None)  # zipfile itself reads the list by this record
    with path.open("rb") as stream:
        record = look(stream) if look is not None else None
    if record and record[5] > MOST_DIRECTORY:
        raise DataError(f"{title} lists millions of files; expected at most about a million; bring a part of them")


def check_members(members: Sequence[zipfile.ZipInfo], n_bytes: int, title: str) -> None:
    """Refuse an archive that is encrypted, or that would grow beyond all measure.

    Args:
        members: Its files.
        n_bytes: Size of the archive.
        title: Its name for people.

    Raises:
        DataError: The archive is refused; the message says why.
    """
    if any(member.flag_bits & 1 for member in members):
        raise DataError(f"{title} is encrypted; expected an archive without a password; pack it again without one")
    total = sum(member.file_size for member in members)
    if total > MOST_TOTAL:
        raise DataError(
            f"{title} unpacks to {total / 1e9:,.1f} GB; expected at most {MOST_TOTAL / 1e9:.0f} GB; bring a part of it"
        )
    if total > BOMB_BYTES and total > BOMB_RATIO * n_bytes:
        raise DataError(
            f"{title} has {n_bytes / 1e6:,.1f} MB and unpacks to {total / 1e6:,.0f} MB, more than {BOMB_RATIO} times "
            "as much, as archives do that are made to fill a disk; expected images; pack them again, or bring a folder"
        )


def why_not(member: zipfile.ZipInfo, name: str) -> str | None:
    """Return why a member of an archive is left out; None for an image or a table.

    Args:
        member: The member.
        name: Its path with "/".
    """
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a symbolic link"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "named so that it leads out of the archive"
    if PurePosixPath(name).suffix.lower() not in SUFFIXES and not is_table(name):
        return _kind(name, " inside the archive")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "compressed in an unusual way; expected deflate"
    most = MOST_BYTES if is_table(name) else MAX_BYTES
    return f"larger than {most / 1e6:.0f} MB" if member.file_size > most else None


def _kind(name: str, where: str = "") -> str:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ARCHIVES:
        return f"an archive{where}"
    return f"no image ({suffix})" if suffix else "no image"


def _read_file(path: Path, most: int = MAX_BYTES) -> bytes:
    try:
        if path.stat().st_size > most:
            raise DataError(f"the image is larger than {most / 1e6:.0f} MB")
        return path.read_bytes()
    except OSError as exc:
        raise DataError(f"the image cannot be read: {exc.strerror}") from exc
