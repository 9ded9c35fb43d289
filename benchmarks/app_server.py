"""The app's server in a process of its own, for the benchmarks that time it."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aeviz.paths import PROJECT_ROOT, data_root

TIMEOUT_S = 60
"""Nothing measured takes as long; then something is broken."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running app."""

    port: int
    started: float
    """When its process was started, `time.perf_counter`."""
    healthy: float
    """When it first answered its health check."""
    pid: int
    """Number of its process."""

    @property
    def url(self) -> str:
        """Address of the home page."""
        return f"http://localhost:{self.port}/"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_app(
    folder: Path = PROJECT_ROOT, script: Path | str = "app.py", shared_runs: Path | None = None
) -> Iterator[Server]:
    """Start the app in a process of its own, without runs of the user's own, and end it afterwards.

    Args:
        folder: Where app.py and the package lie, to measure another version of the app than this one.
        script: What Streamlit runs instead of app.py, such as a page made for a benchmark.
        shared_runs: Folder of runs that several servers share; None for an empty one.
    """
    port = free_port()
    command = [sys.executable, "-m", "aeviz.web.server", "localhost", str(port), "--headless"]
    if script != "app.py" or not (folder / "aeviz" / "web" / "server").is_dir():  # a version from before the guard
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
        command += ["--server.address", "localhost", "--server.port", str(port)]
    with tempfile.TemporaryDirectory() as runs, tempfile.TemporaryFile() as log:
        environment = environment_of(folder, runs if shared_runs is None else str(shared_runs))
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            while not _is_healthy(port):
                if process.poll() is not None or time.perf_counter() - started > TIMEOUT_S:
                    log.seek(0)
                    sys.exit(f"the app did not start:\n{log.read().decode(errors='replace')}")
                time.sleep(0.02)
            yield Server(port, started, time.perf_counter(), process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def environment_of(folder: Path, runs: str) -> dict[str, str]:
    """Return the environment of a process that runs the aeviz of a folder and keeps its runs in `runs`."""
    return {**os.environ, "PYTHONPATH": str(folder), "AEVIZ_DATA": str(data_root().resolve()), "AEVIZ_RUNS": runs}


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
