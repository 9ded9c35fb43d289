"""The figures for Prometheus: closed unless asked for, readable by its rules, and silent about runs and folders."""

import re

import pytest
from own_loop import finish

from aeviz.serving import metrics
from aeviz.serving.metrics import Histogram, Sample, write_metrics
from aeviz.web.server.guard import Guard
from aeviz.web.server.uploads import UploadLimits

_SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"\})? (\S+)')


def parse(text):
    """Read Prometheus's text format strictly: HELP, TYPE, then the samples of that name; return kinds and values."""
    assert text.endswith("\n")
    kinds, values, name = {}, {}, None
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in kinds, f"{name} twice"
            continue
        if line.startswith("# TYPE "):
            _, _, named, kind = line.split(" ")
            assert named == name
            assert lines[place - 1].startswith(f"# HELP {name} ")
            assert kind in ("gauge", "counter", "histogram")
            kinds[name] = kind
            continue
        found = _SAMPLE.fullmatch(line)
        assert found, line
        suffixes = ("_bucket", "_sum", "_count") if kinds[name] == "histogram" else ("",)
        assert found[1] in {name + suffix for suffix in suffixes}, line
        key = (found[1], found[3] or "")
        assert key not in values, line
        values[key] = float(found[4])
    return kinds, values


def ask(headers=(), **scope):
    """Return status, type and text of the answer to a request for the figures."""
    sent = []

    async def app(scope, receive, send):
        raise AssertionError("the app was asked")

    async def send(message):
        sent.append(message)

    pairs = [(b"host", b"localhost"), *headers]
    scope = {"type": "http", "path": "/metrics", "method": "GET", "scheme": "http", "headers": pairs} | scope
    finish(Guard(app, ("localhost",), (), UploadLimits(lambda: None))(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"])[b"content-type"].decode(), sent[1]["body"].decode()


@pytest.mark.parametrize("value", [None, "", "0"])
def test_figures_are_closed_by_default(value, monkeypatch):
    monkeypatch.delenv(metrics.METRICS, raising=False)
    if value is not None:
        monkeypatch.setenv(metrics.METRICS, value)
    assert ask()[0] == 404
    assert ask([(b"authorization", b"Bearer ")])[0] == 404


def test_token_opens_the_figures_to_who_brings_it(monkeypatch, runs_folder):
    monkeypatch.setenv(metrics.METRICS, "a-long-secret")
    for given in (b"", b"Bearer ", b"Bearer 1", b"a-long-secret", b"Bearer a-long-secr\xc3\xa9t"):
        assert ask([(b"authorization", given)])[0] == 404
    assert ask()[0] == 404
    assert ask([(b"authorization", b"Bearer a-long-secret")])[0] == 200


def test_figures_follow_prometheus_and_name_no_run_or_folder(monkeypatch, runs_folder, tiny_config, trained_folder):
    monkeypatch.setenv(metrics.METRICS, "1")
    before = parse(ask()[2])[1]
    runs_folder.mkdir(exist_ok=True)
    (runs_folder / "secret-run").symlink_to(trained_folder)
    assert ask(path="/_stcore/metrics")[0] == 404
    status, kind, text = ask()
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    kinds, values = parse(text)
    assert values["aeviz_jobs", "finished"] == 1
    assert values["aeviz_jobs", "interrupted"] == 0
    closed = ("aeviz_refused_requests_total", "closed")
    assert values[closed] == before.get(closed, 0) + 1
    assert values["aeviz_memory_bytes", ""] > 10e6
    assert values["aeviz_upload_bytes", ""] == 0
    assert kinds["aeviz_page_run_seconds"] == "histogram"
    assert "secret" not in text
    assert str(runs_folder.parent) not in text
    assert "tiny" not in text


def test_histogram_counts_from_the_shortest_on(monkeypatch):
    histogram = Histogram()
    for seconds in (0.001, 0.005, 0.03, 60.0):
        histogram.observe(seconds)
    monkeypatch.setattr(metrics, "page_seconds", histogram)
    _, values = parse(write_metrics([Sample("aeviz_x", "gauge", "Something.", {"a": 1, "b": 0.5}, "kind")]))
    name = "aeviz_page_run_seconds"
    assert [values[f"{name}_bucket", bound] for bound in ("0.005", "0.02", "0.05", "5", "+Inf")] == [2, 2, 3, 3, 4]
    assert values[f"{name}_count", ""] == 4
    assert values[f"{name}_sum", ""] == pytest.approx(60.036)
    assert values["aeviz_x", "b"] == 0.5
