"""The app as `aeviz app` starts it, and Debian's Chromium to look at it."""

import re
import shutil
from collections import defaultdict
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from app_server import PAGE_MS, log_before_stop, serve
from explorer_page import pad, settle
from playwright.sync_api import expect

from aeviz.paths import checkpoints_root


def pytest_collection_modifyitems(items):
    """Mark what runs in a browser. `make test` runs one story or two a page, the marked ones; the rest is slow."""
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("story") is None:
                item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.flaky(reruns=2))  # on a busy machine a click may come too late; -rR lists them


BAD_NETWORKS = ("cut-inside", "too-large")


def make_models(folder):
    """Write two MLPs of the digits in two dimensions, a convolutional VAE in six, and MLPs with bad networks."""
    import onnx

    from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
    from aeviz.experiment import train
    from aeviz.export.onnx import export_onnx
    from aeviz.training.run import load
    from aeviz.training.runs import RunFolder

    for name, source in {"flat": "digits-2d-adam", "twin": "digits-2d-amsgrad"}.items():
        shutil.copytree(checkpoints_root() / source, folder / name)
    config = RunConfig(
        preset="tiny",
        data=DataConfig(name="digits"),
        model=ModelConfig(
            image_shape=(1, 8, 8),
            encoder="conv",
            decoder="conv",
            channels=(8, 16),
            features=32,
            bottleneck="gaussian",
            latent_dim=6,
        ),
        objective=ObjectiveConfig(kl_weight=1e-3, kl_reduction="sum"),
        optimizer=OptimizerConfig(name="adam", learning_rate=1e-2, schedule="one_cycle"),
        train=TrainConfig(epochs=8, batch_size=64, device="cpu"),
    )
    train(config, out=folder / "deep")
    for name in ("flat", "twin", "deep"):
        if len(list((folder / name).glob("*.onnx"))) < 2:  # not made at set-up
            export_onnx(load(RunFolder.read(folder / name)), folder / name)
    shutil.copytree(folder / "flat", folder / "flat-again")
    for name in BAD_NETWORKS:
        shutil.copytree(folder / "flat", folder / name)
        path = folder / name / "decoder.onnx"
        model = onnx.load_model_from_string(path.read_bytes())
        if name == "cut-inside":
            tensor = max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))
            tensor.raw_data = tensor.raw_data[:-2]
            path.write_bytes(model.SerializeToString())
        else:
            path.write_bytes(bytes(2**20 + 4 * (folder / name / "model.safetensors").stat().st_size + 1))


@pytest.fixture(scope="session")
def runs_dir(made_once, tmp_path_factory):
    """The AEVIZ_RUNS of the running app: the models that tests of Decode look at, and what tests train."""
    return shutil.copytree(made_once("browser-runs", make_models), tmp_path_factory.mktemp("app") / "runs")


@pytest.fixture(scope="session")
def server_log(tmp_path_factory):
    """What the server printed."""
    return tmp_path_factory.mktemp("log") / "server.log"


@pytest.fixture(scope="session")
def address(runs_dir, server_log, tmp_path_factory):
    """Address of the one app of this test process, without any data set on disk and with one place to train at."""
    data = tmp_path_factory.mktemp("data")
    with serve(server_log, AEVIZ_RUNS=str(runs_dir), AEVIZ_DATA=str(data), AEVIZ_JOBS="1") as url:
        yield url
    assert "Traceback" not in log_before_stop(server_log)


@pytest.fixture(scope="session")
def visitors(chromium):
    """Browsers with nothing but a cache in common from test to test: whether they have a touch screen, and a number."""
    return defaultdict(list)


@pytest.fixture
def visit(chromium, visitors, address):
    """A function that opens a page of the app as another visitor with each call.

    When the test is over it checks that no page showed a traceback and none logged an error of ours.
    """
    contexts, problems = [], []

    def open_page(path="/", *, width=1440, height=1000, dark=False, touch=False, base=address, prepare=None):
        kind = visitors[touch]
        free = [context for context in kind if context not in contexts]
        context = free[0] if free else chromium.new_context(has_touch=touch)
        if not free:
            kind.append(context)
        contexts.append(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_default_timeout(PAGE_MS)
        session = context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": base, "storageTypes": "local_storage"})
        session.detach()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
        )
        if prepare:
            prepare(page)
        page.goto(base + path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            problems += page.get_by_test_id("stException").all_inner_texts()
            page.close()
        context.clear_cookies()
    assert not problems, problems


@pytest.fixture
def decode(visit):
    """A function that opens the decoded plane and waits for the explorer; it checks that the console stays empty."""
    errors = []

    def note(entry):
        of_streamlit = "/_stcore/" in entry.location.get("url", "")  # it looks for itself at the page's address first
        if entry.type == "error" and not of_streamlit:
            errors.append(f"{entry.text} ({entry.location})")

    def open_decode(query="model=flat", *, prepare=None, far=True, may_fail=False, **options):
        def begin(page):
            page.sent = []
            page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
            if not may_fail:
                page.on("console", note)
            if prepare:
                prepare(page)

        alone = "" if "with." in query else f"&with.{parse_qs(query)['model'][0]}=nothing"
        page = visit(f"/explore?show=decoded+plane&{query}{alone}", prepare=begin, **options)
        expect(page.locator(".view").first).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=60_000)
        if far:
            expect(pad(page)).to_have_attribute("data-far", re.compile(r"\d+"), timeout=60_000)
        settle(page)
        return page

    yield open_decode
    assert not errors, errors
