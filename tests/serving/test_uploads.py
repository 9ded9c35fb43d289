"""How much may be on its way to the server: counted over what lies in memory and what still comes in."""

from contextlib import AsyncExitStack

import pytest
from own_loop import finish
from starlette.datastructures import Headers
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from aeviz.web.server import uploads
from aeviz.web.server.uploads import UploadLimits

MB = 1_000_000


@pytest.fixture
def manager(monkeypatch):
    for name, value in (("MEMORY_MB_EACH", "3"), ("MEMORY_MB", "5")):
        monkeypatch.setenv(f"AEVIZ_LIMIT_{name}", value)
    return MemoryUploadedFileManager("/upload")


def attempt(stack, limits, visit, size, method="PUT"):
    """Begin an upload that stays on its way until the stack closes; return why it is refused, or None."""
    scope = {"path": f"/base/_stcore/upload_file/{visit}/file", "method": method}
    return stack.enter_async_context(limits.watch(scope, Headers({"content-length": str(size)})))


def test_what_lies_in_memory_and_what_comes_in_count_together(manager):
    limits = UploadLimits(lambda: manager)

    async def scenario():
        manager.add_file("one", UploadedFileRec("a", "a", "", bytes(2 * MB)))
        async with AsyncExitStack() as stack:
            assert await attempt(stack, limits, "one", MB) is None
            assert "One visit may have 3 MB" in await attempt(stack, limits, "one", 1)
            assert await attempt(stack, limits, "one", 9 * MB, "DELETE") is None
            assert await attempt(stack, limits, "two", 2 * MB) is None
            assert "The server takes 5 MB of uploads at a time" in await attempt(stack, limits, "three", 1)
            manager.remove_session_files("one")
            assert await attempt(stack, limits, "three", 2 * MB) is None
        async with AsyncExitStack() as stack:  # all of them have ended
            assert await attempt(stack, limits, "one", 3 * MB) is None

    finish(scenario())


def test_number_of_files_has_a_limit(manager, monkeypatch):
    monkeypatch.setattr(uploads, "FILES_EACH", 2)
    monkeypatch.setattr(uploads, "FILES", 3)
    limits = UploadLimits(lambda: manager)

    async def scenario():
        manager.add_file("one", UploadedFileRec("a", "a", "", b""))
        async with AsyncExitStack() as stack:
            assert await attempt(stack, limits, "one", 1) is None
            assert "One visit may have 2 files" in await attempt(stack, limits, "one", 1)
            assert await attempt(stack, limits, "two", 1) is None
            assert "The server takes 3 files at a time" in await attempt(stack, limits, "two", 1)

    finish(scenario())
