"""The log for programs: one JSON object a line, with the visit and the job that it is about."""

import json
import logging
import re

import pytest
from streamlit.testing.v1 import AppTest

from aeviz.errors import ConfigError, WorkerError
from aeviz.serving import journal
from aeviz.serving.journal import LOG, JsonLines, log_form
from aeviz.web.kernel import journal as visits_log
from aeviz.workers import watch


@pytest.fixture
def lines(monkeypatch):
    """A list of the lines that are logged under AEVIZ_LOG=json, parsed."""
    found = []

    class Keep(logging.Handler):
        def emit(self, record):
            text = JsonLines().format(record)
            assert "\n" not in text
            found.append(json.loads(text))

    monkeypatch.setenv(LOG, "json")
    log, keep = logging.getLogger("aeviz"), Keep()
    before = log.level
    log.addHandler(keep)
    log.setLevel(logging.INFO)
    yield found
    log.removeHandler(keep)
    log.setLevel(before)


class Process:
    """A process that ends when a test says so."""

    def __init__(self, pid=7):
        self.pid, self.status = pid, None

    def poll(self):
        return self.status


@pytest.fixture
def follow(monkeypatch, tmp_path):
    """A function that follows a worker without a thread and returns how to set its status, and its process."""
    monkeypatch.setattr(watch, "_watch", lambda: None)
    monkeypatch.setattr(watch, "_followed", [])

    def start(name="my-run"):
        process, path = Process(), tmp_path / name
        path.mkdir()
        watch.follow("training", path, process)

        def report(state, pid=7, **fields):
            (path / "status.json").write_text(json.dumps({"state": state, "pid": pid, **fields}))
            return watch.look()

        return report, process

    return start


def test_form_that_is_none_is_refused(monkeypatch):
    monkeypatch.delenv(LOG, raising=False)
    assert log_form() == "plain"
    monkeypatch.setenv(LOG, "xml")
    with pytest.raises(ConfigError, match="AEVIZ_LOG='xml' is no form of a log; expected plain or json"):
        log_form()


def test_line_has_time_level_event_and_traceback(lines):
    log = logging.getLogger("aeviz.test")
    log.warning("refused\n%s", "two lines", extra={"event": "refusal"})
    try:
        raise WorkerError("so it was")
    except WorkerError:
        log.exception("it failed")
    first, second = lines
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", first["time"])
    assert first | {"time": ""} == {"time": "", "level": "warning", "event": "refusal", "message": "refused\ntwo lines"}
    assert (second["level"], second["event"]) == ("error", "error")
    assert "so it was" in second["error"]


def test_job_is_queued_starts_and_ends(lines, follow, monkeypatch):
    monkeypatch.setattr(journal, "_find_session", [lambda: "abcd"])
    report, _ = follow()
    monkeypatch.setattr(journal, "_find_session", [])
    assert report("finished", pid=6)  # what an earlier trainer left
    assert report("queued")
    assert report("training")
    assert report("training")
    assert not report("finished")
    assert [line["event"] for line in lines] == ["job queued", "job started", "job ended"]
    for line in lines:
        assert (line["job"], line["kind"], line["session"]) == ("my-run", "training", "abcd")
    assert lines[-1]["state"] == "finished"


@pytest.mark.parametrize(("state", "said"), [("failed", "the disk is full"), ("training", "its process ended early")])
def test_job_that_fails_or_is_killed_says_why(state, said, lines, follow):
    report, process = follow()
    report("training")
    process.status = -9
    assert not report(state, message="the disk is full")
    assert (lines[-1]["event"], lines[-1]["level"]) == ("job failed", "warning")
    assert lines[-1]["message"].endswith(said)


def test_nothing_is_followed_where_people_read_the_log(follow, monkeypatch):
    monkeypatch.delenv(LOG, raising=False)
    follow()
    assert watch._followed == []


def page_with_an_error():
    from aeviz.errors import DataError
    from aeviz.web.kernel.journal import note_visit
    from aeviz.web.kernel.page import errors_as_messages

    note_visit()
    with errors_as_messages():
        raise DataError("the images are gone")


def test_visit_has_a_random_name_that_its_errors_carry(lines):
    page = AppTest.from_function(page_with_an_error, default_timeout=60).run()
    page.run()
    started, error, again = lines
    assert started["event"] == "visit started"
    assert re.fullmatch("[0-9a-f]{8}", started["session"])
    for line in (error, again):
        assert (line["event"], line["message"]) == ("page error", "the images are gone")
        assert line["session"] == started["session"]
    for session in list(visits_log._names):
        visits_log._end(session)
    assert (lines[-1]["event"], lines[-1]["session"]) == ("visit ended", started["session"])
