"""docs/sources.md: what it names is there, and no numbered item of the sources is left out."""

import importlib
import re

import pytest
from addresses import CHOICES, assert_leads_somewhere

from aeviz.lessons.views import models_named, page_paths, parse_view
from aeviz.paths import PROJECT_ROOT

SECTIONS = ("S1, chapter 1", "S1, chapters 2 and 3", "S2, chapters 1 and 2", "S2, chapters 3 and 4")
SLIDES = "S3, slide by slide"


def rows():
    """Section, item, state and the names in the last column of each row."""
    found, section = [], ""
    for line in (PROJECT_ROOT / "docs" / "sources.md").read_text(encoding="utf-8").splitlines():
        section = line[3:] if line.startswith("## ") else section
        if line.startswith("| ") and not line.startswith("| item"):
            item, _, state, where = (cell.strip() for cell in line.strip("|").split("|"))
            found.append((section, item, state, re.findall(r"`([^`]+)`", where)))
    return found


ROWS = rows()


def numbered(kind, chapter, first, last):
    return {f"{kind} {chapter}.{number}" for number in range(first, last + 1)}


def thesis_items(sections):
    """Items without their kind where that is a definition, theorem or the like: these are numbered together."""
    names = {item for section, item, _, _ in ROWS if section in sections}
    return {re.sub(r"^(Definition|Theorem|Lemma|Corollary|Remark|Proposition|Example) ", "", name) for name in names}


def import_name(name):
    """Import the longest module of a dotted name and look up the rest."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise AssertionError(name)


def test_every_row_is_read():
    assert {section for section, *_ in ROWS} == {*SECTIONS, SLIDES}
    assert len(ROWS) > 130
    assert len({(section, item) for section, item, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("section", "item", "state", "where"), ROWS, ids=[f"{row[0][:2]}-{row[1]}" for row in ROWS])
def test_what_a_row_names_is_there(section, item, state, where):
    kind = state.partition(":")[0]
    assert kind in {"yes", "partly", "missing"}
    assert bool(where) == (kind != "missing")
    for name in where:
        if name.startswith("/"):
            assert_leads_somewhere(name)
            view = parse_view(name, page_paths())
            others = [value for parameter, value in view.parameters if (view.page, parameter) not in CHOICES]
            assert others == models_named(view)
        elif name.startswith("aeviz."):
            import_name(name)
        else:
            assert (PROJECT_ROOT / name).exists()


def test_no_item_of_s1_is_left_out():
    last = {"1.1": 5, "1.2": 17, "1.3": 13, "2.1": 6, "2.2": 3, "2.3": 4, "3.1": 4}
    expected = {f"{part}.{number}" for part, count in last.items() for number in range(1, count + 1)}
    expected |= {"Figure 1.1"} | numbered("Figure", 2, 1, 10) | {f"Algorithm {number}" for number in range(1, 5)}
    assert thesis_items(SECTIONS[:2]) == expected


def test_no_item_of_s2_is_left_out():
    expected = {f"1.1.{number}" for number in range(1, 11)} | {"1.5.1", "1.5.2", "2.3.1", "2.3.2", "2.4.1", "4.4.1"}
    expected |= {"4.4.2", "Table 2.1"} | {f"Algorithm {number}" for number in range(1, 5)}
    for chapter, count in ((1, 5), (2, 8), (3, 5), (4, 8)):
        expected |= numbered("Figure", chapter, 1, count)
    assert expected <= thesis_items(SECTIONS[2:])


def test_every_slide_of_s3_has_a_row():
    assert len([item for section, item, _, _ in ROWS if section == SLIDES]) == 11
