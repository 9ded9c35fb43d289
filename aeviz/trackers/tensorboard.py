"""TensorBoard: event files in RUN/tensorboard, or in a folder that one names, below it by the name of the run."""

import importlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aeviz.trackers.base import Ending, TrackedEpoch, Tracker
from aeviz.trackers.tracking import reconstructions
from aeviz.training.runs import RunFolder
from aeviz.training.samples import list_samples

FOLDER = "tensorboard"
"""Folder of the event files in that of a run."""
_SUFFIX = ".aeviz"


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
        self.path.mkdir(parents=True, exist_ok=True)
        for before in self.path.glob(f"events.out.tfevents.*{_SUFFIX}"):
            before.unlink()
        self._events = EventFile(self.path / f"events.out.tfevents.{time.time():.0f}.{os.getpid()}{_SUFFIX}")
        rows = [f"| {name} | {value} |" for name, value in self._run.config.settings().items()]
        self._events.text("settings", "\n".join(["| setting | value |", "|---|---|", *rows]))
        for epoch in epochs:
            self._events.scalars(epoch.scalars, epoch.epoch)
        last = epochs[-1].epoch if epochs else 0
        for number in list_samples(self._run.path):
            if number <= last and (picture := reconstructions(self._run.path, number)) is not None:
                self.picture(number, picture)
        self._events.flush()

    def epoch(self, epoch: TrackedEpoch) -> None:
        """Write the numbers of an epoch."""
        self._events.scalars(epoch.scalars, epoch.epoch)
        self._events.flush()

    def picture(self, epoch: int, picture: np.ndarray) -> None:
        """Write a picture."""
        self._events.image("validation images and reconstructions", picture, epoch)

    def measured(self, figures: Mapping[str, float], card: str) -> None:
        """Write the card, which has the figures."""
        self._events.text("card", card)

    def close(self, ending: Ending) -> None:
        """Write what is left."""
        self._events.close()


class EventFile:
    """A file of TensorBoard's events, written in this thread.

    torch's SummaryWriter writes in a thread of its own: on a full disk that thread ends, and closing the writer waits
    for it for ever.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        protos: Any = importlib.import_module("tensorboard.compat.proto.event_pb2")
        records: Any = importlib.import_module("tensorboard.summary.writer.record_writer")
        self._event, self._session = protos.Event, protos.SessionLog
        self._summary: Any = importlib.import_module("torch.utils.tensorboard.summary")
        self._file = path.open("wb")
        self._records = records.RecordWriter(self._file)
        self._write(0, file_version="brain.Event:2")
        # a TensorBoard that is open forgets what it read from files before
        self._write(0, session_log=self._session(status=self._session.START))

    def scalars(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers of a step by name."""
        for name, value in values.items():
            self._write(step, summary=self._summary.scalar(name, value))

    def image(self, name: str, picture: np.ndarray, step: int) -> None:
        """Write a picture, (H, W, 3), uint8, of a step."""
        self._write(step, summary=self._summary.image(name, picture, dataformats="HWC"))

    def text(self, name: str, text: str) -> None:
        """Write a text in Markdown."""
        self._write(0, summary=self._summary.text(name, text))

    def flush(self) -> None:
        """Bring what was written to the disk."""
        self._file.flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._file.close()

    def _write(self, step: int, **content: Any) -> None:
        self._records.write(self._event(wall_time=time.time(), step=step, **content).SerializeToString())
