"""Train on a server in class mode and in demo mode, as AppTest runs it."""

from pathlib import Path

import numpy as np
import pytest
from train_form import FORM, button, field, leave_job, start_button, texts

from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.data.imports.visits import take
from aeviz.data.picked import zip_picked
from aeviz.errors import NotAllowedError
from aeviz.lab.adaptive import TRAINED
from aeviz.lab.optimizer_comparison import USUAL_SEEDS, base_of, plan
from aeviz.serving.mode import MODE
from aeviz.serving.owners import hash_key, mark
from aeviz.training.runs import CONFIG
from aeviz.web.kernel import jobs
from aeviz.web.train.form import OWN_FOLDER
from aeviz.workers import training

ME = hash_key("my browser")
CONTROLS = {"Resume", "Delete permanently", "Stop", "Pause"}


@pytest.fixture
def in_class(monkeypatch, runs):
    """Class mode, where the visitor's browser has a key."""
    monkeypatch.setenv("AEVIZ_RUNS", str(runs))
    monkeypatch.setenv(MODE, "class")
    monkeypatch.setattr(jobs, "owner", lambda: ME)


def controls(app):
    return {widget.label for widget in app.button} & CONTROLS


def test_folders_of_the_server_are_neither_offered_nor_looked_at(app, runs, in_class, tmp_path, monkeypatch):
    """Whether a path exists changes nothing on the page."""
    looked = []
    monkeypatch.setattr("aeviz.web.train.form.resolve_folder", lambda path: looked.append(path))
    pages = []
    for folder in (tmp_path, tmp_path / "missing"):
        app.switch_page("pages/train.py")
        app.query_params["folder"] = str(folder)
        app.run()
        assert not app.exception
        assert OWN_FOLDER not in field(app, "data").options
        assert "Folder on the server" not in [widget.label for widget in app.text_input]
        pages.append([texts(app.caption), texts(app.info), texts(app.error), field(app, "data").value])
    assert pages[0] == pages[1]
    assert not looked


def test_made_up_choice_of_data_starts_nothing(runs, in_class, tmp_path):
    config = training.PRESETS["quick-look"].config.with_settings([f"data.name=folder:{tmp_path}"])
    with pytest.raises(NotAllowedError, match="on this server you train on a data set of the list, or on images that"):
        jobs.start(config)
    assert training.list_jobs() == []


def test_only_runs_of_ones_own_are_managed(train, runs, in_class):
    others = leave_job(runs, "others", "stopped", history=2)
    mark(others, hash_key("another browser"))
    leave_job(runs, "from-a-shell", "stopped", history=2)
    app = train.run()
    assert not app.exception
    assert not controls(app)
    assert {"**others**", "**from-a-shell**"} <= {text.split("  ")[0] for text in texts(app.markdown)}
    mine = leave_job(runs, "mine", "stopped", history=2)
    mark(mine, ME)
    assert controls(app.run()) == {"Resume", "Delete permanently"}
    for name in ("others", "from-a-shell"):
        for act in (jobs.delete, jobs.stop, jobs.pause, jobs.unpause, jobs.resume):
            with pytest.raises(NotAllowedError, match=f"'{name}' was not started in this browser; on this server you"):
                act(name)
    with pytest.raises(NotAllowedError, match="was not started in this browser"):
        jobs.delete("../runs/mine")
    app = button(app, "Delete permanently").click().run()
    assert not mine.exists()
    assert others.exists()


def test_runs_and_disk_of_a_visitor_have_a_limit(runs, in_class, monkeypatch):
    mark(leave_job(runs, "mine", "finished", history=2), ME)
    leave_job(runs, "others", "finished", history=2)
    jobs.check_new_runs()
    for name, value, said in (
        ("RUNS_EACH", 1, "at most 1 runs of one visitor .*; delete one of yours first"),
        ("RUNS", 2, "at most 2 runs in all .*; ask who runs it"),
        ("JOBS_EACH", 3, "at most 3 trainings of one visitor at work or in the queue"),
        ("FREE_MB", 10**9, "the server's disk has .* MB left"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(f"AEVIZ_LIMIT_{name}", str(value))
            with pytest.raises(NotAllowedError, match=said):
                jobs.check_new_runs(4 if name == "JOBS_EACH" else 1)
    (runs / "mine" / "large").write_bytes(bytes(1_100_000))
    monkeypatch.setattr("aeviz.serving.usage.SIZE_AGE_S", 0)  # the sizes are of a moment ago
    monkeypatch.setenv("AEVIZ_LIMIT_DISK_MB_EACH", "1")
    with pytest.raises(NotAllowedError, match=r"at most 1 megabytes of runs of one visitor .*; delete a run of yours"):
        jobs.check_new_runs()


def test_comparison_as_the_form_offers_it_can_start(runs, in_class, monkeypatch):
    """Its runs train one after another, and so count as runs, not as trainings at a time."""
    usual = len(plan(base_of("digits", 1), dict.fromkeys(TRAINED, 0.1), USUAL_SEEDS))
    places = jobs.hold_places(usual, in_turn=True)
    try:
        with pytest.raises(NotAllowedError, match="at most 20 runs of one visitor"):  # places are held for it
            jobs.check_new_runs(21 - usual, in_turn=True)
    finally:
        places.release()
    for name, value, said in (
        (
            "RUNS_EACH",
            usual - 1,
            "runs of one visitor .*; choose fewer seeds or optimizers, or delete runs of yours first",
        ),
        ("JOBS", usual - 1, "jobs at work or in the queue .*; choose fewer seeds or optimizers, or try again"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(f"AEVIZ_LIMIT_{name}", str(value))
            with pytest.raises(NotAllowedError, match=said):
                jobs.hold_places(usual, in_turn=True)
    jobs.check_new_runs()


def test_place_is_given_up_as_its_run_is_there(runs, in_class, monkeypatch):
    config = training.PRESETS["quick-look"].config
    monkeypatch.setattr(
        training, "start", lambda config: training.read_job(leave_job(runs, "mine", "finished", history=1))
    )
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS_EACH", "3")
    places = jobs.hold_places(2, in_turn=True)
    places.start(config)
    jobs.check_new_runs()  # one there, one held, and this one
    with pytest.raises(NotAllowedError, match="at most 3 runs of one visitor"):
        jobs.check_new_runs(2)
    places.release()
    jobs.check_new_runs(2)


def test_limit_is_one_sentence_on_the_page(train, runs, in_class, monkeypatch):
    monkeypatch.setenv("AEVIZ_LIMIT_RUNS_EACH", "1")
    mark(leave_job(runs, "mine", "finished", history=2), ME)
    app = start_button(train).click().run()
    assert not app.exception
    assert texts(app.error)[0].startswith("this server allows at most 1 runs of one visitor")
    assert len(training.list_jobs()) == 1
    assert "**mine**" in "".join(texts(app.markdown)), "what one may delete stands below"


def test_demonstration_changes_nothing(train, runs, in_class, monkeypatch):
    monkeypatch.setenv(MODE, "demo")
    mine = leave_job(runs, "mine", "stopped", history=2)
    mark(mine, ME)
    app = train.run()
    assert not app.exception
    assert start_button(app).disabled
    assert texts(app.info)[0].startswith("This server is a demonstration: everything can be looked at")
    assert not controls(app)
    acts = (
        lambda: jobs.start(training.PRESETS["quick-look"].config),
        lambda: jobs.delete("mine"),
        lambda: jobs.resume("mine"),
        lambda: jobs.check_upload(0),
        lambda: jobs.check_keep(mine),
    )
    for act in acts:
        with pytest.raises(NotAllowedError, match="this server is a demonstration"):
            act()
    assert (mine / CONFIG).is_file()


def test_open_server_offers_all_that_it_did(train, runs, monkeypatch):
    monkeypatch.delenv(MODE, raising=False)
    leave_job(runs, "from-a-shell", "stopped", history=2)
    app = train.run()
    assert OWN_FOLDER in field(app, "data").options
    assert controls(app) == {"Resume", "Delete permanently"}
    assert FORM + "data" in {widget.key for widget in app.selectbox}


def test_address_puts_images_of_this_visit_into_the_form_once(app, runs, in_class, tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("aeviz.web.train.bring.visitor_id", lambda: "me")
    name, archive = zip_picked(load_dataset(DataConfig(name="digits"), "test"), np.arange(40))
    for visitor in ("me", "another"):
        store, _ = take(visitor, {name: archive}, report=lambda share, text: None)
        app.query_params["images"] = store.name
    app = app.switch_page("pages/train.py").run()
    assert not app.exception
    chosen = Path(field(app, "data").value.removeprefix("folder:"))
    assert (chosen.name, chosen.parent.parent.name) == ("digits_40", "me")
    assert "Images: digits-40.zip: 40 images of 8x8, yours for this visit" in texts(app.caption)
    field(app, "data").set_value("digits")
    assert field(app.run().run(), "data").value == "digits", "the address has had its turn"
