"""aeviz data: which data sets there are, downloading one, and importing your own images."""

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from aeviz.cli.console import add_json, percent_bar, to_path

if TYPE_CHECKING:
    from aeviz.cli.console import Commands
    from aeviz.data import Imported


def add_commands(commands: "Commands") -> None:
    """Add the commands."""
    data = commands.add_parser("data", help="list data sets, download one, or import your own images")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    data_list = actions.add_parser("list", help="list data sets and whether they are here")
    add_json(data_list)
    data_list.set_defaults(run=_data_list)
    prepare = actions.add_parser("prepare", help="download a data set into AEVIZ_DATA")
    prepare.add_argument("name", metavar="NAME")
    prepare.set_defaults(run=_data_prepare)
    preview = actions.add_parser("preview", help="show what an import would make, and keep nothing")
    _add_source(preview)
    preview.add_argument("--images", type=to_path, metavar="FILE", help="write 50 of the images into a PNG file")
    preview.set_defaults(run=_data_preview)
    bring = actions.add_parser("import", help="keep your own images as a data set in AEVIZ_DATA")
    _add_source(bring)
    bring.add_argument("--name", metavar="NAME", help="name of the data set (default: from that of the source)")
    bring.set_defaults(run=_data_import)
    remove = actions.add_parser("remove", help="delete a data set of your own")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(run=_data_remove)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="+",
        type=to_path,
        metavar="SOURCE",
        help="a zip or folder of images, images, or .npy, .npz, .parquet or .arrow files",
    )
    parser.add_argument("--side", type=int, metavar="PIXELS", help="crop and resize the images to this side")
    add_json(parser)


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


def _data_preview(options: argparse.Namespace) -> int:
    from aeviz.data import preview_images

    with percent_bar() as show:
        about, images, _ = preview_images(options.source, side=options.side, on_progress=show)
    if options.images is not None:
        from aeviz.figures.images import enlarge, tile, to_png

        options.images.write_bytes(to_png(enlarge(tile(images, 10), 640)))
    if options.json:
        print(json.dumps(dataclasses.asdict(about), indent=2))
        return 0
    _print_imported(about)
    if options.images is not None:
        print(f"{len(images)} of the images are in {options.images}")
    return 0


def _data_import(options: argparse.Namespace) -> int:
    from aeviz.data import import_images
    from aeviz.data.imports import suggest_name

    name = options.name or suggest_name(options.source[0].resolve().name)
    with percent_bar() as show:
        about = import_images(options.source, name, side=options.side, on_progress=show)
    if options.json:
        print(json.dumps({"name": name, **dataclasses.asdict(about)}, indent=2))
        return 0
    _print_imported(about)
    print(f"kept as {name}; train on it: aeviz train PRESET --data {name}")
    return 0


def _data_remove(options: argparse.Namespace) -> int:
    from aeviz.data import remove_own

    print(f"deleted {remove_own(options.name)}; runs that trained on it keep their weights")
    return 0


def _print_imported(about: "Imported") -> None:
    """Print what training will see, and what was left out."""
    channels, height, width = about.image_shape
    parts = ", ".join(f"{count:,} {split}" for split, count in about.counts.items())
    print(f"{about.title}: {about.n_images:,} images of {channels} x {height} x {width} ({parts})")
    if about.class_names:
        shown = [f"{name} {n:,}" for name, n in zip(about.class_names, about.class_counts, strict=True)]
        more = f", and {len(shown) - 20:,} more" if len(shown) > 20 else ""
        print(f"{len(shown):,} classes: {', '.join(shown[:20])}{more}")
    else:
        print("no classes")
    for note in about.notes:
        print(f"- {note}")
    for skip in about.skipped:
        print(f"skipped {skip.count:,}: {skip.reason} ({', '.join(skip.examples)}{', ...' if skip.count > 3 else ''})")
