"""Runs are found by name or path, and listed; a damaged one is left out."""

import logging
import os
import re
import shutil
from pathlib import Path

import pytest

from aeviz.errors import CheckpointFormatError, CheckpointNotFoundError
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, HISTORY, MODEL, RunFolder, find_run, list_folders, list_runs

# Finding and listing


@pytest.fixture
def three_runs(runs_folder, trained_folder):
    """One run that ships, b, and two of one's own, a and b."""
    for path in (runs_folder.parent / "checkpoints" / "b", runs_folder / "a", runs_folder / "b"):
        shutil.copytree(trained_folder, path)
    return runs_folder


def test_find_run_takes_names_and_paths(three_runs):
    shipped = three_runs.parent / "checkpoints" / "b"
    assert find_run("a").path == three_runs / "a"
    assert find_run("b").path == shipped
    assert find_run(three_runs / "b").path == three_runs / "b"
    assert find_run(str(three_runs / "b") + "/").path == three_runs / "b"


def test_find_run_takes_a_relative_path(three_runs, monkeypatch):
    monkeypatch.chdir(three_runs)
    assert find_run("./b").path == Path("b")
    monkeypatch.chdir(three_runs / "a")
    assert find_run(".").name == find_run(Path(".")).name


@pytest.mark.parametrize("name", ["c", "", "..", "../c", "a/b/c"])
def test_find_run_of_unknown_name_lists_the_known(name, three_runs):
    with pytest.raises(CheckpointNotFoundError, match=re.escape(f"no trained model {name!r}; ") + ".*one of: b, a"):
        find_run(name)


def test_find_run_where_there_is_none_says_how_to_train(runs_folder):
    with pytest.raises(CheckpointNotFoundError, match="none yet; train one: aeviz train digits-2d-adam"):
        find_run("mlp-2d-adam")


def test_read_of_a_folder_without_run_raises(tmp_path):
    with pytest.raises(CheckpointNotFoundError, match=r"is no run: expected a folder with config\.json"):
        RunFolder.read(tmp_path)


def test_run_before_its_first_epoch_says_how_to_go_on(run_copy):
    (run_copy / MODEL).unlink()
    (run_copy / HISTORY).unlink()
    assert not RunFolder.read(run_copy).is_trained
    with pytest.raises(CheckpointFormatError, match=r"its first epoch has not ended; .*aeviz train --resume .*copy"):
        load(run_copy)


def test_list_puts_those_that_ship_first(three_runs):
    assert [folder.path.parent.name for folder in list_folders()] == ["checkpoints", "runs"]
    assert [folder.is_shipped for folder in list_folders()] == [True, False]
    assert [run.name for run in list_runs()] == ["b", "a"]


def test_further_folders_are_listed_between_and_a_copied_run_appears(three_runs, trained_folder, tmp_path, monkeypatch):
    more, missing = tmp_path / "more", tmp_path / "missing"
    shutil.copytree(trained_folder, more / "c")
    monkeypatch.setenv("AEVIZ_MODELS", os.pathsep.join([str(missing), str(more)]))
    assert [run.name for run in list_runs()] == ["b", "c", "a"]
    assert find_run("c").path == more / "c"
    assert not find_run("c").is_shipped
    shutil.copytree(trained_folder, more / "d")
    assert [run.name for run in list_runs()] == ["b", "c", "d", "a"]


def test_list_states_what_a_run_is(three_runs):
    run = list_runs()[1]
    folder = find_run("a")
    assert (run.name, run.preset, run.dataset, run.latent_dim, run.optimizer) == ("a", "tiny", "digits", 2, "adam")
    assert run.parameters == 64 * 8 + 8 + 8 * 4 + 4 + 4 * 2 + 2 + 2 * 4 + 4 + 4 * 8 + 8 + 8 * 64 + 64
    assert run.epochs == 2
    assert run.val_mse == min(report.val_mse for report in folder.history())
    assert run.bytes == sum(file.stat().st_size for file in (three_runs / "a").rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("file", "content"),
    [(CONFIG, b"{"), (CONFIG, b"\xff"), (HISTORY, b"nonsense\n"), (HISTORY, b"\xff\xfe\n")],
)
def test_damaged_run_is_left_out_with_a_line_in_the_log(file, content, three_runs, caplog):
    (three_runs / "a" / file).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert [run.name for run in list_runs()] == ["b"]
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert file in lines[0]
    assert "'a'" in lines[0]
    assert "has the name of a model before it" in lines[1]


def test_what_is_no_trained_run_is_left_out_silently(three_runs, caplog):
    (three_runs / "a" / MODEL).unlink()
    (three_runs / "notes.txt").write_text("")
    (three_runs / "empty").mkdir()
    shutil.rmtree(three_runs / "b")
    assert [run.name for run in list_runs()] == ["b"]
    assert not caplog.records


def test_list_without_folders_is_empty(runs_folder):
    assert list_runs() == []


def test_summary_bears_a_file_that_vanishes(run_copy, monkeypatch):
    folder = RunFolder.read(run_copy)
    expected = folder.summary()
    (run_copy / "vanishing").write_text("x")
    lstat = os.lstat

    def vanish(path):
        if str(path).endswith("vanishing"):
            raise FileNotFoundError
        return lstat(path)

    monkeypatch.setattr(os, "lstat", vanish)
    assert folder.summary() == expected
