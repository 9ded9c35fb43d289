"""`python -m aeviz.workers KIND DIR` is the worker that `aeviz.workers.process` starts."""

import importlib
import sys
from pathlib import Path
from typing import get_args

from aeviz.errors import AevizError
from aeviz.workers.process import Kind


def main(arguments: list[str]) -> int:
    """Do the work of a kind in a folder; return the exit status."""
    match arguments:
        case [kind, path] if kind in get_args(Kind):
            try:
                status: int = importlib.import_module(f"aeviz.workers.{kind}").work(Path(path))
            except AevizError as error:  # before it could report
                print(error, file=sys.stderr)
                return 2
            return status
    print(f"expected one of {', '.join(get_args(Kind))} and a folder", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
