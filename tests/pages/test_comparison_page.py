"""The comparison on runs of the visitor's own, tiny ones."""

import functools
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from visits import new_session, open_page, texts

from aeviz.experiment import train
from aeviz.training.status import JobStatus
from aeviz.web.kernel import jobs
from aeviz.web.optimizers.comparison import PLANES, SETTINGS
from aeviz.workers import training
from aeviz.workers.training import Job


@pytest.fixture
def open_comparison(app_without_models, tiny_config, tmp_path):
    """A function that trains a run of one epoch for each tuple of settings, and opens the comparison among them."""

    def visit(*runs, **address):
        for place, settings in enumerate(runs):
            train(tiny_config("train.epochs=1", *settings), out=tmp_path / "runs" / f"run-{place}")
        app = open_page(app_without_models, "optimizers", section="comparison", **address)
        assert not app.exception, texts(app.exception)
        return app

    return visit


def test_lines_are_shown_beside_each_other_but_not_aligned(open_comparison):
    app = open_comparison(("model.latent_dim=1",), ("model.latent_dim=1", "optimizer.name=amsgrad"), part=PLANES)
    assert "Adam or AMSGrad? 1 seed each: a 1-D autoencoder of digits" in app.selectbox(key="comparison").value
    assert "aligned" not in {toggle.key for toggle in app.toggle}
    assert any("cannot be aligned" in text for text in texts(app.caption))
    assert not any("Aligned:" in text for text in texts(app.caption))
    assert not any("moved most" in text for text in texts(app.markdown))


def test_one_method_with_two_values_of_beta2_is_a_comparison(open_comparison):
    app = open_comparison((), ("optimizer.beta2=0.9",), part=SETTINGS)
    assert "Curves (CSV)" in [widget.proto.label for widget in app.get("download_button")]
    app.segmented_control(key="part").set_value(PLANES).run()
    assert app.selectbox(key="left").options == ["Adam 0.003, beta2 0.999", "Adam 0.003, beta2 0.9"]
    assert app.selectbox(key="right").value == "Adam 0.003, beta2 0.9"
    assert any("images that moved most" in text for text in texts(app.markdown))


def test_arrows_follow_the_toggle_and_name_the_axes_of_the_map(open_comparison):
    app = open_comparison(
        ("model.latent_dim=3",), ("model.latent_dim=3", "optimizer.beta2=0.9"), of="0"
    )  # as shared earlier
    assert any("images that moved most" in text and text.endswith(", aligned") for text in texts(app.markdown))
    aligned = arrow_plot(app)
    assert (aligned["layout"]["xaxis"]["title"]["text"], aligned["layout"]["yaxis"]["title"]["text"]) == ("PC1", "PC2")
    app.toggle(key="aligned").set_value(False).run()
    assert any("images that moved most" in text and text.endswith("not aligned") for text in texts(app.markdown))
    assert not any("of the variance is matched" in text for text in texts(app.caption))
    assert arrow_plot(app)["data"][1]["y"] != aligned["data"][1]["y"]


def arrow_plot(app):
    return next(
        spec
        for spec in (json.loads(chart.proto.spec) for chart in app.get("plotly_chart"))
        if any(trace.get("name") == "moved most" for trace in spec["data"])
    )


def test_layers_show_steps_or_the_maximum_of_second_moments(open_comparison):
    app = open_comparison(
        ("preset=optimizer-comparison",),
        ("preset=optimizer-comparison", "optimizer.name=amsgrad"),
        why="effective step size",
    )
    assert any("Effective step size by layer" in text for text in texts(app.markdown))
    titles = [
        note["text"]
        for chart in app.get("plotly_chart")
        for note in json.loads(chart.proto.spec)["layout"].get("annotations", [])
    ]
    assert titles == [
        "encoder 64 to 8",
        "encoder 8 to 4",
        "to the latent, 4 to 2",
        "decoder 2 to 4",
        "decoder 4 to 8",
        "decoder 8 to 64",
    ]
    app.segmented_control(key="why").set_value("maximum of second moments").run()
    assert not app.exception
    assert any("Root of the largest second moment so far" in text for text in texts(app.markdown))


@dataclass
class Trainers:
    """Trainers that do nothing: what was started and stopped."""

    found: list[Job] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def end(self, *names, state="finished"):
        """Let runs be over."""
        self.found = [replace(job, state=state) if job.name in names else job for job in self.found]

    def start(self, config):
        status = JobStatus(state="queued", settings=config, pid=1, from_app=True, queued_at=0.0, updated_at=0.0)
        job = Job(
            path=Path(f"run-{len(self.found)}"), status=status, state="queued", is_pausing=False, is_stopping=False
        )
        self.found.append(job)
        return job


@pytest.fixture
def trainers(monkeypatch):
    made = Trainers()
    monkeypatch.setattr(training, "list_jobs", lambda: list(made.found))
    monkeypatch.setattr(training, "start", made.start)
    monkeypatch.setattr(training, "stop", made.stopped.append)
    return made


@pytest.fixture
def visitors(app_without_models):
    """Two sessions that have the form of a comparison before them, and nothing to compare yet."""
    apps = app_without_models, new_session()
    for one in apps:
        open_page(one, "optimizers", section="comparison", seeds="1")
        one.pills(key="against").set_value(["Adam", "SGD"]).run()
    return apps


def test_comparison_belongs_to_the_visitor_who_started_it_and_another_is_asked(visitors, trainers):
    mine, theirs = visitors
    mine.button[-1].click().run()
    assert len(trainers.found) == 2
    theirs.run()
    assert not theirs.exception
    assert any("Another visitor started it" in text for text in texts(theirs.caption))
    assert any("not started from this window. Stop it anyway?" in text for text in texts(theirs.markdown))
    assert theirs.button(key="stop-comparison").label == "Stop it"
    mine.run()
    assert not any("not started from this window" in text for text in texts(mine.markdown))
    assert mine.button(key="stop-comparison").label == "Stop the comparison"
    mine.button(key="stop-comparison").click().run()
    assert trainers.stopped == ["run-0", "run-1"]
    theirs.button(key="stop-comparison").click().run()  # as after a reload
    assert trainers.stopped == ["run-0", "run-1"] * 2


def test_click_that_comes_when_a_run_has_just_ended_stops_the_comparison(visitors, trainers, monkeypatch):
    """The browser asks for the part with the button alone, which finds other jobs at work than it was drawn with."""
    from streamlit.testing.v1 import local_script_runner

    app = visitors[0]
    app.button[-1].click().run()
    assert [job.name for job in trainers.found] == ["run-0", "run-1"]
    trainers.end("run-0")
    button = app.button(key="stop-comparison")
    part = app._session_state._state._new_widget_state.widget_metadata[button.id].fragment_id
    assert part
    with monkeypatch.context() as patch:
        data = local_script_runner.RerunData
        patch.setattr(local_script_runner, "RerunData", functools.partial(data, fragment_id=part))
        button.click().run()
    assert "run-1" in trainers.stopped


def test_progress_after_a_reload_counts_the_latest_comparison_alone(visitors, trainers):
    """Another comparison with the same settings was stopped just before it."""
    mine, theirs = visitors
    mine.button[-1].click().run()
    assert len(trainers.found) == 2
    trainers.end("run-0", "run-1")
    mine.run()
    mine.button[-1].click().run()
    trainers.end("run-2")
    theirs.run()
    progress = [bar.proto.text for app in (mine.run(), theirs) for bar in app.get("progress")]
    assert len(progress) == 2
    assert all(text.startswith("1 of 2 runs") for text in progress), progress


def test_stopped_runs_do_not_count_as_finished(visitors, trainers):
    app = visitors[0]
    app.button[-1].click().run()
    trainers.end("run-0", state="stopped")
    app.run()
    (text,) = (bar.proto.text for bar in app.get("progress"))
    assert text.startswith("0 of 2 runs of ")
    assert ", 1 stopped; about" in text


def test_trainers_are_started_although_the_visitor_clicks_on_and_not_after_a_stop(trainers, monkeypatch):
    from aeviz.lab.optimizer_comparison import plan
    from aeviz.presets import get_preset
    from aeviz.web.optimizers import comparison_start

    configs = plan(get_preset("digits-2d-adam").config, {"adam": 0.003, "sgd": 10.0}, 3)
    monkeypatch.setattr(comparison_start, "_latest", set())
    monkeypatch.setattr(jobs, "owner", lambda: "owner")
    comparison_start._is_stopped.clear()
    own, problems = set(), []
    for config, expected in ((configs[:4], 4), (configs[4:], 4)):
        comparison_start._turn.acquire()
        places = jobs.hold_places(len(config), in_turn=True)
        comparison_start._start_all(places, config, own, problems, "en")  # what the thread does
        assert not comparison_start._turn.locked()
        assert not jobs._starting
        assert len(own) == len(trainers.found) == expected
        comparison_start._stop(["run-0"])
    assert problems == []


def test_comparison_that_was_asked_to_stop_says_so(visitors, trainers):
    app = visitors[0]
    app.button[-1].click().run()
    trainers.found = [replace(job, is_stopping=True) for job in trainers.found]
    app.run()
    assert any("Stopping" in text for text in texts(app.caption))
    assert "stop-comparison" not in {button.key for button in app.button}


def test_only_one_comparison_is_started_at_a_time(visitors, trainers, monkeypatch):
    from aeviz.web.optimizers import comparison, comparison_start

    mine, theirs = visitors
    with comparison_start._turn:  # another visitor's trainers are being started
        mine.button[-1].click().run()
        assert any("Another visitor's comparison is running" in text for text in texts(mine.warning))
    assert trainers.found == []
    mine.button[-1].click().run()
    form = comparison_start._show_form  # it was before them when mine was started
    monkeypatch.setattr(comparison, "show_start", lambda is_first: form())
    theirs.button[-1].click().run()
    assert any("Another visitor's comparison is running" in text for text in texts(theirs.warning))
    assert len(trainers.found) == 2


def test_nobody_is_led_away_by_anothers_comparison(open_comparison, trainers):
    """Who reads a comparison keeps it when another one ends; who started that one is shown it."""
    bce = ("objective.reconstruction=bce",)
    app = open_comparison((), ("optimizer.beta2=0.9",), bce, (*bce, "optimizer.beta2=0.9"))
    options = app.selectbox(key="comparison").options
    read, ended = (next(name for name in options if f"reconstruction {loss}" in name) for loss in ("mse", "bce"))
    app.selectbox(key="comparison").set_value(read).run()
    assert app.selectbox(key="comparison").value == read
    app.session_state["comparison.own"] = frozenset({"run-2", "run-3"})
    assert app.run().selectbox(key="comparison").value == ended
    app.selectbox(key="comparison").set_value(read).run()
    assert app.selectbox(key="comparison").value == read


def test_comparison_has_so_many_runs_at_most(visitors, trainers):
    app = visitors[0]
    app.slider(key="seeds").set_value(10).run()
    assert not app.button[-1].disabled
    app.pills(key="against").set_value(["Adam", "SGD", "AMSGrad"]).run()
    assert app.button[-1].disabled
    assert any("at most 20 runs" in text for text in texts(app.caption))
