"""How the server holds up while a class works with it: many sessions, each making one move a second.

Half of the sessions open the decoded plane of Explore, the others its map, both with the model it opens with. Each is a
plain WebSocket client that speaks Streamlit's protocol as the browser does: it asks for the page, then sends what the
page's component sends when the visitor acts, names the messages that it holds already, and keeps the address.

    decode          the visitor lets go of the latent point somewhere near an encoded image
    explore         a click on a point; every fifth move an outline around some of the points

A session waits for the answer before it moves again: where the server needs more than a second, the moves come later
than planned. All pages are opened before the clock starts, and the first moves of each session do not count.

    p50_ms, p95_ms         from sending a move until "script finished"
    errors                 moves that ended in an exception, in no answer, or in an address that does not tell of them
    cpu_ms_per_action      processor time of the server's process, all its threads, divided by the moves
    rss_slope_mb_per_min   growth of the server's resident memory, a straight line through one sample a second. The
                           first minute fills caches and free lists: a run of two minutes or more leaves it out, and a
                           shorter one tells nothing of leaks.

Both processor time and memory are read from /proc, and are null on a system without it. This program itself needs some
10 % of a core for 30 sessions.

Usage:
    AEVIZ_DATA=... python benchmarks/load.py [--json] [--sessions N] [--seconds S] [--train] [--app DIR]
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from app_server import TIMEOUT_S, Server, environment_of, running_app
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from aeviz.data import is_available
from aeviz.paths import PROJECT_ROOT

MODEL = "mlp-2d-adam"
"""The model that both open with; its points are where the moves go."""
COMPONENTS = {"decode": ("studio", "explorer"), "explore": ("map",)}
"""How the name of the component ends that sends the moves of each page; "studio" in versions that --app measures."""
ADDRESSES = {
    "decode": ("explore", f"show=decoded+plane&model={MODEL}&with.{MODEL}=nothing"),
    "explore": ("explore", ""),
}
"""Page and parameters of what half of the sessions open each."""
IN_ADDRESS = {"decode": ".at=", "explore": "image="}
"""Parameter in the address of each page after a move."""
OUTLINE_EACH = 5
"""Of so many moves on the map one is an outline."""
WARM_UP = OUTLINE_EACH
"""Moves of each session before the clock starts: one of each kind."""
OPEN_AT_ONCE = 4
"""Sessions that open their page at the same time, before anything is measured."""
FILLING_S = 60
"""Seconds in which the server's caches fill."""
TRAINED = ("mlp-2d-adam", "digits-2d-adam")
"""Preset that is trained beside the load, and the one used where MNIST is not on this machine."""


@dataclass(slots=True)
class Session:
    """One visitor: a page, its component, and what the browser would remember."""

    page: str
    socket: ClientConnection
    chance: random.Random
    z: np.ndarray
    """Latent points of the model, (N, 2), floating point."""
    component: str = ""
    fragment: str = ""
    page_hash: str = ""
    query: str = ""
    held: set[str] = field(default_factory=set)
    """Hashes of the messages that the browser keeps, so that the server sends their hash alone."""
    state: dict[str, object] = field(default_factory=dict)
    moves: int = 0
    elapsed: list[float] = field(default_factory=list)
    """Milliseconds of each move that counts."""
    errors: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Ask for the page and find its component."""
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = ADDRESSES[self.page]
        await self.socket.send(message.SerializeToString())
        for answer in await self._answers():
            if answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "bidi_component":
                found = answer.delta.new_element.bidi_component
                if found.component_name.endswith(COMPONENTS[self.page]):
                    self.component, self.fragment = found.id, answer.delta.fragment_id
        if not self.component:
            sys.exit(f"the page {self.page} shows no component that ends with {COMPONENTS[self.page]}")

    async def move(self) -> None:
        """Make one move and keep how long its answer took, or what was wrong with it."""
        self._act()
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_script_hash, rerun.fragment_id, rerun.query_string = self.page_hash, self.fragment, self.query
        rerun.cached_message_hashes.extend(self.held)
        widget = rerun.widget_states.widgets.add()
        widget.id, widget.json_value = self.component, json.dumps(self.state)
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        answers = await self._answers()
        self.elapsed.append((time.perf_counter() - start) * 1000)
        if IN_ADDRESS[self.page] not in self.query:
            self.errors.append(f"a move on {self.page} left no trace in the address")
        self.errors += [
            answer.delta.new_element.exception.message
            for answer in answers
            if answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "exception"
        ]

    def _act(self) -> None:
        """Do what the visitor does; the component then sends its whole state."""
        self.moves += 1
        index = self.chance.randrange(len(self.z))
        if self.page == "decode":
            at = [float(value) + self.chance.gauss(0, 0.1) for value in self.z[index]]
            self.state["point"] = {"number": self.moves, "values": at}
        elif self.moves % OUTLINE_EACH:
            self.state["selected"] = index
        else:
            half = np.std(self.z, axis=0) / 4
            (left, below), (right, above) = (self.z[index] - half).tolist(), (self.z[index] + half).tolist()
            corners = [[left, below], [right, below], [right, above], [left, above]]
            self.state["selection"] = {"panel": 0, "polygon": corners, "camera": None}

    async def _answers(self) -> list[ForwardMsg]:
        answers: list[ForwardMsg] = []
        while not answers or not _ends_run(answers[-1]):
            async with asyncio.timeout(TIMEOUT_S):
                received = await self.socket.recv(decode=False)
            answer = ForwardMsg.FromString(received)
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = answer.new_session.page_script_hash
            elif kind == "page_info_changed":
                self.query = answer.page_info_changed.query_string
            if answer.metadata.cacheable:
                self.held.add(answer.hash)
            answers.append(answer)
        return answers


def _ends_run(answer: ForwardMsg) -> bool:
    """A process's very first run ends early, for another with the pages that it found."""
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return answer.WhichOneof("type") == "script_finished" and answer.script_finished != early


@dataclass(slots=True)
class Usage:
    """Resources used by the server's process, one sample a second."""

    pid: int
    seconds: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    moves: int = 0
    """Moves of all sessions between the first sample and the last one."""

    def sample(self) -> None:
        """Read processor time and resident memory; nothing where the system has no /proc."""
        stat, status = Path(f"/proc/{self.pid}/stat"), Path(f"/proc/{self.pid}/statm")
        if not stat.is_file():
            return
        fields = stat.read_text().rpartition(")")[2].split()  # the name before it may hold anything
        self.cpu_s.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
        self.rss_mb.append(int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
        self.seconds.append(time.perf_counter())

    def slope_mb_per_min(self) -> float | None:
        """Return the slope of a straight line through the memory samples; None for fewer than two."""
        if len(self.seconds) < 2:
            return None
        seconds, memory = np.array(self.seconds) - self.seconds[0], np.array(self.rss_mb)
        settled = seconds >= (FILLING_S if seconds[-1] >= 2 * FILLING_S else 0)
        slope = np.polyfit(seconds[settled], memory[settled], 1)[0]
        return round(float(slope) * 60, 2)


@contextlib.contextmanager
def training(app: Path) -> Iterator[None]:
    """Train a network meanwhile, with the priority and the threads that the app gives to a trainer."""
    preset = TRAINED[0] if is_available("mnist") else TRAINED[1]
    quiet = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "OMP_NUM_THREADS": str(os.cpu_count() or 1)}
    with tempfile.TemporaryDirectory() as runs, tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "aeviz", "train", preset, "--epochs", "100000", "--no-onnx"]
        command += ["--out", str(Path(runs) / "beside")]
        if os.name == "posix":
            command = ["nice", "-n", "5", *command]
        process = subprocess.Popen(command, cwd=app, env=environment_of(app, runs) | quiet, stdout=log, stderr=log)
        try:
            yield
            if process.poll() is not None:
                log.seek(0)
                sys.exit(f"the training beside the load ended:\n{log.read().decode(errors='replace')}")
        finally:
            process.kill()
            process.wait()


async def act(session: Session, start: float, seconds: float) -> None:
    """Let a session move once a second, from its own moment of the first second on."""
    planned = start + session.chance.random()
    while (now := time.perf_counter()) < start + seconds:
        if now < planned:
            await asyncio.sleep(planned - now)
        planned = max(planned, now) + 1
        try:
            await session.move()
        except (TimeoutError, WebSocketException) as error:
            session.errors.append(f"{type(error).__name__}: {error}")
            return


async def visit(server: Server, count: int, z: np.ndarray, seconds: float, usage: Usage) -> list[Session]:
    """Open the sessions, let all of them move for a while, and return them."""
    gate = asyncio.Semaphore(OPEN_AT_ONCE)
    sessions: list[Session] = []
    async with contextlib.AsyncExitStack() as stack:

        async def enter(place: int) -> None:
            async with gate:
                address = f"ws://localhost:{server.port}/_stcore/stream"
                socket = await stack.enter_async_context(connect(address, subprotocols=["streamlit"], max_size=None))
                page = list(COMPONENTS)[place % len(COMPONENTS)]
                session = Session(page, socket, random.Random(place), z)
                await session.open()
                for _ in range(WARM_UP):
                    await session.move()
                session.elapsed.clear()
                sessions.append(session)

        await enter(0)  # the first one brings torch
        await asyncio.gather(*(enter(place) for place in range(1, count)))
        before = sum(session.moves for session in sessions)
        start = time.perf_counter()
        usage.sample()
        acting = [asyncio.create_task(act(session, start, seconds)) for session in sessions]
        while time.perf_counter() < start + seconds:
            await asyncio.sleep(min(1, seconds))
            usage.sample()
        usage.moves = sum(session.moves for session in sessions) - before
        await asyncio.gather(*acting)
    return sessions


def measure(app: Path, count: int, seconds: float, train: bool) -> dict[str, Any]:
    """Measure and return the report."""
    with np.load(app / "checkpoints" / MODEL / "latents.npz") as table:
        z = table["z"].astype(np.float64)
    with running_app(app) as server, training(app) if train else contextlib.nullcontext():
        usage = Usage(server.pid)
        sessions = asyncio.run(visit(server, count, z, seconds, usage))
    pages = {
        page: [value for session in sessions if session.page == page for value in session.elapsed]
        for page in COMPONENTS
    }
    errors = [error for session in sessions for error in session.errors]
    elapsed = [value for values in pages.values() for value in values]
    cpu_s = usage.cpu_s[-1] - usage.cpu_s[0] if usage.cpu_s else None
    return {
        "sessions": count,
        "p50_ms": percentile(elapsed, 50),
        "p95_ms": percentile(elapsed, 95),
        "errors": len(errors),
        "rss_slope_mb_per_min": usage.slope_mb_per_min(),
        "cpu_ms_per_action": None if cpu_s is None else round(1000 * cpu_s / max(usage.moves, 1), 1),
        "details": {
            "seconds": seconds,
            "actions": len(elapsed),
            "training": train,
            "pages": {
                page: {"p50_ms": percentile(values, 50), "p95_ms": percentile(values, 95), "actions": len(values)}
                for page, values in pages.items()
            },
            "rss_mb": [round(usage.rss_mb[0], 1), round(usage.rss_mb[-1], 1)] if usage.rss_mb else None,
            "first_errors": errors[:5],
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}",
        },
    }


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return a percentile in milliseconds; None where nothing was measured."""
    return round(float(np.percentile(values, share)), 1) if values else None


def print_table(report: Mapping[str, Any]) -> None:
    """Print the report for people, with what each figure should stay below."""
    details = report["details"]
    beside = "a training beside them" if details["training"] else "no job beside them"
    print(f"{details['machine']}; {report['sessions']} sessions for {details['seconds']:g} s, {beside}\n")
    print(f"{'ms from move to answer':<30}{'p50':>9}{'p95':>9}{'moves':>9}")
    for page, values in details["pages"].items():
        print(f"{page:<30}{_cell(values['p50_ms'])}{_cell(values['p95_ms'])}{values['actions']:>9}")
    print(f"{'all':<30}{_cell(report['p50_ms'])}{_cell(report['p95_ms'])}{details['actions']:>9}")
    print(f"\n{'errors':<30}{report['errors']:>9}  should be 0")
    print(f"{'95 of 100 answers within, ms':<30}{_cell(report['p95_ms'])}  should be < 500 without a job")
    print(f"{'processor, ms a move':<30}{_cell(report['cpu_ms_per_action'])}  should be < 20")
    growth = _cell(report["rss_slope_mb_per_min"])
    print(f"{'memory, MB a minute':<30}{growth}  should be < 1, in a run of two minutes or more")
    if details["rss_mb"] is not None:
        print(f"{'memory, MB':<30}{details['rss_mb'][0]:>9} to {details['rss_mb'][1]}")
    for error in details["first_errors"]:
        print(f"error: {error}")


def _cell(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:9.1f}"


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time the app's answers while a class works with it.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--sessions", type=int, default=30, metavar="N", help="visitors at the same time (default 30)")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="how long they work (default 60)")
    parser.add_argument("--train", action="store_true", help="train a network beside them")
    parser.add_argument("--app", type=Path, default=PROJECT_ROOT, metavar="DIR", help="another version of the app")
    options = parser.parse_args()
    if options.sessions < 1 or options.seconds <= 0:
        parser.error(f"--sessions {options.sessions} --seconds {options.seconds:g}; expected both above zero")
    report = measure(options.app.resolve(), options.sessions, options.seconds, options.train)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        print_table(report)


if __name__ == "__main__":
    main()
