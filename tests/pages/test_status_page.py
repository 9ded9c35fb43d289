"""Status: what everybody may know of the server, and what only trusted visitors may."""

import pytest
from visits import assert_healthy, open_page, texts

from aeviz.serving.mode import MODE


def words(app):
    return "\n".join(texts(app.markdown))


def test_open_server_shows_all(app, tmp_path, monkeypatch):
    monkeypatch.delenv(MODE, raising=False)
    open_page(app, "status")
    assert_healthy(app, "Status")
    said = words(app)
    for fact in (
        "**Open mode**",
        "0 of 1 at a time",
        "| Jobs at work or waiting | 40 | none | `JOBS` |",
        "Worker processes",
    ):
        assert fact in said
    assert "processor cores" in said
    assert str(tmp_path / "runs") in said.replace("\\", "")


@pytest.mark.parametrize("mode", ["class", "demo"])
def test_shared_server_shows_only_what_harms_nobody(app, tmp_path, monkeypatch, mode):
    monkeypatch.setenv(MODE, mode)
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS_EACH", "7")
    open_page(app, "status")
    assert_healthy(app, "Status")
    said = words(app)
    assert f"**{mode.capitalize()} mode**" in said
    assert "| Runs | 1,000 | 7 | `RUNS` |" in said
    assert ("Yours, by this browser" in said) == (mode == "class")
    for secret in (str(tmp_path), "Memory", "Packages", "Python", "Open windows"):
        assert secret not in said.replace("\\", "")
