"""MLflow: parameters, metrics by epoch, the evaluation, and the card of the model as an artifact."""

import importlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aeviz.errors import ConfigError
from aeviz.trackers.base import Ending, TrackedEpoch, Tracker
from aeviz.training.runs import RunFolder

URI = "MLFLOW_TRACKING_URI"
_EXPERIMENT = "MLFLOW_EXPERIMENT_NAME"
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "10", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""Seconds and further tries for a server that does not answer, unless they are set: training waits for it."""
_NAME, _CREATED = "aeviz.run", "aeviz.created"
"""Tags by which a resumed run is found again."""
_LONGEST = 500
"""Characters of a parameter, which every server takes."""
_AT_ONCE = 100
"""Parameters, and epochs, in one request."""
_STATUS: dict[Ending, str] = {"finished": "FINISHED", "stopped": "KILLED", "failed": "FAILED"}


def tracking_uri(place: str | None) -> str:
    """Return the address of the store: what is asked for, else MLFLOW_TRACKING_URI; a folder as MLflow wants it.

    Raises:
        ConfigError: Neither is given.
    """
    found = place or os.environ.get(URI, "").strip()
    if not found:
        raise ConfigError(
            f"MLflow needs a place: set {URI}, or --tracker mlflow=PLACE, an address such as http://localhost:5000, "
            "sqlite:///mlflow.db, or a folder"
        )
    return found if "://" in found or found == "databricks" else Path(found).resolve().as_uri()


class MlflowTracker(Tracker):
    """Tells a store of MLflow of a run; a resumed run goes on where it ended there.

    Args:
        folder: The run.
        place: The store, as `tracking_uri` takes it.
    """

    def __init__(self, folder: RunFolder, place: str | None) -> None:
        uri = tracking_uri(place)
        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        if uri.startswith("file:"):  # newer versions ask whether that is meant
            os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        self._folder = folder
        self._entities: Any = importlib.import_module("mlflow.entities")
        self._client: Any = importlib.import_module("mlflow").MlflowClient(tracking_uri=uri)
        self._last = 0

    def begin(self, epochs: Sequence[TrackedEpoch]) -> None:
        """Find the run of a training that is resumed, or make one with its parameters, and tell what it lacks."""
        name = os.environ.get(_EXPERIMENT, "").strip() or "aeviz"
        experiment = self._client.get_experiment_by_name(name)
        where = self._client.create_experiment(name) if experiment is None else experiment.experiment_id
        created = self._folder.provenance.created
        found = self._client.search_runs(
            [where], filter_string=f"tags.`{_CREATED}` = '{created}' and tags.`{_NAME}` = '{self._tag}'", max_results=1
        )
        if found:
            self._id: str = found[0].info.run_id
            self._client.update_run(self._id, status="RUNNING")
            before = self._client.get_metric_history(self._id, "train_loss")
            self._last = max((metric.step for metric in before), default=0)
        else:
            tags = {_NAME: self._tag, _CREATED: created}
            self._id = self._client.create_run(where, tags=tags, run_name=self._folder.name).info.run_id
            settings = list(self._folder.config.settings().items())
            for start in range(0, len(settings), _AT_ONCE):
                part = settings[start : start + _AT_ONCE]
                self._client.log_batch(
                    self._id, params=[self._entities.Param(key, value[:_LONGEST]) for key, value in part]
                )
        missing = [epoch for epoch in epochs if epoch.epoch > self._last]
        for start in range(0, len(missing), _AT_ONCE // 2):
            self._log(missing[start : start + _AT_ONCE // 2])

    def epoch(self, epoch: TrackedEpoch) -> None:
        """Log the numbers of an epoch."""
        if epoch.epoch > self._last:
            self._log([epoch])

    def measured(self, figures: Mapping[str, float], card: str) -> None:
        """Log the figures of the evaluation, as test_NAME, and the card as README.md."""
        now = round(time.time() * 1000)
        metrics = [self._entities.Metric(f"test_{name}", value, now, self._last) for name, value in figures.items()]
        self._client.log_batch(self._id, metrics=metrics)
        self._client.log_text(self._id, card, "README.md")

    def close(self, ending: Ending) -> None:
        """Say how the run ended."""
        self._client.set_terminated(self._id, status=_STATUS[ending])

    @property
    def _tag(self) -> str:
        return self._folder.name.replace("'", "_")

    def _log(self, epochs: Sequence[TrackedEpoch]) -> None:
        now = round(time.time() * 1000)
        metrics = [
            self._entities.Metric(name, value, now, epoch.epoch)
            for epoch in epochs
            for name, value in epoch.scalars.items()
        ]
        self._client.log_batch(self._id, metrics=metrics)
        self._last = epochs[-1].epoch
