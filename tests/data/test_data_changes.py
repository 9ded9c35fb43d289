"""A folder of images that changed after a run was trained on it."""

import json
import shutil

import numpy as np
import pytest

from aeviz.cli import main
from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.data.changes import describe_changed_images, with_class_order
from aeviz.training.runs import CONFIG, EVALUATION

CHANGED = "are not those that run 'run' was trained on ({} training images then, {} now): some of the images measured"


@pytest.fixture
def folder(tmp_path, write_pictures):
    for seed, name in enumerate(("s1", "s2", "s10")):
        write_pictures(tmp_path / "images" / name, 8, seed=seed)
    return tmp_path / "images"


@pytest.fixture
def run(folder, tmp_path):
    tiny = [
        "--set",
        "model.hidden=[8]",
        "--set",
        "train.batch_size=8",
        "--set",
        "optimizer.schedule=constant",
        "--device",
        "cpu",
        "--no-onnx",
    ]
    options = ["--data", f"folder:{folder}", "--epochs", "1", "--out", str(tmp_path / "run"), *tiny]
    assert main(["train", "digits-2d-adam", *options]) == 0
    return tmp_path / "run"


def evaluate(run, capsys, *options):
    capsys.readouterr()
    assert main(["evaluate", str(run), "--json", *options]) == 0
    out, err = capsys.readouterr()
    return json.loads(out), err


def test_evaluate_says_that_images_were_added_after_training(run, folder, write_pictures, capsys):
    assert "images" not in evaluate(run, capsys)[1]
    write_pictures(folder / "s3", 7, seed=9)
    evaluation, err = evaluate(run, capsys)
    assert evaluation["n"] == 5
    assert CHANGED.format(17, 22) in " ".join(err.split())


def test_evaluate_says_that_an_image_was_overwritten(run, folder, write_pictures, capsys):
    write_pictures(folder / "s2", 8, seed=99)
    assert CHANGED.format(17, 17) in evaluate(run, capsys)[1]


def test_evaluate_on_other_images_says_nothing(run, folder, tmp_path, capsys):
    shutil.copytree(folder, tmp_path / "other")
    shutil.rmtree(folder)
    assert evaluate(run, capsys, "--data", f"folder:{tmp_path / 'other'}")[1] == ""


@pytest.mark.parametrize("recorded", ["absolute", "relative"])
def test_evaluate_knows_the_folder_of_a_run_by_any_path(recorded, run, folder, write_pictures, capsys, monkeypatch):
    monkeypatch.chdir(folder.parent)
    if recorded == "relative":  # as of a run that Python code started
        config = json.loads((run / CONFIG).read_text())
        config["data"]["name"] = "folder:images"
        (run / CONFIG).write_text(json.dumps(config))
    names = (f"folder:{folder}", "folder:images", "folder:./other/../images")
    (folder.parent / "other").mkdir()
    assert [evaluate(run, capsys, "--data", name)[1] for name in names] == [""] * 3
    write_pictures(folder / "s3", 7, seed=9)
    for name in names:
        assert CHANGED.format(17, 22) in evaluate(run, capsys, "--data", name)[1]


def test_class_that_training_left_out_is_no_change_of_the_folder(run, folder, write_pictures, capsys):
    left = load_dataset(DataConfig(name=f"folder:{folder}", without="s2"), "train")
    config = json.loads((run / CONFIG).read_text())
    config["data"]["without"] = "s2"
    config["provenance"] |= {"data_fingerprint": left.fingerprint(), "n_train": len(left)}
    (run / CONFIG).write_text(json.dumps(config))
    for options in ((), ("--data", f"folder:{folder}")):
        assert evaluate(run, capsys, *options)[1] == ""
    write_pictures(folder / "s2", 8, seed=99)
    assert evaluate(run, capsys)[1] == ""  # it learned nothing of these
    write_pictures(folder / "s1", 8, seed=98)
    assert CHANGED.format(len(left), len(left)) in evaluate(run, capsys)[1]


def test_images_added_while_a_run_trains_are_noticed_when_it_is_measured(run, folder, write_pictures, caplog):
    from aeviz.experiment import measure
    from aeviz.training.runs import RunFolder

    write_pictures(folder / "s3", 7, seed=9)
    measure(RunFolder.read(run))
    assert CHANGED.format(17, 22) in caplog.text


def test_run_that_numbers_its_classes_in_the_old_order_stays_right(run, folder, capsys):
    new = json.loads((run / EVALUATION).read_text())
    config = json.loads((run / CONFIG).read_text())
    assert config["provenance"]["class_names"] == ["s1", "s2", "s10"]
    old_order = ["s1", "s10", "s2"]
    train_set = with_class_order(load_dataset(DataConfig(name=f"folder:{folder}"), "train"), old_order)
    config["provenance"] |= {"class_names": old_order, "data_fingerprint": train_set.fingerprint()}
    (run / CONFIG).write_text(json.dumps(config))
    evaluation, err = evaluate(run, capsys)
    assert err == ""
    assert evaluation == new  # the error of each class stands under its own name
    assert main(["train", "--resume", str(run), "--epochs", "2", "--no-onnx"]) == 0


def test_classes_are_renumbered_to_a_given_order(folder):
    data = load_dataset(DataConfig(name=f"folder:{folder}"), "train")
    other = with_class_order(data, ("s10", "s2", "s1"))
    names, other_names = np.array(data.class_names), np.array(other.class_names)
    np.testing.assert_array_equal(names[data.labels], other_names[other.labels])
    assert with_class_order(data, data.class_names) is data
    assert with_class_order(data, ("s1", "s2")) is data  # other classes: nothing to be done
    same = describe_changed_images(data, run="r", fingerprint=data.fingerprint(), n_train=17)
    assert same is None
