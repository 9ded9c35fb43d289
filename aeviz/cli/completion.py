"""aeviz completion: the script with which a shell completes commands, options and the names that aeviz knows."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aeviz.cli.console import to_path

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    completion = commands.add_parser("completion", help="print a script that completes commands in a shell")
    completion.add_argument("shell", choices=("bash", "zsh"), help='for bash: eval "$(aeviz completion bash)"')
    completion.set_defaults(run=_completion)


def _completion(options: argparse.Namespace) -> int:
    import shtab

    from aeviz.cli import build_parser
    from aeviz.data import list_datasets
    from aeviz.presets import PRESETS
    from aeviz.training.runs import list_folders

    datasets = [info.name for info in list_datasets()]
    names = {
        "preset": list(PRESETS),
        "model": [folder.name for folder in list_folders() if folder.is_shipped],
        "data": datasets,
        "name": datasets,
    }
    parser = build_parser()
    _teach(parser, names, shtab.FILE)
    print(shtab.complete(parser, options.shell))
    return 0


def _teach(parser: argparse.ArgumentParser, names: Mapping[str, list[str]], files: Mapping[str, Any]) -> None:
    """Give the arguments of a parser, and of those below it, the names they may have, for completion alone."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                _teach(below, names, files)
        elif action.dest in names:
            action.choices = names[action.dest]
        elif action.type is to_path:
            action.complete = files  # type: ignore[attr-defined]
