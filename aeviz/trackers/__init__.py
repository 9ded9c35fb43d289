"""Trackers: where a training tells other programs of its progress, such as TensorBoard and MLflow.

One is asked for as NAME or NAME=PLACE: by `aeviz train --tracker`, by `aeviz.train(trackers=...)`, or for all
trainings, those of the app too, by AEVIZ_TRACKERS, with commas between them. What goes wrong while a run trains is one
warning and never the end of the training.
"""

from aeviz.trackers.base import TRACKERS, Tracker, TrackerSpec
from aeviz.trackers.tracking import TRACKERS_VARIABLE, Tracking, check_trackers

__all__ = ["TRACKERS", "TRACKERS_VARIABLE", "Tracker", "TrackerSpec", "Tracking", "check_trackers"]
"""`Tracker` and `TrackerSpec` are what another package needs to add one: see docs/extending.md."""
