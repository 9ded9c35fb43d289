"""The gate of a server with a password, called as a server would call it, and before a real app."""

import re
from urllib.parse import urlencode

import pytest
from own_loop import finish

from aeviz import language
from aeviz.errors import ConfigError
from aeviz.serving.password import MOST_WRONG, PASS_S, PASSWORD, WINDOW_S, Passes, passes_from_environment
from aeviz.web.server.gate import COOKIE, ENTER, MOST_BYTES, Gate

SECRET = "latent spaces"


@pytest.fixture
def passes(clock):
    return Passes(SECRET, clock)


def call(
    passes, path="/explore", *, kind="http", method="GET", body=b"", cookie="", accept="text/html", base="", **scope
):
    """Status, headers and text of the gate's answer, None where it passed the request on."""
    sent, passed = [], []

    async def app(scope, receive, send):
        passed.append(scope)

    async def receive():
        if kind == "websocket":
            return {"type": "websocket.connect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(b"accept", accept.encode()), (b"cookie", cookie.encode())]
    scope = {"type": kind, "path": path, "method": method, "scheme": "http", "headers": headers, **scope}
    finish(Gate(app, passes, base)(scope, receive, send))
    if passed:
        return None
    if kind == "websocket":
        return sent[0]["code"]
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


def enter(passes, password, there="/explore?model=vae-2d", **scope):
    body = urlencode({"password": password, "next": there}).encode()
    return call(passes, ENTER, method="POST", body=body, **scope)


def test_password_opens_the_page_that_was_asked_for(passes):
    status, headers, page = call(passes, query_string=b"model=vae-2d")
    assert status == 401
    assert headers["cache-control"] == "no-store"
    assert 'value="/explore?model=vae-2d"' in page
    assert SECRET not in page
    status, headers, _ = enter(passes, SECRET)
    assert (status, headers["location"]) == (303, "/explore?model=vae-2d")
    assert re.fullmatch(
        rf"{COOKIE}=\d+\.[0-9a-f]{{64}}; Path=/; Max-Age={PASS_S}; HttpOnly; SameSite=Lax", headers["set-cookie"]
    )
    cookie = headers["set-cookie"].partition(";")[0]
    assert call(passes, cookie=cookie) is None
    assert call(passes, cookie=f"other=1; {cookie}", kind="websocket") is None
    assert enter(passes, SECRET, scheme="https")[1]["set-cookie"].endswith("; Secure")


def test_a_server_below_a_path_has_its_gate_there(passes):
    below = {"base": "/lab/aeviz"}
    assert call(passes, "/lab/aeviz/_stcore/health", **below) is None
    assert call(passes, "/_stcore/health", accept="*/*", **below)[0] == 401
    status, _, page = call(passes, "/lab/aeviz/explore", **below)
    assert status == 401
    assert f'action="/lab/aeviz{ENTER}"' in page
    assert 'value="/lab/aeviz/explore"' in page
    for there, expected in (("/lab/aeviz/units?unit=3", "/lab/aeviz/units?unit=3"), ("/elsewhere", "/lab/aeviz/")):
        body = urlencode({"password": SECRET, "next": there}).encode()
        status, headers, _ = call(passes, f"/lab/aeviz{ENTER}", method="POST", body=body, **below)
        assert (status, headers["location"]) == (303, expected)


def test_nothing_is_passed_on_without_a_pass(passes):
    assert call(passes, "/_stcore/health") is None
    assert call(passes, "/_stcore/stream", kind="websocket") == 1008
    for path in ("/", "/static/js/index.js", "/_stcore/upload_file/1/2", "/component/x", ENTER):
        assert call(passes, path, accept="*/*")[0] == 401
    assert call(passes, "/_stcore/upload_file/1/2", method="PUT", accept="*/*")[0] == 401


def test_wrong_or_missing_password_is_refused_in_words(passes):
    for password in ("", "latent space", SECRET.upper(), "x" * 10_000):
        status, headers, page = enter(passes, password)
        assert status == 401
        assert "This is not the password" in page
        assert "set-cookie" not in headers
    assert call(passes, ENTER, method="POST", body=b"\xff" * 2 * MOST_BYTES)[0] == 401


@pytest.mark.parametrize(
    ("wish", "cookie", "there", "title"),
    [
        ("en-GB,de;q=0.5", "", "/", "en"),
        ("de-AT,en;q=0.5", "", "/", "de"),
        ("", "", "/", "en"),
        ("xx, de", "", "/", "de"),
        ("en", "aeviz_language=de", "/", "de"),
        ("de", "aeviz_language=de", "/explore?lang=en", "en"),
        ("*", "aeviz_language=../de", "/explore?lang=", "en"),
    ],
)
def test_page_speaks_the_language_of_the_browser(passes, monkeypatch, wish, cookie, there, title):
    monkeypatch.setattr(language, "is_complete", lambda name: True)
    headers = [(b"accept", b"text/html"), (b"accept-language", wish.encode()), (b"cookie", cookie.encode())]
    _, _, page = enter(passes, "wrong", there, headers=headers)
    assert f'<html lang="{title}">' in page
    assert ("Das ist nicht das Passwort." if title == "de" else "This is not the password.") in page


def test_after_many_wrong_passwords_none_is_looked_at_for_a_minute(passes, clock):
    for _ in range(MOST_WRONG):
        assert enter(passes, "wrong")[0] == 401
    assert enter(passes, SECRET)[0] == 429
    clock.now += WINDOW_S
    assert enter(passes, SECRET)[0] == 303


@pytest.mark.parametrize(
    "there", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: b=1"]
)
def test_form_leads_to_no_other_site(passes, there):
    status, headers, _ = enter(passes, SECRET, there)
    assert (status, headers["location"]) == (303, "/")


def test_address_is_escaped_in_the_page(passes):
    _, _, page = call(passes, '/"><script>alert(1)</script>')
    assert "<script>" not in page


def test_pass_is_good_for_its_time_and_password_alone(passes, clock):
    issued = passes.issue()
    until, _, code = issued.partition(".")
    assert passes.is_good(issued)
    assert Passes(SECRET, clock).is_good(issued)  # another server, or this one started anew
    assert not Passes("other password", clock).is_good(issued)
    for text in (
        "",
        ".",
        "1.",
        f"{int(until) + 1}.{code}",
        f"{until}.{code[:-1]}",
        f"-{until}.{code}",
        f"{until}.é",
        "9" * 30,
    ):
        assert not passes.is_good(text)
    clock.now += PASS_S + 1
    assert not passes.is_good(issued)
    clock.now -= 2 * PASS_S  # a clock that jumped back makes no pass good for longer
    assert not passes.is_good(issued)


def test_setting(monkeypatch):
    monkeypatch.delenv(PASSWORD, raising=False)
    assert passes_from_environment() is None
    monkeypatch.setenv(PASSWORD, "short")
    with pytest.raises(ConfigError, match="AEVIZ_PASSWORD has 5 letters; expected 8 or more"):
        passes_from_environment()
    monkeypatch.setenv(PASSWORD, SECRET)
    assert passes_from_environment().is_right(SECRET)
