"""Sweeps on a Ray cluster: a real one of two machines, each a process of its own here, one of which is lost."""

import csv
import os
import time

import numpy as np
import pytest
from commands import TINY

from aeviz.errors import ConfigError
from aeviz.experiment import train
from aeviz.presets import get_preset
from aeviz.sweeps.cluster import Needs, train_on_cluster
from aeviz.sweeps.plan import plan_runs
from aeviz.sweeps.run import is_finished
from aeviz.sweeps.table import TABLE
from aeviz.training.run import load
from aeviz.training.status import ask, has_trainer, read_status
from aeviz.workers import training

ray = pytest.importorskip("ray", reason="pip install 'aeviz[cluster]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def cluster():
    """A head without cores, and a machine with one core, which can be lost."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    found = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, "num_gpus": 0}, connect=False
    )
    found.worker = found.add_node(num_cpus=1, num_gpus=0)
    yield found
    ray.shutdown()
    found.shutdown()


def small_runs(folder, epochs, seeds=2):
    settings = [option for option in TINY if "=" in option]
    return plan_runs(
        folder / "mine",
        [*settings, f"train.epochs={epochs}"],
        seeds,
        lambda own, seed: get_preset("digits-2d-adam").config.with_settings([*own, f"train.seed={seed}"]),
    )


def assert_same_weights(run, expected):
    found, wanted = load(run.path).model.state_dict(), expected.model.state_dict()
    assert all(np.array_equal(found[name], wanted[name]) for name in wanted)


def test_sweep_on_a_cluster_leaves_the_runs_and_the_table_of_one_at_home(aeviz, runs_folder, cluster, tmp_path):
    options = ["--epochs", 2, "--seeds", 2, "--out", runs_folder / "mine", *TINY]
    status, out, err = aeviz("sweep", "digits-2d-adam", *options, "--cluster", cluster.address)
    assert status == 0, err
    assert out.splitlines()[-1].startswith("2 of 2 runs")
    with (runs_folder / "mine" / TABLE).open(encoding="utf-8") as file:
        assert [row["finished"] for row in csv.DictReader(file)] == ["2"]
    for seed in (0, 1):
        path = runs_folder / f"mine-seed-{seed}"
        assert read_status(path).state == "finished"
        run = load(path)
        alone = train(run.config, out=tmp_path / f"alone-{seed}")
        assert [report.val_loss for report in run.history] == [report.val_loss for report in alone.history]
    status, _, err = aeviz("sweep", "digits-2d-adam", *options, "--cluster", cluster.address)
    assert "2 of 2 runs are there already" in err


def test_lost_machine_costs_no_run_and_changes_no_weight(cluster, tmp_path):
    runs = small_runs(tmp_path, epochs=40)
    lost = []

    def lose(run, report):
        if report.epoch == 5 and not lost:
            lost.append(run.path.name)
            cluster.remove_node(cluster.worker, allow_graceful=False)
            cluster.worker = cluster.add_node(num_cpus=1, num_gpus=0)

    reports = []
    failures = train_on_cluster(
        runs,
        cluster.address,
        Needs(),
        lambda run, report: (reports.append((run.path.name, report.epoch)), lose(run, report)),
        keep_s=0,
    )
    assert failures == {}
    assert lost
    assert sorted(reports) == sorted((run.path.name, epoch) for run in runs for epoch in range(1, 41))
    for run in runs:
        assert is_finished(run)
        assert_same_weights(run, train(run.config, out=tmp_path / f"alone-{run.seed}"))


def test_stopped_run_comes_home_and_resumes(cluster, tmp_path):
    [run] = small_runs(tmp_path, epochs=60, seeds=1)

    def stop(run, report):
        assert has_trainer(run.path)
        assert read_status(run.path).state == "training"
        if report.epoch == 3:
            ask(run.path, "stop")

    failures = train_on_cluster([run], cluster.address, Needs(), stop, keep_s=0)
    assert failures == {run.path.name: "stopped on request"}
    assert read_status(run.path).state == "stopped"
    before = len(load(run.path).history)
    assert 0 < before < 60
    epochs = []
    assert not train_on_cluster([run], cluster.address, Needs(), lambda run, report: epochs.append(report.epoch))
    assert epochs == list(range(before + 1, 61))
    assert_same_weights(run, train(run.config, out=tmp_path / "alone"))


def test_what_no_machine_can_do_is_refused(cluster, tmp_path):
    with pytest.raises(ConfigError, match="needs 64 cores with 0 GPUs, and no machine of the cluster has both"):
        train_on_cluster(small_runs(tmp_path, 1), cluster.address, Needs(cpus=64), lambda *_: None)
    failures = train_on_cluster(
        plan_runs(
            tmp_path / "other",
            ["data.name=folder:/nowhere"],
            1,
            lambda own, seed: get_preset("digits-2d-adam").config.with_settings(own),
        ),
        cluster.address,
        Needs(),
        lambda *_: None,
    )
    assert "nowhere" in failures["other-seed-0"]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "ray://nowhere.invalid:10001"])
def test_no_cluster_at_the_address(aeviz, runs_folder, address):
    options = ["--epochs", 1, "--out", runs_folder / "mine", "--cluster", address]
    status, _, err = aeviz("sweep", "digits-2d-adam", *options)
    assert status == 2
    assert f"the cluster {address!r} does not answer" in err
    assert "ray start --head" in err
    assert "Traceback" not in err


def test_job_of_the_page_train_goes_to_the_cluster(cluster, runs_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_CLUSTER", cluster.address)
    monkeypatch.setenv("AEVIZ_ONNX", "0")
    config = small_runs(tmp_path, epochs=3, seeds=1)[0].config
    job = training.start(config)
    seen = set()
    deadline = time.monotonic() + 200
    while (status := read_status(job.path)).state != "finished":
        assert status.state in ("queued", "preparing", "training"), status
        assert time.monotonic() < deadline, status
        seen.add(status.message)
        time.sleep(0.1)
    assert f"waits for a machine of the cluster {cluster.address}" in seen
    found = load(job.path)
    alone = train(config, out=tmp_path / "alone")
    assert [report.val_loss for report in found.history] == [report.val_loss for report in alone.history]
