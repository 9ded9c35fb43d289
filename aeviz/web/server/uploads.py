"""How much may lie in memory between an upload and its import: of one visit, and of the server."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.datastructures import Headers
from starlette.types import Scope
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from aeviz.serving.limits import FILES, FILES_EACH, MB, limits, variable

PATH = "/_stcore/upload_file/"
"""In the path of each upload, before the number of the visit."""
_MOST_DIGITS = 18
"""Of a size in bytes; Python refuses to read thousands."""


class UploadLimits:
    """Counts what is uploaded, also what is on its way. All of it runs in the server's one loop.

    Args:
        manager: Returns where Streamlit keeps uploaded files.
    """

    def __init__(self, manager: Callable[[], MemoryUploadedFileManager | None]) -> None:
        self._manager = manager
        self._coming: Counter[str] = Counter()
        """Bytes of each visit that are on their way."""
        self._files: Counter[str] = Counter()
        """The same in files."""

    @asynccontextmanager
    async def watch(self, scope: Scope, headers: Headers) -> AsyncIterator[str | None]:
        """Hold the room for an upload while it comes in; yield why it is refused, or None. Other requests pass."""
        _, is_upload, rest = scope["path"].partition(PATH)
        if not is_upload or scope["method"] != "PUT":
            yield None
            return
        visit = rest.partition("/")[0]
        size = headers.get("content-length", "")
        if not size.isdecimal() or len(size) > _MOST_DIGITS:
            yield "An upload has to say its size."
            return
        problem = self._problem(visit, int(size))
        if problem is not None:
            yield problem
            return
        self._coming[visit] += int(size)
        self._files[visit] += 1
        try:
            yield None
        finally:
            self._coming[visit] -= int(size)
            self._files[visit] -= 1
            if not self._files[visit]:
                del self._coming[visit], self._files[visit]

    def bytes_held(self) -> int:
        """Return the bytes that lie in memory or are on their way."""
        return self._coming.total() + sum(size for size, _ in self._held().values())

    def _problem(self, visit: str, size: int) -> str | None:
        most, held = limits(), self._held()
        bytes_each, files_each = held.get(visit, (0, 0))
        bytes_all, files_all = (sum(each[place] for each in held.values()) for place in (0, 1))
        bytes_all += self._coming.total() + size
        bytes_each += self._coming[visit] + size
        if most.memory_mb_each and bytes_each > most.memory_mb_each * MB:
            return (
                f"One visit may have {most.memory_mb_each:,} MB of files on their way ({variable('memory_mb_each')}). "
                "Bring less at a time."
            )
        if most.memory_mb and bytes_all > most.memory_mb * MB:
            return (
                f"The server takes {most.memory_mb:,} MB of uploads at a time ({variable('memory_mb')}), and others "
                "are uploading. Try again in a minute."
            )
        if files_each + self._files[visit] >= FILES_EACH:
            return f"One visit may have {FILES_EACH:,} files on their way. Bring them as one zip."
        if files_all + self._files.total() >= FILES:
            return f"The server takes {FILES:,} files at a time, and others are uploading. Try again in a minute."
        return None

    def _held(self) -> dict[str, tuple[int, int]]:
        """Return bytes and number of the files of each visit in memory."""
        manager = self._manager()
        if manager is None:
            return {}
        return {
            visit: (sum(len(file.data) for file in list(files.values())), len(files))
            for visit, files in list(manager.file_storage.items())
            if files
        }
