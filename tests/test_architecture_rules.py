import json
import subprocess
import sys

import pytest

from aeviz.paths import PROJECT_ROOT

SOURCES = sorted((PROJECT_ROOT / "aeviz").rglob("*.py"))
HEAVY = ("torch", "streamlit", "plotly", "sklearn", "torchvision", "scipy", "PIL")


def imported_by(*modules):
    """The heavy packages that a fresh interpreter holds after importing the modules, unchecked by the test run."""
    code = "import sys, json; " + "".join(f"import {module}; " for module in modules)
    code += f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(result.stdout))


def test_import_of_aeviz_costs_nothing():
    modules = ("aeviz", "aeviz.config", "aeviz.errors", "aeviz.paths", "aeviz.presets", "aeviz.cli")
    assert imported_by(*modules) == set()


def test_reading_runs_needs_no_torch():
    stored = ("aeviz.training.runs", "aeviz.training.history", "aeviz.analysis.latent", "aeviz.analysis.reconstruction")
    assert imported_by(*stored, "aeviz.analysis.metrics", "aeviz.data").isdisjoint({"torch", "streamlit", "sklearn"})


def test_figures_need_neither_torch_nor_streamlit():
    modules = ("charts", "palette", "images")
    assert imported_by(*(f"aeviz.figures.{module}" for module in modules)) <= {"plotly", "PIL"}


def test_figures_find_pandas_whole():
    """Plotly looks at pandas if it is among the modules, and fails while another thread is still importing it."""
    code = "import sys, aeviz.figures.charts; sys.exit('pandas' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_core_knows_no_streamlit():
    core = ("aeviz.experiment", "tools.ship", "aeviz.training.run", "aeviz.analysis.evaluation", "aeviz.models")
    assert imported_by(*core).isdisjoint({"streamlit", "plotly"})


def test_lazy_names_are_there():
    import aeviz

    assert {"load", "train", "list_runs", "__version__"} <= set(dir(aeviz))
    for name in dir(aeviz):
        assert getattr(aeviz, name) is not None
    with pytest.raises(AttributeError, match="module 'aeviz' has no attribute 'nonsense'"):
        aeviz.nonsense  # noqa: B018


REFUSED = """import pickle  # TID251
from torch import load  # TID251
torch.load("x")  # TID251
torch.manual_seed(0)  # TID251
random.seed(0)  # TID251
np.random.seed(0)  # NPY002
eval("1")  # S307
exec("1")  # S102
"""


def test_linter_refuses_what_can_execute_code_and_global_seeds():
    """Each line breaks the rule that it names."""
    source = "import random\nimport torch\nimport numpy as np\n" + REFUSED
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=json",
        "--stdin-filename=aeviz/x.py",
        "-",
    ]
    result = subprocess.run(command, input=source, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60)
    found = {(each["location"]["row"], each["code"]) for each in json.loads(result.stdout)}
    assert {(4 + row, line.split("# ")[1]) for row, line in enumerate(REFUSED.splitlines())} <= found


def test_arrays_are_read_without_pickles():
    """NumPy refuses objects unless allow_pickle is set; no rule of the linter watches over that."""
    assert [path for path in SOURCES if "allow_pickle=True" in path.read_text(encoding="utf-8")] == []
