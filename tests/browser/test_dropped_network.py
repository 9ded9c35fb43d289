"""The network drops while a visitor drags a point: the page goes on by itself, and tells the server when it is back."""

import asyncio
import contextlib
import re
import threading

import pytest
from playwright.sync_api import expect
from test_decoded_plane_browser import MODEL, coordinates, point


class Line:
    """A line between browser and server that can be cut. It forwards bytes in a loop of its own thread."""

    def __init__(self, server_port):
        self._server_port = server_port
        self._open = {}
        self.is_cut = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._forward, "127.0.0.1", 0), self._loop)
        self._server = server.result(timeout=10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self.cut()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=10)
        self._call(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def cut(self):
        """End all connections, and take no new ones."""
        self.is_cut = True
        for writer in list(self._open):
            self._call(writer.transport.abort)

    def mend(self):
        """Take connections again."""
        self.is_cut = False

    async def _end(self):
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _call(self, what):
        self._loop.call_soon_threadsafe(what)

    async def _forward(self, reader, writer):
        if self.is_cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open |= {writer: None, back: None}
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer))
        for each in (writer, back):
            self._open.pop(each, None)

    @staticmethod
    async def _copy(source, target):
        try:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(2**16):
                    target.write(data)
                    await target.drain()
        finally:
            target.close()


@pytest.fixture
def line(address):
    """A line to the app's server."""
    with Line(int(address.rpartition(":")[2])) as found:
        yield found


def test_point_is_dragged_on_while_the_network_is_gone_and_kept_when_it_is_back(visit, line):
    page = visit(
        f"/explore?show=decoded+plane&model={MODEL}&with.{MODEL}=nothing", base=f"http://127.0.0.1:{line.port}"
    )
    view, pad = page.locator(".view").first, page.get_by_test_id("latent-pad")
    expect(view).to_have_attribute("data-frames", re.compile(r"\d+"))
    box = pad.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=3)
    line.cut()
    before = int(view.get_attribute("data-frames"))
    for step in range(40):
        page.mouse.move(x + 20 + step, y - step)
        page.wait_for_timeout(50)
    assert int(view.get_attribute("data-frames")) > before + 20
    page.mouse.up()
    there = point(page)
    expect(page.get_by_test_id("stConnectionStatus")).to_be_visible()
    line.mend()
    expect(page.get_by_test_id("stConnectionStatus")).to_be_hidden(timeout=60_000)
    assert point(page) == there
    for _ in range(100):
        if coordinates(page):
            break
        page.wait_for_timeout(200)
    address = page.url
    other = visit(address[address.index("/explore") :])  # what was done meanwhile is in the link
    expect(other.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"))
    assert max(abs(a - b) for a, b in zip(point(other), there, strict=True)) < 0.01
