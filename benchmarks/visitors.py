"""What visitors do on the pages of the app, for benchmarks/load.py: each kind of visitor makes one kind of move.

plane        lets go of the latent point somewhere near an encoded image
map          clicks a point; every fifth move draws an outline around some of the points
own image    uploads an image of their own, which the model encodes, and takes the former one away
lesson       takes part in a class: looks whether the teacher has gone on, chooses an answer, sends it. The first one
is the teacher, who opens the class, reveals the answer and goes on
train        watches a run on the page Train, which looks for news by itself
"""

import asyncio
import http.client
import io
import re
import secrets
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from app_server import TIMEOUT_S
from PIL import Image, ImageDraw
from sessions import Session
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from aeviz.lessons.classroom import CODE_LENGTH, LETTERS

MODEL = "mlp-2d-adam"
"""The model that the pages open with; its points are where the moves go."""
OUTLINE_EACH = 5
"""Of so many moves on the map one is an outline."""
LESSON = "posterior-collapse"
"""The lesson that the class takes."""
TEACHER_EACH = 10
"""Of so many moves of the teacher one reveals the answer or goes on; the others look at the board."""
RUN = "beside"
"""The run that is trained meanwhile."""
IMAGE_PX = 600
"""Side of an uploaded image."""


@dataclass(slots=True)
class Plane(Session):
    """Drags the latent point over the decoded plane of Explore."""

    page: ClassVar[str] = "explore"

    z: np.ndarray = field(kw_only=True)
    """Latent points of the model, (N, 2), floating point."""
    addresses: set[str] = field(init=False, default_factory=set)
    """All that the visitor's moves led to; no other visitor's leads to one of them."""
    at: list[float] = field(init=False, default_factory=list)
    """Where the visitor let go of the point last."""

    async def open(self) -> None:
        """Ask for the decoded plane, at the point where the visitor was."""
        self.query = self.query or f"show=decoded+plane&model={MODEL}&with.{MODEL}=nothing"
        await super(Plane, self).open()

    async def act(self) -> None:
        """Let go of the point near an encoded image."""
        index = self.chance.randrange(len(self.z))
        near = [float(value) + self.chance.gauss(0, 0.1) for value in self.z[index]]
        ends = divmod(self.number % 100, 10)  # addresses have hundredths: no two visitors come to one point by chance
        at = [round(value, 1) + end / 100 for value, end in zip(near, ends, strict=True)]
        part = self.component("studio", "explorer")
        self.set_state(part, {"point": {"number": self.moves, "values": at}})
        before = self.query
        await self.run(part.fragment)
        if ".at=" not in self.query or (self.query == before and at != self.at):
            self.errors.append("a move of the point left no trace in the address")
        self.at = at
        self.addresses.add(self.query)


@dataclass(slots=True)
class Map(Session):
    """Clicks points of the map of Explore, and draws outlines."""

    page: ClassVar[str] = "explore"

    z: np.ndarray = field(kw_only=True)
    """Latent points of the model, (N, 2), floating point."""
    kept: dict[str, object] = field(init=False, default_factory=dict)

    async def act(self) -> None:
        """Click a point, or draw an outline around it."""
        index = self.chance.randrange(len(self.z))
        if self.moves % OUTLINE_EACH:
            self.kept["selected"] = index
        else:
            half = np.std(self.z, axis=0) / 4
            (left, below), (right, above) = (self.z[index] - half).tolist(), (self.z[index] + half).tolist()
            corners = [[left, below], [right, below], [right, above], [left, above]]
            self.kept["selection"] = {"panel": 0, "polygon": corners, "camera": None}
        part = self.component("map")
        self.set_state(part, self.kept)
        await self.run(part.fragment)
        if f"image={self.kept.get('selected')}" not in self.query.split("&") and self.moves > 1:
            self.errors.append(f"image {self.kept.get('selected')} was chosen, the address says {self.query}")


@dataclass(slots=True)
class OwnImage(Session):
    """Brings an image of their own to Reconstruct, in place of the one before."""

    page: ClassVar[str] = "reconstruct"

    sent: FileURLs | None = field(init=False, default=None)
    image: bytes = field(init=False, default=b"")
    """The next one, as PNG."""

    async def open(self) -> None:
        """Ask for the page where images are brought as files."""
        self.query = f"source=your+own+image&from=files&model={MODEL}"
        await super(OwnImage, self).open()

    def prepare(self) -> None:
        """Make the next image."""
        self.image = self._image()

    async def act(self) -> None:
        """Upload an image, and take the one before away."""
        uploader = self.find("-own.files")
        if uploader is None:
            raise RuntimeError(f"the page {self.page} shows no uploader: {list(self.widgets)}")
        name, data = f"visitor-{self.number}.png", self.image
        urls = await self._ask_where(name)
        before, self.sent = self.sent, urls
        await asyncio.to_thread(self._send, urls, name, data)
        info = UploadedFileInfo(name=name, size=len(data), file_id=urls.file_id, file_urls=urls)
        state = WidgetState(id=uploader.id)
        state.file_uploader_state_value.uploaded_file_info.append(info)
        self.state[uploader.id] = state
        answers = await self.run(uploader.fragment)
        if before is not None:
            await asyncio.to_thread(self._request, "DELETE", before.delete_url, None, {})
        text = b"".join(answer.SerializeToString() for answer in answers)
        if b"data:image/" not in text and b"/media/" not in text:
            self.errors.append("an uploaded image was not shown")

    def _image(self) -> bytes:
        """Return a picture of a stroke as PNG, another one each time: quickly, since all visitors share one process."""
        corners = [tuple(self.chance.uniform(0.2, 0.8) * IMAGE_PX for _ in range(2)) for _ in range(4)]
        paper, radius = Image.new("L", (IMAGE_PX, IMAGE_PX), 255), IMAGE_PX / 30
        pen = ImageDraw.Draw(paper)
        pen.line(corners, fill=20, width=round(2 * radius))
        for x, y in corners:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=20)
        buffer = io.BytesIO()
        paper.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    async def _ask_where(self, name: str) -> FileURLs:
        """Return the addresses to which the server wants a file to be sent."""
        message = BackMsg()
        asked = message.file_urls_request
        asked.request_id, asked.session_id = secrets.token_hex(8), self.session_id
        asked.file_names.append(name)
        await self.socket.send(message.SerializeToString())
        while True:
            async with asyncio.timeout(TIMEOUT_S):
                answer = ForwardMsg.FromString(await self.socket.recv(decode=False))
            if answer.WhichOneof("type") == "file_urls_response":
                if answer.file_urls_response.error_msg:
                    raise RuntimeError(answer.file_urls_response.error_msg)
                return answer.file_urls_response.file_urls[0]

    def _send(self, urls: FileURLs, name: str, data: bytes) -> None:
        border = secrets.token_hex(16)
        head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        body = f"{head}Content-Type: image/png\r\n\r\n".encode() + data + f"\r\n--{border}--\r\n".encode()
        self._request("PUT", urls.upload_url, body, {"Content-Type": f"multipart/form-data; boundary={border}"})

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> None:
        """Send a request with the cookies of the page; what the server refuses counts as an error."""
        origin = f"http://localhost:{self.port}"
        known = {"Cookie": self.cookies, "X-Xsrftoken": _cookie(self.cookies, "_streamlit_xsrf"), "Origin": origin}
        connection = http.client.HTTPConnection("localhost", self.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, known | headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                self.errors.append(f"{method} {answer.status}: {text[:200].decode(errors='replace')}")
        finally:
            connection.close()


@dataclass(slots=True)
class Student(Session):
    """Takes part in a class: looks for news, chooses an answer, sends it."""

    page: ClassVar[str] = "lessons"

    code: str = field(kw_only=True)
    """Code of the class."""
    chosen: str = field(init=False, default="")

    async def open(self) -> None:
        """Follow the teacher's invitation."""
        self.query = f"class={self.code}"
        await super(Student, self).open()

    async def act(self) -> None:
        """Look whether the class has gone on; every other time choose an answer or send the chosen one."""
        if self.moves % 2 or (button := self.find("-class-answer")) is None:
            await poll(self)
            return
        radio = next((each for key, each in self.widgets.items() if "-class.answer." in key and each.options), None)
        if radio is None:  # a question for a number
            await poll(self)
        elif self.chosen and radio.id in self.state:
            wanted, self.chosen = self.chosen, ""
            answers = await self.press(button)
            said = [
                answer.delta.new_element.markdown.body
                for answer in answers
                if answer.WhichOneof("type") == "delta" and "Your answer: " in answer.delta.new_element.markdown.body
            ]
            if said and not any(wanted.rstrip(".") in text for text in said):
                self.errors.append(f"answered {wanted!r}, the page says {said[0]!r}")
        else:
            place = self.chance.randrange(len(radio.options))
            self.chosen = radio.options[place]
            self.state[radio.id] = WidgetState(id=radio.id, string_value=self.chosen)
            await self.run(radio.fragment)


@dataclass(slots=True)
class Teacher(Session):
    """Opens a class, looks at the board, reveals answers and goes on; begins again at the end."""

    page: ClassVar[str] = "lessons"

    code: str = field(init=False, default="")

    async def open(self) -> None:
        """Open a class."""
        await super(Teacher, self).open()
        button = self.find(f"-teach-{LESSON}")
        if button is None:
            raise RuntimeError(f"the page lessons offers no lesson {LESSON}: {list(self.widgets)}")
        for answer in await self.press(button):
            if answer.WhichOneof("type") == "delta":
                self.code = self.code or _code(answer.delta.new_element.markdown.body)
        if not self.code:
            raise RuntimeError("the board of the class shows no code")

    async def act(self) -> None:
        """Look at the board; now and then reveal, go on, or go back to the first step."""
        if self.moves % TEACHER_EACH:
            await poll(self)
            return
        ways = [self.find(f"-class-{name}") for name in ("reveal", "next", "back")]
        button = next((each for each in ways if each is not None and not each.is_disabled), None)
        await (poll(self) if button is None else self.press(button))


@dataclass(slots=True)
class Watcher(Session):
    """Watches a training on the page Train, which looks for news by itself."""

    page: ClassVar[str] = "train"

    async def open(self) -> None:
        """Ask for the page with the run."""
        self.query = f"run={RUN}"
        await super(Watcher, self).open()

    async def act(self) -> None:
        """Look for news."""
        await poll(self)


async def poll(session: Session) -> None:
    """Run what the server wants to be run again by itself; the page where there is nothing."""
    await session.run(next(iter(session.polls), ""))


def _code(text: str) -> str:
    found = re.fullmatch(rf"## ([{LETTERS}]{{{CODE_LENGTH}}})", text)
    return found[1] if found else ""


def _cookie(cookies: str, name: str) -> str:
    """Return the value of a cookie, empty if there is none."""
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    return next((value for key, _, value in pairs if key == name), "")
