"""Messages in another language than English: `aeviz.language`, and the catalogues that ship."""

import re
import threading

import pytest

from aeviz import language
from aeviz.language import (
    FOLDER,
    current_language,
    in_language,
    is_complete,
    languages,
    mark,
    name_of,
    number,
    offered_languages,
    read_catalogue,
    set_resolver,
    tr,
    tr_paragraphs,
    trc,
    trn,
)
from aeviz.lessons.library import SHIPPED
from aeviz.lessons.parsing import read_lesson
from tools.languages import missing, read, unused, wrong
from tools.messages import find_messages

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Zoom in"
msgstr "Vergrößern"

#: aeviz/web/components/map/map.js
msgid "error {mse:.5f} of {count:,} images of {data}"
msgstr "Fehler {mse:.5f} von {count:,} Bildern von {data}"

msgid "Set {x | x > 0}"
msgstr "Menge {x | x > 0}"

#, fuzzy
msgid "not sure"
msgstr "unsicher"

msgid "not yet"
msgstr ""

msgctxt "a verb"
msgid "Map"
msgstr "Abbilden"

#: aeviz/web/components/map/map.js
msgid "{count} image"
msgid_plural "{count:,} images"
msgstr[0] "{count} Bild"
msgstr[1] "{count:,} Bilder"

msgid "First.\nStill first."
msgstr "Erstens."
"""


@pytest.fixture
def german(tmp_path, monkeypatch):
    """German with a few messages, as the language of this thread."""
    (tmp_path / "de.po").write_text(CATALOGUE, encoding="utf-8")
    catalogue = read_catalogue(tmp_path / "de.po", "de")
    monkeypatch.setattr(language, "catalogue_of", lambda name: catalogue)
    with in_language("de"):
        yield catalogue


def test_english_is_the_message_itself():
    assert tr("Zoom in") == "Zoom in"
    assert tr("Set {x | x > 0}") == "Set {x | x > 0}"
    assert tr("{count:,} images of {data}", count=10_000, data="mnist") == "10,000 images of mnist"
    assert [trn("{count} image", "{count:,} images", count) for count in (1, 0, 2000)] == [
        "1 image",
        "0 images",
        "2,000 images",
    ]
    assert trc("a verb", "Map") == mark("Map") == "Map"
    assert (number(1234.5, ",.2f"), number(0.84, ".0%"), number(7)) == ("1,234.50", "84%", "7")


def test_messages_and_their_numbers_become_german(german):
    assert tr("Zoom in") == "Vergrößern"
    text = tr("error {mse:.5f} of {count:,} images of {data}", mse=0.01809, count=10_000, data="a.b")
    assert text == "Fehler 0,01809 von 10.000 Bildern von a.b"
    assert tr("Set {x | x > 0}") == "Menge {x | x > 0}"
    assert trn("{count} image", "{count:,} images", 1) == "1 Bild"
    assert trn("{count} image", "{count:,} images", 2000) == "2.000 Bilder"
    assert (trc("a verb", "Map"), tr("Map")) == ("Abbilden", "Map")
    assert number(1234.5, ",.2f") == "1.234,50"
    assert number(0.84, ".0%") == "84\N{NO-BREAK SPACE}%"
    assert tr_paragraphs("First.\nStill first.\n\nSecond.\n") == "Erstens.\n\nSecond."


def test_what_is_missing_or_fuzzy_stays_english(german):
    assert [tr("not sure"), tr("not yet"), tr("never heard of {what}", what=1.5)] == [
        "not sure",
        "not yet",
        "never heard of 1,5",
    ]
    assert trn("{count} unit", "{count} units", 3) == "3 units"


def test_scripts_get_their_own_messages(german):
    packed = german.for_scripts()
    assert list(packed["texts"]) == ["error {mse:.5f} of {count:,} images of {data}"]
    assert packed["plurals"] == {"{count} image": ["{count} Bild", "{count:,} Bilder"]}
    assert packed["forms"][:3] == [1, 0, 1]
    assert (packed["decimal"], packed["group"]) == (",", ".")


def test_language_belongs_to_a_thread_and_a_block():
    seen = []
    with in_language("de"):
        other = threading.Thread(target=lambda: seen.append(current_language()))
        other.start()
        other.join()
        with in_language("en"):
            seen.append(current_language())
        seen.append(current_language())
    assert seen == ["en", "en", "de"]
    before = language._resolver[0]
    set_resolver(lambda: "de")
    try:
        assert current_language() == "de"
    finally:
        set_resolver(before)
    assert current_language() == "en"


def test_german_ships_under_its_own_name():
    assert languages()[0] == "en"
    assert "de" in languages()
    assert (name_of("de"), name_of("en")) == ("Deutsch", "English")
    assert offered_languages() == ("en", "de")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.po")), ids=lambda path: path.stem)
def test_catalogues_have_the_messages_of_today(path):
    """A language that says it is complete lacks none; no catalogue has others, or changes values and formulas."""
    messages, problems = find_messages()
    assert not problems
    catalogue = read(path)
    lacks = missing(catalogue, messages)
    if is_complete(path.stem):
        assert not lacks, f"{path.stem} lacks messages; translate them: python -m tools.languages --update"
    gone = set(unused(catalogue, messages))
    assert not gone, "python -m tools.languages --update brings the catalogues up to date"
    known = {found.one for found in messages}
    assert known == {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue if entry.id}, (
        "python -m tools.languages --update brings the catalogues up to date"
    )
    assert not wrong(catalogue)
    assert not re.search(r"^#: .*:\d+$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in languages() if name != "en"])
def test_words_that_a_lesson_points_to_are_those_of_the_page(name):
    """A step names words on a page. Their translation must be part of the translation of what the page says."""
    said = {
        entry.id: entry.string
        for entry in read(FOLDER / f"{name}.po")
        if isinstance(entry.id, str) and any(SHIPPED.name not in place for place, _ in entry.locations)
    }
    steps = [step for path in sorted(SHIPPED.glob("*.yaml")) for step in read_lesson(path).steps]
    words = {step.find for step in steps if step.find and not re.search(r"\d", step.find)}  # no message has the numbers
    assert len(words) > 5
    translated = read_catalogue(FOLDER / f"{name}.po", name).texts
    for english in words:
        here = translated[None, english].lower()
        assert any(here in text.lower() for one, text in said.items() if english.lower() in one.lower()), english
