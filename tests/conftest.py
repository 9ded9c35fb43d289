import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

# These networks are so small that a second thread only waits; beside another busy process it waits 100 ms a step.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A run that ends would load the exporter for its ONNX files, 5 s; tests/export asks for them.
os.environ["AEVIZ_ONNX"] = "0"

from aeviz.config import DataConfig, ModelConfig, OptimizerConfig, RunConfig, TrainConfig

# Without the two popups of the address bar, which no test sees: each window renders both, for a second of CPU time.
# The rest is Playwright's own list, which a second switch replaces.
FEATURES_OFF = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,NetworkTimeServiceQuerying,"
    "OptimizationHints,PaintHolding,PreconnectToSearch,ThirdPartyStoragePartitioning"
)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={FEATURES_OFF}",
]


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """A clock that a test sets by its `now`."""
    return Clock()


@pytest.fixture
def shared_root():
    """The folder AEVIZ_DATA of real data sets; only tests that ask for it need it."""
    root = os.environ.get("AEVIZ_DATA")
    if not root:
        pytest.skip("AEVIZ_DATA names no folder of data sets")
    return Path(root)


@pytest.fixture
def runs_folder(tmp_path, monkeypatch):
    """An AEVIZ_RUNS of the test's own, and no models that ship."""
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("aeviz.training.runs.checkpoints_root", lambda: tmp_path / "checkpoints")
    return tmp_path / "runs"


@pytest.fixture
def no_worker_left():
    """No process of `aeviz.workers` that this one started outlives the test."""
    yield
    from aeviz.workers import process

    for worker in list(process._children):
        worker.kill()
        worker.wait(timeout=20)
    process.reap()


@pytest.fixture(scope="session")
def tiny_config():
    """A function that returns the config of a network of a few hundred weights for the 8x8 digits, on the CPU.

    It takes settings as the command line does.
    """
    config = RunConfig(
        preset="tiny",
        data=DataConfig(name="digits"),
        model=ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(8, 4)),
        optimizer=OptimizerConfig(name="adam", learning_rate=3e-3),
        train=TrainConfig(epochs=3, batch_size=32, seed=7, device="cpu"),
    )
    return lambda *settings: config.with_settings(settings)


@pytest.fixture(scope="session")
def tiny_sets():
    """Training, validation and test images: 100, 30 and 40 of the digits. 100 is no multiple of the batch size."""
    from aeviz.data import load_dataset

    counts = {"train": 100, "validation": 30, "test": 40}
    return {split: load_dataset("digits", split).take(np.arange(n)) for split, n in counts.items()}


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A function that makes a folder once for all processes of a test run, and returns it; read only.

    It takes the folder's name, which is that of the run in it, and a function that makes the folder at a path.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # that of the whole test run
    root /= "made-once"
    root.mkdir(exist_ok=True)

    def get(name, make):
        path = root / name
        with FileLock(root / f"{name}.lock"):
            if not (root / f"{name}.done").exists():
                shutil.rmtree(path, ignore_errors=True)  # another process may have failed at it
                make(path)
                (root / f"{name}.done").touch()
        return path

    return get


@pytest.fixture(scope="session")
def trained_folder(tiny_config, made_once):
    """The folder of a run trained on the digits for 2 epochs; read only."""

    def make(path):
        from aeviz.experiment import train

        train(tiny_config("train.epochs=2"), out=path)

    return made_once("tiny-run", make)


@pytest.fixture
def run_copy(trained_folder, tmp_path):
    """A copy of the trained run that a test may damage, named 'copy'."""
    return Path(shutil.copytree(trained_folder, tmp_path / "copy"))


@pytest.fixture
def random_run(tmp_path):
    """A function that writes a run with random weights for a model config, as training would begin it, and loads it."""
    from aeviz.models import build_model, initialise
    from aeviz.training.run import load
    from aeviz.training.run_records import Provenance
    from aeviz.training.runs import MODEL, RunFolder
    from aeviz.training.weights import save_weights

    def write(model_config, name="random", seed=0):
        path = tmp_path / name
        path.mkdir()
        model = build_model(model_config)
        initialise(model, seed)
        provenance = Provenance(
            created="2026-01-01T00:00:00+00:00",
            versions={},
            device="CPU",
            data_fingerprint="",
            n_train=1,
            n_validation=1,
            parameters=sum(weight.numel() for weight in model.parameters()),
        )
        folder = RunFolder(path=path, config=replace(RunConfig(), model=model_config), provenance=provenance)
        folder.write()
        save_weights(path / MODEL, model.state_dict(), 1)
        return load(folder)

    return write


@pytest.fixture(scope="session")
def chromium_path():
    """Where Chromium is; tests are skipped where there is none."""
    path = os.environ.get("AEVIZ_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip("no Chromium found: install Debian's package chromium, or set AEVIZ_CHROMIUM to a browser's path")
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path):
    """A headless Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # beside another test process a page may take its time
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def write_pictures():
    """A function that writes n small pictures of random pixels into a folder and returns their paths."""

    def write(folder, n=1, *, size=(8, 8), mode="L", suffix=".png", seed=0):
        rng = np.random.default_rng(seed)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for index in range(n):
            shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], 3)
            path = folder / f"{index:03d}{suffix}"
            Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(path)
            paths.append(path)
        return paths

    return write


@pytest.fixture
def aeviz(capsys):
    """A function that runs a command in this process and returns its status, standard output and standard error."""

    from aeviz.cli import main

    def run(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            status = stop.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
