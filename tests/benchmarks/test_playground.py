import os
import shutil

import pytest

from benchmarks.playground import PACKAGES, TRAINERS, check_agreement, measure_all
from tools.vendor import find, read_pin


def test_trainers_that_disagree_end_the_benchmark():
    check_agreement({"aeviz": 0.05, "cpu": 0.05003, "wasm": 0.04999})
    for other in (0.0502, float("nan")):
        with pytest.raises(SystemExit, match=r"do not agree: .*'wasm'"):
            check_agreement({"aeviz": 0.05, "cpu": 0.05, "wasm": other})


@pytest.mark.slow
def test_report_of_a_short_run():
    if not (os.environ.get("AEVIZ_CHROMIUM") or shutil.which("chromium")):
        pytest.skip("no Chromium found")
    if not all(find(read_pin(name), PACKAGES) for name in ("tfjs", "tfjs-backend-wasm")):
        pytest.skip("TensorFlow.js is not here: `python benchmarks/playground.py` fetches it")
    report = measure_all(1, steps={"small": 20}, show_s=1.0)["small"]
    assert {"steps_per_s", "tfjs_steps_per_s", "ratio", "fps", "shown_steps_per_s", "first_points_ms"} <= report.keys()
    assert set(report["losses"]) == set(TRAINERS)
    assert report["tfjs_steps_per_s"] == max(report["tfjs_cpu_steps_per_s"], report["tfjs_wasm_steps_per_s"])
    assert report["steps"] == 40
