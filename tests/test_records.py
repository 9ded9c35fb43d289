"""Files that somebody edited by hand fail where they are read, with the name of the field."""

import json

import pytest

from aeviz.errors import CheckpointFormatError
from aeviz.training.runs import RunFolder, list_runs


def edit_json(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_text_for_a_number_in_the_history_names_the_field(run_copy):
    path = run_copy / "history.jsonl"
    path.write_text(path.read_text().replace('"epoch": 2', '"epoch": "two"'))
    with pytest.raises(CheckpointFormatError, match="epoch='two'; expected a whole number"):
        RunFolder.read(run_copy).history()


def test_missing_field_in_the_evaluation_is_named(run_copy):
    path = run_copy / "evaluation.json"
    values = json.loads(path.read_text())
    del values["mse"]
    path.write_text(json.dumps(values))
    with pytest.raises(CheckpointFormatError, match="mse is missing"):
        RunFolder.read(run_copy).evaluation()


def test_text_for_a_number_in_a_group_is_named(run_copy):
    edit_json(run_copy / "evaluation.json", euclidean_error_per_class={"3": "large"})
    with pytest.raises(CheckpointFormatError, match=r"euclidean_error_per_class\.3='large'; expected a number"):
        RunFolder.read(run_copy).evaluation()


def test_run_with_damaged_provenance_is_left_out_of_the_list(run_copy, runs_folder):
    values = json.loads((run_copy / "config.json").read_text())
    values["provenance"]["parameters"] = "many"
    (run_copy / "config.json").write_text(json.dumps(values))
    runs_folder.mkdir()
    run_copy.rename(runs_folder / "copy")
    assert list_runs() == []
