"""Common parts of the commands: a parser whose errors are one line, JSON and progress bars."""

import argparse
import dataclasses
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from aeviz.errors import AevizError, ConfigError, StorageError
from aeviz.training.files import write_atomically

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    """Where a command adds its parser."""

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    write_epilog: Callable[[], str] | None = None
    """Returns the last paragraph of the help when it is asked for: registries may have grown by then."""

    def format_help(self) -> str:
        """Return the help."""
        if self.write_epilog is not None:
            self.epilog = self.write_epilog()
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Say what was wrong in one line and exit with 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def escape_unprintable() -> None:
    """Print a backslash code for each character that the console's encoding lacks, in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def complain(message: object) -> int:
    """Print why a command cannot be done, in one line; return its exit status."""
    print(f"aeviz: {' '.join(str(message).split())}", file=sys.stderr)
    return 2


def to_path(text: str) -> Path:
    """Return a path that an option names."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no path; expected the name of a file or folder")
    return Path(text)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the option --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def print_json(value: Any) -> None:
    """Print a dataclass, or a list of them, as JSON."""
    if isinstance(value, list):
        value = [dataclasses.asdict(entry) for entry in value]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    print(json.dumps(value, indent=2))


@contextmanager
def percent_bar() -> Iterator[Callable[[float, str], None]]:
    """Show a bar on standard error; yield the function that moves it to a share in [0, 1] and names what is done."""
    from tqdm import tqdm

    layout = "{desc}: {percentage:3.0f}% |{bar}| {remaining} left"
    with tqdm(total=100, leave=False, dynamic_ncols=True, bar_format=layout, disable=None) as bar:

        def show(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(100 * share - bar.n)

        yield show


def file_to_write(options: argparse.Namespace, usual: str) -> Path:
    """Return the file that --out names, or the usual one.

    Raises:
        ConfigError: It is a folder.
    """
    path: Path = options.out or Path(usual)
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; --out names the file to write")
    return path


def write_output(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill the file that a command makes, so that it is whole or, where the disk is full, not there.

    Args:
        path: From `file_to_write`; a pipe or a device is written as it is.
        write: Takes the path that it fills.

    Raises:
        StorageError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            write(path)
        else:
            write_atomically(path, write)
    except AevizError:  # some of which are OSErrors too
        raise
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}; make room on its disk, or name another place with --out"
        ) from error


def tell_written(options: argparse.Namespace, path: Path, words: str) -> int:
    """Say what was written, a file or a folder, and what it is for."""
    size = sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size
    if options.json:
        print_json({"path": str(path), "bytes": size})
    else:
        print(f"{path}: {size / 1e3:,.0f} kB; {words}")
    return 0
