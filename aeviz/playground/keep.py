"""A network that was trained in a page becomes a run like any other."""

import dataclasses
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from aeviz.config import RunConfig
from aeviz.data import load_dataset
from aeviz.errors import CheckpointFormatError
from aeviz.export.step import layout_of
from aeviz.playground.replay import network_of
from aeviz.training.batches import ResidentImages
from aeviz.training.history import EpochReport, append_report
from aeviz.training.run_start import begin_run
from aeviz.training.runs import HISTORY, LAST, MODEL, RunFolder
from aeviz.training.trainer import Trainer
from aeviz.training.weights import save_weights

LARGEST = 1e6
"""Largest size of a weight: beyond it a sum over a layer's inputs may leave the range of float32."""


def read_weights(config: RunConfig, content: bytes) -> NDArray[np.float32]:
    """Read the vector of weights that a page sent, which any program may have made up.

    Args:
        config: The run that it claims to be.
        content: float32, little-endian, as `Layout` has them.

    Returns:
        (n,), float32, finite.

    Raises:
        CheckpointFormatError: Its length is not that of the network, or a number is not finite or too large.
    """
    size = layout_of(config.model).size
    if len(content) != 4 * size:
        raise CheckpointFormatError(
            f"the page sent {len(content):,} bytes of weights; this network has {4 * size:,}; keep the model again"
        )
    weights = np.frombuffer(content, "<f4").astype(np.float32)
    if not bool(np.isfinite(weights).all()) or float(np.abs(weights).max(initial=0)) > LARGEST:
        raise CheckpointFormatError(
            "the weights are not all finite, or some are huge: training has diverged; restart with a smaller learning "
            "rate before you keep the model"
        )
    return weights


def keep_run(path: Path, config: RunConfig, weights: NDArray[np.float32]) -> RunFolder:
    """Write a run whose first epoch is what the page trained.

    The page trained on a part of the images, so the run counts as one epoch, whatever the number of steps; validation
    is that of any run. A trainer that goes on begins with the optimizer's moments at 0.

    Args:
        path: The folder, which must be empty or absent.
        config: The run; train.epochs is set to 1.
        weights: The vector of all weights, (n,).

    Raises:
        ConfigError: The folder is taken, or the images do not fit.
        DataError: The images are missing.
    """
    config = dataclasses.replace(config, train=dataclasses.replace(config.train, epochs=1))
    train_set, validation_set = (load_dataset(config.data, split) for split in ("train", "validation"))
    trainer = Trainer(config, len(train_set), torch.device("cpu"))
    trainer.model.load_state_dict(network_of(config, weights).state_dict())
    folder = begin_run(path, config, trainer, train_set, validation_set, train_set.fingerprint())
    measured = trainer.validate(ResidentImages.place(validation_set, trainer.device))
    training = trainer.validate(ResidentImages.place(train_set, trainer.device))
    report = EpochReport(
        epoch=1,
        train_loss=training.loss,
        val_loss=measured.loss,
        val_mse=measured.mse,
        learning_rate=config.optimizer.learning_rate,
        seconds=0.0,
        val_kl=measured.kl,
        kl_share=1.0 if config.model.is_variational else None,
    )
    append_report(path / HISTORY, report)
    save_weights(path / MODEL, trainer.model.state_dict(), 1)
    save_weights(path / LAST, trainer.state(), 1)
    return folder
