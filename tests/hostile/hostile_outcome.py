"""What reading a hostile file may end in: a result, or one clear message. All else is a defect.

While a file is read, every call that Python audits is watched: nothing may be unpickled, started or sent, and nothing
written outside the folder of the test. The address space may grow by a stated number of bytes and no more.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from aeviz.errors import AevizError

try:
    import resource
except ImportError:  # Windows has no limit of memory to set
    resource = None  # type: ignore[assignment]

MB = 1 << 20
_MOST_SHOWN = 8
LONGEST_MESSAGE = 1_500
"""Characters of a message."""
CASES = {
    "idx": (30, 500),
    "arrays": (25, 500),
    "run": (40, 900),
    "gallery": (20, 150),
    "upload": (30, 600),
    "zip": (15, 250),
    "npy": (20, 400),
    "table": (8, 120),
    "points": (15, 300),
    "onnx": (20, 400),
    "lesson": (25, 500),
    "payload": (15, 300),
    "store": (15, 250),
    "network": (20, 400),
    "archive": (10, 200),
}
"""Files of each kind that `make test` and `make test-slow` read."""
_EXECUTES = ("pickle.find_class", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.startfile")
_EXECUTES += ("subprocess.Popen", "socket.connect", "socket.sendto", "socket.sendmsg")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.link", "os.chmod", "shutil.rmtree")


class _Watch:
    """Sees what Python audits; hooks cannot be taken away again, so one stays, asleep."""

    def __init__(self) -> None:
        self.seen: list[str] | None = None
        self.folders: tuple[str, ...] = ()
        self.within: tuple[str, ...] = ()
        """How the paths begin that may be written to."""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.seen is None:
            return
        if event in _EXECUTES:
            self.seen.append(f"{event} {arguments}"[:200])
        elif event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes) and isinstance(flags, int) and flags & _WRITES:
                self._note(event, path)
        elif event in _CHANGES and arguments and isinstance(arguments[0], str | bytes | os.PathLike):
            folder = arguments[-1] if event in ("os.mkdir", "os.remove", "os.rmdir") else -1
            is_beside = isinstance(folder, int) and folder >= 0  # shutil.rmtree names files so
            home = os.readlink(f"/proc/self/fd/{folder}") if is_beside else ""
            self._note(event, os.path.join(home, os.fsdecode(arguments[0])))

    def _note(self, event: str, path: str | bytes) -> None:
        absolute = os.path.abspath(os.fsdecode(path))
        is_inside = absolute in (*self.folders, "/dev/null") or absolute.startswith(self.within)
        if not is_inside and "__pycache__" not in absolute:
            assert self.seen is not None
            self.seen.append(f"{event} {absolute}"[:300])


_watch: _Watch | None = None


@contextlib.contextmanager
def watched(folder: Path, cap: int) -> Iterator[None]:
    """Fail where the code inside executes something, writes outside a folder, or asks for more bytes than the cap."""
    global _watch
    if _watch is None:
        _watch = _Watch()
    _watch.folders, _watch.seen = (str(folder),), []
    _watch.within = (str(folder) + os.sep, tempfile.gettempdir() + os.sep + "aeviz")
    try:
        with _limited(cap):
            yield
    finally:
        seen, _watch.seen = _watch.seen, None
        assert not seen, seen


@contextlib.contextmanager
def _limited(cap: int) -> Iterator[None]:
    if resource is None or not os.path.exists("/proc/self/statm"):
        yield
        return
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + cap, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def check_message(error: AevizError) -> None:
    """Fail unless an error is what a person can read: a paragraph, no traceback, no page of bytes."""
    text = str(error)
    assert 10 < len(text) <= LONGEST_MESSAGE, f"{len(text)} characters: {text[:300]}"
    assert "Traceback" not in text, text
    assert 'File "' not in text, text
    assert text.count("\n") < 3, text


def outcomes(
    contents: Iterable[bytes],
    read: Callable[[bytes], object],
    folder: Path,
    *,
    errors: type[AevizError] | tuple[type[AevizError], ...],
    cap: int,
) -> tuple[int, int]:
    """Read contents; return how many gave a result and how many a message. Fail where one gave neither.

    Args:
        contents: What is read, one after the other.
        read: Reads one.
        folder: Where files may appear.
        errors: What a page turns into a message.
        cap: Bytes that the process may grow by.
    """
    results = messages = number = 0
    defects: list[Exception] = []
    for number, content in enumerate(contents):
        try:
            with watched(folder, cap):
                read(content)
            results += 1
        except errors as error:
            check_message(error)
            messages += 1
        except Exception as error:  # noqa: BLE001 - all that is none of `errors` is a defect, whatever it is
            kept = Path(tempfile.gettempdir()) / f"hostile-{os.getpid()}-{number}"
            kept.write_bytes(content)
            error.add_note(f"case {number}, kept as {kept}")
            defects.append(error)
    if defects:
        raise ExceptionGroup(f"{len(defects)} of {number + 1} files end in no message", defects[:_MOST_SHOWN])
    return results, messages


def levels(kind: str) -> pytest.MarkDecorator:
    """Give a test `count`: the files that it reads, few in `make test` and many in `make test-slow`."""
    few, many = CASES[kind]
    return pytest.mark.parametrize(
        "count", [pytest.param(few, id="few"), pytest.param(many, id="many", marks=pytest.mark.slow)]
    )
