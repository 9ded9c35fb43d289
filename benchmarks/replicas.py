"""How a class fares behind nginx when one of two servers is lost: who is cut off, and how soon everybody works again.

Two servers of the app share a folder of runs and stand behind a real nginx with docs/deploy/nginx.conf, ports changed.
Sessions like those of benchmarks/load.py come through nginx and move once a second. Halfway one server is killed. A
session that is cut off connects again as the page does, half a second later and then each second, and opens the address
that it had.

    cut_off         sessions of the server that was killed
    back            how many of them worked again, and after how many seconds at the latest
    errors          moves that ended in an exception, in no answer, or in an address that does not tell of them
    p50_ms, p95_ms  from sending a move until "script finished", before the kill and after it

Usage:
    python benchmarks/replicas.py [--json] [--sessions N] [--seconds S]
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import re
import signal
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from app_server import TIMEOUT_S, running_app
from behind_nginx import running_nginx
from load import OPEN_AT_ONCE, WARM_UP, percentile
from sessions import Session
from visitors import MODEL, Map, Plane
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from aeviz.paths import PROJECT_ROOT

COOKIE = "aeviz_server"


@dataclass(slots=True)
class Visitor:
    """A session that connects again when it is cut off."""

    session: Session
    cookie: str
    before: list[float] = field(default_factory=list)
    """Milliseconds of the moves before a server was killed."""
    away_s: list[float] = field(default_factory=list)
    """Seconds from being cut off until the next answer."""


async def _connected(stack: contextlib.AsyncExitStack, port: int, cookie: str) -> ClientConnection:
    address = f"ws://localhost:{port}/_stcore/stream"
    headers = {"Cookie": f"{COOKIE}={cookie}"}
    return await stack.enter_async_context(
        connect(address, subprotocols=["streamlit"], max_size=None, additional_headers=headers)
    )


def _fresh_cookie(port: int) -> str:
    """Return the server that nginx chooses for a new visitor."""
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=TIMEOUT_S) as answer:
        found = re.search(COOKIE + "=(\\w+)", answer.headers["Set-Cookie"] or "")
    if found is None:
        sys.exit(f"nginx sets no cookie {COOKIE}; see docs/deploy/nginx.conf")
    return found[1]


async def _act(visitor: Visitor, stack: contextlib.AsyncExitStack, port: int, start: float, seconds: float) -> None:
    """Move once a second; connect again when cut off."""
    session = visitor.session
    planned = start + session.chance.random()
    while (now := time.perf_counter()) < start + seconds:
        if now < planned:
            await asyncio.sleep(planned - now)
        planned = max(planned, now) + 1
        try:
            await session.move()
        except WebSocketException:
            cut = time.perf_counter()
            await _come_back(visitor, stack, port, cut + TIMEOUT_S)
            visitor.away_s.append(time.perf_counter() - cut)
        except TimeoutError:
            session.errors.append("no answer")
            return


async def _come_back(visitor: Visitor, stack: contextlib.AsyncExitStack, port: int, limit: float) -> None:
    """Connect as the page does, and open the address again."""
    session = visitor.session
    wait = 0.5
    while time.perf_counter() < limit:
        await asyncio.sleep(wait)
        wait = 1.0
        try:
            session.socket = await _connected(stack, port, visitor.cookie)
            await session.open()
            await session.move()
            return
        except (OSError, TimeoutError, WebSocketException):
            continue
    session.errors.append("cut off for good")


async def _visit(
    port: int, pids: dict[str, int], count: int, seconds: float, z: np.ndarray
) -> tuple[list[Visitor], str]:
    """Let all visitors move, kill the first server halfway, and return the visitors and the name of that server."""
    gate = asyncio.Semaphore(OPEN_AT_ONCE)
    visitors: list[Visitor] = []
    async with contextlib.AsyncExitStack() as stack:

        async def enter(place: int) -> None:
            async with gate:
                cookie = await asyncio.to_thread(_fresh_cookie, port)
                connection = await _connected(stack, port, cookie)
                session = (Plane, Map)[place % 2](place, connection, port, z=z)
                await session.open()
                for _ in range(WARM_UP):
                    await session.move()
                session.elapsed.clear()
                visitors.append(Visitor(session, cookie))

        for place in range(4):  # the first ones bring torch to both servers
            await enter(place)
        await asyncio.gather(*(enter(place) for place in range(4, count)))
        start = time.perf_counter()
        acting = [asyncio.create_task(_act(visitor, stack, port, start, seconds)) for visitor in visitors]
        await asyncio.sleep(seconds / 2)
        victim = next(iter(pids))
        os.kill(pids[victim], signal.SIGKILL)
        for visitor in visitors:
            visitor.before, visitor.session.elapsed = visitor.session.elapsed, []
        await asyncio.gather(*acting)
    return visitors, victim


def measure(count: int, seconds: float) -> dict[str, Any]:
    """Measure and return the report."""
    with np.load(PROJECT_ROOT / "checkpoints" / MODEL / "latents.npz") as table:
        z = table["z"].astype(np.float64)
    with (
        tempfile.TemporaryDirectory() as runs,
        running_app(shared_runs=Path(runs)) as first,
        running_app(shared_runs=Path(runs)) as second,
        running_nginx((first.port, second.port)) as port,
    ):
        visitors, victim = asyncio.run(_visit(port, {"a": first.pid, "b": second.pid}, count, seconds, z))
    away = [value for visitor in visitors for value in visitor.away_s]
    errors = [error for visitor in visitors for error in visitor.session.errors]
    before = [value for visitor in visitors for value in visitor.before]
    after = [value for visitor in visitors for value in visitor.session.elapsed]
    return {
        "sessions": count,
        "cut_off": sum(visitor.cookie == victim for visitor in visitors),
        "back": {
            "sessions": len(away) - errors.count("cut off for good"),
            "p50_s": _middle(away),
            "last_s": _last(away),
        },
        "errors": len(errors),
        "before": {"p50_ms": percentile(before, 50), "p95_ms": percentile(before, 95), "moves": len(before)},
        "after": {"p50_ms": percentile(after, 50), "p95_ms": percentile(after, 95), "moves": len(after)},
        "details": {
            "seconds": seconds,
            "first_errors": errors[:5],
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}",
        },
    }


def _middle(values: list[float]) -> float | None:
    return round(float(np.median(values)), 1) if values else None


def _last(values: list[float]) -> float | None:
    return round(max(values), 1) if values else None


def print_table(report: dict[str, Any]) -> None:
    """Print the report for people."""
    details, back = report["details"], report["back"]
    print(
        f"{details['machine']}; {report['sessions']} sessions for {details['seconds']:g} s, two servers, one killed\n"
    )
    print(f"{'cut off':<28}{report['cut_off']:>9}")
    print(f"{'back':<28}{back['sessions']:>9}  half of them within {back['p50_s']} s, all within {back['last_s']} s")
    print(f"{'errors':<28}{report['errors']:>9}  should be 0")
    for name in ("before", "after"):
        values = report[name]
        print(f"{'ms a move, ' + name:<28}{values['p50_ms']!s:>9}  p95 {values['p95_ms']}, {values['moves']} moves")
    for error in details["first_errors"]:
        print(f"error: {error}")


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Kill one of two servers behind nginx while a class works.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--sessions", type=int, default=60, metavar="N", help="visitors at the same time (default 60)")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="how long they work (default 60)")
    options = parser.parse_args()
    if options.sessions < 4 or options.seconds <= 0:
        parser.error(f"--sessions {options.sessions} --seconds {options.seconds:g}; expected 4 or more, above zero")
    report = measure(options.sessions, options.seconds)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        print_table(report)


if __name__ == "__main__":
    main()
