"""`aeviz train`: what it writes, what it refuses, and how it stops."""

import json
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from commands import RUN_KEYS, TINY, assert_refused
from PIL import Image

from aeviz.cli import INTERRUPTED, main
from aeviz.training.runs import CONFIG, MODEL, RunFolder


@pytest.fixture(autouse=True)
def _own_runs(runs_folder):
    """The commands of each test write into a folder of its own."""


def test_train_leaves_a_run_and_says_where(aeviz, tmp_path):
    path = tmp_path / "new" / "run"
    status, out, err = aeviz("train", "digits-2d-adam", "--epochs", 2, "--out", path, *TINY)
    assert status == 0
    folder = RunFolder.read(path)
    assert out == f"run: validation MSE {folder.best_epoch().val_mse:.5f} after 2 epochs, in {path}\n"
    assert "epoch 2/2" in err
    assert folder.config.preset == "digits-2d-adam"
    assert folder.config.model.hidden == (8, 4)
    assert (folder.config.train.epochs, folder.config.train.batch_size) == (2, 128)


def test_few_images_of_ones_own_get_a_batch_size_that_fits(aeviz, tmp_path):
    for number in range(40):
        target = tmp_path / "images" / f"class {number % 2}" / f"{number}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (8, 8), dtype=np.uint8)
        Image.fromarray(pixels).save(target)
    options = ["--data", f"folder:{tmp_path / 'images'}", "--epochs", 1, "--set", "model.hidden=[8]"]
    status, _, err = aeviz("train", "digits-2d-adam", *options, "--out", tmp_path / "run")
    assert status == 0
    assert "batch size 6, since there are 27 training images" in err
    assert RunFolder.read(tmp_path / "run").config.train.batch_size == 6
    refused = aeviz("train", "digits-2d-adam", *options, "--set", "train.batch_size=64", "--out", tmp_path / "other")
    assert refused[0] == 2
    assert "is larger than the 27 training images" in refused[2]


def test_train_json_prints_one_document_and_nothing_else(aeviz, tmp_path):
    status, out, _ = aeviz(
        "train", "digits-2d-adam", "--epochs", 1, "--seed", 3, "--out", tmp_path / "r", "--json", *TINY
    )
    assert status == 0
    document = json.loads(out)
    assert list(document) == RUN_KEYS
    assert (document["name"], document["epochs"], document["dataset"]) == ("r", 1, "digits")
    assert RunFolder.read(tmp_path / "r").config.train.seed == 3


def test_train_without_out_writes_to_aeviz_runs(aeviz, runs_folder):
    assert aeviz("train", "digits-2d-adam", "--epochs", 1, *TINY)[0] == 0
    (folder,) = runs_folder.iterdir()
    assert re.fullmatch(r"digits-2d-adam-\d{8}-\d{6}.*", folder.name)


def test_train_on_other_data_takes_its_image_shape(aeviz, tmp_path):
    status, _, err = aeviz("train", "mlp-2d-adam", "--data", "digits", "--epochs", 1, "--out", tmp_path / "run", *TINY)
    assert status == 0, err
    config = RunFolder.read(tmp_path / "run").config
    assert (config.data.name, config.model.image_shape) == ("digits", (1, 8, 8))
    data = aeviz("train", "mlp-2d-adam", "--set", "data.name=digits", "--epochs", 1, "--out", tmp_path / "set", *TINY)
    assert data[0] == 0
    assert RunFolder.read(tmp_path / "set").config == config


def test_train_set_takes_any_setting(aeviz, tmp_path):
    settings = ["--set", "optimizer.name=sgd", "--set", "optimizer.learning_rate=0.5", "--set", "train.gradient_clip=1"]
    assert aeviz("train", "digits-2d-adam", "--epochs", 1, "--out", tmp_path / "run", *settings, *TINY)[0] == 0
    config = RunFolder.read(tmp_path / "run").config
    assert (config.optimizer.name, config.optimizer.learning_rate, config.train.gradient_clip) == ("sgd", 0.5, 1.0)


def test_train_set_of_one_choice_brings_what_follows_from_it(aeviz, tmp_path):
    linear = ["train", "digits-2d-adam", "--epochs", 1, "--set", "model.encoder=linear"]
    assert aeviz(*linear, "--out", tmp_path / "linear", *TINY)[0] == 0
    model = RunFolder.read(tmp_path / "linear").config.model
    assert (model.decoder, model.output) == ("linear", "identity")
    assert aeviz(*linear, "--set", "model.decoder=mlp", "--out", tmp_path / "mixed", *TINY)[0] == 0
    assert RunFolder.read(tmp_path / "mixed").config.model.decoder == "mlp"


def test_train_resume_goes_on(aeviz, tmp_path):
    constant = ["--set", "optimizer.schedule=constant"]
    aeviz("train", "digits-2d-adam", "--epochs", 1, "--out", tmp_path / "run", *constant, *TINY)
    status, out, err = aeviz("train", "--resume", tmp_path / "run", "--epochs", 3, "--json")
    assert status == 0, err
    assert json.loads(out)["epochs"] == 3
    aeviz("train", "digits-2d-adam", "--epochs", 3, "--out", tmp_path / "whole", *constant, *TINY)
    assert (tmp_path / "run" / MODEL).read_bytes() == (tmp_path / "whole" / MODEL).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "train needs the name of a preset: mlp-2d-adam, "),
        (["mlp-2d-adan"], "no preset 'mlp-2d-adan'; did you mean 'mlp-2d-adam'?"),
        (["digits-2d-adam", "--data", "digit"], "unknown data set 'digit'; expected one of: digits, "),
        (["digits-2d-adam", "--data", "folder:/nowhere"], "/nowhere"),
        (["digits-2d-adam", "--set", "train.epochs"], "setting 'train.epochs' names no known key"),
        (["digits-2d-adam", "--set", "train.epoch=3"], "setting 'train.epoch=3' names no known key"),
        (["digits-2d-adam", "--set", "model.latent_dim=two"], "model.latent_dim='two'; expected a whole number"),
        (["digits-2d-adam", "--set", "optimizer.learning_rate=NaN"], "expected a finite number"),
        (["digits-2d-adam", "--set", "optimizer.learning_rate=1" + 400 * "0"], "expected a finite number"),
        (["digits-2d-adam", "--set", "model.hidden=8"], "model.hidden=8; expected a list"),
        (["digits-2d-adam", "--set", "model.image_shape=[1,9,9]"], "set model.image_shape to theirs"),
        (["digits-2d-adam", "--set", "train.batch_size=100000"], "is larger than the 1250 training images"),
        (["digits-2d-adam", "--device", "tpu"], "train.device='tpu'; expected one of: auto, cpu, cuda, mps"),
        (["digits-2d-adam", "--epochs", "0"], "train.epochs=0; expected a whole number from 1 up"),
        (["digits-2d-adam", "--epochs", "many"], "invalid int value: 'many'"),
        (["digits-2d-adam", "--seed", "-1"], "train.seed=-1; expected a whole number from 0"),
        (["digits-2d-adam", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["--resume", "/nowhere"], "'/nowhere' is no run"),
        (["--resume", "/nowhere", "--out", "x"], "leave out --out, --data and --recipe"),
    ],
)
def test_train_refuses_in_one_line(arguments, message, aeviz, runs_folder):
    assert_refused(aeviz("train", *arguments), message)
    assert not runs_folder.exists()


def test_train_refuses_a_device_that_is_not_there(aeviz, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert_refused(aeviz("train", "digits-2d-adam", "--device", "cuda"), "device 'cuda' is not available here")


def test_train_refuses_a_folder_that_is_taken(aeviz, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "file").write_text("")
    assert_refused(
        aeviz("train", "digits-2d-adam", "--out", tmp_path / "run"), "is taken; name a new folder with --out"
    )


def test_train_refuses_a_folder_below_a_file(aeviz, tmp_path):
    (tmp_path / "file").write_text("")
    assert_refused(aeviz("train", "digits-2d-adam", "--out", tmp_path / "file" / "run"), "cannot make the folder")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", 9, "--set", "train.seed=9"], "only --epochs and --device may change"),
        (["--seed", 9], "only --epochs and --device may change"),
        (["mlp-2d-adam"], "is 'tiny', not 'mlp-2d-adam'; leave the preset out"),
        (["--epochs", 1], "train.epochs=1 but of run 'copy' 2 epochs are trained; choose at least 2"),
    ],
)
def test_resume_refuses_other_settings(arguments, message, aeviz, run_copy):
    before = (run_copy / CONFIG).read_bytes()
    assert_refused(aeviz("train", "--resume", run_copy, *arguments), message)
    assert (run_copy / CONFIG).read_bytes() == before


def test_resume_refuses_to_stretch_a_schedule(aeviz, tmp_path):
    aeviz("train", "digits-2d-adam", "--epochs", 1, "--out", tmp_path / "run", *TINY)
    message = "the one_cycle schedule of this run ends at epoch 1"
    assert_refused(aeviz("train", "--resume", tmp_path / "run", "--epochs", 2), message)


def test_divergence_exits_with_2_and_says_what_to_do(aeviz, tmp_path):
    wild = ["--set", "optimizer.name=sgd", "--set", "optimizer.learning_rate=1e20", "--set", "model.output=identity"]
    status, out, err = aeviz("train", "digits-2d-adam", "--epochs", 2, "--out", tmp_path / "run", *wild, *TINY)
    assert (status, out) == (2, "")
    assert "aeviz: training diverged in epoch 1: the loss became" in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.slow
def test_ctrl_c_leaves_a_run_that_resumes(tmp_path):
    path = tmp_path / "run"
    settings = ["--set", "optimizer.schedule=constant", "--epochs", "100000", *TINY]
    # a shell without job control starts background processes deaf to SIGINT; a terminal does not
    listen = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = listen + "from aeviz.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "train", "digits-2d-adam", "--out", str(path), *settings],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not (path / MODEL).is_file() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == INTERRUPTED
    assert out == ""
    assert err.splitlines()[-1] == f"aeviz: stopped; go on with: aeviz train --resume {path}"
    assert "Traceback" not in err
    folder = RunFolder.read(path)
    done = len(folder.history())
    assert done >= 1
    assert folder.evaluation() is not None
    assert main(["train", "--resume", str(path), "--epochs", str(done + 1)]) == 0
    assert len(folder.history()) == done + 1


def test_ctrl_c_before_there_is_a_run_names_none(aeviz, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("aeviz.experiment.load_dataset", stop)
    status, out, err = aeviz("train", "digits-2d-adam", "--out", tmp_path / "run")
    assert (status, out, err) == (INTERRUPTED, "", "aeviz: stopped\n")
