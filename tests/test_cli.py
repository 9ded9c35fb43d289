import json
import os
import shutil
import socket
import subprocess
import sys

import numpy as np
import pytest
from commands import RUN_KEYS, TINY, assert_refused, shell
from PIL import Image

from aeviz import __version__
from aeviz.training.runs import CONFIG, MODEL

EVALUATION_KEYS = [
    "model", "dataset", "split", "n", "mse", "psnr", "ssim", "ms_ssim", "euclidean_error_per_class", "knn_accuracy",
    "kl", "elbo", "active_units", "kl_per_dimension", "log_likelihood_bound", "importance_samples",
    "expected_log_likelihood", "trustworthiness", "mig", "elbo_error", "bound_gain", "bound_gain_error",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_runs(runs_folder):
    """The commands of each test write into a folder of its own."""


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


# models


def test_models_lists_what_list_lists(aeviz, trained_folder, runs_folder):
    shutil.copytree(trained_folder, runs_folder / "mine")
    for options in ([], ["--json"]):
        assert aeviz("models", "list", *options) == aeviz("list", *options)


def test_models_info_describes_a_run_in_words_and_in_json(aeviz, trained_folder):
    status, out, err = aeviz("models", "info", trained_folder, "--json")
    assert (status, err) == (0, "")
    described = json.loads(out)
    assert list(described)[: len(RUN_KEYS)] == RUN_KEYS
    assert described["path"] == str(trained_folder)
    assert not described["ships"]
    assert described["evaluation"] == json.loads((trained_folder / "evaluation.json").read_text())
    config = json.loads((trained_folder / CONFIG).read_text())
    assert described["provenance"] == config.pop("provenance")
    assert config.pop("format")
    assert described["config"] == config
    status, out, err = aeviz("models", "info", trained_folder)
    assert (status, err) == (0, "")
    rows = dict(line.split(": ", 1) for line in out.splitlines())
    assert rows["model.latent_dim"] == rows["latent_dim"] == str(config["model"]["latent_dim"])
    assert float(rows["evaluation.mse"]) == described["evaluation"]["mse"]
    assert rows["provenance.device"] == described["provenance"]["device"]
    assert_refused(aeviz("models", "info", "nothing"), "no trained model 'nothing'")


def test_models_remove_deletes_ones_own_run_when_told_to(aeviz, trained_folder, runs_folder, monkeypatch):
    shutil.copytree(trained_folder, runs_folder / "mine")
    assert_refused(aeviz("models", "remove", "mine"), "to remove run 'mine' without being asked, say --yes")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "")
    assert aeviz("models", "remove", "mine") == (0, "nothing was removed\n", "")
    assert (runs_folder / "mine" / MODEL).is_file()
    assert aeviz("models", "remove", "mine", "--yes") == (0, "mine is removed\n", "")
    assert list(runs_folder.iterdir()) == []


def test_models_remove_leaves_what_is_not_ones_own_run(aeviz, trained_folder, monkeypatch):
    assert_refused(aeviz("models", "remove", trained_folder, "--yes"), "only runs of")
    monkeypatch.setenv("AEVIZ_RUNS", str(trained_folder.parent / "elsewhere"))
    monkeypatch.setattr("aeviz.training.runs.checkpoints_root", lambda: trained_folder.parent)
    assert_refused(aeviz("models", "remove", trained_folder.name, "--yes"), "ships with aeviz; only runs of")
    assert (trained_folder / MODEL).is_file()


# completion


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_and_names(aeviz, tmp_path):
    status, script, err = aeviz("completion", "bash")
    assert (status, err) == (0, "")
    (tmp_path / "script").write_text(script)
    ask = (
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_aeviz; printf "%s\\n" "${COMPREPLY[@]}"'
    )

    def complete(*words):
        command = ["bash", "--norc", "-c", ask, "bash", str(tmp_path / "script"), "aeviz", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.split()

    assert complete("mod") == ["models"]
    assert {"list", "info", "remove"} <= set(complete("models", ""))
    assert complete("train", "--ep") == ["--epochs"]
    assert complete("train", "mlp-2d-ad") == ["mlp-2d-adam"]
    assert complete("data", "prepare", "fash") == ["fashion_mnist"]
    assert aeviz("completion", "zsh")[1].startswith("#compdef aeviz")
    assert_refused(aeviz("completion", "dos"), "invalid choice: 'dos'")


# the command itself


@pytest.mark.parametrize(
    "arguments", [["--help"], ["train", "--help"], ["evaluate", "--help"], ["app", "--help"], ["data", "-h"]]
)
def test_help_is_printed(arguments, aeviz):
    status, out, err = aeviz(*arguments)
    assert (status, err) == (0, "")
    assert out.startswith("usage: aeviz")


def test_version_is_printed(aeviz):
    assert aeviz("--version") == (0, f"aeviz {__version__}\n", "")


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
    assert command[1:] == ["-m", "aeviz.web.server", "0.0.0.0", str(port), "--headless"]
    assert environment["AEVIZ_DATA"] == str(tmp_path / "here")


def test_app_says_its_mode_to_the_server(aeviz, monkeypatch):
    modes = []

    def record(program, command, environment):
        modes.append(environment["AEVIZ_MODE"])
        sys.exit(0)  # does not come back

    monkeypatch.setattr(os, "execve", record)
    monkeypatch.delenv("AEVIZ_MODE", raising=False)
    for more in ([], ["--host", "0.0.0.0"], ["--host", "0.0.0.0", "--mode", "open"], ["--mode", "demo"]):
        assert aeviz("app", "--port", free_port(), *more)[0] == 0
    assert modes == ["open", "class", "open", "demo"]
    for name, value in (("AEVIZ_MODE", "shut"), ("AEVIZ_LIMIT_JOBS", "many"), ("AEVIZ_HOSTS", "http://x")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert_refused(aeviz("app", "--port", free_port()), name)


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
