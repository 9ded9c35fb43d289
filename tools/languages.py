"""Compare the catalogues of languages with the messages of aeviz: `python -m tools.languages`.

    python -m tools.languages                   tell what each language lacks, no longer needs or gets wrong; 1 if wrong
    python -m tools.languages --update          add new messages to the catalogues, and take out those that went
    python -m tools.languages --merge FILE      take over translations from a copy of a catalogue, such as of a branch
    python -m tools.languages --new fr          begin a catalogue
    python -m tools.languages --complete de     say that it has all messages, so that visitors are offered it

Messages are what stands in calls of tr, trn, trc and mark (aeviz/language.py, kit/language.js), and texts that are
data: `tools.messages` finds both. docs/languages.md tells how to translate.
"""

import argparse
import datetime
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import shorten

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from aeviz.language import FOLDER
from tools.messages import ROOT, Found, find_messages

WIDTH = 120
LONGEST = 160
"""Characters of a message in a list."""
_HEAD = """\
# The texts of aeviz in another language: docs/languages.md
# Complete: no"""
_COMPLETE = re.compile(r"^# Complete: (yes|no)$", re.MULTILINE)
_FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
_KEPT = {
    "values {...}": re.compile(r"\{[^{}]*\}"),
    "formulas $...$": _FORMULA,
    "icons": re.compile(r":material/\w+:"),
    "addresses of links": re.compile(r"(?<=\]\()[^)\s]+(?=\))"),
}
"""What a translation must leave as it is."""
_WORDS_IN_FORMULA = re.compile(r"\\(?:text|mathrm|operatorname)\{[^{}]*\}")
_MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)  # noqa: UP017  the field must be there, and not change
Key = tuple[str | None, str]


def read(path: Path) -> Catalog:
    """Return a catalogue; its name is the language."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem.partition(".")[0])


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue, sorted by places and messages, without line numbers and dates, so that changes are few."""
    catalog.creation_date = catalog.revision_date = _MADE
    catalog.project, catalog.version, catalog.msgid_bugs_address = "aeviz", "languages", ""
    catalog.last_translator, catalog.language_team = "aeviz", str(catalog.locale)
    text = io.BytesIO()
    write_po(text, catalog, width=WIDTH, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    path.write_bytes(text.getvalue())


def entries(catalog: Catalog) -> dict[Key, Message]:
    """Return the messages of a catalogue by context and message, of a plural that for one."""
    return {(entry.context, _one(entry.id)): entry for entry in catalog if entry.id}


def missing(catalog: Catalog, messages: Iterable[Found]) -> list[str]:
    """Return the messages that have no translation, or a fuzzy one."""
    have = {key for key, entry in entries(catalog).items() if _is_done(entry)}
    return sorted(found.one for found in messages if (found.context, found.one) not in have)


def unused(catalog: Catalog, messages: Iterable[Found]) -> list[str]:
    """Return the messages of a catalogue that aeviz no longer has, or has in other places."""
    known = {(found.context, found.one): found for found in messages}
    wrong = []
    for key, entry in entries(catalog).items():
        found = known.get(key)
        if found is None or found.id != entry.id or set(found.places) != {place for place, _ in entry.locations}:
            wrong.append(key[1])
    return sorted(wrong)


def wrong(catalog: Catalog) -> list[str]:
    """Return what translations changed that must stay: values, formulas, icons, addresses of links."""
    problems = []
    for (_, one), entry in entries(catalog).items():
        if not _is_done(entry):
            continue
        originals = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        texts = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        for place, text in enumerate(texts):
            original = originals[min(place, len(originals) - 1)]
            for what, pattern in _KEPT.items():
                before, after = (_kept(pattern, each) for each in (original, text))
                if before != after and not (len(originals) > 1 and set(after) <= {*before, "{count}"}):
                    problems.append(f"{one!r}: {what} are {sorted(after)}, expected {sorted(before)}")
            if original[:1].isspace() != text[:1].isspace() or original[-1:].isspace() != text[-1:].isspace():
                problems.append(f"{one!r}: begins or ends with another space than the original")
    return problems


def update(catalog: Catalog, messages: Iterable[Found]) -> Catalog:
    """Return the catalogue with exactly these messages; a similar message that went leaves its text, marked fuzzy."""
    template = Catalog(locale=catalog.locale)
    for found in messages:
        template.add(found.id, locations=[(place, 0) for place in sorted(set(found.places))], context=found.context)
    before = entries(catalog)
    for entry in before.values():
        entry.locations = []
    catalog.update(template)
    for entry in entries(catalog).values():
        same = template.get(_one(entry.id), entry.context)
        if same is not None:
            entry.locations = same.locations
    return catalog


def merge(catalog: Catalog, other: Catalog) -> int:
    """Take over the translations of another copy where this one has none; return how many."""
    here, count = entries(catalog), 0
    for key, entry in entries(other).items():
        mine = here.get(key)
        if not _is_done(entry) or (mine is not None and _is_done(mine)):
            continue
        if mine is None:
            catalog.add(entry.id, entry.string, locations=entry.locations, context=entry.context)
        else:
            mine.string = entry.string
            mine.flags.discard("fuzzy")
        count += 1
    return count


def is_complete(catalog: Catalog) -> bool:
    """Whether the head of the catalogue says so."""
    found = _COMPLETE.search(catalog.header_comment)
    return found is not None and found[1] == "yes"


def set_complete(catalog: Catalog) -> None:
    """Say in the head of the catalogue that visitors are offered the language."""
    catalog.header_comment = _COMPLETE.sub("# Complete: yes", catalog.header_comment)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 1 where a catalogue is wrong or does not have the messages of today."""
    parser = argparse.ArgumentParser(prog="python -m tools.languages", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--update", action="store_true", help="bring the catalogues up to date")
    parser.add_argument("--merge", type=Path, metavar="FILE", help="take over translations from a copy of a catalogue")
    parser.add_argument("--new", metavar="LANGUAGE", help="begin a catalogue")
    parser.add_argument("--complete", metavar="LANGUAGE", help="say that a catalogue has all messages")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    parser.add_argument("--only", default="", metavar="PATH", help="tell of missing messages in files that begin so")
    options = parser.parse_args(arguments)
    messages, problems = find_messages(ROOT)
    for problem in problems:
        print(problem)
    if options.new and (options.folder / f"{options.new}.po").exists():
        parser.error(f"there is a catalogue {options.new}.po already; update it with --update")
    if options.new:
        fresh = Catalog(locale=options.new, header_comment=_HEAD, fuzzy=False)
        write(options.folder / f"{options.new}.po", update(fresh, messages))
    is_good = not problems
    for path in sorted(options.folder.glob("*.po")):
        catalog = read(path)
        if options.merge is not None and read(options.merge).locale == catalog.locale:
            print(f"{path.stem}: {merge(catalog, read(options.merge))} translations taken over from {options.merge}")
        if options.update or options.merge is not None:
            update(catalog, messages)
            write(path, catalog)
        is_good &= _report(path.stem, catalog, messages, options.only)
        if options.complete == path.stem and not missing(catalog, messages):
            set_complete(catalog)
            write(path, catalog)
    return 0 if is_good else 1


def _report(language: str, catalog: Catalog, messages: list[Found], only: str) -> bool:
    lacks, gone, mistakes = missing(catalog, messages), unused(catalog, messages), wrong(catalog)
    shown = {found.one for found in messages if any(place.startswith(only) for place in found.places)}
    for title, lines in (
        ("missing", [line for line in lacks if line in shown]),
        ("not as in the code (--update mends it)", [line for line in gone if line not in lacks]),
        ("wrong", mistakes),
    ):
        for line in lines:
            print(f"{language}: {title}: {shorten(line, LONGEST)}")
    done = len(messages) - len(lacks)
    print(f"{language}: {done} of {len(messages)} messages, {'offered' if is_complete(catalog) else 'not offered yet'}")
    return not mistakes and not gone and not (lacks and is_complete(catalog))


def _one(id_: str | tuple[str, ...] | list[str]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def _is_done(entry: Message) -> bool:
    parts = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    return bool(parts) and all(parts) and not entry.fuzzy


def _kept(pattern: re.Pattern[str], text: str) -> Counter[str]:
    if pattern is not _FORMULA:
        text = _FORMULA.sub("", text)
    return Counter(_WORDS_IN_FORMULA.sub("", found) for found in pattern.findall(text))


if __name__ == "__main__":
    sys.exit(main())
