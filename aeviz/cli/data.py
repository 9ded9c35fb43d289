"""aeviz data: which data sets there are, and downloading one."""

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from aeviz.cli.console import add_json, percent_bar

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands."""
    data = commands.add_parser("data", help="list data sets, or download one")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    data_list = actions.add_parser("list", help="list data sets and whether they are here")
    add_json(data_list)
    data_list.set_defaults(run=_data_list)
    prepare = actions.add_parser("prepare", help="download a data set into AEVIZ_DATA")
    prepare.add_argument("name", metavar="NAME")
    prepare.set_defaults(run=_data_prepare)


def _data_list(options: argparse.Namespace) -> int:
    from aeviz.data import bytes_to_download, is_available, list_datasets

    sets = [{**dataclasses.asdict(info), "available": is_available(info.name)} for info in list_datasets()]
    if options.json:
        print(json.dumps(sets, indent=2))
        return 0
    for info in sets:
        away = "not downloaded" if bytes_to_download(info["name"]) else "to be unpacked"
        place = "built in" if info["embedded"] else "here" if info["available"] else away
        channels, height, width = info["image_shape"]
        print(
            f"{info['name']:<14} {place:<15} {info['n_train']:>7,} + {info['n_test']:>6,} images of "
            f"{channels} x {height} x {width}  {info['title']}"
        )
    print("folder:PATH    your own images, one subfolder a class or all in one folder")
    return 0


def _data_prepare(options: argparse.Namespace) -> int:
    from aeviz.data import prepare_dataset

    with percent_bar() as show:
        path = prepare_dataset(options.name, on_progress=show)
    print(f"{options.name} needs no download" if path is None else f"{options.name} is in {path}")
    return 0
