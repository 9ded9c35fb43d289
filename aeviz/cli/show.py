"""aeviz show: a map of vectors from a file."""

import argparse
from typing import TYPE_CHECKING

from aeviz.cli.console import to_path

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    show = commands.add_parser(
        "show", help="show vectors from a .npy, .npz, .csv or .parquet file as a map in the browser"
    )
    show.add_argument(
        "file", type=to_path, metavar="FILE", help=".npz: z, labels and images; .csv, .parquet: numbers and label"
    )
    show.add_argument("--method", choices=("pca", "t-sne", "umap"), default="pca", help="for more than 3 dimensions")
    show.add_argument("--out", type=to_path, metavar="PATH", help="write an HTML file there instead of opening one")
    show.set_defaults(run=_show)


def _show(options: argparse.Namespace) -> int:
    from aeviz.web.takeaway.show import read_points, show

    found = read_points(options.file)
    path = show(
        found.z,
        labels=found.labels,
        images=found.images,
        method=options.method,
        title=options.file.stem,
        path=options.out,
        opens=options.out is None,
    )
    print(f"{path}: {path.stat().st_size / 1e3:,.0f} kB, {len(found.z):,} points; it needs no network")
    return 0
