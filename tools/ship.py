"""Training of the models that ship: `make checkpoints`.

The presets keep the author's settings: ten thousand epochs at a constant learning rate. What ships is trained on the
same data with a schedule that reaches the error logged in the author's public code in minutes; it is recorded in each
config.json. The two models of a pair differ in the optimizer alone. Since units that die early limit what a seed can
reach, up to five seeds are tried and the number is recorded; a target still missed is printed, not hunted.

Weights ship in float16 wherever that moves the pixels of reconstructions by less than rounding to 256 grey levels does,
and are measured as they ship.
Of faces, whose publisher forbids passing images on, no code of an image ships: the statistics of the latent points do.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from aeviz.data import load_dataset
from aeviz.errors import AevizError
from aeviz.experiment import measure, train
from aeviz.lab.adaptive import TrainedName
from aeviz.lab.learning_rates import measured
from aeviz.lab.optimizer_comparison import RATES, USUAL_EPOCHS, USUAL_SEEDS, base_of, method_of, plan
from aeviz.paths import COMPARISON, checkpoints_root
from aeviz.presets import Preset, get_preset
from aeviz.training.history import EpochReport
from aeviz.training.latents import LATENTS
from aeviz.training.run import load
from aeviz.training.runs import LAST, MODEL, RunFolder
from aeviz.training.samples import SAMPLES, list_samples
from aeviz.training.status import JOB_FILES
from aeviz.training.summary import SUMMARY
from aeviz.training.weights import read_tensors, save_weights
from tools.cards import write_cards

SEEDS = 5
"""Seeds that are tried at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One model, or a pair that shares seed, schedule and epochs."""

    presets: tuple[str, ...]
    settings: tuple[str, ...] = ()
    """Settings that differ from the preset, written as for --set."""
    samples: int = 0
    """Recorded epochs whose reconstructions ship, at most: 30 to 130 kB each on MNIST."""


FRAMES = 14
"""Of the film of a model that ships: dense at the beginning, where most happens."""
_ONE_CYCLE = ("optimizer.schedule=one_cycle", "optimizer.learning_rate=5e-3", "train.device=cpu")
RECIPES = (
    Recipe(presets=("digits-2d-adam", "digits-2d-amsgrad"), settings=("train.device=cpu",), samples=100),
    Recipe(presets=("circles-3d",), settings=("train.device=cpu",)),
    Recipe(presets=("mlp-2d-adam", "mlp-2d-amsgrad"), settings=(*_ONE_CYCLE, "train.epochs=60")),
    Recipe(presets=("mlp-3d-adam", "mlp-3d-amsgrad"), settings=(*_ONE_CYCLE, "train.epochs=80")),
    Recipe(presets=("mlp-10d-amsgrad",), settings=(*_ONE_CYCLE, "train.epochs=60")),
    Recipe(presets=("mlp-64d-adam", "mlp-64d-amsgrad"), settings=(*_ONE_CYCLE, "train.epochs=80")),
    Recipe(presets=("conv-64d-amsgrad",), settings=(*_ONE_CYCLE, "train.epochs=40", "train.batch_size=256")),
    *(
        Recipe(presets=(name,), settings=(*_ONE_CYCLE, "train.epochs=30", "train.batch_size=256"), samples=FRAMES)
        for name in ("vae-2d", "vae-3d", "vae-10d", "vae-2d-anchored")
    ),
    Recipe(presets=("vae-64d",), settings=(*_ONE_CYCLE, "train.epochs=40", "train.batch_size=256"), samples=FRAMES),
    *(
        Recipe(presets=(name,), settings=("train.device=cpu",), samples=FRAMES)
        for name in ("regime-reconstruction", "regime-kl", "regime-both")
    ),
    *(
        Recipe(presets=(name,), settings=("train.device=cpu",))
        for name in ("sparse-kl", "denoising", "vq-mnist", "flow-2d")
    ),
    Recipe(presets=("anomaly-without-2",), settings=("train.device=cpu",)),
    Recipe(presets=("msssim-vae-10d",), settings=("train.device=cpu", "train.epochs=25"), samples=FRAMES),
    Recipe(presets=("celeba-vae", "celeba-msssim-vae"), settings=("train.device=cpu",)),
)
COMPARED_METHODS: tuple[tuple[int, tuple[TrainedName, ...]], ...] = (
    (USUAL_EPOCHS, ("adam", "amsgrad", "momentum")),
    (40, ("adam", "sgd")),
)
"""Epochs and optimizers of the comparisons that ship; each run takes 0.1 MB."""
ROUNDING = 12**-0.5
"""Root mean square, in grey levels, by which rounding to whole grey levels moves a pixel."""
COMPARED = 500
"""Test images whose reconstructions decide whether float16 is fine enough."""


def main(arguments: Sequence[str]) -> int:
    """Train the recipes whose presets are named, or all; return 0, or 2 where the data is missing.

    "comparison" names the runs of the comparisons of optimizers.
    """
    try:
        if not arguments or "comparison" in arguments:
            ship_comparison()
        for recipe in RECIPES:
            if not arguments or set(arguments) & set(recipe.presets):
                ship(recipe)
        write_cards()
    except AevizError as error:
        print(f"aeviz: {error}", file=sys.stderr)
        return 2
    return 0


def ship(recipe: Recipe) -> None:
    """Train a recipe with seeds 0, 1, ... until all its targets are met, and put the best seed into checkpoints/."""
    targets = {name: _target(get_preset(name)) for name in recipe.presets}
    with tempfile.TemporaryDirectory() as scratch:
        best: tuple[float, int, list[RunFolder]] | None = None
        tried = 0
        for seed in range(SEEDS):
            tried += 1
            folders = [_train(name, recipe, seed, Path(scratch) / f"{name}-{seed}") for name in recipe.presets]
            excess = max(_excess(folder, targets[folder.config.preset]) for folder in folders)
            if best is None or excess < best[0]:
                best = (excess, seed, folders)
            if excess <= 0:
                break
        assert best is not None
        for folder in best[2]:
            _put(folder, checkpoints_root() / folder.config.preset, tried, recipe.samples)
            reached, target = _reached(folder), targets[folder.config.preset]
            verdict = "" if target is None else f", logged {target:.5f}: {'met' if reached <= target else 'MISSED'}"
            print(
                f"{folder.config.preset}: validation loss {reached:.5f}{verdict} (seed {best[1]}, {tried} tried)",
                flush=True,
            )


def ship_comparison() -> None:
    """Train the comparisons of optimizers that the page Optimizers has at first, and put their runs where they ship.

    The first asks what seeds cannot tell, the second what they can: SGD has the rate that did best in the scan.
    """
    target = checkpoints_root() / COMPARISON
    shutil.rmtree(target, ignore_errors=True)
    for epochs, methods in COMPARED_METHODS:
        rates: dict[TrainedName, float] = {name: RATES["digits"][name] for name in methods}
        if "sgd" in rates and (scan := measured()) is not None and (best := scan.best("sgd")) is not None:
            rates["sgd"] = best.rate
        for config in plan(base_of("digits", epochs), rates, USUAL_SEEDS):
            length = "" if epochs == USUAL_EPOCHS else f"-{epochs}-epochs"
            name = f"digits-{method_of(config.optimizer)}{length}-seed-{config.train.seed}"
            config = config.with_settings(["train.device=cpu"])
            with tempfile.TemporaryDirectory() as scratch:
                _put(train(config, out=Path(scratch) / name).folder, target / name, tried=1)


def _train(name: str, recipe: Recipe, seed: int, path: Path) -> RunFolder:
    config = get_preset(name).config.with_settings([*recipe.settings, f"train.seed={seed}"])
    with tqdm(total=config.train.epochs, desc=f"{name}, seed {seed}", unit="epoch", dynamic_ncols=True) as bar:

        def show(report: EpochReport) -> None:
            bar.update()

        return train(config, out=path, on_epoch=show).folder


def _target(preset: Preset) -> float | None:
    """Return the validation loss that is to be met."""
    return preset.logged_loss


def _reached(folder: RunFolder) -> float:
    best = folder.best_epoch()
    assert best is not None
    return best.val_loss


def _excess(folder: RunFolder, target: float | None) -> float:
    """Return how far the validation loss lies above the logged one, relative to it; without a target always 0."""
    return 0.0 if target is None else _reached(folder) / target - 1


def _put(folder: RunFolder, target: Path, tried: int, samples: int = 0) -> None:
    """Copy a run to where it ships, under its preset's name and without what only training needs."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        folder.path, target, ignore=shutil.ignore_patterns(LAST, *([] if samples else [SAMPLES]), *JOB_FILES)
    )
    if samples:
        thin_samples(target, samples)
    shipped = replace(folder, path=target, provenance=replace(folder.provenance, seeds_tried=tried))
    shipped.write()
    store_in_float16(shipped)
    if (target / SUMMARY).is_file():
        (target / LATENTS).unlink()


def thin_samples(path: Path, most: int) -> None:
    """Remove recorded epochs of a run until at most `most` are left: the first, the last, and a dense beginning."""
    epochs = list_samples(path)
    wanted = np.geomspace(1, max(1, epochs[-1]), most - 1)
    kept = {epochs[0], *(min(epochs, key=lambda epoch: abs(epoch - at)) for at in wanted)}
    for epoch in epochs:
        if len(epochs) > most and epoch not in kept:
            (path / SAMPLES / f"epoch-{epoch:06d}.npz").unlink()


def store_in_float16(folder: RunFolder) -> bool:
    """Store the weights of a run in float16 if that hardly moves the pixels of reconstructions; measure it.

    Returns:
        Whether they are in float16 now.
    """
    images = load_dataset(folder.config.data, "test").images[:COMPARED]
    before = load(folder).reconstruct(images)
    tensors, epoch = read_tensors(folder.path / MODEL)
    narrow = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    save_weights(folder.path / MODEL, narrow, epoch)
    off = 255 * float((load(folder).reconstruct(images) - before).square().mean().sqrt())
    is_fine = off < ROUNDING  # NaN, where a weight was too large, is not
    if not is_fine:
        save_weights(folder.path / MODEL, tensors, epoch)
    print(f"{folder.name}: float16 moves the pixels by {off:.3f} grey levels{'' if is_fine else ': kept float32'}")
    measure(folder)
    return is_fine


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
