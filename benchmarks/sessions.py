"""Visitors of the app as plain WebSocket clients: each speaks Streamlit's protocol as the page in a browser does.

A client asks for a page, keeps the widgets and the messages that it was sent, sends what a widget sends when the
visitor acts, and waits for the end of the script's run. It has the cookies of a browser of its own.
"""

import asyncio
import json
import random
import re
import time
import urllib.request
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import ClassVar

from app_server import TIMEOUT_S
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection

WIDGETS = ("bidi_component", "button", "radio", "number_input", "file_uploader")
"""Elements that a visitor of these sessions uses."""
_MARK = re.compile(rb"visitor-(\d+)\.png")


@dataclass(slots=True)
class Widget:
    """A widget that the page shows."""

    id: str
    fragment: str
    name: str = ""
    """Name of a component."""
    options: tuple[str, ...] = ()
    """What a radio button has on offer."""
    is_disabled: bool = False


@dataclass(slots=True)
class Session:
    """One visitor: what the browser would remember. Subclasses say which page, and what the visitor does there."""

    page: ClassVar[str]
    """Path of the page that this kind of visitor opens."""

    number: int
    socket: ClientConnection
    port: int
    cookies: str = ""
    session_id: str = field(init=False, default="")
    query: str = field(init=False, default="")
    chance: random.Random = field(init=False)
    page_hash: str = field(init=False, default="")
    held: dict[str, ForwardMsg] = field(init=False, default_factory=dict)
    """Messages that the browser keeps by their hash, so that the server sends their hash alone."""
    widgets: dict[str, Widget] = field(init=False, default_factory=dict)
    polls: dict[str, float] = field(init=False, default_factory=dict)
    """Fragments that the server wants to be run again by themselves, and after how many seconds each."""
    state: dict[str, WidgetState] = field(init=False, default_factory=dict)
    drawn: set[str] = field(init=False, default_factory=set)
    """Fragments that the present run has drawn; empty text stands for the page."""
    drawn_widgets: dict[str, Widget] = field(init=False, default_factory=dict)
    begun_polls: dict[str, float] = field(init=False, default_factory=dict)
    moves: int = field(init=False, default=0)
    elapsed: list[float] = field(init=False, default_factory=list)
    """Milliseconds of each move that counts."""
    errors: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)

    async def open(self) -> None:
        """Ask for the page."""
        self.held.clear()
        await self.run(page=self.page)

    async def move(self) -> None:
        """Do what the visitor does next, and keep how long its answer took or what was wrong with it."""
        self.moves += 1
        self.prepare()
        start = time.perf_counter()
        await self.act()
        self.elapsed.append((time.perf_counter() - start) * 1000)

    def prepare(self) -> None:
        """Make what the next move needs; not part of its time."""

    async def act(self) -> None:
        """Do what the visitor does next."""
        raise NotImplementedError

    def find(self, ending: str) -> Widget | None:
        """Return the widget whose identifier ends so, None where the page shows none."""
        return next((widget for key, widget in self.widgets.items() if key.endswith(ending)), None)

    def set_state(self, widget: Widget, state: object) -> None:
        """Keep what a component sends with each run from now on."""
        self.state[widget.id] = WidgetState(id=widget.id, json_value=json.dumps(state))

    async def press(self, button: Widget) -> list[ForwardMsg]:
        """Press a button."""
        return await self.run(button.fragment, pressed=button.id)

    async def run(self, fragment: str = "", *, page: str = "", pressed: str = "") -> list[ForwardMsg]:
        """Ask for a run of the script, or of a fragment; return what the server sent until its end."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.fragment_id = self.query, fragment
        if page:
            rerun.page_name = page
        else:
            rerun.page_script_hash = self.page_hash
        rerun.cached_message_hashes.extend(self.held)
        rerun.widget_states.widgets.extend(self.state.values())
        if pressed:
            rerun.widget_states.widgets.append(WidgetState(id=pressed, trigger_value=True))
        await self.socket.send(message.SerializeToString())
        return await self._answers()

    async def _answers(self) -> list[ForwardMsg]:
        answers: list[ForwardMsg] = []
        while not answers or not _ends_run(answers[-1]):
            async with asyncio.timeout(TIMEOUT_S):
                received = await self.socket.recv(decode=False)
            answer = ForwardMsg.FromString(received)
            self._check(received)
            if answer.WhichOneof("type") == "ref_hash":
                answer = self.held[answer.ref_hash]
            elif answer.metadata.cacheable:
                self.held[answer.hash] = answer
            self._take(answer)
            answers.append(answer)
        return answers

    def _take(self, answer: ForwardMsg) -> None:
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self.page_hash = answer.new_session.page_script_hash
            self.session_id = answer.new_session.initialize.session_id or self.session_id
            self.drawn.clear()
            self.drawn_widgets.clear()
            self.begun_polls.clear()
        elif kind == "navigation":
            self.page_hash = answer.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = answer.page_info_changed.query_string
        elif kind == "script_finished":
            self._forget()
        elif kind == "auto_rerun":
            self.begun_polls[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
        elif kind == "delta":
            self.drawn.add(answer.delta.fragment_id)
            element, kind = answer.delta.new_element, answer.delta.new_element.WhichOneof("type")
            if kind == "exception":
                self.errors.append(element.exception.message)
            elif kind in WIDGETS:
                found = getattr(element, kind)
                name = found.component_name if kind == "bidi_component" else ""
                options = tuple(found.options) if kind == "radio" else ()
                self.drawn_widgets[found.id] = Widget(
                    found.id, answer.delta.fragment_id, name, options, getattr(found, "disabled", False)
                )

    def _forget(self) -> None:
        """Forget what the run has not drawn again: of the page, or of the fragments that it ran."""
        if "" in self.drawn:
            self.polls.clear()
            self.widgets.clear()
        kept = {key: each for key, each in self.widgets.items() if each.fragment not in self.drawn}
        self.widgets = kept | self.drawn_widgets
        self.polls |= self.begun_polls

    def _check(self, received: bytes) -> None:
        """Look for the images of others in an answer."""
        others = {int(found) for found in _MARK.findall(received)} - {self.number}
        if others:
            self.errors.append(f"visitor {self.number} was sent images of {sorted(others)}")

    def component(self, *endings: str) -> Widget:
        """Return the component whose name ends so.

        Raises:
            RuntimeError: The page shows none.
        """
        for widget in self.widgets.values():
            if widget.name.endswith(endings):
                return widget
        names = [widget.name or key for key, widget in self.widgets.items()]
        raise RuntimeError(f"the page {self.page} shows no component {' or '.join(endings)}: {names}")


def cookies_of(port: int) -> str:
    """Return the cookies that a browser has after it has opened a page of the server."""
    found = SimpleCookie[str]()
    for path in ("", "_stcore/health"):
        request = urllib.request.Request(f"http://localhost:{port}/{path}", headers={"Accept": "text/html"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            for each in answer.headers.get_all("Set-Cookie") or []:
                found.load(each)
    return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in found.items())


def _ends_run(answer: ForwardMsg) -> bool:
    """A process's very first run ends early, for another with the pages that it found."""
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return answer.WhichOneof("type") == "script_finished" and answer.script_finished != early
