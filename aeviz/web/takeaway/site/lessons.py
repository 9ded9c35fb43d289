"""Lessons as pages to read: a question first, then what it was about, and the way to the view."""

import html
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from aeviz.lessons import Choices, Lesson, Number, Question, Step, View
from aeviz.web.takeaway.site.markdown import to_html, to_inline
from aeviz.web.takeaway.site.models import Contents
from aeviz.web.takeaway.site.shell import Site, file_name

SCRIPT = "lesson_page/lesson_page.js"
PLAYGROUND = "playground.html"
_AXIS = re.compile(r"z([0-9]{1,4})_(-?[0-9.]+)", re.ASCII)
_SHOWN = ("model", "show")
"""Parameters of Explore that the page of a model needs no counterpart of."""


def add_lessons(site: Site, contents: Contents, lessons: Mapping[str, Lesson]) -> None:
    """Add a page for each lesson, and one that lists them."""
    cards = []
    for name, lesson in lessons.items():
        path = f"lessons/{file_name(name)}.html"
        site.add_page(path, lesson.title, _page(site, contents, lesson), script=SCRIPT)
        count = f"{lesson.minutes} min · {len(lesson.steps)} steps · {lesson.questions} questions"
        cards.append(
            f'<a class="card" href="{file_name(name)}.html"><div class="words">'
            f"<strong>{to_inline(lesson.title, _nowhere)}</strong><small>{count}</small>"
            f"<small>{to_inline(lesson.summary, _nowhere)}</small></div></a>"
        )
    site.add_page(
        "lessons/index.html",
        "Lessons",
        f'<h1>Lessons</h1><p>Predict first, then look.</p><div class="cards wide">{"".join(cards)}</div>',
    )


def counterpart(view: View, site: Site, contents: Contents) -> tuple[str, bool]:
    """Return the path of what shows a view in the site, empty where nothing does, and whether it shows but a part."""
    given = dict(view.parameters)
    if view.page == "/playground":
        return (f"{PLAYGROUND}?{urlencode(view.parameters)}" if PLAYGROUND in site.files else "", False)
    model = given.get("model", "")
    if view.page not in ("/explore", "/generate") or model not in contents.models:
        return "", False
    second = given.get(f"with.{model}", "nothing")
    path = contents.models[model]
    if second != "nothing":
        path = contents.pairs.get((model, second), "") or contents.pairs.get((second, model), "")
    at = given.get(f"{model}.at", "")
    if path and at and (point := _point(at, contents.starts[model])):
        path = f"{path}?at={','.join(f'{value:g}' for value in point)}"
    known = {*_SHOWN, f"with.{model}", f"{model}.at"}
    return path, bool(path) and (view.page == "/generate" or bool(set(given) - known))


def _point(text: str, start: tuple[float, ...]) -> tuple[float, ...] | None:
    """Return the latent point that an address names, such as z1_0~z2_25; None where it names none."""
    values = list(start)
    for part in text.split("~"):
        found = _AXIS.fullmatch(part)
        if found is None or not 1 <= int(found[1]) <= len(values):
            return None
        values[int(found[1]) - 1] = float(found[2])
    return tuple(values)


def _page(site: Site, contents: Contents, lesson: Lesson) -> str:
    steps = "".join(_step(site, contents, lesson, place) for place in range(len(lesson.steps)))
    sources = "".join(f"<li>{to_inline(source, _nowhere)}</li>" for source in lesson.sources)
    sources = f"<h2>Sources</h2><ul>{sources}</ul>" if sources else ""
    title, summary = (to_inline(text, _nowhere) for text in (lesson.title, lesson.summary))
    return (
        f'<div class="reading"><h1>{title}</h1><p>{summary}</p>{steps}'
        f'<p class="result" role="status"></p>{sources}</div>'
    )


def _step(site: Site, contents: Contents, lesson: Lesson, place: int) -> str:
    step = lesson.steps[place]
    question = "" if step.question is None else _question(step.question, place)
    hidden = "" if step.question is None else " hidden"
    before = "" if step.before is None else f"<div>Beside this question: {_way(site, contents, step.before)}</div>"
    text, answer = to_html(step.text, _nowhere), _answer(site, contents, step)
    return (
        f'<section class="step" aria-label="Step {place + 1}"><h2>Step {place + 1} of {len(lesson.steps)}</h2>'
        f'{text}{before}{question}<div class="answer"{hidden}>{answer}</div></section>'
    )


def _question(question: Question, place: int) -> str:
    ask = to_inline(question.ask, _nowhere)
    buttons = '<button type="submit">Answer</button><button type="button" class="skip">Skip</button>'
    if isinstance(question, Choices):
        choices = "".join(
            f'<label><input type="radio" name="q{place}" value="{index}">'
            f"<span>{to_inline(choice, _nowhere)}</span></label>"
            for index, choice in enumerate(question.choices)
        )
        given = f'data-correct="{question.correct}"'
    else:
        choices = _number(question)
        given = f'data-answer="{question.answer!r}" data-tolerance="{question.tolerance!r}"'
    solution = to_inline(question.solution, _nowhere)
    return (
        f"<form {given}><template>{solution}</template>"
        f"<fieldset><legend><span>Predict first.</span> {ask}</legend>{choices}</fieldset>"
        f'{buttons}<p class="hint" role="status"></p></form>'
    )


def _number(question: Number) -> str:
    unit = f" ({html.escape(question.unit)})" if question.unit else ""
    return f'<label>Your answer{unit} <input type="number" step="any" inputmode="decimal"></label>'


def _answer(site: Site, contents: Contents, step: Step) -> str:
    expect = f"<p><strong>Look for:</strong> {to_inline(step.expect, _nowhere)}</p>" if step.expect else ""
    source = f"<p><small>Source: {to_inline(step.source, _nowhere)}</small></p>" if step.source else ""
    return f"{expect}{_way(site, contents, step.view)}{to_html(step.explanation, _nowhere)}{source}"


def _way(site: Site, contents: Contents, view: View) -> str:
    """Return the way to a view: the page of the site that shows it, or its address in the app."""
    path, is_part = counterpart(view, site, contents)
    address = f"<code>{html.escape(str(view))}</code>"
    if not path:
        return f'<p class="needs">This view needs the app: <code>aeviz app</code>, then {address}.</p>'
    place = path.partition("?")[0].removesuffix(".html")
    title = place.partition("/")[2].replace("-and-", " and ") or "the Playground"
    way = f'<p><a class="view" href="../{html.escape(path)}">Open {html.escape(title)}</a></p>'
    if is_part:
        way += f'<p class="needs">The app shows more of this view: <code>aeviz app</code>, then {address}.</p>'
    return way


def _nowhere(target: str) -> str | None:
    """Return the address of a link in a lesson's text: they lead into the app."""
    return None if target.startswith("/") else target
