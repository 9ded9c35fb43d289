import functools
import gc
import importlib
import json
import shutil

import numpy as np
import pytest
from visits import new_session

from aeviz.web.components.kit.mount import safe_key
from aeviz.web.components.kit.wire import unpack


@pytest.fixture(scope="session", autouse=True)
def thaw():
    """Give the interpreter back what the app froze, so that it can tidy up when the tests end."""
    yield
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def packages_read_once():
    """Let Streamlit look for components among the installed packages once, and not 0.3 s long before each test."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The app for a visitor who has neither data sets nor runs of their own; none of its pages was opened yet."""
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    return new_session()


@pytest.fixture
def home(app):
    """The app on its first page."""
    return app.run()


@pytest.fixture
def app_without_models(app, tmp_path, monkeypatch):
    """The app in a clone whose checkpoints were taken out."""
    monkeypatch.setattr("aeviz.training.runs.checkpoints_root", lambda: tmp_path / "checkpoints")
    return app


class Desk:
    """Stands in for the explorer in the page: what it is sent, and a hand that moves it."""

    def __init__(self):
        self.key, self.payload, self.blobs, self.sent = "", b"", {}, 0

    def show(self, payload, *, key, on_point, on_view, on_request):
        import streamlit as st

        self.key, self.payload = key, payload
        calls = {"point": on_point, "view": on_view, "request": on_request}

        def take():
            _, name, message = json.loads(st.session_state["desk"])
            st.session_state[safe_key(key)] = {name: message}
            calls[name]()

        st.text_input("what the page says", key="desk", on_change=take)

    def keep(self, name, content):
        self.blobs[name] = content

    def send(self, app, name, message):
        """Say something as the page does: its 'point', 'view' or 'request'."""
        self.sent += 1
        app.text_input(key="desk").set_value(json.dumps([self.sent, name, message])).run()
        return app

    def move(self, app, point):
        """Let go of the point somewhere."""
        return self.send(app, "point", {"number": self.sent, "values": list(point)})

    @property
    def header(self):
        """What is shown, as `aeviz.web.components.explorer.payload.View` has it."""
        return unpack(self.payload)

    @property
    def pixels(self):
        """The images of a response, uint8, one number after the other."""
        images = self.header["images"]
        return np.empty(0, np.uint8) if images is None else images.ravel()

    @property
    def axes(self):
        """The axes of the space shown."""
        return unpack(self.blobs[self.header["space"]])["axes"]


@pytest.fixture
def desk(app, monkeypatch):
    """The explorer's stand-in on the decoded plane."""
    decode_explorer, view, in_page = (
        importlib.import_module(f"aeviz.web.{name}")
        for name in ("decoder.explorer", "explore.plane", "kernel.client_inference")
    )
    desk, send_blob = Desk(), decode_explorer.send_blob

    def send_too(name, content):
        desk.keep(name, content)
        send_blob(name, content)

    monkeypatch.setattr(decode_explorer, "explorer", desk.show)
    for module in (decode_explorer, in_page):
        monkeypatch.setattr(module, "send_blob", send_too)
    monkeypatch.setattr(view, "prepare_networks", lambda run: None, raising=False)
    return desk


@pytest.fixture(scope="session")
def wide_folder(made_once):
    """A variational autoencoder of the 8x8 digits with 16 dimensions."""
    from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
    from aeviz.experiment import train

    config = RunConfig(
        preset="tiny",
        data=DataConfig(name="digits"),
        model=ModelConfig(image_shape=(1, 8, 8), bottleneck="gaussian", latent_dim=16, hidden=(64, 32)),
        objective=ObjectiveConfig(kl_weight=0.01, kl_reduction="sum"),
        optimizer=OptimizerConfig(name="adam", learning_rate=5e-3, schedule="one_cycle"),
        train=TrainConfig(epochs=20, batch_size=64, device="cpu"),
    )
    return made_once("wide", lambda path: train(config, out=path))


@pytest.fixture(scope="session")
def made_runs(wide_folder, made_once):
    """The models 'wide', 'plain' and 'bare', which lacks its encoded images; read only."""
    from aeviz.analysis.summary import summarise
    from aeviz.config import DataConfig, ModelConfig, RunConfig, TrainConfig
    from aeviz.experiment import train
    from aeviz.training.runs import RunFolder
    from aeviz.training.summary import write_summary

    def make(folder):
        for name in ("wide", "bare"):
            shutil.copytree(wide_folder, folder / name)
        bare = RunFolder.read(folder / "bare")
        write_summary(bare.path, summarise(bare.latents().z, kl=np.array(bare.evaluation().kl_per_dimension)))
        (bare.path / "latents.npz").unlink()
        train(
            RunConfig(
                preset="tiny",
                data=DataConfig(name="digits"),
                model=ModelConfig(image_shape=(1, 8, 8), latent_dim=5, hidden=(8,)),
                train=TrainConfig(epochs=1, batch_size=64, device="cpu"),
            ),
            out=folder / "plain",
        )

    return made_once("decode-runs", make)


@pytest.fixture
def runs(made_runs, tmp_path, monkeypatch):
    """Copies of these models as the visitor's own runs; the data of 'bare' is not here either."""
    from aeviz.web.kernel import points

    monkeypatch.setattr(points, "is_available", lambda name: False)
    return shutil.copytree(made_runs, tmp_path / "runs")
