"""A data set is added in one place: a module outside the package, written here, is listed, loaded and trained on."""

import importlib
import json
import os
import subprocess
import sys
import textwrap

import pytest

from aeviz.data import catalog, is_available, list_datasets, load_dataset, prepare_dataset
from aeviz.data.catalog import find_dataset, find_source, register
from aeviz.data.folder import FolderSource
from aeviz.data.source import DatasetInfo, Source
from aeviz.errors import DataError

STRIPES = '''
"""stripes: horizontal and vertical stripes, an example of a data set from outside the package."""

from pathlib import Path

import numpy as np

from aeviz.config import DataConfig
from aeviz.data import DatasetInfo, ImageDataset, Report, Source, SplitName, hold_out, register


class Stripes(Source):
    """Images whose middle row or column is white."""

    info = DatasetInfo(
        name="stripes", title="Stripes", image_shape=(1, 8, 8), n_train=120, n_test=24, embedded=True,
        bytes_download=0, source="drawn by this module", licence="none needed: the images are computed",
    )

    def is_available(self, root: Path) -> bool:
        return True

    def prepare(self, root: Path, report: Report) -> None:
        return None

    def read(self, config: DataConfig, split: SplitName, root: Path, report: Report) -> ImageDataset:
        part = "test" if split == "test" else "train"
        n = self.info.n_test if part == "test" else self.info.n_train
        images = np.zeros((n, 1, 8, 8), np.uint8)
        images[::2, :, 4, :] = 255
        images[1::2, :, :, 4] = 255
        found = ImageDataset(
            images=images, labels=np.arange(n) % 2, class_names=("horizontal", "vertical"), name="stripes", split=part
        )
        return found if split == "test" else hold_out(found, config, split)


register(Stripes())
'''


@pytest.fixture
def stripes(tmp_path, monkeypatch):
    """The name of a data set that a module outside the package registers."""
    monkeypatch.setattr(catalog, "_SOURCES", dict(catalog._SOURCES))
    (tmp_path / "stripes_module.py").write_text(textwrap.dedent(STRIPES))
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    importlib.import_module("stripes_module")
    yield "stripes"
    sys.modules.pop("stripes_module")


def test_data_set_from_outside_is_listed_and_loaded(stripes):
    assert list_datasets()[-1] == find_dataset(stripes)
    assert is_available(stripes)
    assert prepare_dataset(stripes) is None
    counts = {split: len(load_dataset(stripes, split)) for split in ("train", "validation", "test")}
    assert counts == {"train": 100, "validation": 20, "test": 24}
    assert load_dataset(stripes).class_names == ("horizontal", "vertical")
    with pytest.raises(DataError, match=r"expected one of: digits, .*, stripes, folder:PATH; did you mean 'stripes'\?"):
        load_dataset("stripe")


def test_data_set_from_outside_is_trained_on_and_evaluated(stripes, tmp_path, capsys):
    from aeviz.cli import main

    tiny = ["--set", "model.hidden=[8]", "--set", "train.batch_size=32", "--device", "cpu", "--no-onnx"]
    run = tmp_path / "run"
    assert main(["train", "digits-2d-adam", "--data", stripes, "--epochs", "1", "--out", str(run), *tiny]) == 0
    assert main(["evaluate", str(run), "--json"]) == 0
    assert '"dataset": "stripes"' in capsys.readouterr().out
    assert main(["data", "list"]) == 0
    assert "stripes        built in" in capsys.readouterr().out


def test_data_set_of_a_plugin_that_fails_is_not_available(monkeypatch):
    monkeypatch.setenv("AEVIZ_PLUGINS", "no_such_module_of_anybody")
    assert not is_available("stripes")
    assert is_available("digits")


class Named(Source):
    """A data set that has a name and nothing else."""

    def __init__(self, name):
        self.info = DatasetInfo(
            name=name,
            title="",
            image_shape=(1, 8, 8),
            n_train=1,
            n_test=1,
            embedded=True,
            bytes_download=0,
            source="",
            licence="",
        )

    def is_available(self, root):
        return False

    def prepare(self, root, report):
        return None

    def read(self, config, split, root, report):
        raise NotImplementedError


@pytest.mark.parametrize("name", ["", "Digits", "a b", "a/b", "folder:x", "ünder", "a-b", "_a"])
def test_name_that_could_not_be_written_everywhere_is_refused(name, monkeypatch):
    monkeypatch.setattr(catalog, "_SOURCES", dict(catalog._SOURCES))
    with pytest.raises(DataError, match="is no name for a data set; expected lower-case letters, digits"):
        register(Named(name))


def test_name_that_is_taken_is_refused(monkeypatch):
    monkeypatch.setattr(catalog, "_SOURCES", dict(catalog._SOURCES))
    with pytest.raises(DataError, match="a data set named 'digits' is registered already; choose another name"):
        register(Named("digits"))
    source = Named("mine")
    register(source)
    register(source)  # a module that is imported twice does no harm


def test_folder_is_a_source_without_an_entry(tmp_path):
    source = find_source(f"folder:{tmp_path}")
    assert isinstance(source, FolderSource)
    assert source.info is None
    with pytest.raises(DataError, match=r"nothing is known of 'folder:.*' before its images are read"):
        find_dataset(f"folder:{tmp_path}")


def test_every_entry_of_the_catalog_has_a_source():
    for info in list_datasets():
        assert find_source(info.name).info == info


def test_plugin_brings_its_data_set_into_a_process_of_its_own(tmp_path):
    (tmp_path / "striped_data.py").write_text(STRIPES)
    environment = {
        **os.environ,
        "AEVIZ_PLUGINS": "striped_data",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]),
    }
    command = [sys.executable, "-m", "aeviz", "data", "list", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "stripes" in {entry["name"] for entry in json.loads(done.stdout)}
