"""The messages of the page's scripts, one file a language: a browser asks once for it, and keeps it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aeviz.language import ENGLISH, languages
from aeviz.web.kernel.language import PATH, catalogue_json, catalogue_name

_KEEP = "public, max-age=31536000, immutable"
"""The name has a digest of the content, so that a file never changes."""


def _answer(request: Request) -> Response:
    name = str(request.path_params["name"])
    language = name.partition(".")[0]
    if language == ENGLISH or language not in languages() or name != catalogue_name(language):
        return Response("There is nothing here.\n", 404, media_type="text/plain")
    return Response(catalogue_json(language), media_type="application/json", headers={"Cache-Control": _KEEP})


ROUTE = Route("/{base:path}" + PATH.removeprefix("/") + "{name}", _answer, methods=["GET"])
"""With whatever `server.baseUrlPath` puts before it."""
