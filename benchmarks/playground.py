"""How fast a network learns in the page, beside TensorFlow.js, and how smoothly the page shows it.

    thesis    784-128-64-12-2 and back, on 2,000 images of MNIST, or on digits enlarged where MNIST is not
    small     64-32-16-2 and back, on scikit-learn's digits

Both with batches of 64, Adam, and the mean squared error. All trainers begin with the same weights and see the same
batches, each in a worker of its own on one thread, in turn:

    steps_per_s        aeviz: `Learner.train(10)` by the page's own scripts, batches and all
    tfjs_steps_per_s   the faster of TensorFlow.js's backends `cpu` (plain JavaScript) and `wasm` (with SIMD), which
                       `tfjs_cpu_steps_per_s` and `tfjs_wasm_steps_per_s` give. Its batches are tensors before the
                       clock starts, and nothing is read back before the last step.
    ratio              aeviz over the faster backend, in the same round
    fps                frames a second of the app's own page Playground, 1,440 x 900, while it trains that network;
                       `shown_steps_per_s` are the steps a second meanwhile
    first_points_ms    from the click on Play until the points have moved for the first time, page and network open
    class              with --class N: processor time that the server needs a second with N pages open, as share of a
                       core, while the first of them trains

Medians of some rounds; `spread` has the least and the greatest. The losses of all must agree in the end, or the
benchmark fails. Software graphics.

Usage:
    AEVIZ_DATA=... python benchmarks/playground.py [--json] [--rounds N] [--class N]

Chromium is the one that AEVIZ_CHROMIUM names, else one on PATH. TensorFlow.js is fetched once with npm.
"""

import argparse
import base64
import contextlib
import functools
import http.server
import json
import os
import platform
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from aeviz.config import ModelConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.data import is_available, load_dataset
from aeviz.errors import DataError
from aeviz.paths import PROJECT_ROOT
from aeviz.playground.plan import plan_of
from aeviz.playground.settings import page_settings

sys.path.insert(0, str(PROJECT_ROOT))

from benchmarks.app_server import Server, running_app
from tools.vendor import FetchError, fetch, read_pin

PAGE = Path(__file__).with_name("playground_page")
COMPONENTS = PROJECT_ROOT / "aeviz" / "web" / "components"
PACKAGES = PROJECT_ROOT / ".venv"
"""Where TensorFlow.js lies, like the other packages of npm that do not ship."""
TRAINERS = ("aeviz", "cpu", "wasm")
COUNT = 2_000
"""Images of the thesis network."""
STEPS = {"thesis": 20, "small": 100}
"""Steps of a turn."""
ROUNDS = 7
AGREEMENT = 1e-3
"""Largest relative difference between the last losses of two trainers."""
SHOW_S = 6.0
TIMEOUT_MS = 120_000
SETTLE_MS = 2_000
"""Wait between the click on Play and the count of frames: scripts are compiled, the number of steps a call is found."""
FIRST_STEP = """bar => new Promise((done) => {
  const look = () => (Number(bar.dataset.step) > 0 ? done(performance.now()) : requestAnimationFrame(look));
  look();
})"""
COUNT_FRAMES = """([bar, seconds]) => new Promise((done) => {
  const [begun, step] = [performance.now(), Number(bar.dataset.step)];
  let frames = 0;
  const count = () => {
    frames += 1;
    if (performance.now() - begun < 1000 * seconds) requestAnimationFrame(count);
    else done([frames, Number(bar.dataset.step) - step]);
  };
  requestAnimationFrame(count);
})"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def network_of(name: str) -> tuple[RunConfig, NDArray[np.uint8]]:
    """Return the run of a network and its images (N, P)."""
    if name == "small":
        images, hidden = load_dataset("digits", "train").images, (32, 16)
    else:
        images, hidden = thesis_images(), (128, 64, 12)
    config = RunConfig(
        model=ModelConfig(image_shape=images.shape[1:], hidden=hidden, latent_dim=2),
        optimizer=OptimizerConfig(name="adam"),
        train=TrainConfig(batch_size=64, seed=1),
    )
    return config, images.reshape(len(images), -1)


def thesis_images() -> NDArray[np.uint8]:
    """Return images (N, 1, 28, 28)."""
    try:
        return load_dataset("mnist", "train").images[:COUNT]
    except DataError:
        print("MNIST is not in AEVIZ_DATA; using enlarged digits", file=sys.stderr)
        digits = load_dataset("digits", "train").images[:, 0]
        return np.stack([np.asarray(Image.fromarray(digit).resize((28, 28))) for digit in digits])[:, np.newaxis]


def network_json(name: str) -> bytes:
    """Return what a trainer needs, for `playground_page/network.js`."""
    config, images = network_of(name)
    plan = plan_of(config)

    def text(content: bytes) -> str:
        return base64.b64encode(content).decode()

    sent = {
        **plan,
        "steps": {optimizer: text(file) for optimizer, file in plan["steps"].items()},
        "single_steps": {},
        "encoder": text(plan["encoder"]),
        "decoder": text(plan["decoder"]),
    }
    return json.dumps({"plan": sent, "settings": page_settings(config), "images": text(images.tobytes())}).encode()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the benchmark's page, the scripts of the product, TensorFlow.js, and the networks."""

    networks: Mapping[str, bytes] = {}
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def translate_path(self, path: str) -> str:
        """Return the file of an address."""
        for prefix, folder in (("/components/", COMPONENTS), ("/vendor/", PACKAGES)):
            if path.startswith(prefix):
                return str(folder / path.removeprefix(prefix))
        return super().translate_path(path)

    def do_GET(self) -> None:
        """Answer with a network, or with a file."""
        if not self.path.startswith("/network/"):
            super().do_GET()
            return
        content = self.networks[Path(self.path).stem]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(names: Sequence[str]) -> Iterator[str]:
    """Serve the page for some networks; yield its address."""
    handler = type("Networks", (Handler,), {"networks": {name: network_json(name) for name in names}})
    with http.server.ThreadingHTTPServer(("localhost", 0), functools.partial(handler, directory=str(PAGE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}/"
        finally:
            server.shutdown()


def measure(browser: Browser, address: str, name: str, rounds: int, steps: int) -> dict[str, Any]:
    """Measure one network.

    Raises:
        SystemExit: The trainers disagree.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(address)
    page.evaluate("(name) => begin(name)", name)
    rates: dict[str, list[float]] = {trainer: [] for trainer in TRAINERS}
    for turn in range(rounds + 1):
        losses = {}
        for place in range(len(TRAINERS)):
            trainer = TRAINERS[(turn + place) % len(TRAINERS)]
            found = page.evaluate("([trainer, steps]) => train(trainer, steps)", [trainer, steps])
            losses[trainer] = statistics.mean(found["losses"])
            if turn:  # the first round warms up
                rates[trainer].append(steps / found["seconds"])
    check_agreement(losses)
    best = [max(pair) for pair in zip(rates["cpu"], rates["wasm"], strict=True)]
    ratios = [own / other for own, other in zip(rates["aeviz"], best, strict=True)]
    page.close()
    median = {trainer: round(statistics.median(values), 1) for trainer, values in rates.items()}
    return {
        "steps_per_s": median["aeviz"],
        "tfjs_steps_per_s": max(median["cpu"], median["wasm"]),
        "tfjs_cpu_steps_per_s": median["cpu"],
        "tfjs_wasm_steps_per_s": median["wasm"],
        "ratio": round(statistics.median(ratios), 2),
        "spread": {
            "steps_per_s": spread(rates["aeviz"], 1),
            "tfjs_cpu_steps_per_s": spread(rates["cpu"], 1),
            "tfjs_wasm_steps_per_s": spread(rates["wasm"], 1),
            "ratio": spread(ratios, 2),
        },
        "steps": (rounds + 1) * steps,
        "losses": losses,
    }


def open_playground(browser: Browser, url: str, name: str) -> Page:
    """Open the app's page with a network and wait until it can train."""
    data = "mnist" if is_available("mnist") else "digits"
    query = f"data={data}&hidden=128.64.12" if name == "thesis" else "data=digits&hidden=32.16"
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(f"{url}playground?{query}")
    page.locator("[data-testid=playground][data-structure][data-idle]").wait_for()
    return page


def measure_page(browser: Browser, url: str, name: str, show_s: float) -> dict[str, float]:
    """Return what the app's page shows while it trains a network."""
    page = open_playground(browser, url, name)
    bar = page.locator(".controls-bar").element_handle()
    begun: float = page.evaluate("performance.now()")
    page.locator(".play").click()
    first: float = page.evaluate(FIRST_STEP, bar) - begun
    page.wait_for_timeout(SETTLE_MS)
    frames, steps = page.evaluate(COUNT_FRAMES, [bar, show_s])
    page.close()
    return {
        "fps": round(frames / show_s, 1),
        "shown_steps_per_s": round(steps / show_s, 1),
        "first_points_ms": round(first),
    }


def measure_class(browser: Browser, server: Server, pages: int, show_s: float) -> float | None:
    """Return the share of a core that the server needs while many pages are open and one of them trains."""
    opened = [open_playground(browser, server.url, "small") for _ in range(pages)]
    opened[0].locator(".play").click()
    before = processor_seconds(server.pid)
    opened[0].wait_for_timeout(1000 * show_s)
    after = processor_seconds(server.pid)
    for page in opened:
        page.close()
    return None if before is None or after is None else round((after - before) / show_s, 4)


def processor_seconds(pid: int) -> float | None:
    """Return the processor time of a process so far; None on a system without /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def check_agreement(losses: Mapping[str, float]) -> None:
    """End the benchmark where trainers do not have the same loss in the end, and so did not do the same work."""
    own = losses["aeviz"]
    if not all(abs(loss - own) <= AGREEMENT * own for loss in losses.values()):
        sys.exit(f"the trainers do not agree: {losses}; expected equal losses but for {AGREEMENT:g} of them")


def spread(values: Sequence[float], digits: int) -> list[float]:
    """Return the least and the greatest."""
    return [round(min(values), digits), round(max(values), digits)]


def measure_all(
    rounds: int, *, steps: Mapping[str, int] = STEPS, show_s: float = SHOW_S, pages: int = 0
) -> dict[str, Any]:
    """Measure the networks that `steps` names; return the report."""
    try:
        for package in ("tfjs", "tfjs-backend-wasm"):
            fetch(read_pin(package), PACKAGES)
    except FetchError as error:
        sys.exit(f"TensorFlow.js is not here: {error}")
    chromium = os.environ.get("AEVIZ_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright, serving(list(steps)) as address:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        report: dict[str, Any] = {name: measure(browser, address, name, rounds, count) for name, count in steps.items()}
        with running_app() as server:
            for name in steps:
                report[name] |= measure_page(browser, server.url, name, show_s)
            if pages:
                report["class"] = {"pages": pages, "server_cores": measure_class(browser, server, pages, show_s)}
        report["machine"] = (
            f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; "
            f"Chromium {browser.version}, software graphics"
        )
        browser.close()
    return report


def print_table(report: Mapping[str, Any]) -> None:
    """Print the report for people."""
    print(report["machine"])
    columns = f"{'steps/s':>9}{'tfjs wasm':>11}{'tfjs cpu':>10}{'ratio (least to greatest)':>28}{'frames/s':>10}"
    print(f"\n{'network':<10}{columns}")
    for name in STEPS:
        row = report[name]
        ratio = "{} ({} to {})".format(row["ratio"], *row["spread"]["ratio"])
        print(
            f"{name:<10}{row['steps_per_s']:>9}{row['tfjs_wasm_steps_per_s']:>11}{row['tfjs_cpu_steps_per_s']:>10}"
            f"{ratio:>28}{row['fps']:>10}"
        )


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time training in the page beside TensorFlow.js.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"turns of each (default {ROUNDS})")
    parser.add_argument("--class", type=int, default=0, metavar="N", dest="pages", help="open N pages, too")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error(f"--rounds {options.rounds}; expected at least 1")
    report = measure_all(options.rounds, pages=options.pages)
    print(json.dumps(report, indent=2)) if options.json else print_table(report)


if __name__ == "__main__":
    main()
