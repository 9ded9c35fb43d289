"""Version, date and licence are the same wherever they stand."""

import re
import tomllib
from datetime import date
from pathlib import Path

import yaml

import aeviz

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_one_version_is_in_the_package_the_changelog_and_the_citation():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    version, day = headings[1].split(" - ")
    assert (version, version) == (aeviz.__version__, CITATION["version"])
    assert date.fromisoformat(day) == date.fromisoformat(CITATION["date-released"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_package_takes_its_version_from_the_code():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "aeviz.__version__"}
    components = tomllib.loads((ROOT / "aeviz" / "pyproject.toml").read_text(encoding="utf-8"))
    assert components["project"] == {"name": "aeviz"}  # Streamlit takes the version of the distribution


def test_licence_and_authors_agree():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    (author,) = PROJECT["project"]["authors"]
    assert licence.startswith("MIT License\n")
    assert re.search(rf"^Copyright \(c\) \d{{4}} {author['name']}$", licence, flags=re.MULTILINE)
    assert CITATION["license"] == PROJECT["project"]["license"] == "MIT"
    assert CITATION["authors"] == [author]
    for name in PROJECT["project"]["license-files"]:
        assert (ROOT / name).is_file()


def test_citation_has_what_its_format_asks_for_and_the_readmes_sources():
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(CITATION)
    assert CITATION["type"] == "software"
    sources = " ".join((ROOT / "docs" / "sources.md").read_text(encoding="utf-8").split())
    for text in CITATION["references"]:
        (author,) = text["authors"]
        assert f"{author['given-names']} {author['family-names']}, *{text['title']}*" in sources
        assert f"{text['year']}." in sources
