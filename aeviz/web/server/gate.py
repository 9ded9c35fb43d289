"""The gate behind the guard: where a server has a password, nobody comes further without it."""

import html
import logging
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from aeviz.language import in_language, mark, tr
from aeviz.serving.metrics import refusals
from aeviz.serving.password import PASS_S, Passes
from aeviz.web.server.languages import language_of_request

_log = logging.getLogger(__name__)

COOKIE = "aeviz_pass"
"""The cookie with a browser's pass; no script of a page can read it."""
ENTER = "/aeviz-enter"
"""Where the form sends the password, below the server's base path."""
OPEN = ("/_stcore/health",)
"""What everybody may ask: whether the server is well."""
MOST_BYTES = 4096
"""Of a sent form."""
_PAGE = """<!doctype html>
<html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title><style>
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { display: grid; place-items: center; min-height: 90vh; margin: 1rem; }
form { display: grid; gap: 0.75rem; width: min(22rem, 100%%); }
h1 { margin: 0; font-size: 1.75rem; } p { margin: 0; }
input, button { font: inherit; padding: 0.5rem 0.75rem; border-radius: 0.5rem; border: 1px solid #767676; }
button { background: #246fb4; color: #fff; border-color: #246fb4; cursor: pointer; }
</style></head><body><form method="post" action="%s">
<h1>aeviz</h1><p>%s</p>
<label for="password">%s</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<input name="next" type="hidden" value="%s">
<p role="alert">%s</p><button>%s</button>
<p>%s</p>
</form></body></html>"""
_WRONG = mark("This is not the password. Try again.")
_TIRED = mark("There were too many wrong passwords. Wait a minute, then try again.")


class Gate:
    """ASGI middleware around the app.

    Args:
        app: The app.
        passes: Of the server's password.
        base: Path below which the server is reached, such as "/aeviz"; empty for none.
    """

    def __init__(self, app: ASGIApp, passes: Passes, base: str = "") -> None:
        self._app, self._passes, self._base = app, passes, base
        self._open = {base + path for path in OPEN}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask for the password."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in self._open:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["type"] == "http" and scope["path"] == self._base + ENTER and scope["method"] == "POST":
            await self._enter(scope, headers, receive, send)
        elif self._passes.is_good(cookie_parser(headers.get("cookie", "")).get(COOKIE, "")):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()  # the opening handshake
            await send({"type": "websocket.close", "code": 1008})
        elif "text/html" in headers.get("accept", ""):
            query = scope.get("query_string", b"").decode("latin-1")
            there = self._local(scope["path"] + (f"?{query}" if query else ""))
            await self._ask(send, headers, 401, there)
        else:
            await _send(
                send, 401, [("Content-Type", "text/plain; charset=utf-8")], "This server asks for a password.\n"
            )

    async def _enter(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Look at a password that was sent, and give a pass for the right one."""
        form = parse_qs(await _body(receive), keep_blank_values=True)
        there = self._local(form.get("next", [""])[0])
        if self._passes.is_tired():
            await self._refuse(send, headers, 429, there, _TIRED)
        elif not self._passes.is_right(form.get("password", [""])[0]):
            await self._refuse(send, headers, 401, there, _WRONG)
        else:
            first_proxy = headers.get("x-forwarded-proto", "").partition(",")[0].strip()
            secure = "; Secure" if "https" in (scope["scheme"], first_proxy) else ""
            cookie = f"{COOKIE}={self._passes.issue()}; Path=/; Max-Age={PASS_S}; HttpOnly; SameSite=Lax{secure}"
            await _send(send, 303, [("Location", there), ("Set-Cookie", cookie)], "")

    def _local(self, path: str) -> str:
        """Return the path of a page of this server; the home page for anything else, which could lead elsewhere."""
        is_local = path.startswith(f"{self._base}/") and not path.startswith(("//", "/\\")) and path.isprintable()
        return quote(path, safe="/?&=+%.,:;~-_!*'()") if is_local else f"{self._base}/"

    async def _refuse(self, send: Send, headers: Headers, status: int, there: str, text: str) -> None:
        refusals.add("password")
        _log.warning("a password was refused: %s", text, extra={"event": "refusal"})
        await self._ask(send, headers, status, there, text)

    async def _ask(self, send: Send, headers: Headers, status: int, there: str, text: str = "") -> None:
        language, enter = language_of_request(headers, there), self._base + ENTER
        page = await run_in_threadpool(_page, language, enter, there, text)  # may read a catalogue
        await _send(send, status, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")], page)


async def _body(receive: Receive) -> str:
    """Return what was sent, cut where it is longer than a form."""
    body = b""
    while len(body) < MOST_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body[:MOST_BYTES].decode("utf-8", "replace")


def _page(language: str, enter: str, there: str, text: str) -> str:
    """Return the page with the form, and what was wrong before."""
    with in_language(language):
        texts = (
            language.replace("_", "-"),
            tr("aeviz: password"),
            enter,
            tr("Explore what autoencoders have learned."),
            tr("Password of this class"),
            there,
            tr(text),
            tr("Enter"),
            tr("Whoever runs this server can tell you the password."),
        )
    return _PAGE % tuple(html.escape(each) for each in texts)


async def _send(send: Send, status: int, headers: list[tuple[str, str]], text: str) -> None:
    body = text.encode()
    pairs = [*headers, ("Content-Length", str(len(body)))]
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
