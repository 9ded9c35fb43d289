"""The page's learner in Node, kept open for many runs."""

import base64
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from page_scripts import COMPONENTS, LOAD_RUNTIME, RUNTIME

SERVE = """
import { createInterface } from "node:readline";
const { loadRuntime } = await import(process.argv[2] + "/kit/runtime.js");
const { Learner } = await import(process.argv[2] + "/playground/learner.js");
const runtime = await loadRuntime();
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const text = (values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
for await (const line of createInterface({ input: process.stdin })) {
  const { plan, images, settings, calls, changes } = JSON.parse(line);
  for (const name in plan.steps) plan.steps[name] = bytes(plan.steps[name]);
  [plan.encoder, plan.decoder] = [bytes(plan.encoder), bytes(plan.decoder)];
  const learner = new Learner(runtime, plan, bytes(images), settings);
  const losses = [];
  for (const [place, steps] of calls.entries()) {
    if (changes?.[place]) await learner.change({ ...learner.settings, ...changes[place] });
    losses.push(...(await learner.train(steps)).losses);
  }
  const z = (await learner.encode(new Float32Array(plan.pixels).fill(0.5))).z;
  const image = (await learner.decode(z)).images;
  await learner.close();
  process.stdout.write(JSON.stringify({
    losses, weights: text(learner.parameters), z: [...z], image: text(image),
  }) + "\\n");
}
"""


class NodeLearner:
    """A Node process that trains runs one after the other by the page's own scripts."""

    def __init__(self, folder):
        node = shutil.which("node")
        if node is None or not RUNTIME.is_dir():
            pytest.skip("the page's learner needs Node and ONNX Runtime Web")
        copy = folder / "page"
        shutil.copytree(COMPONENTS, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", "vendor", "bundled"))
        (copy / "vendor").mkdir()
        (copy / "vendor" / "onnxruntime-web").symlink_to(RUNTIME)
        (copy / "package.json").write_text('{"type": "module"}')
        script = copy / "serve.js"
        script.write_text(LOAD_RUNTIME + SERVE)
        self._process = subprocess.Popen(
            [node, str(script), str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
        )

    def train(self, plan, images, settings, calls, changes=None):
        """Train; return losses (steps, 3), the vector of weights, and z and image of a grey image."""

        def text(value):
            return base64.b64encode(value).decode()

        sent = {
            **plan,
            "steps": {name: text(file) for name, file in plan["steps"].items()},
            "single_steps": {},
            "encoder": text(plan["encoder"]),
            "decoder": text(plan["decoder"]),
        }
        message = {"plan": sent, "images": text(images.tobytes()), "settings": settings, "calls": calls}
        print(json.dumps({**message, "changes": changes}), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, "the learner ended with an error"
        found = json.loads(line)
        return (
            np.array(found["losses"]).reshape(-1, 3),
            np.frombuffer(base64.b64decode(found["weights"]), np.float32),
            np.array(found["z"]),
            np.frombuffer(base64.b64decode(found["image"]), np.float32),
        )

    def close(self):
        """End the process."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)
