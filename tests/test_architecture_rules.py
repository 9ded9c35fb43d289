import ast
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
    modules = ("architecture", "charts", "palette", "pictures")
    assert imported_by(*(f"aeviz.figures.{module}" for module in modules)) <= {"plotly", "PIL"}


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


def calls_and_imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((f"import {alias.name}", node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"import {node.module}", node
            yield from ((f"import {node.module}.{alias.name}", node) for alias in node.names)
        elif isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


FORBIDDEN = {
    "import pickle", "import _pickle", "import cPickle", "import dill", "import cloudpickle", "import joblib",
    "import shelve", "import marshal", "import torch.load", "torch.load", "torch.save", "eval", "exec",
    "torch.jit.load", "torch.hub.load",
}  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_nothing_that_is_read_can_execute_code(path):
    for name, node in calls_and_imports(path):
        assert name not in FORBIDDEN, f"{path}:{node.lineno}: {name}"
        if name in ("np.load", "numpy.load"):
            options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert options.get("allow_pickle") == "False", f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_no_global_seed_is_set(path):
    names = {name for name, _ in calls_and_imports(path)}
    assert names.isdisjoint({"torch.manual_seed", "np.random.seed", "random.seed", "torch.cuda.manual_seed_all"})


def test_rules_see_the_sources():
    names = {name for path in SOURCES for name, _ in calls_and_imports(path)}
    assert {"np.load", "import torch", "import safetensors.torch.save_file"} <= names
