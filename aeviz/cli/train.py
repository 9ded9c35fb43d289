"""aeviz train: a model from a preset, other settings or a run that goes on."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from aeviz.cli.console import INTERRUPTED, Parser, add_json, print_json, to_path
from aeviz.config import RunConfig
from aeviz.errors import ConfigError, TrainingStopped
from aeviz.presets import PRESETS, get_preset
from aeviz.recipes import RECIPES, with_recipe
from aeviz.registry import BOTTLENECKS, ENCODERS, LOSSES

if TYPE_CHECKING:
    from aeviz.cli.console import Commands

FOLDER = "folder:"
"""Prefix of a data set's name before the path of a folder of images."""


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    train = commands.add_parser("train", help="train a model; the run appears in the gallery")
    train.add_argument("preset", nargs="?", metavar="PRESET", help=f"one of: {', '.join(PRESETS)}")
    train.add_argument("--data", metavar="D", help="another data set: a name from 'aeviz data list', or folder:PATH")
    add_recipe(train)
    train.add_argument("--epochs", type=int, metavar="N", help="passes through the training images")
    train.add_argument("--seed", type=int, metavar="S", help="seed of initial weights and batch order")
    train.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda or mps")
    train.add_argument("--out", type=to_path, metavar="DIR", help="folder of the run (default: a new one)")
    train.add_argument("--resume", type=to_path, metavar="DIR", help="go on with the run in this folder")
    train.add_argument("--no-onnx", action="store_true", help="write no decoder.onnx and encoder.onnx for the page")
    train.add_argument(
        "--tracker",
        action="append",
        metavar="NAME[=PLACE]",
        help="tell another program of the training: tensorboard, tensorboard=FOLDER, mlflow or mlflow=URI (default: "
        "those of AEVIZ_TRACKERS)",
    )
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting of config.json")
    add_json(train)
    assert isinstance(train, Parser)
    train.write_epilog = _list_choices
    train.set_defaults(run=_train)


def add_recipe(command: argparse.ArgumentParser) -> None:
    """Add the option --recipe, which `training_config` reads."""
    command.add_argument(
        "--recipe",
        choices=tuple(RECIPES),
        metavar="R",
        help=f"fast: {' '.join(RECIPES['fast'])}; for plain dense autoencoders",
    )


def _list_choices() -> str:
    """Return the encoders, bottlenecks and losses that are registered."""
    choices = (
        ("model.encoder", ENCODERS),
        ("model.bottleneck", BOTTLENECKS),
        ("objective.reconstruction", LOSSES),
    )
    return "; ".join(f"--set {key}={'|'.join(registry)}" for key, registry in choices)


def _train(options: argparse.Namespace) -> int:
    if not _is_one_of_several():
        return _train_here(options)
    from aeviz.training.processes import RESTARTS, joined
    from aeviz.training.runs import CONFIG

    if options.out is None and options.resume is None:
        raise ConfigError("several processes need one folder that all of them know; name it with --out DIR")
    if int(os.environ.get(RESTARTS, "0")) and options.out is not None and (options.out / CONFIG).is_file():
        options.resume, options.out, options.data, options.preset, options.set = options.out, None, None, None, []
    config, path = training_config(options)
    with joined(config.train.device) as processes:
        if processes.rank == 0:
            return _train_here(options)
        from aeviz.experiment import assist

        assert path is not None
        assist(config, out=path, resume=options.resume is not None)
    return 0


def _is_one_of_several() -> bool:
    """Whether torchrun, or a launcher that sets the same variables, started this process beside others."""
    if not {"RANK", "MASTER_ADDR", "MASTER_PORT"} <= set(os.environ):
        return False
    return os.environ.get("WORLD_SIZE", "1") not in ("", "1")


def _train_here(options: argparse.Namespace) -> int:
    config, path = training_config(options)
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
        run = train(
            config, out=path, resume=options.resume is not None, on_epoch=show, on_step=begin, trackers=options.tracker
        )
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
        print_json(summary)
    else:
        print(f"{summary.name}: validation MSE {summary.val_mse:.5f} after {summary.epochs} epochs, in {path}")
    return 0


def _wants_onnx(options: argparse.Namespace) -> bool:
    return not options.no_onnx and os.environ.get("AEVIZ_ONNX") != "0"


def training_config(options: argparse.Namespace) -> tuple[RunConfig, Path | None]:
    """Return the settings that the options ask for, and the folder of the run if they name one."""
    path: Path | None = options.out
    if options.resume is not None:
        from aeviz.training.runs import RunFolder

        if options.out is not None or options.data is not None or options.recipe is not None:
            raise ConfigError("--resume goes on with a folder as it was begun; leave out --out, --data and --recipe")
        path = options.resume
        config = RunFolder.read(options.resume).config
        if options.preset not in (None, config.preset):
            raise ConfigError(f"the run in {path} is {config.preset!r}, not {options.preset!r}; leave the preset out")
    elif options.preset is None:
        raise ConfigError(f"train needs the name of a preset: {', '.join(PRESETS)}; or --resume DIR")
    else:
        config = get_preset(options.preset).config
        if options.recipe is not None:
            config = with_recipe(config, options.recipe)
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

        images = load_dataset(config.data, "train")
        config = replace(config, model=replace(config.model, image_shape=images.image_shape))
        if config.train.batch_size > len(images) // 2 and not any(
            each.startswith("train.batch_size") for each in settings
        ):
            from aeviz.config.train import usual_batch_size

            size = usual_batch_size(len(images))
            print(f"aeviz: batch size {size}, since there are {len(images)} training images", file=sys.stderr)
            config = replace(config, train=replace(config.train, batch_size=size))
    return config, path
