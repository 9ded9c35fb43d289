"""The guard before the app, called as a server would call it: cookies, origins, and what is passed on."""

import re

import pytest
from own_loop import finish

from aeviz.web.server.guard import KEY, Guard
from aeviz.web.server.uploads import UploadLimits

VALID = "k" * 32


def call(headers, *, kind="http", known=("localhost",), named=(), **scope):
    """Return what the guard sent, and the scope that it passed on, None where it refused."""
    sent, passed = [], []

    async def app(scope, receive, send):
        passed.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return {"type": f"{kind}.connect"}

    async def send(message):
        sent.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": "/", "method": "GET", "scheme": "http", "headers": pairs} | scope
    guard = Guard(app, known, named, UploadLimits(lambda: None))
    finish(guard(scope, receive, send))
    return sent, passed[0] if passed else None


def cookie_of(**headers):
    """Return the cookie with a new key that a page is answered with, None where there is none."""
    sent, _ = call({"host": "localhost", "accept": "text/html", **{n.replace("_", "-"): v for n, v in headers.items()}})
    return dict(sent[0]["headers"]).get(b"set-cookie", b"").decode() or None


@pytest.mark.parametrize("before", ["", 'prefs={"a": 1}; ', "a b=c; ", "one=1; "])
def test_key_is_kept_beside_any_other_cookie(before):
    """A name on one machine shares its cookies between programs, and some write JSON into theirs."""
    assert cookie_of(cookie=f"{before}{KEY}={VALID}") is None
    assert re.match(rf"{KEY}=[\w-]{{32}}; ", cookie_of(cookie=f"{before}{KEY}=short"))
    assert cookie_of() is not None


@pytest.mark.parametrize(("proto", "is_secure"), [("https", True), ("https, http", True), ("http, https", False)])
def test_key_is_for_https_alone_where_the_browser_speaks_it(proto, is_secure):
    assert cookie_of(x_forwarded_proto=proto).endswith("; Secure") == is_secure


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://evil.example", "null", ""])
@pytest.mark.parametrize(("kind", "method"), [("http", "PUT"), ("websocket", "GET")])
def test_broken_or_foreign_origin_is_refused(kind, method, origin):
    sent, passed = call({"host": "localhost", "origin": origin}, kind=kind, method=method)
    assert passed is None
    assert sent[0].get("status", sent[0].get("code")) in (403, 1008)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8501", "localhost:8501"),
        ("https://class.example.org", "localhost:8501"),  # a proxy changed the Host
        ("https://a.lab.example", "localhost:8501"),
    ],
)
def test_streamlit_has_no_origin_to_check_once_more(kind, origin, host):
    """It would refuse `*.lab.example`, and ask a site of Amazon for this machine's address, while all others wait."""
    named = ("class.example.org", "*.lab.example")
    _, passed = call(
        {"host": host, "origin": origin, "cookie": "a=b"}, kind=kind, known=("localhost", *named), named=named
    )
    assert dict(passed["headers"]) == {b"host": host.encode(), b"cookie": b"a=b"}


def test_look_of_another_site_is_answered_without_its_origin():
    _, passed = call({"host": "localhost", "origin": "http://evil.example"}, path="/_stcore/health")
    assert b"origin" not in dict(passed["headers"])


def test_star_names_no_page_of_another_site():
    def change(origin):
        headers = {"host": "class.example.org", "origin": origin}
        return call(headers, kind="websocket", known=("*",), named=("*",))[1]

    assert change("https://class.example.org") is not None
    assert change("https://evil.example") is None
