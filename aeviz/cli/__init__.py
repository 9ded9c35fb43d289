"""The command line. Prints one line on standard error and exits with 2 where the input cannot be used."""

import errno
import logging
import os
import sys
from collections.abc import Sequence

from aeviz import __version__
from aeviz.cli import app, completion, data, doctor, hub, lesson, models, pca, show, sweep, train
from aeviz.cli.console import INTERRUPTED, Parser, complain, escape_unprintable
from aeviz.errors import AevizError

FULL = (errno.ENOSPC, errno.EDQUOT)

__all__ = ["INTERRUPTED", "build_parser", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 for success, 2 for bad usage or input, 130 after Ctrl-C.

    `lesson check`, `doctor` and `sweep` also have 1: for a lesson with errors, an installation with problems, a run
    that failed.
    """
    escape_unprintable()
    logging.basicConfig(level=logging.WARNING, format="aeviz: %(message)s", stream=sys.stderr)
    try:
        options = build_parser().parse_args(arguments)
        status: int = options.run(options)
    except AevizError as error:
        return complain(error)
    except KeyboardInterrupt:
        print("aeviz: stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output left, as `aeviz list | head -1` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno in FULL:
            place = "" if error.filename is None else f" at {error.filename}"
            return complain(f"the disk is full{place}: {error.strerror}; make room on it, then run the command again")
        return complain(error)
    except RecursionError:
        return complain("a value is nested too deeply; expected a number, a word or a list such as [128,64,12]")
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        return complain(
            "the memory of this machine is too small for the model or the batch; choose narrower layers "
            "(model.hidden, model.channels) or a smaller train.batch_size"
        )
    return status


def build_parser() -> Parser:
    """Return the parser of all commands; each sets `run`, the function that does it."""
    parser = Parser(prog="aeviz", description="Explore the latent spaces of autoencoders.")
    parser.add_argument("--version", action="version", version=f"aeviz {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (app, doctor, train, sweep, models, hub, pca, data, lesson, completion, show):
        module.add_commands(commands)
    return parser
