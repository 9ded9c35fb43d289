"""benchmarks/load.py runs, and finds the app's components and its state in the address."""

import json
import os
import subprocess
import sys

import pytest

from aeviz.paths import PROJECT_ROOT


@pytest.mark.slow
def test_two_sessions_are_answered_and_reported():
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    command = [sys.executable, "benchmarks/load.py", "--json", "--sessions", "2", "--seconds", "4"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {"sessions", "p50_ms", "p95_ms", "errors", "rss_slope_mb_per_min", "cpu_ms_per_action"} <= set(report)
    assert (report["sessions"], report["errors"]) == (2, 0), report["details"]["first_errors"]
    assert all(page["actions"] for page in report["details"]["pages"].values())
    assert 0 < report["p50_ms"] <= report["p95_ms"]
