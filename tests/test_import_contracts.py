"""The import contracts name every page and every module that packs for the page: a new one is held to them too."""

import tomllib

from aeviz.paths import PROJECT_ROOT

WEB = PROJECT_ROOT / "aeviz" / "web"
SHARED = {
    "aeviz.web.lesson",
    "aeviz.web.map",
    "aeviz.web.decoder",
    "aeviz.web.kernel",
    "aeviz.web.components",
    "aeviz.web.takeaway",
    "aeviz.web.server",
}
"""The packages of aeviz.web that are no page."""


def contract(start):
    """The one contract whose name starts so."""
    settings = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = (each for each in settings["tool"]["importlinter"]["contracts"] if each["name"].startswith(start))
    return found


def module_name(path):
    return ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts)


def test_every_page_stands_in_the_contract_of_pages():
    """A package that the list of pages lacks could import another page, and be imported by it."""
    pages, *_ = contract("No page knows another")["layers"]
    packages = {module_name(path.parent) for path in WEB.glob("*/__init__.py")}
    assert set(pages.split(" | ")) == packages - SHARED


def test_every_payload_stands_in_the_contract_of_packing():
    listed = contract("What the page is sent is packed without Streamlit")["source_modules"]
    assert {module_name(path) for path in WEB.glob("components/*/*payload.py")} <= set(listed)
