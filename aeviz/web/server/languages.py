"""The messages of the page's scripts, one file a language, which a browser keeps; and the language of a request."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.routing import Route

from aeviz.language import ENGLISH, languages, offered_languages
from aeviz.web.kernel.language import COOKIE, PATH, catalogue_json, catalogue_name, language_of_wishes

_KEEP = "public, max-age=31536000, immutable"
"""The name has a digest of the content, so that a file never changes."""


def language_of_request(headers: Headers, address: str) -> str:
    """Return the language for an answer outside of a session: of the address, chosen last, of the browser."""
    (given,) = parse_qs(address.partition("?")[2]).get("lang", [""])[-1:]
    if given in languages():
        return given
    stored = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    if stored in offered_languages():
        return stored
    return language_of_wishes(headers.get("accept-language", ""))


def _answer(request: Request) -> Response:
    name = str(request.path_params["name"])
    language = name.partition(".")[0]
    if language == ENGLISH or language not in languages() or name != catalogue_name(language):
        return Response("There is nothing here.\n", 404, media_type="text/plain")
    return Response(catalogue_json(language), media_type="application/json", headers={"Cache-Control": _KEEP})


ROUTE = Route("/{base:path}" + PATH.removeprefix("/") + "{name}", _answer, methods=["GET"])
"""With whatever `server.baseUrlPath` puts before it."""
