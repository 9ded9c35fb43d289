import functools
import gc
import importlib
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from visits import new_session


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
    for module in ("aeviz.training.runs", "aeviz.web.kernel.models"):
        monkeypatch.setattr(f"{module}.checkpoints_root", lambda: tmp_path / "checkpoints")
    return app


class Desk:
    """Stands in for the studio in the page: what it is sent, and a hand that moves it."""

    def __init__(self):
        self.key, self.payload, self.shelf, self.sent = "", b"", {}, 0

    def show(self, payload, *, key, on_point, on_view, on_ask):
        import streamlit as st

        self.key, self.payload = key, payload
        calls = {"point": on_point, "view": on_view, "ask": on_ask}

        def take():
            _, name, message = json.loads(st.session_state["desk"])
            st.session_state[key] = {name: message}
            calls[name]()

        st.text_input("what the page says", key="desk", on_change=take)

    def carry(self, name, content):
        self.shelf[name] = content

    def send(self, app, name, message):
        """Say something as the page does: its 'point', 'view' or 'ask'."""
        self.sent += 1
        app.text_input(key="desk").set_value(json.dumps([self.sent, name, message])).run()
        return app

    def move(self, app, point):
        """Let go of the point somewhere."""
        return self.send(app, "point", {"number": self.sent, "values": list(point)})

    @property
    def header(self):
        """What is shown, as `aeviz.web.components.explorer.payload.View` has it."""
        return self._split(self.payload)[0]

    @property
    def pixels(self):
        """The images that answer a question, uint8."""
        return np.frombuffer(self._split(self.payload)[1], np.uint8)

    @property
    def axes(self):
        """The axes of the space shown."""
        return self._split(self.shelf[self.header["space"]])[0]["axes"]

    @staticmethod
    def _split(payload):
        length = int.from_bytes(payload[:4], "little")
        return json.loads(payload[4 : 4 + length]), payload[4 + length :]


@pytest.fixture
def desk(app, components, monkeypatch):
    """The studio's stand-in on Decode."""
    decode_studio, view, in_page = (
        importlib.import_module(f"aeviz.web.{name}")
        for name in ("decode.explorer", "decode.view", "kernel.client_inference")
    )
    desk, carry = Desk(), decode_studio.carry

    def carry_too(name, content):
        desk.carry(name, content)
        carry(name, content)

    monkeypatch.setattr(decode_studio, "studio", desk.show)
    for module in (decode_studio, in_page):
        monkeypatch.setattr(module, "carry", carry_too)
    monkeypatch.setattr(view, "prepare_networks", lambda run: None, raising=False)
    return desk


@pytest.fixture(scope="session")
def components(packages_read_once):
    """Import the modules that hold components inside a run: outside one, these do not find their files."""
    assert not AppTest.from_function(_import_components).run().exception


def _import_components():
    import aeviz.web.decode.view
    import aeviz.web.map.view  # noqa: F401
