"""The page's JavaScript in Node, without a browser; skipped where there is no Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import aeviz

COMPONENTS = Path(aeviz.__file__).parent / "web" / "components"
RUNTIME = COMPONENTS / "vendor" / "onnxruntime-web"
WINDOW = "globalThis.window = { location: { search: '' }, setTimeout: globalThis.setTimeout };\n"
LOAD_RUNTIME = """
import { readFileSync as read } from "node:fs";
globalThis.fetch = async (address) => new Response(read(address));
"""
"""Node's own function cannot fetch a file."""


def run_script(folder, script, argument=None, limit_s=60, runtime=False):
    """Run a module among copies of the page's own, in a new folder, and return what its function `main` returns.

    Args:
        folder: Where the copies are made.
        script: JavaScript that defines `async function main(argument)`; it imports by `await import("./map/map.js")`.
        argument: Argument of `main`, passed as JSON.
        limit_s: Seconds after which it counts as hanging.
        runtime: Whether it needs ONNX Runtime as the page has it; skipped where that is not installed.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node found: the page's scripts are tested by the browser alone")
    if not (folder / "package.json").exists():
        for path in COMPONENTS.glob("*/*.js"):
            (folder / path.parent.name).mkdir(exist_ok=True)
            shutil.copy(path, folder / path.parent.name)
        (folder / "package.json").write_text('{"type": "module"}')
        if RUNTIME.is_dir():
            (folder / "vendor").mkdir()
            (folder / "vendor" / "onnxruntime-web").symlink_to(RUNTIME)
    if runtime and not RUNTIME.is_dir():
        pytest.skip("ONNX Runtime Web is not installed: `python -m tools.vendor` fetches it")
    ending = """
let text = "";
for await (const part of process.stdin) text += part;
const result = JSON.stringify(await main(JSON.parse(text)));
process.stdout.write(result, () => process.exit(0));
"""
    (folder / "main.js").write_text(WINDOW + (LOAD_RUNTIME if runtime else "") + script + ending)
    done = subprocess.run(
        [node, "main.js"], cwd=folder, input=json.dumps(argument), capture_output=True, text=True, timeout=limit_s
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
