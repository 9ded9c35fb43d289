"""A real server as `aeviz app` starts it: which names and sites it answers, and what it says to browsers."""

import base64
import http.client
import os
import socket
import subprocess
import sys
import time

import pytest

from aeviz.web.server.guard import CLOSED, KEY

START_S = 60
EVIL = "evil.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Port and log of a server on this machine alone that takes a megabyte of uploads from a visit."""
    home = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name not in ("AEVIZ_MODE", "AEVIZ_HOSTS")}
    environment |= {"AEVIZ_RUNS": str(home / "runs"), "AEVIZ_LIMIT_MEMORY_MB_EACH": "1"}
    log = home / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "aeviz", "app", "--port", str(port), "--headless"]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_S
        while True:
            try:
                if ask(port, "/_stcore/health")[0] == 200:
                    break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        yield port, log
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0, "it did not end by itself, and so left uploads behind"
        assert log.read_text().endswith("Stopping...\n")


def ask(port, path, method="GET", host=None, body=None, **headers):
    """Status, headers and text of an answer; an underscore in a header's name is a hyphen."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", f"localhost:{port}" if host is None else host)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body)
        answer = connection.getresponse()
        switched = answer.status == 101  # a websocket has no end
        return answer.status, answer.headers, "" if switched else answer.read().decode(errors="replace")
    finally:
        connection.close()


def open_websocket(port, host, origin):
    """Status of the answer to the handshake of a websocket: 101 where it opens."""
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": key}
    if origin is not None:
        headers["Origin"] = origin
    return ask(port, "/_stcore/stream", host=host, **headers)[0]


def test_foreign_name_gets_no_websocket_and_no_page(server):
    """DNS rebinding: a page of another site speaks to the server under that site's name, with the matching Origin."""
    port, log = server
    assert open_websocket(port, f"localhost:{port}", f"http://localhost:{port}") == 101
    assert open_websocket(port, f"127.0.0.1:{port}", f"http://127.0.0.1:{port}") == 101
    for host in (f"{EVIL}:{port}", EVIL, f"localhost.{EVIL}:{port}"):
        assert open_websocket(port, host, f"http://{host}") == 403
        status, _, text = ask(port, "/", host=host)
        assert status == 421
        assert f"start the app with AEVIZ_HOSTS={host.partition(':')[0]}" in text
        assert ask(port, "/_stcore/upload_file/visit/file", "PUT", host=host, body=b"x")[0] == 421
    assert f"a request for the unknown name '{EVIL}' was refused" in log.read_text()


def test_page_of_another_site_changes_nothing(server):
    port, _ = server
    here = f"localhost:{port}"
    for origin in (f"http://{EVIL}", "http://localhost:3000", "null"):
        assert open_websocket(port, here, origin) == 403
        assert ask(port, "/_stcore/upload_file/visit/file", "PUT", body=b"x", Origin=origin)[0] == 403
        assert "Access-Control-Allow-Origin" not in ask(port, "/_stcore/health", Origin=origin)[1]
    status, _, text = ask(port, "/_stcore/upload_file/visit/file", "PUT", body=b"x", Origin=f"http://{here}")
    assert (status, text) == (403, "XSRF token missing or invalid")


def test_upload_beyond_the_limit_is_refused_before_it_is_read(server):
    port, _ = server
    status, _, text = ask(port, "/_stcore/upload_file/visit/file", "PUT", body=bytes(1_000_001))
    assert status == 413
    assert text.startswith("One visit may have 1 MB of files on their way (AEVIZ_LIMIT_MEMORY_MB_EACH). Bring less")
    chunked = ask(port, "/_stcore/upload_file/visit/file", "PUT", Transfer_Encoding="chunked", Connection="close")
    assert (chunked[0], chunked[2]) == (413, "An upload has to say its size.\n")


def test_answers_say_what_may_use_them(server):
    port, _ = server
    status, headers, _ = ask(port, "/", Accept="text/html")
    assert status == 200
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'self'", f"ws://localhost:{port}"):
        assert rule in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    for path in CLOSED:
        assert ask(port, path)[0] == 404
    assert ask(port, "/_stcore/host-config")[2].startswith('{"allowedOrigins":[],')


def test_browser_gets_a_key_that_scripts_cannot_read_and_keeps_it(server):
    port, _ = server
    (cookie,) = ask(port, "/train", Accept="text/html")[1].get_all("Set-Cookie")
    name, _, rest = cookie.partition("=")
    key, *flags = rest.split("; ")
    assert (name, len(key)) == (KEY, 32)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert KEY not in str(ask(port, "/train", Accept="text/html", Cookie=f"{KEY}={key}")[1].get_all("Set-Cookie"))
    assert KEY in str(ask(port, "/train", Accept="text/html", Cookie=f"{KEY}=short")[1].get_all("Set-Cookie"))


def test_terminal_says_the_mode_in_one_line(server):
    _, log = server
    line = "  Open mode: everybody who reaches it may do everything (AEVIZ_MODE or --mode makes it class or demo)\n"
    assert line in log.read_text()
