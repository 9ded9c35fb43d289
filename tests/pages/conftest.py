import gc
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


@pytest.fixture(scope="session", autouse=True)
def thaw():
    """Give the interpreter back what the app froze, so that it can tidy up when the tests end."""
    yield
    gc.unfreeze()


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The app as a visitor opens it who has neither data sets nor runs of their own."""
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    return AppTest.from_file(APP, default_timeout=60).run()


@pytest.fixture
def app_without_models(app, tmp_path, monkeypatch):
    """The app in a clone whose checkpoints were taken out."""
    for module in ("aeviz.training.runs", "aeviz.web.cache"):
        monkeypatch.setattr(f"{module}.checkpoints_root", lambda: tmp_path / "checkpoints")
    return app.run()
