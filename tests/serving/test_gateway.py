"""Pages change runs only through `aeviz.web.kernel.jobs`, which asks the server's mode and its limits."""

import ast

from aeviz.paths import PROJECT_ROOT

ACTS = {"start", "resume", "evaluate", "pause", "unpause", "stop", "delete"}
GATEWAY = PROJECT_ROOT / "aeviz" / "web" / "kernel" / "jobs.py"


def acts_in(path):
    """Calls of `training.ACT` in a file, for `training` of the workers."""
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "training"
    } & ACTS


def test_only_the_gateway_changes_runs():
    assert acts_in(GATEWAY) == ACTS
    pages = [*(PROJECT_ROOT / "aeviz" / "web").rglob("*.py"), *(PROJECT_ROOT / "pages").glob("*.py")]
    assert len(pages) > 100
    assert {path: acts for path in pages if path != GATEWAY and (acts := acts_in(path))} == {}
