"""aeviz doctor: whether an installation has what it needs, and what to do."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from aeviz.cli.app import to_port
from aeviz.cli.console import add_json, print_json

if TYPE_CHECKING:
    from aeviz.cli.console import Commands

_MARKS = {"ok": "ok", "note": "note", "problem": "PROBLEM"}


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    doctor = commands.add_parser(
        "doctor",
        help="check this installation and say what to do",
        description="Check this installation and say what to do. The exit status is 1 where something does not work.",
    )
    doctor.add_argument("--port", type=to_port, default=8501, metavar="N", help="port of the app (default 8501)")
    doctor.add_argument(
        "--host",
        default="localhost",
        metavar="H",
        help="address of the app, which decides its mode (default localhost)",
    )
    add_json(doctor)
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from aeviz.serving.checks import check_installation

    checks = []
    for check in check_installation(options.port, options.host):
        checks.append(check)
        if not options.json:
            print(f"{_MARKS[check.state]:8} {check.name}: {check.found}")
            if check.advice:
                print(f"{'':8} -> {check.advice}")
    problems = sum(check.state == "problem" for check in checks)
    if options.json:
        print_json({"ok": not problems, "checks": [asdict(check) for check in checks]})
    else:
        print(f"\n{'All that aeviz needs is here.' if not problems else f'Problems to mend: {problems}.'}")
    return 1 if problems else 0
