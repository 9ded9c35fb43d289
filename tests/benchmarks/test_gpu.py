"""The command that is prepared for a machine with a GPU works on a CPU."""

import json
import subprocess
import sys

import pytest
import torch

from aeviz.paths import PROJECT_ROOT


def run(*options):
    command = [sys.executable, "benchmarks/gpu.py", *options]
    return subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=300)


@pytest.mark.slow  # torch.compile
@pytest.mark.timeout(400)
def test_three_ways_are_measured():
    done = run("--device", "cpu", "--seeds", "2", "--epochs", "1", "--images", "1536", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    rates = report["steps_per_s"]
    assert set(rates) == {"alone", "stacked", "compiled"}
    assert all(rate > 1 for rate in rates.values())
    assert report["algorithm_4_minutes"]["alone"] == pytest.approx(980_000 / rates["alone"] / 60)
    assert 0 < report["share_of_matrix_rate"]["alone"] < 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_card_it_says_so():
    done = run()
    assert done.returncode == 2
    assert "PyTorch finds no NVIDIA card; --device cpu shows that the command works" in done.stderr
