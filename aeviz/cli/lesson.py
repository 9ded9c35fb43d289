"""aeviz lesson: checking lesson files, and a template to begin with."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aeviz.cli.console import to_path
from aeviz.errors import ConfigError, LessonError

if TYPE_CHECKING:
    from aeviz.cli.console import Commands
    from aeviz.lessons import Lesson

_HAS_ERRORS = 1
"""Exit status where a lesson has errors; a file that cannot be read is bad input, 2."""


def add_commands(commands: "Commands") -> None:
    """Add the commands."""
    lesson = commands.add_parser("lesson", help="check lesson files, or write a template")
    actions = lesson.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="check lesson files: fields, questions, addresses and models")
    check.add_argument("files", nargs="+", type=to_path, metavar="FILE")
    check.set_defaults(run=_check)
    template = actions.add_parser("template", help="write a commented lesson to begin with")
    template.add_argument("--out", type=to_path, metavar="FILE", help="file to write (default: standard output)")
    template.set_defaults(run=_template)


def _check(options: argparse.Namespace) -> int:
    from aeviz.lessons import read_lesson
    from aeviz.training.runs import list_runs

    models: set[str] | None = None
    status = 0
    for path in options.files:
        try:
            lesson = read_lesson(path)
        except LessonError as error:
            for problem in error.problems:
                print(f"{path}: {problem}", file=sys.stderr)
            status = max(status, _HAS_ERRORS if error.is_read else 2)
            continue
        models = {run.name for run in list_runs()} if models is None else models
        _describe(path, lesson)
        _warn(path, lesson, models)
    return status


def _describe(path: Path, lesson: "Lesson") -> None:
    counts = f"{lesson.minutes} minutes, {_count(len(lesson.steps), 'step')}, {_count(lesson.questions, 'question')}"
    print(f"{path}: {lesson.title}: {counts}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _warn(path: Path, lesson: "Lesson", models: set[str]) -> None:
    """Name the models that views ask for and that are not here; they may be on the server where the lesson is given."""
    from aeviz.lessons import models_named

    for number, step in enumerate(lesson.steps, start=1):
        for name in models_named(step.view):
            if name not in models:
                print(
                    f"{path}: warning: step {number}, view: there is no model {name!r} here; see aeviz list",
                    file=sys.stderr,
                )


def _template(options: argparse.Namespace) -> int:
    from aeviz.lessons import TEMPLATE

    if options.out is None:
        print(TEMPLATE, end="")
        return 0
    if options.out.exists():
        raise ConfigError(f"{options.out} exists already; choose another name for --out, or remove the file")
    options.out.write_text(TEMPLATE, encoding="utf-8")
    print(f"{options.out} is a lesson to begin with; check it with: aeviz lesson check {options.out}")
    return 0
