"""aeviz evaluate, list, export and models: what is done with trained models."""

import argparse
import dataclasses
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aeviz.cli import fetching, figures, films, importing, site
from aeviz.cli.console import (
    add_json,
    file_to_write,
    percent_bar,
    print_json,
    tell_written,
    to_path,
    write_output,
)
from aeviz.errors import ConfigError
from aeviz.export.figure_kinds import FORMATS

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands."""
    evaluate = commands.add_parser("evaluate", help="measure a model on a split of its data")
    evaluate.add_argument("model", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    evaluate.add_argument("--data", metavar="D", help="another data set")
    evaluate.add_argument("--split", choices=("train", "validation", "test"), default="test")
    add_json(evaluate)
    evaluate.set_defaults(run=_evaluate)

    listing = commands.add_parser("list", help="list trained models")
    add_json(listing)
    listing.set_defaults(run=_list)

    export = commands.add_parser("export", help="write a model in the format of other programs")
    export.add_argument("models", nargs="*", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    export.add_argument("--shipped", action="store_true", help="what is missing beside the models that ship")
    export.add_argument(
        "--format",
        choices=("onnx", "html", "csv", "parquet", "npz", "projector", *FORMATS, *films.FORMATS, site.FORMAT),
        required=True,
        help="onnx: decoder.onnx and encoder.onnx; html: one file with the latent space, which needs no network; "
        "csv, parquet, npz: the codes of the test images; projector: the same for TensorBoard's projector; "
        "svg, pdf, png: a figure for print; gif, webp, mp4: a film; "
        "site: a folder for any web server, with the models named, or all that ship, side by side and with lessons",
    )
    export.add_argument(
        "--second",
        metavar="RUN",
        help="html: a model of the same data that decodes beside it; curves and reconstructions: one shown with it",
    )
    export.add_argument(
        "--out",
        type=to_path,
        metavar="PATH",
        help="where to write (default: ./RUN-onnx, ./RUN.html, ./aeviz-site and so on)",
    )
    figures.add_options(export)
    films.add_options(export)
    add_json(export)
    export.set_defaults(run=_export)

    models = commands.add_parser("models", help="list models, describe, import or fetch one, or remove one of your own")
    actions = models.add_subparsers(required=True, metavar="ACTION")
    again = actions.add_parser("list", help="the same as aeviz list")
    add_json(again)
    again.set_defaults(run=_list)
    info = actions.add_parser("info", help="what a model is, where it came from, how good it is, and all its settings")
    info.add_argument("model", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    add_json(info)
    info.set_defaults(run=_info)
    card = actions.add_parser("card", help="print the card of a model: a README.md that Hugging Face reads")
    card.add_argument("model", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    card.set_defaults(run=_card)
    importing.add_action(actions)
    fetching.add_action(actions)
    remove = actions.add_parser("remove", help="delete a run of AEVIZ_RUNS, or a fetched model, with all its files")
    remove.add_argument("model", metavar="RUN", help="a name from 'aeviz list', not one that ships")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    remove.set_defaults(run=_remove)


def _evaluate(options: argparse.Namespace) -> int:
    from aeviz.training.runs import find_run

    folder = find_run(options.model)
    data = folder.config.data
    if options.data is not None:
        data = replace(data, name=options.data, without=None)
    from aeviz.data import load_dataset
    from aeviz.data.changes import with_class_order
    from aeviz.experiment import find_changed_images

    names = folder.provenance.class_names
    dataset = with_class_order(load_dataset(data, options.split), names)
    train_set = with_class_order(load_dataset(replace(data, without=None), "train"), names)
    if problem := find_changed_images(folder, data, train_set):
        print(f"aeviz: {problem}", file=sys.stderr)
    from aeviz.analysis.evaluation import evaluate
    from aeviz.training.run import load

    with percent_bar() as show:
        evaluation, _ = evaluate(load(folder), dataset, train_set, on_progress=show)
    if options.json:
        print_json(evaluation)
        return 0
    for name, value in dataclasses.asdict(evaluation).items():
        if isinstance(value, dict):
            value = ", ".join(f"{label} {error:.2f}" for label, error in value.items())
        elif isinstance(value, tuple):
            value = ", ".join(f"{entry:.3f}" for entry in value) or None
        print(f"{name:>26}  {'-' if value is None else f'{value:.5f}' if isinstance(value, float) else value}")
    return 0


def _list(options: argparse.Namespace) -> int:
    from aeviz.training.runs import list_runs

    runs = list_runs()
    if options.json:
        print_json(runs)
        return 0
    if not runs:
        print("no trained models yet; train one: aeviz train digits-2d-adam")
        return 0
    width = max(len(run.name) for run in runs)
    print(f"{'name':<{width}}  {'data':<10} {'latent':>6}  {'optimizer':<9} {'parameters':>10} {'epochs':>6}  val MSE")
    for run in runs:
        error = "-" if run.val_mse is None else f"{run.val_mse:.5f}"
        print(
            f"{run.name:<{width}}  {run.dataset:<10} {run.latent_dim:>6}  {run.optimizer:<9} "
            f"{run.parameters:>10,} {run.epochs:>6}  {error}"
        )
    return 0


def _info(options: argparse.Namespace) -> int:
    from aeviz.training.runs import find_run

    folder = find_run(options.model)
    summary, evaluation = folder.summary(), folder.evaluation()
    described = {
        **dataclasses.asdict(summary),
        "path": str(folder.path.resolve()),
        "ships": folder.is_shipped,
        "provenance": folder.provenance.to_dict(),
        "evaluation": None if evaluation is None else dataclasses.asdict(evaluation),
        "config": folder.config.to_dict(),
    }
    if options.json:
        print(json.dumps(described, indent=2))
        return 0
    del described["preset"]  # a setting, too
    for name, value in _flatten(described):
        print(f"{name}: {value}")
    return 0


def _card(options: argparse.Namespace) -> int:
    from aeviz.export.card import write_card
    from aeviz.training.runs import find_run

    print(write_card(find_run(options.model)), end="")
    return 0


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield names with dots, as --set takes them for settings, and values of one line; what is not set is left out."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, "" if not prefix and name == "config" else f"{prefix}{name}.")
        elif value not in (None, (), []):
            yield f"{prefix}{name}", value if isinstance(value, str) else json.dumps(value)


def _remove(options: argparse.Namespace) -> int:
    from aeviz.paths import fetched_root, runs_root
    from aeviz.training.runs import find_run
    from aeviz.workers import training

    folder = find_run(options.model)
    is_fetched = folder.path.resolve().parent == fetched_root().resolve()
    if not is_fetched and folder.path.resolve().parent != runs_root().resolve():
        where = "ships with aeviz" if folder.is_shipped else f"is in {str(folder.path.parent.resolve())!r}"
        raise ConfigError(f"run {folder.name!r} {where}; only runs of {str(runs_root().resolve())!r} are removed")
    if not options.yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"to remove run {folder.name!r} without being asked, say --yes")
        if input(f"Delete {folder.path.resolve()} with all its files? [y/N] ").strip().lower() not in ("y", "yes"):
            print("nothing was removed")
            return 0
    if is_fetched:
        shutil.rmtree(folder.path)
    else:
        training.delete(folder.path.resolve().name)
    print(f"{folder.name} is removed")
    return 0


def _export(options: argparse.Namespace) -> int:
    if options.format == site.FORMAT:
        return site.export_site(options)
    options.model = options.models[0] if options.models else None
    if options.shipped:
        return _export_shipped(options)
    if len(options.models) > 1:
        raise ConfigError(f"--format {options.format} takes one model; --format site takes several")
    if options.model is None:
        raise ConfigError("export needs the name of a model or the folder of a run, see aeviz list; or --shipped")
    if options.format in FORMATS:
        return figures.export_figure(options)
    figures.refuse_options(options)
    if options.format in films.FORMATS:
        return films.export_film(options)
    films.refuse_options(options)
    if options.format == "html":
        return _export_html(options)
    if options.second is not None:
        raise ConfigError("--second belongs to --format html, and to figures of curves and reconstructions")
    if options.format != "onnx":
        return _export_codes(options)
    from aeviz.export.onnx import export_onnx
    from aeviz.training.run import load

    run = load(options.model)
    folder = options.out or Path(f"{run.name}-{options.format}")
    files = export_onnx(run, folder)
    if options.json:
        print_json(files)
        return 0
    for file in files:
        print(
            f"{file.path}: {file.bytes / 1e3:,.0f} kB, weights in {file.weights}, at worst {file.grey_levels:.4f} grey "
            f"levels from PyTorch over {file.inputs} inputs"
        )
    return 0


def _export_html(options: argparse.Namespace) -> int:
    from aeviz.training.runs import find_run
    from aeviz.web.takeaway.page import html_page

    folder = find_run(options.model)
    second = None if options.second is None else find_run(options.second)
    path = file_to_write(options, f"{folder.name}.html")
    text = html_page(folder, second)
    write_output(path, lambda place: place.write_text(text, encoding="utf-8"))
    return tell_written(options, path, "open it in a browser, with or without a network")


def _export_codes(options: argparse.Namespace) -> int:
    from aeviz.export.tables import latent_csv, write_npz, write_parquet, write_projector
    from aeviz.training.runs import find_run
    from aeviz.web.takeaway.figures import find_test_images

    folder = find_run(options.model)
    table, names = folder.require_latents(), folder.provenance.class_names
    if options.format == "projector":
        path = options.out or Path(f"{folder.name}-projector")
        images = find_test_images(folder, table.fingerprint)
        write_projector(table, names, path, name=folder.name, images=images)
        without = "" if images is not None else "; without pictures, since the test images are not on this machine"
        return tell_written(options, path, f"tensorboard --logdir {path} opens it{without}")
    path = file_to_write(options, f"{folder.name}.{options.format}")
    write: dict[str, Callable[[Path], object]] = {
        "csv": lambda place: place.write_text(latent_csv(table, names), encoding="utf-8"),
        "parquet": lambda place: write_parquet(table, names, place),
        "npz": lambda place: write_npz(table, names, place),
    }
    write_output(path, write[options.format])
    return tell_written(options, path, f"{len(table.z):,} codes of {table.z.shape[1]} dimensions")


def _export_shipped(options: argparse.Namespace) -> int:
    """Write what is missing beside the models that ship; quick, and silent, where nothing is."""
    if options.model is not None or options.out is not None:
        raise ConfigError("--shipped writes beside the models that ship; leave out RUN and --out")
    from aeviz.export.missing import estimate_seconds, find_missing, write_missing
    from aeviz.training.runs import list_folders

    folders = find_missing([folder for folder in list_folders() if folder.is_shipped])
    problems: dict[str, str] = {}
    if folders:
        print(
            f"aeviz: writing the networks of {len(folders)} models for the page, once, about "
            f"{estimate_seconds(folders):.0f} s",
            file=sys.stderr,
            flush=True,
        )
        with percent_bar() as show:
            done = 0

            def count(name: str) -> None:
                nonlocal done
                done += 1
                show(done / len(folders), "ONNX files")

            problems = write_missing(folders, on_done=count)
    for problem in problems.values():
        print(f"aeviz: {problem}", file=sys.stderr)
    if options.json:
        print(json.dumps([{"name": folder.name, "problem": problems.get(folder.name)} for folder in folders], indent=2))
    return 2 if problems else 0
