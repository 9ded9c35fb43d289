"""The command line. Prints one line on standard error and exits with 2 where the input cannot be used."""

import argparse
import dataclasses
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from aeviz import __version__
from aeviz.config import RunConfig
from aeviz.errors import AevizError, ConfigError, TrainingStopped
from aeviz.paths import PROJECT_ROOT, data_root, runs_root
from aeviz.presets import PRESETS, get_preset

FOLDER = "folder:"
"""What comes before the path of one's own images in the name of a data set."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong in one line and exit with 2."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 for success, 2 for bad usage or input, 130 after Ctrl-C."""
    options = _build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="aeviz: %(message)s", stream=sys.stderr)
    try:
        status: int = options.run(options)
    except AevizError as error:
        print(f"aeviz: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("aeviz: stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output left, as `aeviz list | head -1` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"aeviz: {error}", file=sys.stderr)
        return 2
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        print(
            "aeviz: the memory of this machine is too small for the model or the batch; choose narrower layers "
            "(model.hidden, model.channels) or a smaller train.batch_size",
            file=sys.stderr,
        )
        return 2
    return status


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="aeviz", description="Explore the latent spaces of autoencoders.")
    parser.add_argument("--version", action="version", version=f"aeviz {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    app = commands.add_parser("app", help="open the app in a browser")
    app.add_argument("--port", type=_port, default=8501, metavar="N", help="port of the server (default 8501)")
    app.add_argument("--host", default="localhost", metavar="H", help="address to serve (default localhost)")
    app.add_argument("--headless", action="store_true", help="open no browser")
    app.set_defaults(run=_app)

    train = commands.add_parser("train", help="train a model; the run appears in the gallery")
    train.add_argument("preset", nargs="?", metavar="PRESET", help=f"one of: {', '.join(PRESETS)}")
    train.add_argument("--data", metavar="D", help="another data set: a name from 'aeviz data list', or folder:PATH")
    train.add_argument("--epochs", type=int, metavar="N", help="passes through the training images")
    train.add_argument("--seed", type=int, metavar="S", help="seed of initial weights and batch order")
    train.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda or mps")
    train.add_argument("--out", type=Path, metavar="DIR", help="folder of the run (default: a new one in AEVIZ_RUNS)")
    train.add_argument("--resume", type=Path, metavar="DIR", help="go on with the run in this folder")
    train.add_argument("--job", type=Path, help=argparse.SUPPRESS)  # the app's own way to start a trainer
    train.add_argument("--no-onnx", action="store_true", help="write no decoder.onnx and encoder.onnx for the page")
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting of config.json")
    _add_json(train)
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="measure a model on a split of its data")
    evaluate.add_argument("model", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    evaluate.add_argument("--data", metavar="D", help="another data set")
    evaluate.add_argument("--split", choices=("train", "validation", "test"), default="test")
    _add_json(evaluate)
    evaluate.set_defaults(run=_evaluate)

    listing = commands.add_parser("list", help="list trained models")
    _add_json(listing)
    listing.set_defaults(run=_list)

    pca = commands.add_parser("pca", help="train a linear autoencoder and compare it with PCA")
    pca.add_argument("--data", default="digits", metavar="D", help="a name from 'aeviz data list', or folder:PATH")
    pca.add_argument("--components", type=int, default=2, metavar="K", help="latent numbers an image (default 2)")
    _add_json(pca)
    pca.set_defaults(run=_pca)

    export = commands.add_parser("export", help="write a model in the format of other programs")
    export.add_argument("model", nargs="?", metavar="RUN", help="a name from 'aeviz list', or the folder of a run")
    export.add_argument("--shipped", action="store_true", help="what is missing beside the models that ship")
    export.add_argument("--format", choices=("onnx",), required=True, help="onnx: decoder.onnx and encoder.onnx")
    export.add_argument("--out", type=Path, metavar="PATH", help="folder to write into (default: ./RUN-onnx)")
    _add_json(export)
    export.set_defaults(run=_export)

    data = commands.add_parser("data", help="list data sets, or download one")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    data_list = actions.add_parser("list", help="list data sets and whether they are here")
    _add_json(data_list)
    data_list.set_defaults(run=_data_list)
    prepare = actions.add_parser("prepare", help="download a data set into AEVIZ_DATA")
    prepare.add_argument("name", metavar="NAME")
    prepare.set_defaults(run=_data_prepare)
    return parser


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected a number from 1 to 65535")
    return int(text)


def _print_json(value: Any) -> None:
    if isinstance(value, list):
        value = [dataclasses.asdict(entry) for entry in value]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    print(json.dumps(value, indent=2))


def _app(options: argparse.Namespace) -> int:
    script = PROJECT_ROOT / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--server.port={options.port}", f"--server.address={options.host}"]
    if options.headless:
        command += ["--server.headless=true"]
    # streamlit reads .streamlit/config.toml from where it starts, so the two roots are made absolute first
    roots = {"AEVIZ_DATA": str(data_root().resolve()), "AEVIZ_RUNS": str(runs_root().resolve())}
    roots["AEVIZ_START"] = str(Path.cwd())  # from which relative paths in the form count
    if os.name == "posix":  # become the server: whatever ends this process ends it, and with it the trainers
        os.chdir(PROJECT_ROOT)
        os.execve(sys.executable, command, {**os.environ, **roots})
    try:
        return subprocess.run(command, cwd=PROJECT_ROOT, env={**os.environ, **roots}, check=False).returncode
    except KeyboardInterrupt:
        return 0


def _train(options: argparse.Namespace) -> int:
    if options.job is not None:
        from aeviz.workers.training import work

        return work(options.job, onnx=_wants_onnx(options))
    config, path = _training_config(options)
    from tqdm import tqdm

    from aeviz.experiment import train
    from aeviz.training.history import EpochReport
    from aeviz.training.runs import CONFIG, new_run_path

    path = path or new_run_path(config)
    if sys.stderr.isatty():
        print(f"{config.preset}: reading {config.data.name} ...", file=sys.stderr)
    bar: tqdm[NoReturn] | None = None  # drawn from the first step on: what is refused before is one line, without a bar

    def begin(step: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(
                total=config.train.epochs,
                unit="epoch",
                desc=config.preset,
                dynamic_ncols=True,
                bar_format="{desc}: {percentage:3.0f}% |{bar}| epoch {n_fmt}/{total_fmt}, {remaining} left{postfix}",
            )

    def show(report: EpochReport) -> None:
        assert bar is not None
        bar.set_postfix(train=f"{report.train_loss:.5f}", val=f"{report.val_loss:.5f}", refresh=False)
        if bar.n == 0:
            bar.n = bar.initial = report.epoch - 1  # a resumed run: time left counts the epochs of this session
        bar.update()
        if report.epoch == config.train.epochs:
            bar.set_description_str(f"{config.preset}, measuring on the test set")

    try:
        run = train(config, out=path, resume=options.resume is not None, on_epoch=show, on_step=begin)
    except (KeyboardInterrupt, TrainingStopped):
        if not (path / CONFIG).is_file():
            raise  # nothing to go on with yet
        if bar is not None:
            bar.close()
        print(f"aeviz: stopped; go on with: aeviz train --resume {path}", file=sys.stderr)
        return INTERRUPTED
    finally:
        if bar is not None:
            bar.close()
    if _wants_onnx(options):
        from aeviz.export.missing import try_to_write

        if problem := try_to_write(run.folder):
            print(f"aeviz: {problem}", file=sys.stderr)
    summary = run.folder.summary()
    if options.json:
        _print_json(summary)
    else:
        print(f"{summary.name}: validation MSE {summary.val_mse:.5f} after {summary.epochs} epochs, in {path}")
    return 0


def _wants_onnx(options: argparse.Namespace) -> bool:
    return not options.no_onnx and os.environ.get("AEVIZ_ONNX") != "0"


def _training_config(options: argparse.Namespace) -> tuple[RunConfig, Path | None]:
    """Return the settings that the options ask for, and the folder of the run if they name one."""
    path: Path | None = options.out
    if options.resume is not None:
        from aeviz.training.runs import RunFolder

        if options.out is not None or options.data is not None:
            raise ConfigError("--resume goes on with a folder and its data; leave out --out and --data")
        path = options.resume
        config = RunFolder.read(options.resume).config
        if options.preset not in (None, config.preset):
            raise ConfigError(f"the run in {path} is {config.preset!r}, not {options.preset!r}; leave the preset out")
    elif options.preset is None:
        raise ConfigError(f"train needs the name of a preset: {', '.join(PRESETS)}; or --resume DIR")
    else:
        config = get_preset(options.preset).config
    settings = list(options.set)
    for key, value in (("epochs", options.epochs), ("seed", options.seed), ("device", options.device)):
        if value is not None:
            settings.append(f"train.{key}={value}")
    if options.data is not None:
        config = replace(config, data=replace(config.data, name=options.data))
    before = config
    config = config.with_settings(settings, normalise=options.resume is None)
    if config.data.name.startswith(FOLDER) and options.resume is None:  # the app may run from another folder
        from aeviz.data.folder import resolve_folder

        config = replace(config, data=replace(config.data, name=resolve_folder(config.data.name)))
    if options.data is not None or (options.resume is None and config.data != before.data):
        from aeviz.data import load_dataset

        shape = load_dataset(config.data, "train").image_shape
        config = replace(config, model=replace(config.model, image_shape=shape))
    return config, path


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

    with _percent_bar() as show:
        evaluation, _ = evaluate(load(folder), dataset, train_set, on_progress=show)
    if options.json:
        _print_json(evaluation)
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
        _print_json(runs)
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


def _pca(options: argparse.Namespace) -> int:
    if options.components < 1:
        raise ConfigError(f"--components {options.components}; expected a whole number from 1 up")
    from aeviz.data import load_dataset
    from aeviz.lab.linear_autoencoder import LinearConfig
    from aeviz.lab.pca_match import match_pca

    with _percent_bar() as show:
        dataset = load_dataset(options.data, "train", on_progress=show)
        matched = match_pca(dataset, LinearConfig(latent_dim=options.components), show)
    figures = matched.figures
    if options.json:
        _print_json(figures)
        return 0
    angle = figures.max_principal_angle_deg
    rows = [
        ("PCA, mean squared error", f"{figures.pca_mse:.6g}"),
        ("linear autoencoder", f"{figures.linear_ae_mse:.6g}"),
        ("relative excess", f"{figures.relative_excess:.1e}"),
        ("largest principal angle", "undefined: the subspace is not unique" if angle is None else f"{angle:.2f} deg"),
        ("moments and training", f"{figures.seconds:.2f} s, {matched.state.step} steps of {matched.optimizers[-1]}"),
    ]
    print(f"{len(dataset):,} training images of {dataset.name}, {options.components} components")
    for name, value in rows:
        print(f"{name:>26}  {value}")
    return 0


def _export(options: argparse.Namespace) -> int:
    if options.shipped:
        return _export_shipped(options)
    if options.model is None:
        raise ConfigError("export needs the name of a model or the folder of a run, see aeviz list; or --shipped")
    from aeviz.export.onnx import export_onnx
    from aeviz.training.run import load

    run = load(options.model)
    folder = options.out or Path(f"{run.name}-{options.format}")
    files = export_onnx(run, folder)
    if options.json:
        _print_json(files)
        return 0
    for file in files:
        print(
            f"{file.path}: {file.bytes / 1e3:,.0f} kB, weights in {file.weights}, at worst {file.grey_levels:.4f} grey "
            f"levels from PyTorch over {file.inputs} inputs"
        )
    return 0


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
        with _percent_bar() as show:
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

    with _percent_bar() as show:
        path = prepare_dataset(options.name, on_progress=show)
    print(f"{options.name} is built in" if path is None else f"{options.name} is in {path}")
    return 0


@contextmanager
def _percent_bar() -> Iterator[Callable[[float, str], None]]:
    """Show a bar on standard error; yield the function that moves it to a share in [0, 1] and names what is done."""
    from tqdm import tqdm

    layout = "{desc}: {percentage:3.0f}% |{bar}| {remaining} left"
    with tqdm(total=100, leave=False, dynamic_ncols=True, bar_format=layout, disable=None) as bar:

        def show(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(100 * share - bar.n)

        yield show
