"""Find the messages of aeviz: calls of tr, trn, trc and mark in Python and JavaScript, and texts that are data."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from aeviz.language import paragraphs_of
from aeviz.presets import PRESETS
from aeviz.published import list_published
from aeviz.web.takeaway.titles import short_summary, source_of

ROOT = Path(__file__).parents[1]
CALLS = ("tr", "trn", "trc", "mark")
LESSON_TEXTS = ("title", "summary", "text", "ask", "choices", "expect", "try", "explanation", "unit", "find")
"""Fields of lesson files that a visitor reads."""
_CALL = re.compile(r"(?<![\w.$])(trn|trc|tr|mark)\(\s*")
_IMPORT = re.compile(r"import \{([^}]*)\} from \"[./\w]*/language\.js\"")
_LITERAL = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*""")
_JOIN = re.compile(r"\+\s*(?=[\"'])")
_MORE = re.compile(r"[+`]|\$\{")
_COMMENT = re.compile(r"^\s*(?:\*|//|/\*)")
RECORD_TEXTS = {
    "Experiment": ("name", "group", "source", "notice", "question", "answer", "slips"),
    "Field": ("label", "help", "choices"),
}
"""Arguments that a visitor reads of an `Experiment` of a page, and of a `Field` of the form of Train."""
Key = tuple[str | None, str]


@dataclass(slots=True)
class Found:
    """A message and where it stands."""

    one: str
    many: str | None
    context: str | None
    places: list[str]
    """Files, as paths below the root."""

    @property
    def id(self) -> str | tuple[str, str]:
        """The message as gettext names it."""
        return self.one if self.many is None else (self.one, self.many)


def find_messages(root: Path = ROOT) -> tuple[list[Found], list[str]]:
    """Return the messages below a checkout, sorted, and what is wrong with calls, a line each."""
    found: dict[Key, Found] = {}
    problems: list[str] = []
    for place, name, given in _all(root, problems):
        context, one = (given[0], given[1]) if name == "trc" else (None, given[0])
        many = given[1] if name == "trn" else None
        here = found.setdefault((context, one), Found(one, many, context, []))
        if many is not None and here.many not in (None, many):
            problems.append(f"{place}: {one!r} has another plural elsewhere: {here.many!r} and {many!r}")
        here.many = here.many or many
        if place not in here.places:
            here.places.append(place)
    return sorted(found.values(), key=lambda each: (each.one, each.context or "")), problems


def _all(root: Path, problems: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    files = [root / "app.py", *sorted((root / "pages").glob("*.py")), *sorted((root / "aeviz").rglob("*.py"))]
    for path in files:
        if path.exists():
            source = path.read_text(encoding="utf-8")
            yield from _placed(path, root, python_calls(source, problems, str(path)))
            yield from _texts(path, root, record_texts(source, problems, str(path)))
    for path in sorted((root / "aeviz" / "web" / "components").glob("*/*.js")):
        if path.parent.name != "bundled":
            yield from _placed(path, root, script_calls(path.read_text(encoding="utf-8"), problems, str(path)))
    for path in sorted((root / "aeviz" / "web").glob("*/notes.md")):
        title, _, text = path.read_text(encoding="utf-8").partition("\n")
        yield from _texts(path, root, [title.removeprefix("# "), *paragraphs_of(text)])
    for path in sorted((root / "aeviz" / "lessons" / "shipped").glob("*.yaml")):
        yield from _texts(path, root, _lesson_texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    if root == ROOT:
        for preset in PRESETS.values():
            yield from (
                ("aeviz/presets.py", "tr", [text]) for text in (short_summary(preset), source_of(preset)) if text
            )
        for model in list_published().values():
            yield from (("aeviz/published.json", "tr", [text]) for text in (model.title, model.licence) if text)


def _placed(path: Path, root: Path, calls: Iterable[tuple[str, list[str]]]) -> Iterator[tuple[str, str, list[str]]]:
    for name, given in calls:
        yield path.relative_to(root).as_posix(), name, given


def _texts(path: Path, root: Path, texts: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    for text in texts:
        yield path.relative_to(root).as_posix(), "tr", [text]


def python_calls(source: str, problems: list[str], where: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the calls with messages in a Python file: the function and its literals. A variable is none.

    Only what the file imports from `aeviz.language` counts.
    """
    if "from aeviz.language import" not in source:
        return
    tree = ast.parse(source)
    lines = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "aeviz.language"]
    known = {alias.name for line in lines for alias in line.names} & set(CALLS)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known):
            continue
        name, needed = node.func.id, 2 if node.func.id in ("trn", "trc") else 1
        given = node.args[:needed]
        literals = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if len(literals) == needed:
            yield name, literals
        elif name != "tr" or any(isinstance(each, (ast.JoinedStr, ast.BinOp)) for each in given):
            problems.append(f"{where}:{node.lineno}: {name}() needs literals, not {ast.unparse(node)[:80]}")


def record_texts(source: str, problems: list[str], where: str = "") -> Iterator[str]:
    """Yield the texts of the records in a Python file (`RECORD_TEXTS`), which must be literals.

    A function makes its text by `tr`, and choices may be named elsewhere; both are found there.
    """
    known = [name for name in RECORD_TEXTS if f"import {name}" in source]
    for node in ast.walk(ast.parse(source)) if known else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known):
            continue
        record = node.func.id
        for name, value in [(each.arg, each.value) for each in node.keywords if each.arg in RECORD_TEXTS[record]]:
            for text in _elements(value, may_be_named=name == "choices"):
                if isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id == "mark":
                    continue  # a message already
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value
                elif not isinstance(text, ast.Lambda):
                    problems.append(f"{where}:{text.lineno}: {name} of {record} needs a literal")


def _elements(value: ast.expr, *, may_be_named: bool) -> list[ast.expr]:
    if isinstance(value, ast.Dict):
        return value.values
    if may_be_named:
        return []
    return value.elts if isinstance(value, ast.Tuple) else [value]


def script_calls(source: str, problems: list[str], where: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield the calls with messages in a JavaScript file, likewise: what it imports from `language.js`."""
    imported = _IMPORT.search(source)
    known = {name.strip() for name in imported[1].split(",")} if imported else set()
    for call in _CALL.finditer(source):
        if call[1] not in known:
            continue
        line = source[source.rfind("\n", 0, call.start()) + 1 : call.start()]
        if _COMMENT.match(line) or line.rstrip().endswith("function"):
            continue
        name, at, literals = call[1], call.end(), list[str]()
        needed = 2 if name in ("trn", "trc") else 1
        while len(literals) < needed and (found := _joined(source, at)) is not None:
            text, at = found
            literals.append(text)
            if source[at : at + 1] == ",":
                at += 1 + len(source[at + 1 :]) - len(source[at + 1 :].lstrip())
        is_joined = bool(_MORE.match(source, at))
        if len(literals) == needed and not is_joined:
            yield name, literals
        elif is_joined or name != "tr":
            number = source.count("\n", 0, call.start()) + 1
            problems.append(f"{where}:{number}: {name}() needs literals, not {source[call.start() : at + 40]!r}")


def _joined(source: str, at: int) -> tuple[str, int] | None:
    """Return the text of literals joined by +, and where they end; None where there is none."""
    text, begun = "", False
    while (found := _LITERAL.match(source, at)) is not None:
        text, at, begun = text + _unquoted(found[1]), found.end(), True
        join = _JOIN.match(source, at)
        if join is None:
            break
        at = join.end()
    return (text, at) if begun else None


def _unquoted(literal: str) -> str:
    if literal[0] == "'":
        literal = '"' + literal[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    text: str = json.loads(literal)
    return text


def _lesson_texts(value: object) -> Iterator[str]:
    """Yield the texts of a lesson file as `tr_paragraphs` asks for them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in LESSON_TEXTS and isinstance(inner, (str, list)):
                for text in [inner] if isinstance(inner, str) else inner:
                    yield from paragraphs_of(str(text).strip())
            else:
                yield from _lesson_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _lesson_texts(inner)
