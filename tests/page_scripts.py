"""The page's JavaScript in Node, without a browser; skipped where there is no Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import aeviz

COMPONENTS = Path(aeviz.__file__).parent / "web" / "components"
WINDOW = "globalThis.window = { location: { search: '?engine=plain' }, setTimeout: globalThis.setTimeout };\n"


def run_script(folder, script, told=None, limit_s=60):
    """Run a module among copies of the page's own, in a new folder, and return what its function `main` answers.

    Args:
        folder: Where the copies are made.
        script: JavaScript that defines `async function main(told)`; it imports by `await import("./room/name.js")`.
        told: What it is told, as JSON.
        limit_s: Seconds after which it counts as hanging.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node found: the page's scripts are tested by the browser alone")
    if not (folder / "package.json").exists():
        for path in COMPONENTS.glob("*/*.js"):
            (folder / path.parent.name).mkdir(exist_ok=True)
            shutil.copy(path, folder / path.parent.name)
        (folder / "package.json").write_text('{"type": "module"}')
    ending = """
let said = "";
for await (const part of process.stdin) said += part;
process.stdout.write(JSON.stringify(await main(JSON.parse(said))));
"""
    (folder / "main.js").write_text(WINDOW + script + ending)
    done = subprocess.run(
        [node, "main.js"], cwd=folder, input=json.dumps(told), capture_output=True, text=True, timeout=limit_s
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
