"""aeviz export --format svg|pdf|png: figures for print."""

import argparse
from typing import TYPE_CHECKING

from aeviz.cli.console import file_to_write, tell_written, write_output
from aeviz.errors import ConfigError
from aeviz.export.figure_kinds import FORMATS, KINDS, WIDTH_MM

if TYPE_CHECKING:
    from aeviz.export.figure_kinds import Kind


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of figures."""
    group = parser.add_argument_group(f"figures ({', '.join(FORMATS)})")
    group.add_argument("--figure", choices=KINDS, help="which one (default: map)")
    group.add_argument("--width", type=float, metavar="MM", help=f"in millimetres (default: {WIDTH_MM:g})")


def refuse_options(options: argparse.Namespace) -> None:
    """Refuse an option of figures beside another format.

    Raises:
        ConfigError: There is one.
    """
    if options.figure is not None or options.width is not None:
        raise ConfigError(f"--figure and --width belong to --format {', '.join(FORMATS)}")


def export_figure(options: argparse.Namespace) -> int:
    """Write a figure of one run or two."""
    from aeviz.training.runs import find_run
    from aeviz.web.takeaway.figures import figure_file, file_name

    folders = [find_run(name) for name in (options.model, options.second) if name is not None]
    kind: Kind = options.figure or "map"
    width = WIDTH_MM if options.width is None else options.width
    path = file_to_write(options, file_name(folders, kind, options.format))
    content = figure_file(folders, kind, options.format, width)
    write_output(path, lambda place: place.write_bytes(content))
    return tell_written(options, path, f"{width:g} mm wide, type of 8 points")
