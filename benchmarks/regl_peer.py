"""A bare page with regl-scatterplot, the peer of benchmarks/in_page.py that has no Streamlit around it."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app_server import free_port

REGL = ("regl-scatterplot@1.16.0", "esbuild@0.28.2")
"""The packages of npm that the page is made from."""
REGL_PAGE = """<!doctype html><body style="margin:0"><canvas id="c" style="width:1120px;height:520px"></canvas>
<script type="module">
import createScatterplot from "./bundle.js";
const n = Number(new URLSearchParams(location.search).get("n"));
const [x, y, c] = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const middles = Array.from({ length: 10 }, () => [0.35 * normal(), 0.35 * normal()]);
for (let i = 0; i < n; i += 1) {
  c[i] = i % 10;
  x[i] = middles[i % 10][0] + 0.1 * normal();
  y[i] = middles[i % 10][1] + 0.1 * normal();
}
const canvas = document.querySelector("#c");
const pointColor = ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581",
  "#92dadd"];
const plot = createScatterplot({ canvas, width: 1120, height: 520, pointSize: 3, opacity: 0.7, colorBy: "valueA",
  pointColor });
await plot.draw({ x, y, valueA: c });
window.reglDrawn = true;
</script></body>"""


@contextlib.contextmanager
def serving_regl() -> Iterator[str | None]:
    """Serve a bare page with regl-scatterplot, fetched with npm; yield its address, or None without npm."""
    npm = shutil.which("npm")
    if npm is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        fetched = subprocess.run([npm, "install", "--no-save", "--prefix", name, *REGL], cwd=name, check=False, **quiet)
        (folder / "entry.js").write_text('export { default } from "regl-scatterplot";\n')
        bundle = [str(folder / "node_modules/.bin/esbuild"), "entry.js", "--bundle", "--format=esm", "--minify"]
        if (
            fetched.returncode
            or subprocess.run([*bundle, "--outfile=bundle.js"], cwd=name, check=False, **quiet).returncode
        ):
            yield None
            return
        (folder / "index.html").write_text(REGL_PAGE)
        port = free_port()
        server = subprocess.Popen([sys.executable, "-m", "http.server", str(port), "--directory", name], **quiet)
        try:
            time.sleep(1)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait()
