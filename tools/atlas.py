"""A hundred seeds each of Adam and AMSGrad, trained at once, and their latent planes: checkpoints/seed_atlas.npz.

The network and its settings are those of quick-look. The page *Optimizers* draws the map of these runs. It takes
some minutes.

Usage:
    python -m tools.atlas [--seeds N] [--epochs N]
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from tqdm import trange

from aeviz.analysis.alignment import align
from aeviz.config import RunConfig
from aeviz.data import load_dataset
from aeviz.errors import AevizError
from aeviz.lab.seed_atlas import ATLAS, OPTIMIZERS, SeedAtlas, medoid, procrustes_residuals
from aeviz.paths import checkpoints_root
from aeviz.presets import get_preset
from aeviz.training.batches import ResidentImages
from aeviz.training.files import write_atomically
from aeviz.training.together import TrainerStack
from aeviz.training.trainer import Trainer

PRESET = "quick-look"
SEEDS, IMAGES = 100, 200
"""Seeds of each optimizer, and test images whose points are kept."""


def main(arguments: list[str] | None = None) -> int:
    """Train the runs and write the file."""
    parser = argparse.ArgumentParser(prog="python -m tools.atlas", description="Make the atlas of seeds.")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help=f"of each optimizer (default {SEEDS})")
    parser.add_argument("--epochs", type=int, metavar="N", help="passes through the images (default: the preset's)")
    parser.add_argument("--out", type=Path, default=checkpoints_root() / ATLAS, metavar="FILE", help="file to write")
    options = parser.parse_args(arguments)
    config = get_preset(PRESET).config.with_settings(["train.device=cpu"])
    if options.epochs is not None:
        config = config.with_settings([f"train.epochs={options.epochs}"])
    try:
        atlas = make(config, options.seeds)
    except AevizError as error:
        print(error, file=sys.stderr)
        return 1
    write(options.out, atlas)
    return 0


def make(config: RunConfig, seeds: int) -> SeedAtlas:
    """Train `seeds` runs of each optimizer with a config's settings and lay their planes over that of the medoid.

    Raises:
        AevizError: One of them diverged.
    """
    device = torch.device("cpu")
    train_set, test_set = load_dataset(config.data, "train"), load_dataset(config.data, "test")
    images = ResidentImages.place(train_set, device)
    validation_images = ResidentImages.place(load_dataset(config.data, "validation"), device)
    trainers = [
        Trainer(config.with_settings([f"optimizer.name={name}", f"train.seed={seed}"]), len(train_set), device)
        for name in OPTIMIZERS
        for seed in range(seeds)
    ]
    stack = TrainerStack(trainers)
    for _ in trange(config.train.epochs, unit="epoch", mininterval=2):
        for result in stack.train_epoch(images):
            if isinstance(result, AevizError):
                raise result
    losses = [trainer.validate(validation_images).loss for trainer in trainers]
    shown = test_set.take(np.linspace(0, len(test_set) - 1, min(IMAGES, len(test_set))).round().astype(np.int64))
    x = torch.from_numpy(np.ascontiguousarray(shown.images)).float().div_(255)
    with torch.inference_mode():
        planes = np.stack([trainer.model.eval().encode_mean(x).numpy() for trainer in trainers])
    target = planes[medoid(procrustes_residuals(planes))]
    target = (target - target.mean(axis=0)) / target.std()
    laid = np.stack([align(plane, target).apply(plane) for plane in planes])
    assert shown.labels is not None
    return SeedAtlas(
        planes=laid.astype(np.float16),
        labels=shown.labels.astype(np.uint8),
        losses=np.array(losses, dtype=np.float32),
        epochs=config.train.epochs,
    )


def write(path: Path, atlas: SeedAtlas) -> None:
    """Write an atlas, atomically."""

    def save(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.savez_compressed(
                file, planes=atlas.planes, labels=atlas.labels, losses=atlas.losses, epochs=np.array(atlas.epochs)
            )

    write_atomically(path, save)


if __name__ == "__main__":
    sys.exit(main())
