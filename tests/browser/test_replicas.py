"""Two servers behind nginx, as docs/deploy.md tells: one is lost while a visitor trains, and nothing else is."""

import contextlib
import re
import shutil
import signal
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from app_server import serve
from playwright.sync_api import expect
from test_train_in_the_app import PATIENCE_MS, film_of, open_settings, row, start, trainers, wait_for

from benchmarks.behind_nginx import running_nginx

needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


def kill_server(port):
    """Kill the process that listens on a port."""
    (found,) = {
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
    }
    psutil.Process(found).send_signal(signal.SIGKILL)


@needs_nginx
def test_visitors_of_a_lost_server_come_back_and_no_run_is_lost(visit, tmp_path):
    runs = tmp_path / "runs"
    environment = {"AEVIZ_RUNS": str(runs), "AEVIZ_DATA": str(tmp_path / "data"), "AEVIZ_JOBS": "1"}
    with contextlib.ExitStack() as stack:
        servers = {
            name: int(stack.enter_context(serve(tmp_path / f"{name}.log", **environment)).rpartition(":")[2])
            for name in ("a", "b")
        }
        port = stack.enter_context(running_nginx((servers["a"], servers["b"])))
        base = f"http://127.0.0.1:{port}"
        page = visit("/train", base=base)
        open_settings(page)
        name = start(page, 100_000)
        film_of(page, name)
        chosen = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}["aeviz_server"]
        other = visit("/explore?model=circles-3d&image=7", base=base)
        expect(other.get_by_role("heading", name="Test image 7")).to_be_visible()

        kill_server(servers[chosen])
        wait_for(lambda: not trainers(runs))  # they end with their server
        expect(row(page, name)).to_contain_text("interrupted", timeout=PATIENCE_MS)
        assert f"run={name}" in page.url
        expect(other.get_by_role("heading", name="Test image 7")).to_be_visible()
        row(page, name).get_by_role("button", name="Resume").click()
        wait_for(lambda: len(trainers(runs)) == 1)
        expect(film_of(page, name)).to_have_attribute("data-live", "true", timeout=PATIENCE_MS)
        assert "Traceback" not in "".join(log.read_text() for log in Path(tmp_path).glob("*.log"))


@needs_nginx
def test_new_visitors_are_divided_among_the_servers(tmp_path):
    """nginx answers for a lost server, too; then the cookie says whom it would have asked."""
    chosen = []
    with running_nginx((1, 1)) as port:
        for _ in range(60):
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            cookie = connection.getresponse().getheader("Set-Cookie")
            chosen.append(re.fullmatch(r"aeviz_server=(\w); Path=/; HttpOnly; SameSite=Lax", cookie)[1])
            connection.close()
    assert set(chosen) == {"a", "b"}
    assert 10 <= chosen.count("a") <= 50
