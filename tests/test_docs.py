"""The documents: links lead somewhere, commands are accepted, and examples are those that are tested."""

import ast
import importlib.util
import pkgutil
import re
import shlex
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from addresses import CHOICES, assert_leads_somewhere

import aeviz
from aeviz.cli import build_parser

ROOT = Path(__file__).parents[1]
DOCS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "checkpoints").rglob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
EXTENDING = ROOT / "docs" / "extending.md"
EXAMPLES = {
    "Add a data set": "data/test_data_registry.py",
    "Add an encoder": "models/example_plugin.py",
    "Add a bottleneck": "models/example_plugin.py",
    "Add a loss": "models/example_plugin.py",
}
"""Section of docs/extending.md to the file below tests/ that holds its example; pages have a test of their own."""


def anchors(text):
    """The anchors of a document's headings, as the hosts of repositories make them."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name) if name else path
        assert linked.exists(), f"{path} links to {target}"
        assert not anchor or anchor in anchors(linked.read_text(encoding="utf-8")), f"{path} links to {target}"


@pytest.mark.parametrize("path", [*DOCS, *NOTEBOOKS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_addresses_of_the_app_lead_somewhere(path):
    for address in re.findall(r"http://localhost:8501([^\s)>\"]*)", path.read_text(encoding="utf-8")):
        assert_leads_somewhere(address)


def test_theory_leads_to_every_experiment():
    text = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")
    for page, parameter in (("/lab", "experiment"), ("/optimizers", "section")):
        linked = {unquote_plus(value) for value in re.findall(rf"{page}\?{parameter}=([^)]*)\)", text)}
        assert linked == CHOICES[page, parameter]


def test_api_pages_name_what_there_is_and_all_that_the_package_offers():
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "api").glob("*.md"))
    names = re.findall(r"^::: (\S+)$", pages, flags=re.MULTILINE)
    assert len(set(names)) == len(names) > 60
    for name in names:
        pkgutil.resolve_name(name)
    offered = {f"aeviz.{name}" for name in aeviz.__all__ if name != "__version__"}
    assert offered <= set(names)


def test_commands_of_the_readme_are_accepted():
    lines = re.findall(
        r"^ {4}\.venv/bin/aeviz (.+)$", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert len(lines) > 5
    for line in lines:
        build_parser().parse_args(shlex.split(line, comments=True))  # refuses by SystemExit or an error of its own


def named_programs(text):
    """The modules of `python -m MODULE` and the scripts of `python PATH.py` that a document names."""
    command = r"\bpython[\d.]*(?: -[A-Za-ln-z]\b)*"
    return set(re.findall(rf"{command} -m ([\w.]+)", text)), set(re.findall(rf"{command} ([\w./-]+\.py)\b", text))


def is_module(name):
    """Whether a module can be found; nothing but the packages above it is imported."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # a package above it
        return False


def test_programs_that_the_documents_name_exist():
    absent, count = [], 0
    for path in DOCS:
        modules, scripts = named_programs(path.read_text(encoding="utf-8"))
        count += len(modules) + len(scripts)
        absent += [f"{path.name}: python -m {name}" for name in sorted(modules) if not is_module(name.rstrip("."))]
        absent += [f"{path.name}: python {name}" for name in sorted(scripts) if not (ROOT / name).is_file()]
    assert count > 3
    assert absent == []


@pytest.mark.parametrize(
    ("text", "modules", "scripts"),
    [
        ("    A=1 .venv/bin/python -m tools.results --measure", {"tools.results"}, set()),
        ("`python3 -u -m no.such KIND`", {"no.such"}, set()),
        ("    python benchmarks/photos.py --picture a.png", set(), {"benchmarks/photos.py"}),
        ("a Python module; python is fast", set(), set()),
    ],
)
def test_programs_are_found_in_a_text(text, modules, scripts):
    assert named_programs(text) == (modules, scripts)


def test_module_that_is_absent_is_not_found():
    assert is_module("tools.results")
    assert not is_module("aeviz.results")
    assert not is_module("no.such")


def definitions(source):
    """The functions and classes of a module by name, whatever their layout; those of a module in a string too."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = ast.dump(node)
        elif (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and "class " in str(node.value.value)
        ):
            found |= definitions(node.value.value)
    return found


@pytest.mark.parametrize("section", EXAMPLES)
def test_example_is_the_one_that_is_tested(section):
    part = EXTENDING.read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    shown = definitions("\n".join(re.findall(r"```python\n(.*?)```", part, flags=re.DOTALL)))
    tested = definitions((ROOT / "tests" / EXAMPLES[section]).read_text(encoding="utf-8"))
    assert shown
    assert shown == {name: tested.get(name) for name in shown}


def test_glossary_names_are_in_the_code():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    files = [
        path for kind in ("py", "js") for path in (ROOT / "aeviz").rglob(f"*.{kind}") if "vendor" not in path.parts
    ]
    code = "\n".join(f"{path}\n{path.read_text(encoding='utf-8')}" for path in files)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    names = [name for row in rows if len(row) == 4 for name in re.findall(r"`([^`]+)`", row[2])]
    assert len(names) > 80
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}", code)] == []


def test_glossary_names_each_term_once():
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    terms = [line.split("|")[1].strip() for line in lines if line.startswith("|") and line.count("|") == 5]
    assert sorted({term for term in terms if terms.count(term) > 1}) == ["---", "term"]
