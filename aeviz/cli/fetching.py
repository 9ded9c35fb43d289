"""aeviz models fetch: models that are published beside the wheel."""

import argparse
import json
from typing import TYPE_CHECKING

from aeviz.cli.console import add_json, percent_bar
from aeviz.errors import CheckpointError

if TYPE_CHECKING:
    from aeviz.cli.console import Commands
    from aeviz.published import PublishedModel


def add_action(actions: "Commands") -> None:
    """Add the action to aeviz models."""
    parser = actions.add_parser("fetch", help="download a published model, or list those that there are")
    parser.add_argument("name", nargs="?", metavar="NAME", help="left out: list the published models")
    parser.add_argument("--from", dest="address", metavar="URL", help="where they lie (default: AEVIZ_RELEASES)")
    add_json(parser)
    parser.set_defaults(run=_fetch)


def _fetch(options: argparse.Namespace) -> int:
    from aeviz.published import fetch_model, is_here, list_published

    if options.name is None:
        published = list_published()
        if options.json:
            found = [
                {"name": name, "here": is_here(name), "bytes": model.bytes, **_facts(model)}
                for name, model in published.items()
            ]
            print(json.dumps(found, indent=2))
            return 0
        for name, model in published.items():
            print(f"{name}: {model.title}; {model.bytes / 1e6:.1f} MB{', is here' if is_here(name) else ''}")
            print(f"  {model.licence}")
        return 0
    if is_here(options.name) and options.name in list_published():
        raise CheckpointError(
            f"model {options.name!r} is on this machine already; see: aeviz models info {options.name}"
        )
    with percent_bar() as show:
        folder = fetch_model(options.name, address=options.address, on_progress=show)
    model = list_published()[options.name]
    if options.json:
        print(
            json.dumps({"name": folder.name, "path": str(folder.path), "bytes": model.bytes, **_facts(model)}, indent=2)
        )
    else:
        print(f"{folder.name}: {model.bytes / 1e6:.1f} MB in {folder.path}. {model.licence}")
    return 0


def _facts(model: "PublishedModel") -> dict[str, str]:
    return {"title": model.title, "licence": model.licence}
