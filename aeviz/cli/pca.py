"""aeviz pca: a linear autoencoder beside PCA."""

import argparse
from typing import TYPE_CHECKING

from aeviz.cli.console import add_json, percent_bar, print_json
from aeviz.errors import ConfigError

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    pca = commands.add_parser("pca", help="train a linear autoencoder and compare it with PCA")
    pca.add_argument("--data", default="digits", metavar="D", help="a name from 'aeviz data list', or folder:PATH")
    pca.add_argument("--components", type=int, default=2, metavar="K", help="latent numbers an image (default 2)")
    add_json(pca)
    pca.set_defaults(run=_pca)


def _pca(options: argparse.Namespace) -> int:
    if options.components < 1:
        raise ConfigError(f"--components {options.components}; expected a whole number from 1 up")
    from aeviz.data import load_dataset
    from aeviz.lab.linear_autoencoder import LinearConfig
    from aeviz.lab.pca_match import match_pca

    with percent_bar() as show:
        dataset = load_dataset(options.data, "train", on_progress=show)
        matched = match_pca(dataset, LinearConfig(latent_dim=options.components), show)
    figures = matched.figures
    if options.json:
        print_json(figures)
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
