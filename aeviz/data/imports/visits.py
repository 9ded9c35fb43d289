"""Images that a visitor of the app uploaded: kept for the visit, below AEVIZ_CACHE/uploads.

    uploads/SERVER/server.lock             held by the server for as long as it lives
    uploads/SERVER/VISITOR/SET/files.json  names of the files that were brought
    uploads/SERVER/VISITOR/SET/.source/    these files, under names of our own, so that another side can be chosen
    uploads/SERVER/VISITOR/SET/NAME/       the images, as `store` describes; NAME-SIDE in another size

A server deletes its folder when it ends, a visit's when the visit ends, and those of dead servers when it starts. So
nothing outlives the server that took it by more than its next start.
"""

import atexit
import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from aeviz.data.folder_layout import FOLDER_PREFIX
from aeviz.data.imports.apart import import_apart
from aeviz.data.imports.own import suggest_name
from aeviz.data.imports.store import Imported, is_imported, read_imported
from aeviz.data.source import Report
from aeviz.errors import DataError, StorageError
from aeviz.language import tr
from aeviz.paths import cache_root, size_of

MOST_SETS = 6
"""Sets of images that one visitor may have at a time."""
LOCK, FILES, SOURCE = "server.lock", "files.json", ".source"
_servers: dict[Path, tuple[Path, FileLock]] = {}
"""By AEVIZ_CACHE: this server's folder and the lock that it holds."""


def uploads_root() -> Path:
    """Return the folder of all uploads, absolute."""
    return (cache_root() / "uploads").resolve()


def is_upload(folder: Path) -> bool:
    """Whether a folder lies, or lay, among the uploads."""
    return uploads_root() in folder.parents


def title_of_upload(folder: Path) -> str:
    """Return a short name of uploaded images, which may be gone."""
    return folder.name


def name_for_people(name: str) -> str:
    """Return a data set's name as it is shown: without the path of what was uploaded."""
    folder = Path(name.removeprefix(FOLDER_PREFIX))
    is_one = name.startswith(FOLDER_PREFIX) and is_upload(folder)
    return tr("{data} (uploaded)", data=title_of_upload(folder)) if is_one else name


def sweep() -> None:
    """Delete what servers left behind that no longer run."""
    mine = {home for home, _ in _servers.values()}
    try:
        homes = [path for path in uploads_root().iterdir() if path.is_dir() and path not in mine]
    except OSError:  # nothing was ever uploaded
        return
    for home in homes:
        try:
            with FileLock(home / LOCK, thread_local=False).acquire(blocking=False):
                shutil.rmtree(home, ignore_errors=True)
        except (Timeout, OSError):  # its server lives, or it is not ours
            continue


def list_sets(visitor: str) -> list[Path]:
    """Return the folders of a visitor's images, each set in each size, the oldest first."""
    home = _visitor_folder(visitor)
    try:
        stores = [path for path in home.glob("*/*") if is_imported(path)] if home else []
        return sorted(stores, key=lambda path: path.stat().st_mtime_ns)
    except OSError:  # deleted meanwhile
        return []


def bytes_held(visitor: str) -> tuple[int, int]:
    """Return the bytes of the files that lie in this server's folder: a visitor's, and all."""
    found = _servers.get(uploads_root())
    if found is None:
        return 0, 0
    return size_of(found[0] / visitor), size_of(found[0])


def take(visitor: str, files: Mapping[str, BinaryIO], *, report: Report) -> tuple[Path, Imported]:
    """Import what a visitor uploaded.

    Args:
        visitor: Who, as `visitor_id` writes it.
        files: By name, perhaps below a folder.
        report: Called in this thread. If it raises, the import is given up and nothing of it stays.

    Returns:
        The folder of the images, and what is known of them.

    Raises:
        DataError: The files cannot be read, or the visitor has too many sets; the message says what to do.
        StorageError: The cache cannot be written.
    """
    home = _server_folder() / visitor
    if len({store.parent for store in list_sets(visitor)}) >= MOST_SETS:
        raise DataError(f"you have {MOST_SETS} sets of images in this visit; remove one, then bring another")
    names = list(files)
    title = names[0].rpartition("/")[2] if len(names) == 1 else _common_folder(names) or f"{len(names)} files"
    target = home / secrets.token_hex(6)
    try:
        (target / SOURCE).mkdir(parents=True)
        size = sum(_size(stream) for stream in files.values())
        if shutil.disk_usage(target).free < 2 * size:
            raise DataError("the server's disk has no room for these files; tell who runs it, or bring fewer")
        for number, (name, stream) in enumerate(files.items()):
            report(0.0, tr("Receiving {name}", name=name.rpartition("/")[2]))
            with (target / SOURCE / str(number)).open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
        (target / FILES).write_text(json.dumps({"title": title, "names": names}), encoding="utf-8")
        return _import(target, None, report)
    except OSError as exc:
        shutil.rmtree(target, ignore_errors=True)
        raise StorageError(f"cannot write the upload into {home}: {exc.strerror or exc}; make room") from exc
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def resize(store: Path, side: int, *, report: Report) -> tuple[Path, Imported]:
    """Import the files of an upload once more with another side; arguments and errors as of `take`.

    Runs that trained on the former size keep their images.
    """
    return _import(store.parent, side, report)


def remove(store: Path) -> None:
    """Delete an upload in all its sizes."""
    shutil.rmtree(store.parent, ignore_errors=True)


def remove_size(store: Path) -> None:
    """Delete an upload in one of its sizes."""
    shutil.rmtree(store, ignore_errors=True)


def end_visit(visitor: str) -> None:
    """Delete all that a visitor uploaded."""
    if home := _visitor_folder(visitor):
        shutil.rmtree(home, ignore_errors=True)


def _import(target: Path, side: int | None, report: Report) -> tuple[Path, Imported]:
    try:
        brought = json.loads((target / FILES).read_text(encoding="utf-8"))
        files = {str(name): target / SOURCE / str(number) for number, name in enumerate(brought["names"])}
    except (OSError, ValueError, KeyError) as exc:
        raise DataError("the uploaded files are gone; bring them again") from exc
    store = target / (suggest_name(str(brought["title"])) + ("" if side is None else f"-{side}"))
    if is_imported(store):
        return store, read_imported(store)
    return store, import_apart(files, store, side=side, report=report, title=str(brought["title"]))


def _server_folder() -> Path:
    root = uploads_root()
    if root not in _servers:
        home = root / secrets.token_hex(6)
        try:
            home.mkdir(parents=True, mode=0o700)
            lock = FileLock(home / LOCK, thread_local=False)
            lock.acquire(blocking=False)
        except OSError as exc:
            raise StorageError(f"cannot write uploads into {root}: {exc.strerror or exc}; set AEVIZ_CACHE") from exc
        _servers[root] = home, lock
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        sweep()
    return _servers[root][0]


def _visitor_folder(visitor: str) -> Path | None:
    """Return a visitor's folder; None where nobody has uploaded anything yet."""
    found = _servers.get(uploads_root())
    return None if found is None else found[0] / visitor


def _common_folder(names: list[str]) -> str:
    firsts = {name.partition("/")[0] for name in names if "/" in name}
    return next(iter(firsts)) if len(firsts) == 1 else ""


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size
