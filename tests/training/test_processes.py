"""One network trained by several processes, started as users start them: by torchrun, with Gloo on the CPU."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
import torch

from aeviz.errors import ConfigError
from aeviz.training.processes import Processes
from aeviz.training.runs import MODEL, RunFolder
from aeviz.training.weights import read_tensors

pytestmark = pytest.mark.slow  # each process imports torch

SETTINGS = ("digits-2d-adam", "--device", "cpu", "--set", "train.batch_size=100", "--no-onnx")


def start(folder, *options, processes=2, restarts=0):
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(processes)]
    launcher += ["--standalone", "--max-restarts", str(restarts), "--monitor-interval", "0.2"]
    command = [*(launcher if processes > 1 else [sys.executable]), "-m", "aeviz", "train", *SETTINGS, *options]
    return subprocess.Popen(
        [*command, "--out", str(folder)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    try:
        output, _ = process.communicate(timeout=130)
    except subprocess.TimeoutExpired:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            each.kill()
        output, _ = process.communicate()
        raise AssertionError(f"the training did not end within 130 s:\n{output}") from None
    assert process.returncode == 0, output
    return output


def equal_runs(one, other):
    history, other_history = (RunFolder.read(folder).history() for folder in (one, other))
    assert [report.epoch for report in history] == [report.epoch for report in other_history]
    for report, other_report in zip(history, other_history, strict=True):
        assert other_report.train_loss == pytest.approx(report.train_loss, rel=1e-5)
        assert other_report.val_loss == pytest.approx(report.val_loss, rel=1e-5)
    tensors, other_tensors = (read_tensors(folder / MODEL)[0] for folder in (one, other))
    return all(torch.allclose(tensors[name], other_tensors[name], rtol=1e-3, atol=1e-5) for name in tensors)


@pytest.mark.parametrize(
    "options",
    [
        (),
        (  # what draws random numbers: the same for each image whichever process has it
            *("--set", "model.bottleneck=gaussian", "--set", "objective.kl_weight=0.001"),
            *(
                "--set",
                "objective.corruption=gaussian",
                "--set",
                "train.flip=true",
                "--set",
                "train.gradient_clip=0.01",
            ),
        ),
    ],
)
def test_two_processes_train_as_one_does(tmp_path, options):
    options = ("--epochs", "4", *options)
    finish(start(tmp_path / "one", *options, processes=1))
    finish(start(tmp_path / "two", *options))
    assert equal_runs(tmp_path / "one", tmp_path / "two")


def test_a_lost_process_loses_no_more_than_its_epoch(tmp_path):
    options = ("--epochs", "60")
    finish(start(tmp_path / "one", *options, processes=1))
    process = start(tmp_path / "two", *options, restarts=2)
    history = tmp_path / "two" / "history.jsonl"
    deadline = time.monotonic() + 60
    while not (history.is_file() and len(history.read_text().splitlines()) >= 3):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    (second,) = (child for child in psutil.Process(process.pid).children() if child.environ().get("RANK") == "1")
    os.kill(second.pid, signal.SIGKILL)
    finish(process)
    assert equal_runs(tmp_path / "one", tmp_path / "two")


def test_what_needs_the_whole_batch_is_refused(tmp_path):
    process = start(tmp_path / "two", "--set", "model.latent=sigmoid", "--set", "objective.penalty=kl_sparsity")
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "takes the mean over a whole batch" in output


def test_parts_of_a_batch_hold_each_image_once():
    for count in (1, 7, 512):
        parts = [range(count)[Processes(rank, 3).part_of(count)] for rank in range(3)]
        assert [place for part in parts for place in part] == list(range(count))


def test_more_processes_than_images_are_refused(tiny_config):
    with pytest.raises(ConfigError, match="for 64 processes"):
        Processes(0, 64).check(tiny_config(), 0)
