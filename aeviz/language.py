"""The language of texts: messages stand in the code in English, and one catalogue a language has what they become.

    tr("{count:,} test images of {data}", count=10_000, data="mnist")

gives "10,000 test images of mnist" in English and "10.000 Testbilder von mnist" in German. A catalogue is a gettext
file, `aeviz/languages/de.po`; a message that it lacks stays English. `python -m tools.languages` finds the messages:
they must be literals in calls of `tr`, `trn`, `trc` or `mark`, and no f-strings. Which language is the current one is
for the app to say (`set_resolver`); everywhere else, as in a shell, it is English. docs/languages.md has the rules.
"""

import functools
import gettext
import numbers
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ENGLISH = "en"
FOLDER = Path(__file__).parent / "languages"
"""Holds one file a language, named as browsers name it, with _ for -: de.po, pt_BR.po."""
SCRIPTS = "aeviz/web/components/"
"""Where the scripts of the page are, as the catalogues name them."""
COUNTS = 200
"""Counts whose plural form a script is told; from 100 on a form depends on the last two digits."""
_COMPLETE = re.compile(r"^# Complete: yes$", re.MULTILINE)
_PERCENT = re.compile(r"(?<=\d)%")
_HEAD_BYTES = 4096

_resolver: list[Callable[[], str]] = [lambda: ENGLISH]
_of_block = threading.local()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the messages become in one language."""

    texts: Mapping[tuple[str | None, str], str]
    """By context, mostly None, and message."""
    plurals: Mapping[str, tuple[str, ...]]
    """The forms by the message for one."""
    plural_form: Callable[[int], int]
    """Which of the forms belongs to a count."""
    decimal: str
    group: str
    percent: str
    """What stands for the percent sign: in German with a space before it."""
    in_scripts: frozenset[tuple[str | None, str]] = field(default_factory=frozenset)
    """Which messages the page's scripts have."""

    def localise(self, text: str) -> str:
        """Return a number that is written as in English as this language writes it."""
        return _PERCENT.sub(self.percent, text.translate({ord(","): self.group, ord("."): self.decimal}))

    def for_scripts(self) -> dict[str, object]:
        """Return what the page's scripts need, as JSON holds it: see components/kit/language.js."""
        return {
            "texts": {
                message if context is None else f"{context}\4{message}": text
                for (context, message), text in self.texts.items()
                if (context, message) in self.in_scripts
            },
            "plurals": {one: list(forms) for one, forms in self.plurals.items() if (None, one) in self.in_scripts},
            "forms": [self.plural_form(count) for count in range(COUNTS)],
            "decimal": self.decimal,
            "group": self.group,
        }


class _Localised:
    """A number that a format such as {count:,} writes as the language does."""

    __slots__ = ("_catalogue", "_value")

    def __init__(self, value: object, catalogue: Catalogue) -> None:
        self._value, self._catalogue = value, catalogue

    def __format__(self, spec: str) -> str:
        return self._catalogue.localise(format(self._value, spec))

    def __str__(self) -> str:
        return self._catalogue.localise(str(self._value))

    def __repr__(self) -> str:
        return repr(self._value)


def tr(message: str, /, **values: object) -> str:
    """Return a message in the current language.

    Args:
        message: In English: a literal, or a variable with what `mark` was given.
        values: What stands for {name} in it; numbers are written as the language does, also by a format: {mse:.5f}.
            Without values braces mean themselves.
    """
    return _text(None, message, values)


def trc(context: str, message: str, /, **values: object) -> str:
    """Return a message as `tr` does, where one English text has several translations: context says which is meant."""
    return _text(context, message, values)


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the message for a count, which is {count} in it.

    Args:
        one: For one, such as "{count} image".
        many: For other counts, such as "{count:,} images".
        count: How many.
        values: As for `tr`.
    """
    language = current_language()
    english = one if count == 1 else many
    if language == ENGLISH:
        return english.format(count=count, **values)
    catalogue = catalogue_of(language)
    forms = catalogue.plurals.get(one)
    text = english if forms is None else forms[min(catalogue.plural_form(count), len(forms) - 1)]
    return text.format(**_localised({"count": count, **values}, catalogue))


def tr_paragraphs(text: str) -> str:
    """Return a longer text in the current language: each of its paragraphs, parted by empty lines, is a message."""
    if current_language() == ENGLISH:
        return text
    return "\n\n".join(tr(paragraph) for paragraph in paragraphs_of(text))


def paragraphs_of(text: str) -> list[str]:
    """Return the messages of a longer text: what stands between its empty lines."""
    return [paragraph.strip("\n") for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def mark(message: str, /) -> str:
    """Return a message as it is, in English: `tr(variable)` translates it where it is shown."""
    return message


def number(value: float, spec: str = "", /) -> str:
    """Return a number as `format(value, spec)` writes it in English and as the current language does."""
    text = format(value, spec)
    language = current_language()
    return text if language == ENGLISH else catalogue_of(language).localise(text)


def current_language() -> str:
    """Return the language of this thread: that of `in_language`, else what the app says, else English."""
    chosen: str | None = getattr(_of_block, "language", None)
    return _resolver[0]() if chosen is None else chosen


def set_resolver(resolver: Callable[[], str]) -> None:
    """Let a function say what the current language is; it is called with each message, so it must be quick."""
    _resolver[0] = resolver


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Have one language in this thread, whatever the app says: for what is cached for all visitors, and for tests."""
    before = getattr(_of_block, "language", None)
    _of_block.language = language
    try:
        yield
    finally:
        _of_block.language = before


@functools.cache
def languages() -> tuple[str, ...]:
    """Return English and the languages that have a catalogue, complete or not."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@functools.cache
def is_complete(language: str) -> bool:
    """Whether a language has all messages, as its file says; a test compares that with the messages."""
    if language == ENGLISH:
        return True
    with (FOLDER / f"{language}.po").open("rb") as file:
        return _COMPLETE.search(file.read(_HEAD_BYTES).decode("utf-8", "replace")) is not None


def offered_languages() -> tuple[str, ...]:
    """Return the languages that visitors are offered: those with all messages."""
    return tuple(language for language in languages() if is_complete(language))


@functools.cache
def name_of(language: str) -> str:
    """Return the language's own name: Deutsch."""
    from babel import Locale

    name = Locale.parse(language).get_display_name(language) or language
    return name[:1].upper() + name[1:]


@functools.cache
def catalogue_of(language: str) -> Catalogue:
    """Return the catalogue of a language other than English. It is read once a process."""
    return read_catalogue(FOLDER / f"{language}.po", language)


def read_catalogue(path: Path, language: str) -> Catalogue:
    """Read a catalogue from its gettext file; messages that are fuzzy or without a translation are left out."""
    from babel import Locale
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        found = read_po(file, locale=language)
    texts: dict[tuple[str | None, str], str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    in_scripts = set()
    for entry in found:
        if not entry.id or entry.fuzzy:
            continue
        one = entry.id if isinstance(entry.id, str) else entry.id[0]
        if isinstance(entry.string, str):
            if not entry.string:
                continue
            texts[entry.context, one] = entry.string
        elif entry.string and all(entry.string):
            plurals[one] = tuple(entry.string)
        if any(place.startswith(SCRIPTS) and place.endswith(".js") for place, _ in entry.locations):
            in_scripts.add((entry.context, one))
    locale = Locale.parse(language)
    symbols = locale.number_symbols["latn"]
    percent = locale.percent_formats[None].pattern
    return Catalogue(
        texts=texts,
        plurals=plurals,
        plural_form=gettext.c2py(found.plural_expr),
        decimal=str(symbols["decimal"]),
        group=str(symbols["group"]),
        percent="\N{NO-BREAK SPACE}%" if re.search(r"\s%", percent) else "%",
        in_scripts=frozenset(in_scripts),
    )


def _text(context: str | None, message: str, values: Mapping[str, object]) -> str:
    language = current_language()
    if language == ENGLISH:
        return message.format(**values) if values else message
    catalogue = catalogue_of(language)
    text = catalogue.texts.get((context, message), message)
    return text.format(**_localised(values, catalogue)) if values else text


def _localised(values: Mapping[str, object], catalogue: Catalogue) -> dict[str, object]:
    return {
        name: _Localised(value, catalogue)
        if isinstance(value, numbers.Number) and not isinstance(value, bool)
        else value
        for name, value in values.items()
    }
