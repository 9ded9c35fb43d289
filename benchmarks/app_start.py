"""How soon the app shows something, how fast pages change, and how long the server takes to answer.

    cold_ms        a new server process and a new browser profile, from the moment the server answers its health check
                   and the browser goes to the home page until a thumbnail of the gallery is decoded. Median. The
                   browser program itself runs already. `cold_from_start_ms` counts from the start of the process.
                   The same is measured with Explore: until its map is drawn, and until the image at the point is
                   decoded, beside the map with a chosen image, which the server decodes too, and beside the plane.
    warm_page_ms   server and browser have seen every page once; from a click in the sidebar until the main content of
                   the next page is there: thumbnails; the drawn map; grids and error bars; activations and curves.
                   Median over all pages. Measured inside the page, by its own clock.
    round_trip_ms  what the server alone takes when a visitor lets go of the point on the decoded plane: a plain
                   WebSocket client sends the message that the browser would send and waits for "script finished".
                   Median. Every page was visited before, since what pages import is more for the garbage collection.
    seen_ms        a slider step by keyboard in the browser, from the key until the decoded image changes.

The three names of the report's first level are medians in milliseconds; `details` holds the rest with spreads.

Usage:
    AEVIZ_DATA=... python benchmarks/app_start.py [--json] [--repetitions N]

Chromium is the one that AEVIZ_CHROMIUM names, else one on PATH, else Playwright's own.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from app_server import TIMEOUT_S, Server, running_app
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

VIEWPORT = {"width": 1280, "height": 900}
STEPS = 60
"""Moves of the plain client."""
KEYS = 20
"""Slider steps by keyboard."""
PAUSE_S = 0.05
"""Between steps, as a hand would."""

READY = """
window.aevizReady = {
  home: () => seen('img[alt^="Latent map of"]'),
  explore: () => deep('[data-testid="latent-map"]').some(map => map.dataset.drawn),
  decoded: () => deep('.view').some(view => view.dataset.frames),
  reconstruct: () => deep('img[alt*="mean Euclidean error"]').some(image => image.complete && image.naturalWidth > 0)
    && seen('.st-key-error-bars .js-plotly-plot .main-svg'),
  network: () => deep('.model').some(model => model.dataset.frames)
    && seen('.st-key-curves .js-plotly-plot .main-svg'),
};
function seen(selector) {
  return [...document.querySelectorAll(selector)].some(element =>
    element.getClientRects().length && (element.tagName !== 'IMG' || (element.complete && element.naturalWidth > 0)));
}
function deep(selector, root = document) {
  const found = [...root.querySelectorAll(selector)];
  for (const element of root.querySelectorAll('*'))
    if (element.shadowRoot) found.push(...deep(selector, element.shadowRoot));
  return found;
}
let since = 0;
for (const kind of ['click', 'keydown'])
  document.addEventListener(kind, event => { since = event.timeStamp; }, true);
window.aevizElapsed = name => window.aevizReady[name]() ? performance.now() - since : 0;
window.aevizWatch = () => {
  const view = deep('.view')[0];
  window.aevizSeen = new Promise(resolve => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)));
    });
    observer.observe(view, {attributes: true, attributeFilter: ['data-frames']});
  });
};
"""
"""In every page: what makes it complete, and clocks that start at a click or a key."""

TITLES = {
    "home": "Home",
    "explore": "Explore",
    "reconstruct": "Reconstruct",
    "network": "Network and training",
}
PLANE = "show=decoded+plane&model=mlp-2d-adam&with.mlp-2d-adam=nothing"
LANDINGS = {
    "gallery on Home": ("", "home"),
    "map on Explore": ("explore", "explore"),
    "decoded image beside a chosen one": ("explore?model=mlp-2d-adam&with.mlp-2d-adam=nothing&image=12", "decoded"),
    "decoded image beside the plane": (f"explore?{PLANE}", "decoded"),
}
"""What a cold start is measured with: address, and what must be there for it to be useful."""


def new_context(browser: Browser) -> BrowserContext:
    """Return a fresh browser profile with the clocks in it."""
    context = browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(TIMEOUT_S * 1000)
    context.add_init_script(READY)
    return context


def wait_for(page: Page, name: str) -> float:
    """Wait until the named page is complete; return the milliseconds since the last click, by the browser's clock."""
    try:
        found = page.wait_for_function("name => window.aevizElapsed(name)", arg=name, polling=10)
        return float(found.json_value())
    except TimeoutError:
        sys.exit(f"{page.url} did not show {name!r} within {TIMEOUT_S} s, but:\n{page.inner_text('body')}")


def measure_cold(browser: Browser, name: str) -> tuple[float, float]:
    """Return the milliseconds to the first useful picture from the server's first answer, and from its start."""
    with running_app() as server, new_context(browser) as context:
        page = context.new_page()
        address, picture = LANDINGS[name]
        page.goto(server.url + address, wait_until="commit")
        wait_for(page, picture)
        done = time.perf_counter()
        return (done - server.healthy) * 1000, (done - server.started) * 1000


def measure_pages(page: Page, rounds: int) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Walk through the sidebar; return the milliseconds of each page's first visit and of its later ones."""
    first: dict[str, float] = {}
    later: dict[str, list[float]] = {name: [] for name in TITLES}
    for turn in range(rounds + 1):
        for name in [*list(TITLES)[1:], "home"]:
            link = page.get_by_test_id("stSidebarNavLink").filter(has_text=TITLES[name])
            link.click()
            elapsed = wait_for(page, name)
            if turn == 0:
                first[name] = elapsed
            else:
                later[name].append(elapsed)
            page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
            page.wait_for_timeout(300)
    return first, later


def measure_seen(page: Page) -> list[float]:
    """Move a slider with the keyboard; return the milliseconds from each key until the image was drawn in the page."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=TITLES["explore"]).click()
    wait_for(page, "decoded")
    page.wait_for_timeout(1000)
    thumb = page.get_by_test_id("latent-sliders").get_by_role("slider").first
    thumb.focus()
    elapsed = []
    for index in range(KEYS + 2):
        page.evaluate("window.aevizWatch()")
        thumb.press("ArrowRight" if index % 20 < 10 else "ArrowLeft")
        elapsed.append(float(page.evaluate("window.aevizSeen")))
        page.wait_for_timeout(200)
    return elapsed[2:]


def measure_round_trips(server: Server) -> list[float]:
    """Let go of the latent point by messages alone; return milliseconds of each from sending to "script finished"."""
    with connect(f"ws://localhost:{server.port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as socket_:
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = "explore", PLANE
        socket_.send(message.SerializeToString())
        found = _answer(socket_)
        explorers = [
            (answer.delta.fragment_id, answer.delta.new_element.bidi_component)
            for answer in found
            if answer.WhichOneof("type") == "delta"
            and answer.delta.new_element.WhichOneof("type") == "bidi_component"
            and answer.delta.new_element.bidi_component.component_name.endswith("explorer")
        ]
        if not explorers:
            sys.exit("the decoded plane shows no explorer")
        fragment, explorer = explorers[0]
        start_point = _shown_point(explorer.bytes)
        elapsed = []
        for index in range(STEPS + 5):
            message = BackMsg()
            message.rerun_script.page_script_hash = _page_hash(found)
            message.rerun_script.fragment_id = fragment
            state = message.rerun_script.widget_states.widgets.add()
            state.id = explorer.id
            moved = [start_point[0] + 0.01 * (1 + index), *start_point[1:]]
            state.json_value = json.dumps({"point": {"number": index + 1, "values": moved}})
            start = time.perf_counter()
            socket_.send(message.SerializeToString())
            answers = _answer(socket_)
            elapsed.append((time.perf_counter() - start) * 1000)
            if not any(".at=" in answer.page_info_changed.query_string for answer in answers):
                sys.exit("a point brought no address; the benchmark must follow the page")
            time.sleep(PAUSE_S)
    return elapsed[5:]


def _shown_point(payload: bytes) -> list[float]:
    """Return the latent point that an explorer was sent."""
    from aeviz.web.components.kit.wire import unpack

    point = unpack(payload)["point"]
    assert isinstance(point, list)
    return point


def _answer(socket_: ClientConnection) -> list[ForwardMsg]:
    answers: list[ForwardMsg] = []
    while not answers or not _ends_run(answers[-1]):
        received = socket_.recv(timeout=TIMEOUT_S, decode=False)
        answers.append(ForwardMsg.FromString(received))
    return answers


def _ends_run(answer: ForwardMsg) -> bool:
    """A process's very first run ends early, for another with the pages that it found."""
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return answer.WhichOneof("type") == "script_finished" and answer.script_finished != early


def _page_hash(answers: Sequence[ForwardMsg]) -> str:
    found = [answer.new_session.page_script_hash for answer in answers if answer.WhichOneof("type") == "new_session"]
    return found[-1]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile, least, greatest and number of values in milliseconds."""
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
        "min": round(ordered[0], 1),
        "max": round(ordered[-1], 1),
        "n": len(ordered),
    }


def measure(repetitions: int) -> dict[str, Any]:
    """Measure everything with one browser; return the report."""
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = os.environ.get("AEVIZ_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    cold: dict[str, list[tuple[float, float]]] = {name: [] for name in LANDINGS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for _ in range(repetitions):
            for name in LANDINGS:
                cold[name].append(measure_cold(browser, name))
        with running_app() as server, new_context(browser) as context:
            page = context.new_page()
            page.goto(server.url)
            wait_for(page, "home")
            first, later = measure_pages(page, max(3, repetitions))
            seen = measure_seen(page)
            page.close()
            trips = measure_round_trips(server)
        version = browser.version
        browser.close()
    pages = [value for values in later.values() for value in values]
    return {
        "cold_ms": summary([answered for answered, _ in cold["gallery on Home"]])["p50"],
        "warm_page_ms": summary(pages)["p50"],
        "round_trip_ms": summary(trips)["p50"],
        "details": {
            "cold_ms": {name: summary([answered for answered, _ in values]) for name, values in cold.items()},
            "cold_from_start_ms": {name: summary([begun for _, begun in values]) for name, values in cold.items()},
            "first_visit_ms": {name: round(value, 1) for name, value in first.items()},
            "warm_page_ms": {"all": summary(pages), **{name: summary(values) for name, values in later.items()}},
            "round_trip_ms": summary(trips),
            "seen_ms": summary(seen),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores; Chromium {version}, software graphics",
        },
    }


def print_table(report: Mapping[str, Any]) -> None:
    """Print the report for people, with what each figure should stay below."""
    details = report["details"]
    print(details["machine"])
    print(f"\n{'ms':<44}{'p50':>9}{'p95':>9}{'min':>9}{'max':>9}{'n':>5}  should be")
    rows: list[tuple[str, Mapping[str, float], float | None]] = []
    for name, values in details["cold_ms"].items():
        rows.append((f"cold start, {name}", values, 5000.0))
        rows.append(("    from the start of the process", details["cold_from_start_ms"][name], None))
    for name, values in details["warm_page_ms"].items():
        rows.append((f"page change, {TITLES.get(name, 'all pages')}", values, 1000.0))
    rows.append(("server round trip, latent point", details["round_trip_ms"], 15.0))
    rows.append(("key to new image, slider", details["seen_ms"], None))
    for label, values, limit in rows:
        figures = "".join(f"{values[key]:9.1f}" for key in ("p50", "p95", "min", "max"))
        target = "" if limit is None else f"  < {limit:g}" + ("  EXCEEDED" if values["p50"] >= limit else "")
        print(f"{label:<44}{figures}{values['n']:5}{target}")
    visits = ", ".join(f"{TITLES[name]} {value:.0f}" for name, value in details["first_visit_ms"].items())
    print(f"\nfirst visit of a page in a running server and browser: {visits}")


def main() -> None:
    """Measure and print a table or a JSON document."""
    parser = argparse.ArgumentParser(description="Time the app's start, its pages and its answers.")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument(
        "--repetitions", type=int, default=5, metavar="N", help="cold starts of each page and warm rounds (default 5)"
    )
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error(f"--repetitions {options.repetitions}; expected a whole number from 1 up")
    report = measure(options.repetitions)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        print_table(report)


if __name__ == "__main__":
    main()
