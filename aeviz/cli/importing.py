"""aeviz models import: a model of another program becomes a run."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from aeviz.cli.console import add_json, percent_bar, print_json, to_path
from aeviz.errors import ConfigError

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_action(actions: "Commands") -> None:
    """Add the action to aeviz models."""
    parser = actions.add_parser(
        "import",
        help="make a run of an encoder and a decoder in ONNX, from any program",
        description="Make a run of an encoder (images to latent points) and a decoder (latent points to images) in "
        "ONNX. Both are checked and measured in a process of their own; every page works with the run.",
    )
    parser.add_argument("name", metavar="NAME", help="of the run that is made in AEVIZ_RUNS")
    parser.add_argument("--encoder", type=to_path, required=True, metavar="FILE")
    parser.add_argument("--decoder", type=to_path, required=True, metavar="FILE")
    parser.add_argument(
        "--data", metavar="D", help="images to measure it on: a data set or folder:PATH (default: what it fits best)"
    )
    for end, what in (("in", "encoder takes"), ("out", "decoder gives")):
        parser.add_argument(
            f"--pixels-{end}",
            choices=("0..1", "-1..1", "0..255"),
            help=f"range of the pixels that the {what} (default: the one with the smallest error)",
        )
    parser.add_argument(
        "--pixel-mean",
        type=_numbers,
        default=(),
        metavar="M",
        help="what was subtracted from pixels in [0, 1]: 0.5, or 0.4,0.4,0.5",
    )
    parser.add_argument("--pixel-deviation", type=_numbers, default=(), metavar="S", help="what they were divided by")
    parser.add_argument(
        "--mean", metavar="OUTPUT", help="the encoder's output that is the point, or the posterior's mean"
    )
    parser.add_argument(
        "--log-variance", metavar="OUTPUT", help="the output that is the posterior's log-variance, or its deviation"
    )
    parser.add_argument(
        "--change",
        choices=("transposed", "upside down", "inverted"),
        default="",
        help="what is done to each image before the encoder and behind the decoder, such as transposed where the "
        "files take columns before rows",
    )
    add_json(parser)
    parser.set_defaults(run=_import)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}; expected numbers with commas, such as 0.5,0.5,0.5") from error


def _import(options: argparse.Namespace) -> int:
    from aeviz.bring.settings import ImportSettings, advise
    from aeviz.foreign import read_file
    from aeviz.workers.importing import import_files

    if (options.pixel_mean or options.pixel_deviation) and (options.pixels_in or options.pixels_out):
        raise ConfigError(
            "--pixel-mean and --pixel-deviation say how pixels are scaled; leave out --pixels-in and -out"
        )
    files: list[Path] = [options.encoder, options.decoder]
    settings = ImportSettings(
        name=options.name,
        data=options.data,
        pixels_in=options.pixels_in,
        pixels_out=options.pixels_out,
        pixel_mean=options.pixel_mean,
        pixel_deviation=options.pixel_deviation,
        mean=options.mean,
        log_variance=options.log_variance,
        change=options.change,
        source=" and ".join(file.name for file in files),
    )
    encoder, decoder = map(read_file, files)
    with percent_bar() as show:
        made = import_files(encoder, decoder, settings, on_progress=show)
    if options.json:
        print_json(made)
        return 0
    kind = "variational autoencoder" if made.is_variational else "autoencoder"
    advice = advise(made)
    print(
        f"{made.name}: {kind} of {'x'.join(map(str, made.image_shape))} images with {made.latent_dim} latent "
        f"dimensions, {made.parameters:,} weights; pixels in {made.pixels_in}, out {made.pixels_out}\n"
        f"mean squared error {made.mse:.4f} on the test images of {made.data}; the mean image has "
        f"{made.mean_image_mse:.4f}{'' if made.mse < made.mean_image_mse else ': are these the images it knows?'}\n"
        f"{advice}{chr(10) if advice else ''}aeviz app shows it on every page"
    )
    return 0
