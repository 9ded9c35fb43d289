"""All trackers of one training: asked for by name, told of each epoch, and dropped with a warning where one fails."""

import dataclasses
import importlib.util
import logging
import math
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from aeviz.analysis.curves import objective_parts
from aeviz.config import RunConfig
from aeviz.errors import AevizError, ConfigError, TrainingStopped
from aeviz.export.card import write_card
from aeviz.registry import resolve
from aeviz.trackers.base import TRACKERS, Ending, TrackedEpoch, Tracker, TrackerSpec
from aeviz.training.history import EpochReport
from aeviz.training.runs import RunFolder
from aeviz.training.samples import list_samples, read_fixed, read_sample

TRACKERS_VARIABLE = "AEVIZ_TRACKERS"
"""Environment variable that names the trackers of all trainings, those of the app too, separated by commas."""
_ROW_PX = 480
"""Width to which a row of small images is enlarged, at most."""
_log = logging.getLogger(__name__)


def check_trackers(requests: Sequence[str]) -> list[tuple[TrackerSpec, str | None]]:
    """Return the trackers that are asked for, with the place of each.

    Args:
        requests: NAME or NAME=PLACE.

    Raises:
        ConfigError: There is no such tracker, its package is not installed, or it cannot use the place.
    """
    found = []
    for request in requests:
        name, _, place = request.partition("=")
        spec = TRACKERS.find("--tracker", name.strip())
        if importlib.util.find_spec(spec.package) is None:
            raise ConfigError(f'{spec.title} needs a package that is not installed: pip install "{spec.install}"')
        if spec.check is not None:
            resolve(spec.check)(place.strip() or None)
        found.append((spec, place.strip() or None))
    return found


class Tracking:
    """The trackers of one training.

    Args:
        requests: NAME or NAME=PLACE; None for those of AEVIZ_TRACKERS, of which a wrong one is a warning.

    Raises:
        ConfigError: As `check_trackers`.
    """

    def __init__(self, requests: Sequence[str] | None) -> None:
        self._open: dict[str, Tracker] = {}
        self._folder: RunFolder | None = None
        if requests is not None:
            self._specs = check_trackers(requests)
            return
        self._specs = []
        for request in filter(None, map(str.strip, os.environ.get(TRACKERS_VARIABLE, "").split(","))):
            try:
                self._specs += check_trackers([request])
            except ConfigError as error:
                _log.warning("%s names %r, which is left out: %s", TRACKERS_VARIABLE, request, error)

    def __enter__(self) -> "Tracking":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        stopped = kind is not None and issubclass(kind, TrainingStopped | KeyboardInterrupt)
        self.close("finished" if kind is None else "stopped" if stopped else "failed")

    def begin(self, path: Path, epoch: int) -> None:
        """Open the trackers of the run in the folder `path`, of which so many epochs are trained."""
        if not self._specs:
            return
        self._folder = folder = RunFolder.read(path)
        history = [report for report in folder.history() if report.epoch <= epoch]
        epochs = tracked_epochs(history, folder.config)
        for spec, place in self._specs:
            self._try(spec.name, partial(self._start, spec, folder, place, epochs))

    def _start(self, spec: TrackerSpec, folder: RunFolder, place: str | None, epochs: Sequence[TrackedEpoch]) -> None:
        self._open[spec.name] = tracker = resolve(spec.open)(folder, place)
        tracker.begin(epochs)

    def epoch(self, report: EpochReport) -> None:
        """Tell of an epoch that is on disk, with its reconstructions if they are."""
        if not self._open or self._folder is None:
            return
        (epoch,) = tracked_epochs([report], self._folder.config)
        for name, tracker in list(self._open.items()):
            self._try(name, partial(tracker.epoch, epoch))
        picture = reconstructions(self._folder.path, report.epoch)
        if picture is not None:
            for name, tracker in list(self._open.items()):
                self._try(name, partial(tracker.picture, report.epoch, picture))

    def close(self, ending: Ending) -> None:
        """Tell of the measured figures, if there are any, and let go of the trackers."""
        folder = self._folder
        for name, tracker in list(self._open.items()):
            if folder is not None:
                self._try(name, partial(_tell_figures, tracker, folder))
        for name, tracker in list(self._open.items()):
            self._try(name, partial(tracker.close, ending))
        self._open = {}

    def _try(self, name: str, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - a server far away, a full disk, another's code
            failed = self._open.pop(name, None)
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            _log.warning("tracker %s failed and is left out from here on; the training goes on: %s", name, reason)
            if failed is not None:
                try:
                    failed.close("failed")
                except Exception:  # noqa: BLE001 - it has been said that it fails
                    _log.debug("tracker %s cannot be closed", name, exc_info=True)


def tracked_epochs(history: Sequence[EpochReport], config: RunConfig) -> list[TrackedEpoch]:
    """Return what trackers are told of epochs: the finite numbers of the history, and the parts of the loss."""
    parts = objective_parts(history, config)
    epochs = []
    for place, report in enumerate(history):
        values = dataclasses.asdict(report)
        number = values.pop("epoch")
        if parts is not None:
            values |= {
                "val_reconstruction": float(parts.reconstruction[place]),
                "val_kl_term": float(parts.kl_term[place]),
            }
        finite = {name: float(value) for name, value in values.items() if value is not None and math.isfinite(value)}
        epochs.append(TrackedEpoch(epoch=number, scalars=finite))
    return epochs


def reconstructions(path: Path, epoch: int) -> np.ndarray | None:
    """Return validation images above their reconstructions after an epoch, (H, W, 3), uint8; None if not recorded.

    Args:
        path: Folder of the run.
        epoch: Counted from 1; 0 is before training.
    """
    if epoch not in list_samples(path):
        return None
    try:
        rows = (read_fixed(path).originals, read_sample(path, epoch).reconstructions)
    except AevizError:  # a picture less
        return None
    picture = np.concatenate([np.concatenate(list(row), axis=2) for row in rows], axis=1).transpose(1, 2, 0)
    factor = max(1, _ROW_PX // picture.shape[1])
    channels: np.ndarray = np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture
    return channels.repeat(factor, axis=0).repeat(factor, axis=1)


def _tell_figures(tracker: Tracker, folder: RunFolder) -> None:
    evaluation = folder.evaluation()
    if evaluation is None:
        return
    figures = {
        name: float(value)
        for name, value in dataclasses.asdict(evaluation).items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
    tracker.measured(figures, write_card(folder))
