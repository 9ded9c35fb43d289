"""aeviz push and aeviz pull: runs on the Hugging Face Hub."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from aeviz.cli.console import add_json, percent_bar, print_json

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands."""
    push = commands.add_parser("push", help="upload a run with its card to the Hugging Face Hub")
    push.add_argument("model", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    push.add_argument("repo", metavar="OWNER/NAME", help="the repository, which is made where it is not there")
    push.add_argument("--private", action="store_true", help="make a repository that is not there a private one")
    push.add_argument("--licence", metavar="ID", help="what the card names, such as mit (default: unknown)")
    add_json(push)
    push.set_defaults(run=_push)
    pull = commands.add_parser("pull", help="download a run from the Hugging Face Hub into AEVIZ_RUNS")
    pull.add_argument("repo", metavar="OWNER/NAME", help="what aeviz push wrote")
    pull.add_argument("--revision", metavar="R", help="branch, tag or commit (default: the newest)")
    pull.add_argument("--name", metavar="NAME", help="name of the run (default: that of the repository)")
    add_json(pull)
    pull.set_defaults(run=_pull)


def _push(options: argparse.Namespace) -> int:
    from aeviz.hub import push

    print(f"aeviz: uploading {options.model} to {options.repo} ...", file=sys.stderr)
    pushed = push(options.model, options.repo, private=options.private, licence=options.licence)
    if options.json:
        print_json(pushed)
    else:
        print(f"{pushed.url}: {pushed.bytes / 1e6:.1f} MB, {', '.join(pushed.files)}; commit {pushed.commit[:12]}")
    return 0


def _pull(options: argparse.Namespace) -> int:
    from aeviz.hub import pull

    with percent_bar() as show:
        folder = pull(options.repo, revision=options.revision, name=options.name, on_progress=show)
    if options.json:
        print(json.dumps({"name": folder.name, "path": str(folder.path)}, indent=2))
    else:
        print(f"{folder.name}: in {folder.path}; its figures on your test images: aeviz evaluate {folder.name}")
    return 0
