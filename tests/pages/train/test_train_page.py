"""Runs on Train, as AppTest runs it; the trainer behind the start button is a real process."""

import time
from contextlib import ExitStack

import pytest
from train_form import button, leave_job, set_to, start_button, texts

from aeviz.presets import PRESETS
from aeviz.training.monitor import Monitor
from aeviz.training.runs import CONFIG
from aeviz.training.status import is_asked
from aeviz.workers import training

# A run


@pytest.mark.slow
def test_start_button_starts_a_trainer_and_the_run_shows(train, runs):
    set_to(train, train__epochs=2, train__batch_size=128, train__seed=11)
    app = start_button(train).click().run()
    assert not app.exception
    (job,) = training.list_jobs()
    assert app.query_params["run"] == job.name
    assert "Selected run" in texts(app.subheader)
    assert any(text.startswith(f"**{job.name}**") for text in texts(app.markdown))
    expected = PRESETS["quick-look"].config.with_settings(["train.epochs=2", "train.batch_size=128", "train.seed=11"])
    assert job.status.settings == expected
    deadline = time.monotonic() + 60
    while training.find_job(job.name).is_active:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
        assert not app.exception
    app.run()
    assert training.find_job(job.name).state == "finished", training.find_job(job.name).status.message
    assert {"Training loss", "Validation loss"} <= {metric.label for metric in app.metric}
    assert not app.error
    assert "Delete permanently" in [widget.label for widget in app.button]
    app.switch_page("pages/home.py").run()
    assert f"**{job.name}**" in texts(app.markdown)
    app.switch_page("pages/train.py")
    app.query_params["run"] = job.name
    app = button(app.run(), "Delete permanently").click().run()
    assert not app.exception
    assert training.list_jobs() == []
    assert "run" not in app.query_params


def test_trainer_that_does_not_start_is_told(train, runs, monkeypatch):
    monkeypatch.setenv("AEVIZ_JOBS", "many")
    app = start_button(train).click().run()
    assert not app.exception
    assert "AEVIZ_JOBS='many'; expected a whole number from 1 up" in app.error[0].value
    assert training.list_jobs() == []


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("interrupted", "Interrupted after 4 epochs"),
        ("stopped", "Stopped after 4 epochs; the weights are kept"),
        ("failed", "training diverged in epoch 5"),
    ],
)
def test_run_that_ended_early_says_why_and_can_be_resumed(state, shown, train, runs, monkeypatch):
    left = "training" if state == "interrupted" else state
    leave_job(runs, "my-run", left, history=4, message="training diverged in epoch 5: the loss became nan")
    train.query_params["run"] = "my-run"
    app = train.run()
    assert not app.exception
    said = texts(app.warning) + texts(app.info) + texts(app.error)
    assert any(shown in text for text in said), said
    assert "Curves (CSV)" in [widget.proto.label for widget in app.get("download_button")]
    asked = []
    monkeypatch.setattr(training, "resume", lambda name, epochs=None: asked.append((name, epochs)))
    button(app, "Resume").click().run()
    assert asked == [("my-run", None)]


def test_run_that_is_not_there_any_more_is_said(train, runs):
    leave_job(runs, "other", "stopped")
    train.query_params["run"] = "../x"
    app = train.run()
    assert not app.exception
    assert "'../x' no longer exists" in app.info[0].value
    assert "Earlier runs" in texts(app.subheader)


def test_damaged_run_does_not_hide_the_others(train, runs):
    path = leave_job(runs, "damaged", "stopped", history=2)
    leave_job(runs, "other", "stopped", history=2)
    (path / CONFIG).write_text("{")
    train.query_params["run"] = "damaged"
    app = train.run()
    assert not app.exception
    assert "cannot read config.json of run 'damaged'" in app.error[0].value
    assert any("**other**" in text for text in texts(app.markdown))


def test_somebody_elses_run_is_asked_about_before_it_is_stopped(train, runs):
    path = leave_job(runs, "theirs", "training", history=3)
    monitor = Monitor(path, PRESETS["quick-look"].config, from_app=True)
    with monitor.at_work():
        monitor.report("training", epoch=3)
        app = train.run()
        assert any("**theirs** was not started in this window. Stop it anyway?" in t for t in texts(app.markdown))
        labels = [widget.label for widget in app.button]
        assert "Stop it" in labels
        assert "Stop" not in labels
        assert "Delete permanently" not in labels
        app.session_state["train.mine"] = {"theirs"}
        app = app.run()
        button(app, "Pause").click().run()
        assert is_asked(path, "pause")
        button(app, "Resume").click().run()
        assert not is_asked(path, "pause")
        button(app, "Stop").click().run()
        assert is_asked(path, "stop")
        assert "Stop" not in [widget.label for widget in app.button]


def test_queue_is_shown_in_its_order(train, runs):
    with ExitStack() as stack:
        for number, state in enumerate(("training", "queued", "queued")):
            name = f"run-{number}"
            path = leave_job(runs, name, state)
            monitor = Monitor(path, PRESETS["quick-look"].config, from_app=True)
            stack.enter_context(monitor.at_work())
            monitor.report(state)
        app = train.run()
        assert not app.exception
        assert "1 run at a time (AEVIZ_JOBS); 2 in the queue." in texts(app.caption)
        rows = [text.split("**")[1] for text in texts(app.markdown) if text.startswith("**run-") and ":small[" in text]
        assert rows == ["run-0", "run-1", "run-2"]
        assert "Other active runs" in texts(app.subheader)


def test_finished_run_of_constant_learning_rate_can_be_trained_longer(train, runs, monkeypatch):
    path = leave_job(runs, "done", "finished", "optimizer.schedule=constant", "train.epochs=4", history=4)
    (path / "last.safetensors").touch()
    train.query_params["run"] = "done"
    app = train.run()
    asked = []
    monkeypatch.setattr(training, "resume", lambda name, epochs=None: asked.append((name, epochs)))
    app.number_input(key="longer-done").set_value(9).run()
    button(app, "Resume").click().run()
    assert asked == [("done", 9)]
    leave_job(runs, "cycle", "finished", history=4)
    app.query_params["run"] = "cycle"
    assert "Resume" not in [widget.label for widget in app.run().button if widget.key == "longer-go-cycle"]
