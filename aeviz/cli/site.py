"""aeviz export --format site: models, lessons and the playground as a folder for any web server."""

import argparse
import sys
from pathlib import Path

from aeviz.cli.console import percent_bar, print_json
from aeviz.errors import ConfigError

FORMAT = "site"
_SECONDS, _MORE_SECONDS = 2, 8
"""That a model takes, with its pairs; and the playground."""


def export_site(options: argparse.Namespace) -> int:
    """Write the site of the models named, or of those that ship."""
    if options.second is not None or options.shipped:
        raise ConfigError("--format site writes the pairs of its models by itself; leave out --second and --shipped")
    from aeviz.training.runs import find_run, list_folders
    from aeviz.web.takeaway.site.write import write_site

    named = [find_run(name) for name in options.models]
    runs = named or [folder for folder in list_folders() if folder.is_shipped and folder.is_trained]
    folder: Path = options.out or Path("aeviz-site")
    print(
        f"aeviz: writing {len(runs)} models, about {_SECONDS * len(runs) + _MORE_SECONDS} s",
        file=sys.stderr,
        flush=True,
    )
    with percent_bar() as show:
        written = write_site(folder, runs, on_progress=show)
    for name, reason in written.left_out.items():
        print(f"aeviz: left out {name}: {reason}", file=sys.stderr)
    if options.json:
        print_json(written)
    else:
        size = f"{written.pages} pages, {written.bytes / 1e6:,.1f} MB"
        look = f"python -m http.server -d {written.path}"
        print(f"{written.path}: {size}; put the folder on any web server, or look at it with: {look}")
    return 2 if set(written.left_out) & {run.name for run in named} else 0
