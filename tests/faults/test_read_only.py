"""Folders that cannot be written, data that goes while it is used, caches that were damaged."""

import builtins
import errno
import io
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from aeviz.analysis.embedding import EmbeddingConfig
from aeviz.config import DataConfig
from aeviz.data.imports import visits
from aeviz.errors import AevizError, DataError, StorageError, WorkerError
from aeviz.experiment import train
from aeviz.lab.relu_comparison import ReluComparison
from aeviz.training.latents import LATENTS, read_latents
from aeviz.training.run import load
from aeviz.training.runs import RunFolder, list_runs
from aeviz.training.status import read_status
from aeviz.workers import embedding, relu, task, training


@pytest.fixture
def read_only(monkeypatch):
    """A function that makes a folder one that may only be read, for this process, whose user may be root."""

    def seal(folder):
        root = folder.resolve()
        plain = {name: getattr(os, name) for name in ("open", "mkdir", "replace", "rename", "unlink", "utime")}

        def refuse(place):
            place = os.path.abspath(os.fspath(place))
            if place == str(root) or place.startswith(f"{root}{os.sep}"):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), place)

        def guarded(name):
            def call(path, *arguments, **options):
                flags = arguments[0] if arguments else options.get("flags", 0)
                writes = name != "open" or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
                if writes and options.get("dir_fd") is None:
                    refuse(path)
                return plain[name](path, *arguments, **options)

            return call

        for name in plain:
            monkeypatch.setattr(os, name, guarded(name))
        plain_open = io.open

        def open_file(file, mode="r", *arguments, **options):
            if not isinstance(file, int) and set(mode) & set("wax+"):
                refuse(file)
            return plain_open(file, mode, *arguments, **options)

        monkeypatch.setattr(io, "open", open_file)
        monkeypatch.setattr(builtins, "open", open_file)

    return seal


def test_runs_that_may_only_be_read_are_shown_and_changes_refused_in_a_sentence(
    runs_folder, trained_folder, tiny_config, read_only
):
    shutil.copytree(trained_folder, runs_folder / "mine")
    read_only(runs_folder)
    assert [run.name for run in list_runs()] == ["mine"]
    assert [job.state for job in training.list_jobs()] == ["finished"]
    assert len(load(RunFolder.read(runs_folder / "mine")).encode(np.zeros((1, 1, 8, 8), np.float32))) == 1
    changes = (
        lambda: training.start(tiny_config()),
        lambda: training.pause("mine"),
        lambda: training.stop("mine"),
        lambda: training.delete("mine"),
        lambda: training.resume("mine", epochs=9),
    )
    for change in changes:
        with pytest.raises(WorkerError, match=r"Read-only file system; expected a folder .*see AEVIZ_RUNS"):
            change()
    with pytest.raises(AevizError, match="Read-only file system"):
        train(tiny_config(), out=runs_folder / "other")
    assert RunFolder.read(runs_folder / "mine").latents() is not None


def test_cache_that_may_only_be_read_refuses_in_a_sentence(tmp_path, monkeypatch, read_only):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    read_only(tmp_path / "cache")
    with pytest.raises(WorkerError, match=r"cannot compute anything in .*Read-only file system.*see AEVIZ_CACHE"):
        embedding.start(np.zeros((9, 3)), "digest", EmbeddingConfig(algorithm="t-SNE"))
    with pytest.raises(StorageError, match=r"cannot write uploads into .*Read-only file system; set AEVIZ_CACHE"):
        visits.take("visitor", {}, report=lambda share, text: None)
    job = embedding.embedding_task("digest", EmbeddingConfig(algorithm="t-SNE"))
    assert job.observe() is None
    assert job.result() is None


def test_data_that_goes_while_it_is_trained_on_ends_in_a_sentence_and_comes_back(tiny_config, tmp_path, write_pictures):
    images = tmp_path / "pictures"
    write_pictures(images / "a", 20)
    write_pictures(images / "b", 20, seed=1)
    config = replace(
        tiny_config("train.epochs=3", "train.batch_size=8"), data=DataConfig(name=f"folder:{images}", image_size=8)
    )
    unbroken = train(config, out=tmp_path / "unbroken")

    def remove(report):
        if report.epoch == 1:
            images.rename(tmp_path / "away")

    with pytest.raises(DataError, match=r"pictures"):
        train(config, out=tmp_path / "run", on_epoch=remove)
    status = read_status(tmp_path / "run")
    assert status.state == "failed"
    assert status.message.startswith("all epochs are trained, but not measured: ")
    assert len(RunFolder.read(tmp_path / "run").history()) == 3
    with pytest.raises(DataError, match=r"pictures"):
        train(config, out=tmp_path / "run", resume=True)
    (tmp_path / "away").rename(images)
    run = train(config, out=tmp_path / "run", resume=True)
    np.testing.assert_array_equal(run.folder.latents().z, unbroken.folder.latents().z)
    assert read_status(tmp_path / "run").state == "finished"


def damages(content):
    """Yield what a crash or a bad disk may make of a file."""
    yield b""
    yield content[: len(content) // 2]
    yield content[:-1]
    yield bytes(len(content))
    yield np.random.default_rng(0).bytes(len(content))
    middle = len(content) // 2
    yield content[:middle] + bytes(byte ^ 0x55 for byte in content[middle : middle + 8]) + content[middle + 8 :]


def test_damaged_cache_is_computed_anew_and_never_shown(tmp_path, monkeypatch, trained_folder):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    job = embedding.embedding_task("digest", EmbeddingConfig(algorithm="t-SNE"))
    other = relu.relu_task("digest", relu.ReluConfig(latent_dim=2, layers=1, steps=3))
    for each in (job, other):
        each.path.mkdir(parents=True)
    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    np.savez_compressed(job.path / task.RESULT, points=points)
    np.savez_compressed(other.path / task.RESULT, pca=points)
    np.testing.assert_array_equal(embedding.read_embedding(job), points)
    kept = (trained_folder / LATENTS).read_bytes()
    whole = (job.path / task.RESULT).read_bytes()
    started = []
    monkeypatch.setattr(task.process, "launch", lambda *args, **options: started.append(args))
    for number, damaged in enumerate(damages(whole), start=1):
        for each in (job, other):
            (each.path / task.RESULT).write_bytes(damaged)
        assert embedding.read_embedding(job) is None
        assert not isinstance(relu.read_comparison(other), ReluComparison)
        embedding.start(points, "digest", EmbeddingConfig(algorithm="t-SNE"))
        assert len(started) == number, "it was taken for done"
    for damaged in damages(kept):
        (tmp_path / LATENTS).write_bytes(damaged)
        with pytest.raises(AevizError):
            read_latents(tmp_path, 2, 10)
    for damaged in damages(b'{"state": "working", "pid": 1, "began_at": 0.0}'):
        (job.path / task.STATUS).write_bytes(damaged)
        view = job.observe()
        assert view is None or not view.is_active
