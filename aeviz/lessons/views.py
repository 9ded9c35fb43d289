"""Addresses of pages, as a lesson names them: `/explore?model=vae-2d&ellipses=all`."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from aeviz.errors import LessonError
from aeviz.paths import PROJECT_ROOT

OWN_PARAMETERS = frozenset({"lesson", "step", "room"})
"""Parameters in which the app keeps the running lesson; those of a copied address are left out."""
_NO_MODEL = "nothing"
"""What the page's second picker calls the choice of no model."""
_MODEL_PREFIXES = ("with.", "beside.")
"""A second model's parameter is one of these with the first model's name."""


@dataclass(frozen=True, slots=True)
class View:
    """A page with its parameters."""

    page: str
    """Path of the page, such as /explore."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Names and values, in order; a name may occur several times."""

    def __str__(self) -> str:
        """The address."""
        return f"{self.page}?{urlencode(self.parameters)}" if self.parameters else self.page


def parse_view(text: str, pages: Collection[str]) -> View:
    """Return the view that an address names.

    Args:
        text: Path and parameters, as they stand in the browser behind the name of the server.
        pages: Paths of the pages that there are.

    Raises:
        LessonError: It is no such address, or there is no such page.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = None
    if parts is None or parts.scheme or parts.netloc or not text.startswith("/"):
        raise LessonError(
            f"{text!r} is no address of a page; expected one that starts with /, such as /explore?model=vae-2d. "
            "Copy it from the browser and leave out the name of the server"
        )
    page = parts.path.rstrip("/") or "/"
    if page not in pages:
        near = difflib.get_close_matches(page, pages, n=1)
        advice = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(sorted(pages))}"
        raise LessonError(f"{page!r} is no page; {advice}")
    given = parse_qsl(parts.query, keep_blank_values=True)
    return View(page, tuple((name, value) for name, value in given if name not in OWN_PARAMETERS))


def page_paths() -> frozenset[str]:
    """Return the paths of the app's pages; Home is /."""
    names = (path.stem for path in (PROJECT_ROOT / "pages").glob("*.py"))
    return frozenset("/" if name == "home" else f"/{name}" for name in names)


def models_named(view: View) -> list[str]:
    """Return the names of the models that a view asks for, each once."""
    found: list[str] = []
    for name, value in view.parameters:
        if name == "model":
            found.append(value)
        elif name.startswith(_MODEL_PREFIXES):
            found += [name.partition(".")[2], value]
    return list(dict.fromkeys(model for model in found if model != _NO_MODEL))
