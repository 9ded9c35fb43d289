from babel.messages.catalog import Catalog

from tools.languages import entries, is_complete, main, merge, missing, read, set_complete, unused, update, write, wrong
from tools.messages import Found, find_messages, python_calls, record_texts, script_calls

PYTHON = """
from aeviz.language import mark, tr, trc, trn
TITLE = mark("A title")
text = tr("one "
    "text of {data}", data=name)
same = tr(TITLE)
number = trn("{n} unit", "{n} units", len(units))
verb = trc("a verb", "Map")
bad = tr(f"{count} images")
worse = mark(TITLE)
"""
SCRIPT = """
import { number, mark, tr, trn } from "../kit/language.js";
const TITLE = mark(
  "A title " +
    "of two parts",
);
// tr("in a comment")
button(`${tr("inside of \\u2212 {a}", { a: tr("a \\"nested\\" one") })}`, tr(TITLE));
this.mark("a method");
trn("{count} image", "{count} images", many);
tr(`a template`);
tr("a " + joined);
"""


def test_calls_in_python_are_found():
    problems = []
    found = list(python_calls(PYTHON, problems, "a.py"))
    assert found == [
        ("mark", ["A title"]),
        ("tr", ["one text of {data}"]),
        ("trn", ["{n} unit", "{n} units"]),
        ("trc", ["a verb", "Map"]),
    ]
    assert [problem.partition(": ")[0] for problem in problems] == ["a.py:9", "a.py:10"]
    assert not list(python_calls("def tr(text): ...\ntr('mine')", problems))


def test_texts_of_experiments_are_found():
    problems = []
    source = (
        "from aeviz.web.kernel.experiments import Experiment\nExperiment(name='Jensen', show=f, slips=('a ' 'b', c))"
    )
    assert list(record_texts(source, problems, "a.py")) == ["Jensen", "a b"]
    assert problems == ["a.py:2: slips of Experiment needs a literal"]
    assert not list(record_texts("Experiment(name='mine')", problems))


def test_texts_of_a_form_are_found():
    problems = []
    source = (
        "from aeviz.web.train.field import Field, uses\n"
        "Field(key='k', label='Loss', help=lambda: tr('{n} kinds', n=2), choices=LOSSES.titles)\n"
        "Field(label='Penalty', help='A weight.', choices={'l1': 'L1', 'own': mark('mine')})"
    )
    assert list(record_texts(source, problems, "a.py")) == ["Loss", "Penalty", "A weight.", "L1"]
    assert not problems


def test_calls_in_scripts_are_found():
    problems = []
    found = list(script_calls(SCRIPT, problems, "a.js"))
    assert found == [
        ("mark", ["A title of two parts"]),
        ("tr", ["inside of \N{MINUS SIGN} {a}"]),
        ("tr", ['a "nested" one']),
        ("trn", ["{count} image", "{count} images"]),
    ]
    assert [problem.partition(": ")[0] for problem in problems] == ["a.js:11", "a.js:12"]


def test_messages_of_a_checkout_include_notes_and_lessons(tmp_path):
    room, lessons = tmp_path / "aeviz" / "web" / "room", tmp_path / "aeviz" / "lessons" / "shipped"
    room.mkdir(parents=True)
    lessons.mkdir(parents=True)
    (room / "view.py").write_text("from aeviz.language import tr\ntr('Draw')\n")
    (room / "notes.md").write_text("# Theory\n\nFirst\nparagraph.\n\n\nSecond.\n")
    (lessons / "a.yaml").write_text(
        "title: A lesson\nsteps:\n- text: Look.\n  view: /explore\n  question: {ask: 'Why?'}\n"
    )
    messages, problems = find_messages(tmp_path)
    assert not problems
    assert {found.one: found.places for found in messages} == {
        "Draw": ["aeviz/web/room/view.py"],
        "Theory": ["aeviz/web/room/notes.md"],
        "First\nparagraph.": ["aeviz/web/room/notes.md"],
        "Second.": ["aeviz/web/room/notes.md"],
        "A lesson": ["aeviz/lessons/shipped/a.yaml"],
        "Look.": ["aeviz/lessons/shipped/a.yaml"],
        "Why?": ["aeviz/lessons/shipped/a.yaml"],
    }


def message(one, many=None, context=None):
    return Found(one, many, context, ["a.py"])


def translated(**texts):
    catalogue = update(
        Catalog(locale="de", header_comment="# Complete: no", fuzzy=False), [message(one) for one in texts]
    )
    for (_, one), entry in entries(catalogue).items():
        entry.string = texts[one]
    return catalogue


def test_update_adds_what_is_new_and_drops_what_went():
    catalogue = translated(old="alt", kept="bleibt")
    set_complete(catalogue)
    messages = [message("kept"), message("something else")]
    assert unused(catalogue, messages) == ["old"]
    catalogue = update(catalogue, messages)
    assert {one: entry.string for (_, one), entry in entries(catalogue).items()} == {
        "kept": "bleibt",
        "something else": None,
    }
    assert missing(catalogue, messages) == ["something else"]
    assert is_complete(catalogue)  # a test of the catalogues asks for what is missing


def test_merge_takes_over_what_is_missing_alone():
    mine, theirs = translated(one="eins", two=""), translated(one="EINS", two="zwei")
    assert merge(mine, theirs) == 1
    assert {one: entry.string for (_, one), entry in entries(mine).items()} == {"one": "eins", "two": "zwei"}


def test_changed_values_formulas_and_links_are_told():
    texts = {
        "{count:,} of {data}": "{count} von {data}",
        "where $x > 0$": "wo $x < 0$",
        "[Lab](/lab)": "[Labor](/labor)",
        "good $\\text{if } x$ {a}": "{a} gut $\\text{wenn } x$",
        "colon: ": "Doppelpunkt:",
    }
    problems = wrong(translated(**texts))
    assert len(problems) == 4
    assert not any("good" in problem for problem in problems)


def test_the_command_begins_and_checks_a_catalogue(tmp_path, capsys):
    assert main(["--folder", str(tmp_path), "--new", "fr"]) == 0
    assert "fr: 0 of" in capsys.readouterr().out
    catalogue = read(tmp_path / "fr.po")
    assert len(catalogue) > 100
    assert (tmp_path / "fr.po").read_text(encoding="utf-8").startswith("# ")
    assert main(["--folder", str(tmp_path), "--complete", "fr"]) == 0  # it lacks all, so it stays as it is
    assert not is_complete(read(tmp_path / "fr.po"))
    first = next(iter(entries(catalogue).values()))
    first.string = "nouveau {x}"
    write(tmp_path / "fr.po", catalogue)
    assert main(["--folder", str(tmp_path)]) == 1
    assert "fr: wrong" in capsys.readouterr().out
