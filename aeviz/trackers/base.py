"""What a tracker is, and those that there are. Needs neither torch nor the packages of the trackers."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aeviz.registry import Registry
from aeviz.registry.base import Target

Ending = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEpoch:
    """What is told of an epoch."""

    epoch: int
    """Counted from 1."""
    scalars: Mapping[str, float]
    """The numbers of its line in history.jsonl by their names there, and the parts of a variational validation loss,
    val_reconstruction and val_kl_term; finite ones alone."""


class Tracker(ABC):
    """Tells another program of one training. A method may raise anything: the training goes on without the tracker.

    It is made in the trainer's process as `open(folder, place)`; `place` is what stands after NAME=, or None.
    """

    @abstractmethod
    def begin(self, epochs: Sequence[TrackedEpoch]) -> None:
        """Begin, or go on with a run that is resumed.

        Args:
            epochs: Those already trained, empty for a new run. What the tracker has of them must not be told twice.
        """

    @abstractmethod
    def epoch(self, epoch: TrackedEpoch) -> None:
        """Take an epoch, once it is on disk."""

    def picture(self, epoch: int, picture: np.ndarray) -> None:  # noqa: B027 - a tracker may do without
        """Take a picture, (H, W, 3), uint8: validation images above their reconstructions after an epoch."""

    def measured(self, figures: Mapping[str, float], card: str) -> None:  # noqa: B027
        """Take the figures of evaluation.json by their names there, and the run's card in Markdown."""

    def close(self, ending: Ending) -> None:  # noqa: B027
        """Write what is left and let go of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSpec:
    """A tracker by name."""

    name: str
    title: str
    open: Target
    """`open(folder: RunFolder, place: str | None) -> Tracker`; imported on use."""
    package: str
    """The module that it needs."""
    install: str
    """What pip installs to have it, such as aeviz[tensorboard]."""
    check: Target | None = None
    """Takes the place and raises ConfigError where it cannot be one, before the training begins."""


TRACKERS: Registry[TrackerSpec] = Registry(
    "tracker",
    TrackerSpec(
        name="tensorboard",
        title="TensorBoard",
        open="aeviz.trackers.tensorboard:TensorBoardTracker",
        package="tensorboard",
        install="aeviz[tensorboard]",
    ),
    TrackerSpec(
        name="mlflow",
        title="MLflow",
        open="aeviz.trackers.mlflow:MlflowTracker",
        package="mlflow",
        install="aeviz[mlflow]",
        check="aeviz.trackers.mlflow:tracking_uri",
    ),
)
