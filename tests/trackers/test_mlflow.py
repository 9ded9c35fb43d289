"""MLflow, the real package, on a store in a folder: what it holds equals the history of the run.

The package conflicts with versions that aeviz's development uses (importlib_metadata), so it is not in the extra `dev`:
without it the first test is skipped.
"""

import dataclasses
import socket
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from aeviz.cli import main
from aeviz.errors import ConfigError
from aeviz.experiment import train
from aeviz.trackers.mlflow import tracking_uri
from aeviz.training.runs import RunFolder


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the package itself
def test_run_stands_in_the_store_and_goes_on_after_a_resumption(tiny_config, tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    path, store = tmp_path / "run", tmp_path / "store"
    tracker = [f"mlflow={store}"]
    train(tiny_config("train.epochs=2"), out=path, trackers=tracker)
    train(tiny_config("train.epochs=4"), out=path, resume=True, trackers=tracker)
    train(tiny_config("train.epochs=4"), out=path, resume=True, trackers=tracker)  # nothing left to do

    client = mlflow.MlflowClient(tracking_uri=store.as_uri())
    experiment = client.get_experiment_by_name("aeviz")
    (run,) = client.search_runs([experiment.experiment_id])
    folder = RunFolder.read(path)
    history = folder.history()
    for field in dataclasses.fields(history[0]):
        if field.name == "epoch" or getattr(history[0], field.name) is None:
            continue
        told = [(metric.step, metric.value) for metric in client.get_metric_history(run.info.run_id, field.name)]
        assert sorted(told) == [(report.epoch, getattr(report, field.name)) for report in history], field.name
    assert run.info.run_name == "run"
    assert run.info.status == "FINISHED"
    assert run.data.params["optimizer.learning_rate"] == "0.003"
    assert run.data.metrics["test_mse"] == folder.evaluation().mse
    card = client.download_artifacts(run.info.run_id, "README.md")
    assert "# run" in Path(card).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_server_that_is_away_does_not_stop_the_training(tiny_config, tmp_path, caplog):
    pytest.importorskip("mlflow")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        began = time.perf_counter()
        train(
            tiny_config("train.epochs=1"),
            out=tmp_path / "run",
            trackers=[f"mlflow=http://127.0.0.1:{taken.getsockname()[1]}"],
        )
    assert time.perf_counter() - began < 60
    assert len(RunFolder.read(tmp_path / "run").history()) == 1
    assert [r.getMessage().split(" failed")[0] for r in caplog.records if "tracker" in r.getMessage()] == [
        "tracker mlflow"
    ]


class Client:
    """Stands in for MLflow's client where the package is not installed: keeps what it is told."""

    def __init__(self, tracking_uri):
        self.runs, self.metrics, self.params, self.texts, self.status = [], [], {}, {}, None

    def get_experiment_by_name(self, name):
        return None

    def create_experiment(self, name):
        return name

    def search_runs(self, experiments, filter_string, max_results):
        return self.runs

    def create_run(self, experiment, tags, run_name):
        info = type("Info", (), {"run_id": "id"})
        self.runs = [type("Run", (), {"info": info})]
        return self.runs[0]

    def update_run(self, run, status):
        self.status = status

    def get_metric_history(self, run, name):
        return [type("Metric", (), {"step": step}) for key, _, step in self.metrics if key == name]

    def log_batch(self, run, metrics=(), params=()):
        self.metrics += [(key, value, step) for key, value, _, step in metrics]
        self.params |= dict(params)

    def log_text(self, run, text, name):
        self.texts[name] = text

    def set_terminated(self, run, status):
        self.status = status


def test_what_a_store_is_told_without_the_package(tiny_config, tmp_path, monkeypatch):
    client = Client("")
    package, entities = (ModuleType(name) for name in ("mlflow", "mlflow.entities"))
    package.__spec__ = ModuleSpec("mlflow", None)
    package.MlflowClient = lambda tracking_uri: client
    entities.Metric = entities.Param = lambda *values: values
    for module in (package, entities):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    path, tracker = tmp_path / "run", [f"mlflow={tmp_path / 'store'}"]
    train(tiny_config("train.epochs=1"), out=path, trackers=tracker)
    train(tiny_config("train.epochs=2"), out=path, resume=True, trackers=tracker)
    history = RunFolder.read(path).history()
    told = [(value, step) for key, value, step in client.metrics if key == "val_loss"]
    assert told == [(report.val_loss, report.epoch) for report in history]
    assert client.params["model.latent_dim"] == "2"
    assert client.status == "FINISHED"
    assert client.texts["README.md"].startswith("---")


def test_place_is_needed(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(ConfigError, match="MLflow needs a place: set MLFLOW_TRACKING_URI"):
        tracking_uri(None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    assert tracking_uri(None) == "http://localhost:5000"
    assert tracking_uri(str(tmp_path)) == tmp_path.as_uri()
    monkeypatch.setattr("aeviz.trackers.tracking.importlib.util.find_spec", lambda name: None)
    assert main(["train", "digits-2d-adam", "--tracker", "mlflow"]) == 2
    assert 'pip install "aeviz[mlflow]"' in capsys.readouterr().err
