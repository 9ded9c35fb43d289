"""`aeviz sweep`: its runs, its table, and how it goes on after an end."""

import csv
import json
import statistics

import pytest
from commands import TINY, assert_refused

from aeviz.cli import INTERRUPTED
from aeviz.config import RunConfig
from aeviz.errors import StorageError
from aeviz.experiment import train
from aeviz.sweeps.plan import PLAN
from aeviz.sweeps.table import TABLE
from aeviz.training.monitor import Monitor
from aeviz.training.runs import MODEL, RunFolder, list_folders
from aeviz.training.status import ask, read_status

OPTIMIZERS = ["--set", "optimizer.name=adam,amsgrad"]


@pytest.fixture
def sweep(aeviz, runs_folder):
    """A function that sweeps the smallest network over two epochs, into the folder of the runs."""

    def run(*options, epochs=2):
        return aeviz("sweep", "digits-2d-adam", "--epochs", epochs, "--out", runs_folder / "mine", *TINY, *options)

    return run


def test_a_sweep_leaves_runs_for_the_gallery_and_a_table(sweep, runs_folder, tmp_path):
    status, out, err = sweep(*OPTIMIZERS, "--seeds", 2)
    assert status == 0, err
    folders = {folder.name: folder for folder in list_folders()}
    assert sorted(folders) == [f"mine-{name}-seed-{seed}" for name in ("adam", "amsgrad") for seed in (0, 1)]
    for folder in folders.values():
        assert len(folder.history()) == 2
        assert folder.has_latents
        assert folder.evaluation() is not None
        assert read_status(folder.path).state == "finished"
    alone = train(folders["mine-amsgrad-seed-1"].config, out=tmp_path / "alone")
    for report, expected in zip(folders["mine-amsgrad-seed-1"].history(), alone.history, strict=True):
        assert report.train_loss == pytest.approx(expected.train_loss, rel=1e-4)
        assert report.val_loss == pytest.approx(expected.val_loss, rel=1e-4)
    header, first, second, last = out.splitlines()
    assert header.split() == ["optimizer.name", "seeds", "train", "loss", "validation", "loss", "seconds"]
    assert (first.split()[:2], second.split()[:2]) == (["adam", "2"], ["amsgrad", "2"])
    assert last.startswith("4 of 4 runs")
    with (runs_folder / "mine" / TABLE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    losses = [folders[f"mine-adam-seed-{seed}"].best_epoch().val_loss for seed in (0, 1)]
    assert float(rows[0]["val_loss_mean"]) == pytest.approx(statistics.fmean(losses))
    assert float(rows[0]["val_loss_sd"]) == pytest.approx(statistics.stdev(losses))


def test_after_an_interruption_the_same_command_trains_what_is_missing(sweep, runs_folder, monkeypatch):
    report, count = Monitor.report, 0

    def interrupt(self, state, *arguments, **options):
        nonlocal count
        count += state == "training"
        if count == 3:  # the first run has its second epoch, the second has not
            raise KeyboardInterrupt
        report(self, state, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Monitor, "report", interrupt)
        status, out, err = sweep("--seeds", 2)
    assert (status, out) == (INTERRUPTED, "")
    assert "goes on with what is missing" in err
    paths = [runs_folder / f"mine-seed-{seed}" for seed in (0, 1)]
    assert [len(RunFolder.read(path).history()) for path in paths] == [2, 1]
    status, out, err = sweep("--seeds", 2, "--json")
    assert status == 0
    assert [len(RunFolder.read(path).history()) for path in paths] == [2, 2]
    (row,) = json.loads(out)["rows"]
    assert (row["finished"], row["failed"]) == (2, [])
    before = (paths[0] / MODEL).stat().st_mtime_ns
    status, _, err = sweep("--seeds", 2)
    assert "2 of 2 runs are there already" in err
    assert (paths[0] / MODEL).stat().st_mtime_ns == before
    assert_refused(sweep("--seeds", 3), "another sweep began")


def test_a_run_that_fails_does_not_end_the_others(sweep):
    settings = ["--set", "optimizer.learning_rate=1e-3,1e38", "--set", "model.output=identity"]
    settings += ["--set", "model.encoder=linear", "--set", "model.decoder=linear"]
    status, out, err = sweep(*settings, "--json")
    assert status == 1
    document = json.loads(out)
    assert list(document["failures"]) == ["mine-learning_rate-1e38-seed-0"]
    assert "mine-learning_rate-1e38-seed-0 failed: training diverged in epoch 1" in err
    assert [row["finished"] for row in document["rows"]] == [1, 0]


def test_a_run_that_is_stopped_is_measured_and_the_others_go_on(sweep, runs_folder, monkeypatch):
    report = Monitor.report

    def ask_after_the_first_epoch(self, state, *arguments, **options):
        if state == "training" and options["epoch"] == 1 and self.path.name == "mine-seed-0":
            ask(self.path, "stop")
        report(self, state, *arguments, **options)

    monkeypatch.setattr(Monitor, "report", ask_after_the_first_epoch)
    status, *_ = sweep("--seeds", 2, epochs=3)
    assert status == 1
    stopped, other = (RunFolder.read(runs_folder / f"mine-seed-{seed}") for seed in (0, 1))
    assert [len(folder.history()) for folder in (stopped, other)] == [1, 3]
    assert [read_status(folder.path).state for folder in (stopped, other)] == ["stopped", "finished"]
    assert stopped.evaluation() is not None


def test_a_full_disk_ends_the_sweep_and_says_so_in_each_run(sweep, runs_folder, monkeypatch):
    def fill(path, report):
        raise StorageError("the disk is full; make room")

    monkeypatch.setattr("aeviz.training.loop.append_report", fill)
    status, _, err = sweep("--seeds", 2)
    assert status == 2
    assert "the disk is full" in err
    states = [read_status(runs_folder / f"mine-seed-{seed}").state for seed in (0, 1)]
    assert "training" not in states


def test_networks_that_cannot_train_together_train_one_after_another(sweep, runs_folder):
    status, out, err = sweep("--set", "optimizer.name=sgd", "--seeds", 2, epochs=1)
    assert status == 0, err
    assert out.splitlines()[1].startswith("2 ")
    values = json.loads((runs_folder / "mine" / PLAN).read_text(encoding="utf-8"))
    assert RunConfig.from_dict(values["runs"]["mine-seed-1"]).train.seed == 1


def test_settings_that_fit_no_run_are_refused_before_anything_is_made(sweep, runs_folder):
    assert_refused(sweep("--set", "model.latent_dim=2,0"), "model.latent_dim=0")
    assert_refused(sweep("--seeds", 0), "--seeds 0")
    assert not runs_folder.exists()
