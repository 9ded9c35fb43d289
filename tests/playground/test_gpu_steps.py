"""Training on a graphics processor beside PyTorch: Chromium's own software imitates one where there is none."""

import base64
import http.server
import threading
from functools import partial

import numpy as np
import pytest
from page_scripts import COMPONENTS, RUNTIME

from aeviz.config import ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.playground.plan import plan_of
from aeviz.playground.replay import replay
from aeviz.playground.settings import page_settings

pytestmark = pytest.mark.slow
CALLS = [3, 2, 4]
"""Steps of each call."""
TRAIN = """
async ({ plan, images, settings, calls, changes }) => {
  const { loadRuntime } = await import("/kit/runtime.js");
  const { Learner } = await import("/playground/learner.js");
  const { GpuSteps } = await import("/playground/gpu_steps.js");
  const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  for (const name in plan.steps) {
    plan.steps[name] = bytes(plan.steps[name]);
    plan.single_steps[name] = bytes(plan.single_steps[name]);
  }
  globalThis.gpuRuntime ??= await loadRuntime("webgpu");
  globalThis.runtime ??= await loadRuntime();
  const learner = new Learner(runtime, plan, bytes(images), settings);
  learner.gpu = new GpuSteps(gpuRuntime, plan);
  const [losses, lost] = [[], []];
  for (const [place, steps] of calls.entries()) {
    if (changes[place]) await learner.change({ ...learner.settings, ...changes[place] });
    const report = await learner.train(steps);
    losses.push(...report.losses);
    lost.push(report.lost);
  }
  const kept = learner.moments;
  await learner.settle();
  const result = { losses, lost, weights: [...learner.parameters], moments: learner.moments.map((one) => [...one]),
                   stayed: kept !== learner.moments };
  await learner.close();
  return result;
}
"""


class Page(http.server.SimpleHTTPRequestHandler):
    """Serves the page's scripts, and an empty page."""

    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        return self.wfile.write(b"<!doctype html><title>empty</title>")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def page(chromium, chromium_path):
    if not RUNTIME.is_dir():
        pytest.skip("ONNX Runtime Web is not installed: `python -m tools.vendor` fetches it")
    server = http.server.ThreadingHTTPServer(("localhost", 0), partial(Page, directory=COMPONENTS))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
    browser = chromium.browser_type.launch(executable_path=chromium_path, args=flags)
    page = browser.new_page()
    page.set_default_timeout(300_000)
    page.goto(f"http://localhost:{server.server_port}/")
    if not page.evaluate("navigator.gpu?.requestAdapter().then(Boolean) ?? false"):
        pytest.skip("this Chromium imitates no graphics processor")
    yield page
    browser.close()
    server.shutdown()
    server.server_close()


def text(content):
    return base64.b64encode(content).decode()


def run_of(**changes):
    return RunConfig(
        model=changes.pop("model", ModelConfig(image_shape=(1, 8, 8), hidden=(16, 8))),
        train=TrainConfig(batch_size=8, seed=3),
        **changes,
    )


@pytest.mark.parametrize(
    "config",
    [
        run_of(optimizer=OptimizerConfig(name="amsgrad")),
        run_of(
            model=ModelConfig(image_shape=(1, 8, 8), hidden=(24, 16, 8), bottleneck="gaussian", activation="elu"),
            objective=ObjectiveConfig(reconstruction="bce", kl_weight=0.01, kl_reduction="sum", corruption="gaussian"),
        ),
        run_of(
            model=ModelConfig(image_shape=(1, 8, 8), hidden=(16,), latent="sigmoid", latent_dim=5),
            objective=ObjectiveConfig(reconstruction="l1", penalty="kl_sparsity", penalty_weight=0.1),
            optimizer=OptimizerConfig(name="sgd", learning_rate=0.1, momentum=0.9),
        ),
    ],
    ids=["amsgrad", "variational", "sparse"],
)
def test_steps_on_the_gpu_equal_those_of_pytorch(page, config):
    images = np.random.default_rng(5).integers(0, 256, (40, 64), dtype=np.uint8)
    plan = plan_of(config)
    sent = {
        **plan,
        "encoder": "",
        "decoder": "",
        **{each: {name: text(file) for name, file in plan[each].items()} for each in ("steps", "single_steps")},
    }
    found = page.evaluate(
        TRAIN,
        {
            "plan": sent,
            "images": text(images.tobytes()),
            "settings": page_settings(config),
            "calls": CALLS,
            "changes": [None, {"learning_rate": config.optimizer.learning_rate}, None],
        },
    )
    assert found["lost"] == ["", "", ""]
    assert found["stayed"], "the moments stay on the GPU until they are asked for"
    expected = replay(config, images, sum(CALLS))
    np.testing.assert_allclose(np.reshape(found["losses"], (-1, 3)), expected.losses, rtol=1e-4, atol=2e-6)
    scale = np.abs(expected.weights).max()
    np.testing.assert_allclose(found["weights"], expected.weights, rtol=1e-4, atol=1e-4 * scale)
