"""The guard before every request: unknown names are refused, uploads are counted, and answers say what may use them."""

import logging
import secrets
from collections.abc import Iterable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aeviz.serving.hosts import HOSTS, is_known, is_same_site
from aeviz.serving.metrics import CONTENT_TYPE, may_read, refusals
from aeviz.web.kernel.visitor import KEY, KEY_BYTES, is_key
from aeviz.web.server.metrics import PATH as METRICS_PATH
from aeviz.web.server.metrics import metrics_text
from aeviz.web.server.uploads import UploadLimits

_log = logging.getLogger(__name__)

CLOSED = ("/_stcore/metrics", "/_stcore/agent/", "/_stcore/script-health-check")
"""Ways into Streamlit that nobody needs here: figures about the server, and steering a page by programs."""
KEY_AGE_S = 400 * 24 * 3600
"""Seconds that a browser keeps its key: the most that browsers allow."""
SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""
_POLICY = (
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "frame-src 'self' blob: data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
)
"""Content Security Policy. Streamlit writes styles and one script into the page and loads the scripts of components
from blobs, so both stay allowed; ONNX Runtime compiles WebAssembly. No other host is asked or told anything."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}


class Guard:
    """ASGI middleware around the app.

    Args:
        app: The app.
        known: Names that the server answers to; see `aeviz.serving.hosts`.
        named: Those that AEVIZ_HOSTS gives.
        uploads: What may be uploaded.
        base: Path below which the server is reached, such as "/aeviz"; empty for none.
    """

    def __init__(
        self, app: ASGIApp, known: Iterable[str], named: Iterable[str], uploads: UploadLimits, base: str = ""
    ) -> None:
        self._app, self._known, self._named, self._uploads = app, tuple(known), tuple(named), uploads
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_http = scope["type"] == "http"
        refused = self._refusal(scope, headers)
        if refused is not None:
            status, text = refused
            if is_http:
                await _answer(send, status, text)
            else:
                await _refuse_websocket(receive, send)
            return
        if is_http and scope["path"] == self._base + METRICS_PATH:
            await self._tell(headers, send)
            return
        inner = _without_origin(scope)
        if not is_http:
            await self._app(inner, receive, send)
            return
        cookie = _new_key(scope, headers)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), headers["host"], cookie)
            await send(message)

        async with self._uploads.watch(scope, headers) as problem:
            if problem is not None:
                refusals.add("upload")
                _log.info("an upload was refused: %s", problem, extra={"event": "refusal"})
                await _answer(send_with_headers, 413, problem)
                return
            await self._app(inner, receive, send_with_headers)

    async def _tell(self, headers: Headers, send: Send) -> None:
        """Answer with the figures of the server, or that there is nothing."""
        if not may_read(headers.get("authorization")):
            await _answer(send, 404, "There is nothing here.")
            return
        text = await run_in_threadpool(metrics_text, self._uploads.bytes_held())
        await _answer(send, 200, text.removesuffix("\n"), CONTENT_TYPE)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Return status and text for a request that is not passed on; None for one that is."""
        host = headers.get("host")
        if not is_known(host, self._known):
            name = (host or "").partition(":")[0][:100]
            refusals.add("name")
            event = {"event": "refusal"}
            _log.warning("a request for the unknown name %r was refused; %s=NAME allows it", name, HOSTS, extra=event)
            return 421, (
                f"This server does not answer to the name {name!r}. Who runs it can allow the name: start the app with "
                f"{HOSTS}={name if name.isprintable() else 'NAME'}"
            )
        is_change = scope["type"] == "websocket" or scope["method"] not in SAFE
        if is_change and not is_same_site(headers.get("origin"), host, self._named):
            refusals.add("site")
            origin = headers.get("origin", "")[:200]
            _log.warning("a request from a page of another site was refused: %r", origin, extra={"event": "refusal"})
            return 403, "This server answers only to its own pages."
        if any(closed in scope["path"] for closed in CLOSED):
            refusals.add("closed")
            return 404, "There is nothing here."
        return None


def _without_origin(scope: Scope) -> Scope:
    """Return a request without the Origin that was checked here.

    Streamlit would check it too, knows no `*.example.org`, and for an unknown name asks another site for this machine's
    public address, in the server's one loop.
    """
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"origin"]}


def _new_key(scope: Scope, headers: Headers) -> str | None:
    """Return a cookie with a new random key for a browser that opens a page without one, else None."""
    if scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
        return None
    # the reader of a page's cookies; that of the standard library finds none beside one that it cannot read
    if is_key(cookie_parser(headers.get("cookie", "")).get(KEY, "")):
        return None
    first_proxy = headers.get("x-forwarded-proto", "").partition(",")[0].strip()  # each proxy adds one
    secure = "; Secure" if "https" in (scope["scheme"], first_proxy) else ""
    key = secrets.token_urlsafe(KEY_BYTES)
    return f"{KEY}={key}; Path=/; Max-Age={KEY_AGE_S}; HttpOnly; SameSite=Lax{secure}"


def _add_headers(answer: MutableHeaders, host: str, cookie: str | None) -> None:
    for name, value in _HEADERS.items():
        answer.setdefault(name, value)
    # browsers do not all take 'self' for the websocket
    connect = f"connect-src 'self' ws://{host} wss://{host} blob: data:"
    answer["Content-Security-Policy"] = "; ".join((*_POLICY, connect))
    if cookie is not None:
        answer.append("Set-Cookie", cookie)


async def _answer(send: Send, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
    body = f"{text}\n".encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _refuse_websocket(receive: Receive, send: Send) -> None:
    await receive()  # the opening handshake
    await send({"type": "websocket.close", "code": 1008})
