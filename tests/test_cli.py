import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from aeviz.cli import INTERRUPTED, main
from aeviz.training.runs import CONFIG, MODEL, RunFolder

RUN_KEYS = ["name", "preset", "dataset", "latent_dim", "optimizer", "parameters", "epochs", "val_mse", "bytes"]
EVALUATION_KEYS = [
    "model", "dataset", "split", "n", "mse", "psnr", "ssim", "ms_ssim", "euclidean_error_per_class", "knn_accuracy",
    "kl", "elbo", "active_units", "kl_per_dimension", "log_likelihood_bound", "importance_samples",
    "expected_log_likelihood", "trustworthiness", "mig", "elbo_error", "bound_gain", "bound_gain_error",
]  # fmt: skip
TINY = ["--set", "model.hidden=[8,4]", "--set", "train.batch_size=128", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _own_runs(runs_folder):
    """The commands of each test write into a folder of its own."""


def shell(*arguments, **options):
    """Run `python -m aeviz` as a user does."""
    command = [sys.executable, "-m", "aeviz", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def assert_refused(result, message):
    status, out, err = result
    assert status == 2
    assert out == ""
    assert message in err
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err


# train


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
        (["--resume", "/nowhere", "--out", "x"], "leave out --out and --data"),
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


# evaluate


def test_evaluate_json_has_the_figures_that_others_rely_on(aeviz, trained_folder):
    status, out, err = aeviz("evaluate", trained_folder, "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert list(document) == EVALUATION_KEYS
    assert document == json.loads((trained_folder / "evaluation.json").read_text())  # full precision, the same figures
    assert list(document["euclidean_error_per_class"]) == list("0123456789")
    assert document["kl"] is document["elbo"] is None


def test_evaluate_prints_a_table(aeviz, trained_folder):
    status, out, _ = aeviz("evaluate", trained_folder, "--split", "validation")
    assert status == 0
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in out.splitlines()}
    assert list(rows) == EVALUATION_KEYS
    assert (rows["split"], rows["n"], rows["kl"]) == ("validation", "250", "-")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: RUN"),
        (["no-such-run"], "no trained model 'no-such-run'"),
        (["RUN", "--split", "holdout"], "invalid choice: 'holdout'"),
        (["RUN", "--data", "nothing"], "unknown data set 'nothing'"),
        (["RUN", "--data", "circles"], "images of shape (1000, 1, 28, 28) for run 'tiny-run'; expected"),
    ],
)
def test_evaluate_refuses_in_one_line(arguments, message, aeviz, trained_folder):
    arguments = [trained_folder if argument == "RUN" else argument for argument in arguments]
    assert_refused(aeviz("evaluate", *arguments), message)


@pytest.mark.parametrize("file", [CONFIG, MODEL])
def test_evaluate_refuses_a_damaged_run(file, aeviz, run_copy):
    (run_copy / file).write_bytes(b"{")
    assert_refused(aeviz("evaluate", run_copy), f"cannot read {file} of run 'copy'")


# list and data


def test_list_json_names_the_runs(aeviz, trained_folder, runs_folder):
    shutil.copytree(trained_folder, runs_folder / "mine")
    status, out, _ = aeviz("list", "--json")
    (run,) = json.loads(out)
    assert status == 0
    assert list(run) == RUN_KEYS
    assert run["name"] == "mine"
    status, out, _ = aeviz("list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["name", "mine"]


def test_list_of_nothing(aeviz):
    assert aeviz("list", "--json") == (0, "[]\n", "")
    assert aeviz("list") == (0, "no trained models yet; train one: aeviz train digits-2d-adam\n", "")


def test_list_leaves_a_damaged_run_out(aeviz, trained_folder, runs_folder):
    for name in ("bad", "good"):
        shutil.copytree(trained_folder, runs_folder / name)
    (runs_folder / "bad" / CONFIG).write_text("{")
    status, out, _ = aeviz("list", "--json")
    assert status == 0
    assert [run["name"] for run in json.loads(out)] == ["good"]


def test_data_list_shows_what_is_here(aeviz, tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path))
    status, out, _ = aeviz("data", "list", "--json")
    assert status == 0
    available = {entry["name"]: entry["available"] for entry in json.loads(out)}
    assert {name: available[name] for name in ("digits", "circles", "mnist", "fashion_mnist")} == {
        "digits": True,
        "circles": True,
        "mnist": False,
        "fashion_mnist": False,
    }
    status, out, _ = aeviz("data", "list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [*available, "folder:PATH"]


def test_data_list_does_not_count_empty_files(aeviz, tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path))
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for prefix in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            (folder / f"{prefix}-{kind}-ubyte.gz").touch()
    lines = {line.split()[0]: line for line in aeviz("data", "list")[1].splitlines()}
    assert "not downloaded" in lines["mnist"]


def test_data_prepare_of_built_in_data_has_nothing_to_do(aeviz):
    assert aeviz("data", "prepare", "digits") == (0, "digits needs no download\n", "")


def test_data_prepare_of_unknown_name_is_refused(aeviz):
    assert_refused(aeviz("data", "prepare", "minst"), "unknown data set 'minst'")


# the command itself


@pytest.mark.parametrize(
    "arguments", [["--help"], ["train", "--help"], ["evaluate", "--help"], ["app", "--help"], ["data", "-h"]]
)
def test_help_is_printed(arguments, aeviz):
    status, out, err = aeviz(*arguments)
    assert (status, err) == (0, "")
    assert out.startswith("usage: aeviz")


def test_version_is_printed(aeviz):
    assert aeviz("--version") == (0, "aeviz 0.1.0\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["data"], "the following arguments are required: ACTION"),
        (["app", "--port", "0"], "'0' is no port; expected a number from 1 to 65535"),
        (["app", "--port", "http"], "'http' is no port"),
    ],
)
def test_bad_usage_is_refused_in_one_line(arguments, message, aeviz):
    assert_refused(aeviz(*arguments), message)


def test_error_of_the_system_is_one_line(aeviz, monkeypatch):
    def fail():
        raise PermissionError(13, "Permission denied", "/secret")

    monkeypatch.setattr("aeviz.training.runs.list_runs", fail)
    assert_refused(aeviz("list"), "aeviz: [Errno 13] Permission denied: '/secret'")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_app_names_a_port_that_is_taken(aeviz):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert_refused(
            aeviz("app", "--port", port, "--host", "127.0.0.1"), f"cannot serve at 127.0.0.1:{port}: Address already"
        )
    assert_refused(aeviz("app", "--port", free_port(), "--host", "no.such.host.invalid"), "another --host")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "digits-2d-adam", "--out", ""], "argument --out: '' is no path"),
        (["train", "digits-2d-adam", "--out", "a\0b"], "argument --out: 'a\\x00b' is no path"),
        (["train", "--resume", "a\0b"], "argument --resume: 'a\\x00b' is no path"),
        (["train", "digits-2d-adam", "--set", "preset=a/b"], "preset='a/b' cannot name a run"),
        (["train", "digits-2d-adam", "--set", "preset=../x"], "preset='../x' cannot name a run"),
        (["train", "digits-2d-adam", "--set", "model.hidden=" + "[" * 100_000], "is nested too deeply"),
        (["export", "digits-2d-adam", "--format", "onnx", "--out", ""], "argument --out: '' is no path"),
    ],
)
def test_values_that_cannot_be_used_are_one_line(aeviz, arguments, message):
    assert_refused(aeviz(*arguments), message)


def test_app_becomes_streamlit_with_absolute_roots(aeviz, monkeypatch, tmp_path):
    calls = []

    def record(program, command, environment):
        calls.append((command, environment))
        sys.exit(0)  # does not come back

    monkeypatch.setattr(os, "execve", record)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AEVIZ_DATA", "here")
    port = free_port()
    assert aeviz("app", "--port", port, "--host", "0.0.0.0", "--headless")[0] == 0
    ((command, environment),) = calls
    assert command[1:4] == ["-m", "streamlit", "run"]
    assert os.path.isfile(command[4])
    assert command[5:] == [f"--server.port={port}", "--server.address=0.0.0.0", "--server.headless=true"]
    assert environment["AEVIZ_DATA"] == str(tmp_path / "here")


def test_module_is_the_command():
    result = shell("data", "list", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert [entry["name"] for entry in json.loads(result.stdout)][:2] == ["digits", "circles"]
    refused = shell("evaluate", "no-such-run", "--json")
    assert_refused((refused.returncode, refused.stdout, refused.stderr), "no trained model 'no-such-run'")


@pytest.mark.slow
def test_module_trains(tmp_path):
    train = shell("train", "digits-2d-adam", "--epochs", 1, "--out", tmp_path / "run", "--json", *TINY)
    assert train.returncode == 0, train.stderr
    assert list(json.loads(train.stdout)) == RUN_KEYS
    assert "Warning" not in train.stderr


def test_evaluate_keys_are_finite_numbers(aeviz, trained_folder):
    document = json.loads(aeviz("evaluate", trained_folder, "--json")[1])
    numbers = [document[key] for key in ("mse", "psnr", "ssim", "ms_ssim", "knn_accuracy", "trustworthiness")]
    assert np.isfinite(numbers).all()


# Consoles


@pytest.mark.slow
def test_console_of_another_code_page_shows_names_escaped(trained_folder, tmp_path):
    """A run and a class that the page lacks are written with backslashes instead of a UnicodeEncodeError."""
    shutil.copytree(trained_folder, tmp_path / "runs" / "škoda-日本")
    for name in ("žluť", "b"):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(30):
            image = Image.fromarray(np.full((8, 8), 8 * number, dtype=np.uint8))
            image.save(tmp_path / "images" / name / f"{number}.png")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "AEVIZ_RUNS": str(tmp_path / "runs")}
    listed = shell("list", env=environment)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert r"\u0161koda-\u65e5\u672c" in listed.stdout
    measured = shell("evaluate", trained_folder, "--data", f"folder:{tmp_path / 'images'}", env=environment)
    assert measured.returncode == 0, measured.stderr
    assert r"\u017elu\u0165" in measured.stdout


@pytest.mark.parametrize("setting", ["preset=a/b", "preset=../x"])
def test_preset_that_leads_out_of_the_runs_folder_is_refused(setting, aeviz, tmp_path):
    assert_refused(aeviz("train", "digits-2d-adam", *TINY, "--set", setting), "cannot name a run")
    assert not (tmp_path / "runs").exists()
    assert not (tmp_path / "x").exists()
