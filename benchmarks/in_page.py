"""How smoothly the page decodes under the pointer, and how soon a map of many points opens and answers a lasso.

    mlp, faces     a point is dragged over the decoded plane for some seconds, as fast as the browser takes the
                   pointer's moves. fps: decoded images shown a second. p50_ms, p95_ms: from the time stamp of the
                   pointer's move until the frame with its image was handed to the screen. `server_fps` and
                   `server_p50_ms`: the same gesture with ?engine=server, where the server decodes, as the peer.
    map            points of ten classes, opened on a bare Streamlit page, by the page's own clock.
                   open_ms: from navigation until the points are drawn; plotly_open_ms: the same points as Plotly's
                   scattergl through st.plotly_chart; regl_open_ms: the same number by regl-scatterplot on a bare page
                   without Streamlit (only with npm). pan_fps, zoom_fps, hover_fps: frames a second during the gesture.
                   settle_ms: from the end of a pan until everything is drawn at full quality. lasso_ms: from the
                   pointer's release until the chosen points are shown; lasso_bytes: what goes up to the server for it.
                   plotly_lasso_ms, plotly_lasso_bytes: the same of Plotly, from the release until its answer went up.

Ratios against the peers are of the same run. On software graphics, as in a class room's oldest laptops.

Usage:
    AEVIZ_DATA=... python benchmarks/in_page.py [--json] [--full] [--seconds S]

--full adds maps of 10,000 and 1,000,000 points, the latter without Plotly, which does not end. Chromium is the one that
AEVIZ_CHROMIUM names, else one on PATH.
"""

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app_server import running_app
from playwright.sync_api import Browser, Page, sync_playwright
from regl_peer import serving_regl

MODELS = {"mlp": "mlp-2d-adam", "faces": "celeba-vae"}
SIZES, MORE_SIZES = (70_000,), (10_000, 1_000_000)
MOST_FOR_PLOTLY = 100_000
"""With a million points it had not ended after 400 s."""
OPENED = 3
"""Times that a map is opened; the median counts."""
TIMEOUT_MS = 120_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking"]

MAP_PAGE = """
import numpy as np
import streamlit as st

st.set_page_config(layout="wide")
n, kind = int(st.query_params["n"]), st.query_params["kind"]


@st.cache_data
def cloud(n):
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 10, n)
    centres = 4 * np.random.default_rng(7).normal(size=(10, 2))
    return (centres[labels] + chance.normal(size=(n, 2))).astype(np.float32), labels


points, labels = cloud(n)
names = tuple("0123456789")
if kind == "map":
    from aeviz.web.components.map.payload import make_panel, map_payload
    from aeviz.web.components.map.component import latent_map

    @st.cache_data
    def packed(n):
        return map_payload([make_panel("made up", points, np.zeros(n, np.float32), ("z1", "z2"))], labels, names)

    latent_map(packed(n), key="map")
else:
    import plotly.graph_objects as go

    figure = go.Figure()
    for label, name in enumerate(names):
        own = points[labels == label]
        figure.add_scattergl(x=own[:, 0], y=own[:, 1], mode="markers", marker={"size": 3}, name=name)
    figure.update_layout(dragmode="lasso", height=520)
    st.plotly_chart(figure, key="plot", on_select="rerun")
"""

WATCH = """
window.deep = (selector, root = document) => {
  const found = [...root.querySelectorAll(selector)];
  for (const node of root.querySelectorAll('*')) if (node.shadowRoot) found.push(...deep(selector, node.shadowRoot));
  return found;
};
window.frames_ = [];
const tick = (now) => { frames_.push(now); if (frames_.length > 20000) frames_.shift(); requestAnimationFrame(tick); };
requestAnimationFrame(tick);
window.opened = new Promise((done) => {
  const look = () => {
    const there = window.reglDrawn || deep('[data-testid=latent-map]').some((map) => map.dataset.drawn)
      || document.querySelector('.js-plotly-plot .gl-canvas');
    if (there) requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
    else setTimeout(look, 5);
  };
  look();
});
window.fire = (target, type, x, y, buttons) => {
  const box = target.getBoundingClientRect();
  const place = { clientX: box.left + x, clientY: box.top + y };
  target.dispatchEvent(new PointerEvent(type, { ...place, button: 0, buttons, pointerId: 1, bubbles: true }));
};
window.frame = () => new Promise((go) => requestAnimationFrame(go));
"""

DRAG = """
() => {
  const explorer = deep('[data-testid=latent-explorer]')[0];
  const pad = explorer.querySelector('.pad .front');
  window.moved = 0; window.shown = 0; window.waits = [];
  pad.addEventListener('pointermove', (event) => { window.moved = event.timeStamp; }, true);
  window.watcher = new MutationObserver(() => {
    const since = window.moved; window.shown += 1;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();  // its message comes after the frame was painted
      channel.port1.onmessage = () => window.waits.push(performance.now() - since);
      channel.port2.postMessage(0);
    });
  });
  window.watcher.observe(explorer.querySelector('.view'), { attributes: true, attributeFilter: ['data-frames'] });
}
"""

LASSO = """
async () => {
  const map = deep('[data-testid=latent-map]')[0], front = map.querySelector('canvas.front');
  front.setPointerCapture = () => undefined;
  [...map.querySelectorAll('button')].find((button) => button.textContent === 'Lasso').click();
  await new Promise((go) => setTimeout(go, 500));
  const [x, y] = [front.clientWidth / 2, front.clientHeight / 2];
  fire(front, 'pointerdown', x + 150, y, 1);
  for (let k = 1; k <= 200; k += 1) {
    const a = (k / 200) * 2 * Math.PI, r = 150 + 20 * Math.sin(9 * a);
    fire(front, 'pointermove', x + r * Math.cos(a), y + r * Math.sin(a), 1);
  }
  await frame(); await frame();
  const start = performance.now();
  fire(front, 'pointerup', x + 150, y, 0);
  do { await frame(); } while (map.isBusy(0));
  return { ms: performance.now() - start, chosen: Number(map.dataset.chosen) };
}
"""

SETTLE = """
async () => {
  const map = deep('[data-testid=latent-map]')[0], front = map.querySelector('canvas.front');
  front.setPointerCapture = () => undefined;
  fire(front, 'pointerdown', 200, 200, 1);
  for (let k = 0; k < 12; k += 1) { fire(front, 'pointermove', 200 + 4 * k, 200, 1); await frame(); }
  fire(front, 'pointerup', 250, 200, 0);
  const start = performance.now();
  while (map.isBusy(0)) await frame();
  return performance.now() - start;
}
"""


def new_page(browser: Browser) -> Page:
    """Return a page of a fresh profile."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.add_init_script(WATCH)
    return page


def quantile(values: list[float], share: float) -> float:
    """Return a quantile of some milliseconds, to a tenth."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def drag(browser: Browser, address: str, model: str, seconds: float, engine: str = "") -> dict[str, float]:
    """Drag a point over the decoded plane; return images a second and milliseconds from move to screen."""
    page = new_page(browser)
    plane = f"show=decoded+plane&model={model}&with.{model}=nothing"
    page.goto(f"{address}explore?{plane}" + (f"&engine={engine}" if engine else ""))
    page.locator("[data-testid=latent-strip][data-decoded]").wait_for()
    page.locator(".pad[data-mesh]").wait_for()
    page.wait_for_timeout(2500)
    page.evaluate(DRAG)
    box = page.get_by_test_id("latent-pad").locator(".front").bounding_box()
    assert box is not None
    middle, reach = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), 0.4 * box["width"]
    page.mouse.move(*middle)
    page.mouse.down()
    start, step = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        page.mouse.move(middle[0] + reach * math.cos(step / 25), middle[1] + reach * math.sin(step / 19))
        step += 1
    elapsed = time.monotonic() - start
    shown, waits = page.evaluate("() => [window.shown, window.waits]")
    page.mouse.up()
    page.context.close()
    if not waits:
        sys.exit(f"{model} showed no image while its point was dragged")
    return {
        "fps": round(shown / elapsed, 1),
        "moves_per_s": round(step / elapsed, 1),
        "p50_ms": quantile(waits, 0.5),
        "p95_ms": quantile(waits, 0.95),
    }


def frames_during(page: Page, box: Mapping[str, float], act: str) -> float:
    """Make a gesture on the map for about two seconds; return the frames a second."""
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    start = page.evaluate("performance.now()")
    if act == "pan":
        page.mouse.down()
    for step in range(90):
        if act == "zoom":
            page.mouse.wheel(0, -30 if step < 45 else 30)
        else:
            page.mouse.move(middle[0] + 80 * math.cos(step / 9), middle[1] + 60 * math.sin(step / 7))
        time.sleep(0.008)
    fps = page.evaluate(
        "(since) => { const f = frames_.filter((t) => t >= since); return 1000 * (f.length - 1) / (f.at(-1) - f[0]); }",
        start,
    )
    if act == "pan":
        page.mouse.up()
    return round(float(fps), 1)


def open_page(browser: Browser, url: str) -> tuple[float, Page]:
    """Open a page several times; return the median milliseconds until its points are drawn, and the last page."""
    times: list[float] = []
    page = new_page(browser)
    for turn in range(OPENED):
        if turn:
            page.context.close()
            page = new_page(browser)
        page.goto(url, wait_until="commit")
        times.append(float(page.evaluate("window.opened")))
    return round(statistics.median(times)), page


def measure_map(browser: Browser, address: str, n: int) -> dict[str, float]:
    """Measure our map of `n` points."""
    open_ms, page = open_page(browser, f"{address}?n={n}&kind=map")
    page.wait_for_timeout(1500)
    front = page.locator("canvas.front").first
    box = front.bounding_box()
    assert box is not None
    found: dict[str, float] = {"open_ms": open_ms, "pan_fps": frames_during(page, box, "pan")}
    page.wait_for_timeout(500)
    front.focus()
    found["zoom_fps"] = frames_during(page, box, "zoom")
    page.wait_for_timeout(800)
    found["hover_fps"] = frames_during(page, box, "hover")
    found["settle_ms"] = round(page.evaluate(SETTLE))
    sent: list[int] = []
    page.context.close()
    page = new_page(browser)
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    page.goto(f"{address}?n={n}&kind=map", wait_until="commit")
    page.evaluate("window.opened")
    page.wait_for_timeout(1500)
    sent.clear()
    lasso = page.evaluate(LASSO)
    page.wait_for_timeout(1000)
    found |= {"lasso_ms": round(lasso["ms"]), "lasso_chosen": lasso["chosen"], "lasso_bytes": sum(sent)}
    page.context.close()
    return found


def measure_plotly(browser: Browser, address: str, n: int) -> dict[str, float]:
    """Measure the same points as a scattergl of Plotly through Streamlit."""
    open_ms, page = open_page(browser, f"{address}?n={n}&kind=plotly")
    page.context.close()
    sent: list[tuple[float, int]] = []
    page = new_page(browser)
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append((time.monotonic(), len(frame)))),
    )
    page.goto(f"{address}?n={n}&kind=plotly", wait_until="commit")
    page.evaluate("window.opened")
    page.wait_for_timeout(2000)
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + 150, y)
    page.mouse.down()
    for step in range(60):
        angle = step / 60 * 2 * math.pi
        page.mouse.move(x + 150 * math.cos(angle), y + 150 * math.sin(angle))
    sent.clear()
    start = time.monotonic()
    page.mouse.up()
    deadline = start + 30
    while not any(size > 1000 for _, size in sent) and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    page.wait_for_timeout(500)
    large = [(at, size) for at, size in sent if size > 1000]
    page.context.close()
    found: dict[str, float] = {"plotly_open_ms": open_ms}
    if large:
        found |= {
            "plotly_lasso_ms": round(1000 * (large[0][0] - start)),
            "plotly_lasso_bytes": sum(size for _, size in large),
        }
    return found


def measure(sizes: tuple[int, ...], seconds: float) -> dict[str, Any]:
    """Measure all; return the report."""
    chromium = os.environ.get("AEVIZ_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    report: dict[str, Any] = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with running_app() as server:
            for name, model in MODELS.items():
                here = drag(browser, server.url, model, seconds)
                there = drag(browser, server.url, model, seconds / 2, engine="server")
                report[name] = here | {"server_fps": there["fps"], "server_p50_ms": there["p50_ms"]}
        script = Path(folder) / "map_page.py"
        script.write_text(MAP_PAGE)
        report["map"] = {}
        with running_app(script=script) as server, serving_regl() as regl:
            for n in sizes:
                found = measure_map(browser, server.url, n)
                if n <= MOST_FOR_PLOTLY:
                    found |= measure_plotly(browser, server.url, n)
                if regl is not None:
                    found["regl_open_ms"], page = open_page(browser, f"{regl}/?n={n}")
                    box = page.locator("canvas").first.bounding_box()
                    assert box is not None
                    found["regl_pan_fps"] = frames_during(page, box, "pan")
                    page.context.close()
                report["map"][str(n)] = found
        load = os.getloadavg()[0]
        report["machine"] = (
            f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at the end; Chromium {browser.version}, "
            "software graphics"
        )
        browser.close()
    return report


def print_table(report: Mapping[str, Any]) -> None:
    """Print the report for people, with the ratios to its peers."""
    print(report["machine"])
    print(f"\n{'drag':<10}{'images/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'server: images/s':>18}{'p50 ms':>9}{'ratio':>8}")
    for name in MODELS:
        row = report[name]
        ratio = row["fps"] / row["server_fps"] if row["server_fps"] else math.inf
        print(
            f"{name:<10}{row['fps']:>10}{row['p50_ms']:>9}{row['p95_ms']:>9}{row['server_fps']:>18}"
            f"{row['server_p50_ms']:>9}{ratio:>7.1f}x"
        )
    for n, row in report["map"].items():
        print(f"\nmap of {int(n):,} points")
        for key, value in row.items():
            print(f"    {key:<20}{value:>12,}")
        if "plotly_open_ms" in row:
            print(f"    opens {row['plotly_open_ms'] / row['open_ms']:.1f} times as fast as Plotly")


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time decoding under the pointer, and maps of many points.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--full", action="store_true", help="maps of 10,000 and of 1,000,000 points too")
    parser.add_argument("--seconds", type=float, default=6.0, metavar="S", help="length of a drag (default 6)")
    options = parser.parse_args()
    if not options.seconds > 0:
        parser.error(f"--seconds {options.seconds}; expected a number above 0")
    report = measure((*SIZES, *MORE_SIZES) if options.full else SIZES, options.seconds)
    print(json.dumps(report, indent=2)) if options.json else print_table(report)


if __name__ == "__main__":
    main()
