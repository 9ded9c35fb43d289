"""The app in a process of its own, as `aeviz app` starts it; another app as `streamlit run app.py` does."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
START_S = 60
PAGE_MS = 30_000
"""Milliseconds that a page has to show something: beside another test process it may take its time."""


@contextlib.contextmanager
def serve(log_path, cwd=ROOT, **environment):
    """Run the app of this repository, or another app.py in the folder `cwd`, on a free port; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "aeviz", "app", f"--port={port}", "--headless"]
    if cwd != ROOT:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
        command += ["--server.headless=true"]
    with log_path.open("wb") as log:
        server = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + START_S
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, f"the server ended: {log_path.read_text()}"
                    assert time.monotonic() < deadline, f"the server did not answer: {log_path.read_text()}"
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_until_idle(page):
    """Wait until no script of the page runs, by the state that Streamlit notes: its status widget comes late."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_have_count(1)


def choose(page, label, name):
    """Choose from a list by typing and a click on the option: Enter may come before the list has followed."""
    page.get_by_role("combobox", name=label, exact=True).click()
    page.keyboard.type(name)
    page.get_by_role("option", name=name, exact=True).click()


def log_before_stop(log_path):
    """Return the log of a server up to its stop: after that Streamlit may fail on a page that is still connected."""
    return log_path.read_text().partition("Stopping")[0]
