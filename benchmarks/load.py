"""How the server holds up while a class works with it: many visitors, each making one move a second.

Each visitor is a plain WebSocket client (`sessions.py`) that does one of these again and again (`visitors.py`): let go
of a point on the decoded plane of Explore, click and outline points of its map, bring an image of their own to
Reconstruct, take part in a class with its teacher, watch a training. `--pages` says which; visitors take turns.

A visitor waits for the answer before the next move: where the server needs more than a second, the moves come later
than planned. All pages are opened before the clock starts, and the first moves of each visitor do not count.

    p50_ms, p95_ms         from a move until the end of its answer; an upload counts with its three requests
    errors                 moves that ended in an exception or in no answer, that did not do what was asked, or that
                           showed a visitor what belongs to another one
    cpu_ms_per_action      processor time of the server's process, all its threads, divided by the moves
    rss_slope_mb_per_min   growth of the server's resident memory, a straight line through one sample a second. The
                           first minute fills caches and free lists: a run of two minutes or more leaves it out, and a
                           shorter one tells nothing of leaks.
    details.rss_mb         resident memory at first, after each minute, and at the end
    server_cores           processor time of the server's process, divided by the time that went by

Processor time and memory are read from /proc, and are null on a system without it.

Usage:
    AEVIZ_DATA=... python benchmarks/load.py [--json] [--sessions N] [--seconds S] [--pages all] [--train] [--app DIR]
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from app_server import Server, environment_of, running_app
from sessions import Session, cookies_of
from visitors import MODEL, OUTLINE_EACH, RUN, Map, OwnImage, Plane, Student, Teacher, Watcher
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from aeviz.data import is_available
from aeviz.paths import PROJECT_ROOT

KINDS = ("plane", "map", "own image", "lesson", "train")
"""What the visitors do, in turn; `visitors.py` says what each kind is."""
USUAL = "plane,map"
WARM_UP = OUTLINE_EACH
"""Moves of each session before the clock starts: one of each kind."""
OPEN_AT_ONCE = 4
"""Sessions that open their page at the same time, before anything is measured."""
FILLING_S = 60
"""Seconds in which the server's caches fill."""
TRAINED = ("mlp-2d-adam", "digits-2d-adam")
"""Preset that is trained beside the load, and the one used where MNIST is not on this machine."""


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

    def memory_mb(self) -> list[float]:
        """Return resident memory at first, after each minute and at the end; nothing where there are no samples."""
        if not self.seconds:
            return []
        ends = [*range(0, int(self.seconds[-1] - self.seconds[0]) + 1, 60), np.inf]
        places = np.minimum(np.searchsorted(np.array(self.seconds) - self.seconds[0], ends), len(self.seconds) - 1)
        return [round(self.rss_mb[place], 1) for place in places]


@contextlib.contextmanager
def training(app: Path, runs: Path) -> Iterator[None]:
    """Train a network meanwhile in the server's folder of runs, with the priority and threads of the app's trainers."""
    preset = TRAINED[0] if is_available("mnist") else TRAINED[1]
    quiet = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "OMP_NUM_THREADS": str(os.cpu_count() or 1)}
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "aeviz", "train", preset, "--epochs", "100000", "--no-onnx"]
        command += ["--out", str(runs / RUN)]
        if os.name == "posix":
            command = ["nice", "-n", "5", *command]
        process = subprocess.Popen(command, cwd=app, env=environment_of(app, str(runs)) | quiet, stdout=log, stderr=log)
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
        except (TimeoutError, WebSocketException, RuntimeError) as error:
            session.errors.append(f"{type(error).__name__}: {error}")
            return


async def enter(server: Server, stack: AsyncExitStack, number: int, kind: str, z: np.ndarray, code: str) -> Session:
    """Open a page as a new visitor and make the first moves, which do not count.

    Args:
        server: The server.
        stack: What closes the visitor's connection in the end.
        number: Of the visitor; decides all that the visitor does.
        kind: One of KINDS.
        z: Latent points of the model, (N, 2), floating point.
        code: Of the class; empty makes the visitor of a lesson its teacher.
    """
    cookies = await asyncio.to_thread(cookies_of, server.port)
    address = f"ws://localhost:{server.port}/_stcore/stream"
    headers = {"Cookie": cookies}
    socket = await stack.enter_async_context(
        connect(address, subprotocols=["streamlit"], max_size=None, additional_headers=headers)
    )
    who = number, socket, server.port, cookies
    session = {
        "plane": lambda: Plane(*who, z=z),
        "map": lambda: Map(*who, z=z),
        "own image": lambda: OwnImage(*who),
        "lesson": lambda: Student(*who, code=code) if code else Teacher(*who),
        "train": lambda: Watcher(*who),
    }[kind]()
    await session.open()
    for _ in range(WARM_UP):
        await session.move()
    session.elapsed.clear()
    return session


async def visit(
    server: Server, kinds: Sequence[str], count: int, z: np.ndarray, seconds: float, usage: Usage
) -> list[tuple[str, Session]]:
    """Open the sessions, let all of them move for a while, and return them with their kinds."""
    gate = asyncio.Semaphore(OPEN_AT_ONCE)
    sessions: list[tuple[str, Session]] = []
    async with AsyncExitStack() as stack:

        async def admit(number: int) -> None:
            async with gate:
                kind = kinds[number % len(kinds)]
                code = next((session.code for _, session in sessions if isinstance(session, Teacher)), "")
                sessions.append((kind, await enter(server, stack, number, kind, z, code)))

        for number in range(min(count, len(kinds))):  # the first ones bring torch and open the class
            await admit(number)
        await asyncio.gather(*(admit(number) for number in range(len(sessions), count)))
        before = sum(session.moves for _, session in sessions)
        start = time.perf_counter()
        usage.sample()
        acting = [asyncio.create_task(act(session, start, seconds)) for _, session in sessions]
        while time.perf_counter() < start + seconds:
            await asyncio.sleep(min(1, seconds))
            usage.sample()
        usage.moves = sum(session.moves for _, session in sessions) - before
        await asyncio.gather(*acting)
    _compare(sessions)
    return sessions


def _compare(sessions: Sequence[tuple[str, Session]]) -> None:
    """Note where two visitors had an address in common: each goes to points of its own."""
    planes = [session for _, session in sessions if isinstance(session, Plane)]
    for place, session in enumerate(planes):
        for other in planes[:place]:
            common = session.addresses & other.addresses
            if common:
                session.errors.append(f"visitors {session.number} and {other.number} share {sorted(common)[:3]}")


def measure(app: Path, kinds: Sequence[str], count: int, seconds: float, train: bool) -> dict[str, Any]:
    """Measure and return the report."""
    with np.load(app / "checkpoints" / MODEL / "latents.npz") as table:
        z = table["z"].astype(np.float64)
    with (
        tempfile.TemporaryDirectory() as runs,
        running_app(app, shared_runs=Path(runs)) as server,
        training(app, Path(runs)) if train else contextlib.nullcontext(),
    ):
        usage = Usage(server.pid)
        sessions = asyncio.run(visit(server, kinds, count, z, seconds, usage))
    pages = {kind: [value for each, session in sessions if each == kind for value in session.elapsed] for kind in kinds}
    errors = [error for _, session in sessions for error in session.errors]
    elapsed = [value for values in pages.values() for value in values]
    cpu_s = usage.cpu_s[-1] - usage.cpu_s[0] if usage.cpu_s else None
    lasted_s = usage.seconds[-1] - usage.seconds[0] if usage.seconds else seconds
    return {
        "sessions": count,
        "p50_ms": percentile(elapsed, 50),
        "p95_ms": percentile(elapsed, 95),
        "errors": len(errors),
        "rss_slope_mb_per_min": usage.slope_mb_per_min(),
        "cpu_ms_per_action": None if cpu_s is None else round(1000 * cpu_s / max(usage.moves, 1), 1),
        "server_cores": None if cpu_s is None else round(cpu_s / lasted_s, 2),
        "details": {
            "seconds": seconds,
            "actions": len(elapsed),
            "training": train,
            "pages": {
                page: {"p50_ms": percentile(values, 50), "p95_ms": percentile(values, 95), "actions": len(values)}
                for page, values in pages.items()
            },
            "rss_mb": usage.memory_mb(),
            "slowest_ms": percentile(elapsed, 100),
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
    print(f"{'95 of 100 answers within, ms':<30}{_cell(report['p95_ms'])}  should be < 500")
    print(f"{'processor, ms a move':<30}{_cell(report['cpu_ms_per_action'])}  should be < 20")
    print(f"{'cores of the server':<30}{_cell(report['server_cores'])}  near 1: Python's lock saturates")
    print(f"{'slowest answer, ms':<30}{_cell(details['slowest_ms'])}")
    growth = _cell(report["rss_slope_mb_per_min"])
    print(f"{'memory, MB a minute':<30}{growth}  should be < 1, in a run of two minutes or more")
    if details["rss_mb"]:
        print(f"{'memory by minute, MB':<30} {' '.join(f'{size:.0f}' for size in details['rss_mb'])}")
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
    parser.add_argument(
        "--pages", default=USUAL, metavar="LIST", help=f"what they do: all, or some of {', '.join(KINDS)} ({USUAL})"
    )
    parser.add_argument("--train", action="store_true", help="train a network beside them")
    parser.add_argument("--app", type=Path, default=PROJECT_ROOT, metavar="DIR", help="another version of the app")
    options = parser.parse_args()
    if options.sessions < 1 or options.seconds <= 0:
        parser.error(f"--sessions {options.sessions} --seconds {options.seconds:g}; expected both above zero")
    kinds = list(KINDS) if options.pages == "all" else options.pages.split(",")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        parser.error(f"--pages knows no {', '.join(unknown)}; expected all, or some of {', '.join(KINDS)}")
    if "train" in kinds and not options.train:
        parser.error("visitors can watch a training only with --train; add it, or leave train out of --pages")
    report = measure(options.app.resolve(), kinds, options.sessions, options.seconds, options.train)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        print_table(report)


if __name__ == "__main__":
    main()
