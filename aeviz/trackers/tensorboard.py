"""TensorBoard: event files in RUN/tensorboard, or in a folder that one names, below it by the name of the run."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from aeviz.trackers.base import Ending, TrackedEpoch, Tracker
from aeviz.trackers.tracking import reconstructions
from aeviz.training.runs import RunFolder
from aeviz.training.samples import list_samples

FOLDER = "tensorboard"
"""Folder of the event files in that of a run."""
_SUFFIX = ".aeviz"
_FLUSH_S = 5
"""Seconds after which what was told is on disk."""


class TensorBoardTracker(Tracker):
    """Writes event files. A run that is resumed has them written anew from its history, so that no step stands twice.

    Args:
        folder: The run.
        place: Folder of several runs, as `tensorboard --logdir` takes it; None for `tensorboard` in that of the run.
    """

    def __init__(self, folder: RunFolder, place: str | None) -> None:
        self._run = folder
        self.path = folder.path / FOLDER if place is None else Path(place) / folder.name

    def begin(self, epochs: Sequence[TrackedEpoch]) -> None:
        """Write the settings, and what is known of the epochs before."""
        from torch.utils.tensorboard import SummaryWriter

        self.path.mkdir(parents=True, exist_ok=True)
        for before in self.path.glob(f"events.out.tfevents.*{_SUFFIX}"):
            before.unlink()
        # purge_step: a TensorBoard that is open forgets what it read from the files before
        self._writer = SummaryWriter(self.path, purge_step=0, flush_secs=_FLUSH_S, filename_suffix=_SUFFIX)
        rows = [f"| {name} | {value} |" for name, value in self._run.config.settings().items()]
        self._writer.add_text("settings", "\n".join(["| setting | value |", "|---|---|", *rows]), 0)
        for epoch in epochs:
            self.epoch(epoch)
        last = epochs[-1].epoch if epochs else 0
        for number in list_samples(self._run.path):
            if number <= last and (picture := reconstructions(self._run.path, number)) is not None:
                self.picture(number, picture)
        self._writer.flush()

    def epoch(self, epoch: TrackedEpoch) -> None:
        """Write the numbers of an epoch."""
        for name, value in epoch.scalars.items():
            self._writer.add_scalar(name, value, epoch.epoch)

    def picture(self, epoch: int, picture: np.ndarray) -> None:
        """Write a picture."""
        self._writer.add_image("validation images and reconstructions", picture, epoch, dataformats="HWC")

    def measured(self, figures: Mapping[str, float], card: str) -> None:
        """Write the card, which has the figures."""
        self._writer.add_text("card", card, 0)

    def close(self, ending: Ending) -> None:
        """Write what is left."""
        self._writer.close()
