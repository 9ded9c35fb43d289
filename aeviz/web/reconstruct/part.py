"""The part of the page that an address asks for, such as that of a lesson's step."""

from typing import Literal, get_args

from aeviz.web.kernel.url import UrlState

Part = Literal["all", "images", "originals"]
_PART = UrlState[Part](
    "only", lambda text: next((part for part in get_args(Part) if part == text), None), default="all"
)
"""URL parameter: the images without the classes that they are read as, or the originals alone."""


def asked_part() -> Part:
    """Return the part of the page that the address asks for."""
    return _PART.restore() or "all"
