"""The pages that train and compare, as AppTest runs them; the trainer behind the start button is a real process."""

import json
import os
import shutil
import signal
import time
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from aeviz.paths import checkpoints_root
from aeviz.presets import PRESETS
from aeviz.registry import ENCODERS
from aeviz.training.monitor import Monitor
from aeviz.training.runs import CONFIG, HISTORY, RunFolder
from aeviz.training.status import JobStatus, has_trainer, is_asked, now, read_status, write_status
from aeviz.workers import process, training

FORM = "train-form."


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """The AEVIZ_RUNS of the app; no trainer outlives the test."""
    monkeypatch.delenv("AEVIZ_JOBS", raising=False)
    folder = tmp_path / "runs"
    yield folder
    for path in folder.iterdir() if folder.is_dir() else ():
        if has_trainer(path):
            os.kill(read_status(path).pid, signal.SIGKILL)
    for trainer in list(process._children):
        trainer.wait(timeout=20)
    process.reap()


@pytest.fixture
def train(app, runs):
    """The app on the page that trains."""
    return app.switch_page("pages/train.py").run()


def texts(elements):
    return [element.value for element in elements]


def field(app, name):
    """The widget of a setting, whatever its kind."""
    kinds = (app.selectbox, app.number_input, app.text_input)
    return next(widget for kind in kinds for widget in kind if widget.key == FORM + name)


def names(app):
    return {
        widget.key.removeprefix(FORM)
        for kind in (app.selectbox, app.number_input, app.text_input)
        for widget in kind
        if widget.key is not None and widget.key.startswith(FORM)
    }


def set_to(app, **values):
    """Change settings, named with __ for the dot, and run the page."""
    for name, value in values.items():
        field(app, name.replace("__", ".")).set_value(value)
    return app.run()


def button(app, label):
    return next(widget for widget in app.button if widget.label == label)


def start_button(app):
    return button(app, "Start training")


def shell(app):
    return next(code.value for code in app.code if "aeviz train" in code.value)


def leave_job(runs, name, state, *settings, preset="quick-look", history=0, **changes):
    """A run as a trainer left it that is gone, with a shipped model's first epochs."""
    path = runs / name
    config = PRESETS[preset].config.with_settings(settings)
    path.mkdir(parents=True)
    if history:
        shipped = checkpoints_root() / "digits-2d-adam"
        shutil.copy(shipped / CONFIG, path)
        lines = (shipped / HISTORY).read_text().splitlines(keepends=True)
        (path / HISTORY).write_text("".join(lines[:history]))
    status = JobStatus(state=state, settings=config, pid=1, from_app=True, queued_at=now(), updated_at=now())
    write_status(path, replace(status, epoch=history, **changes))
    return path


# The form

EMBEDDED = ("digits", "circles")


def test_form_starts_with_the_quick_look(train):
    assert not train.exception
    assert not train.error
    assert texts(train.title) == ["Train"]
    assert field(train, "preset").value == "quick-look"
    assert not start_button(train).disabled
    assert shell(train) == ".venv/bin/aeviz train quick-look"
    assert "13,666 parameters. Compression 64 to 2 numbers (32.0 : 1)." in texts(train.caption)
    assert "No run yet" in train.info[0].value


@pytest.mark.parametrize("preset", [name for name in PRESETS if PRESETS[name].config.data.name in EMBEDDED])
def test_preset_fills_the_form_with_its_settings(preset, train):
    app = set_to(train, preset=preset)
    config = PRESETS[preset].config
    assert field(app, "data").value == config.data.name
    assert field(app, "model.encoder").value == config.model.encoder
    assert field(app, "model.hidden").value == ", ".join(map(str, config.model.hidden))
    assert field(app, "model.latent_dim").value == config.model.latent_dim
    assert field(app, "optimizer.name").value == config.optimizer.name
    assert field(app, "optimizer.learning_rate").value == config.optimizer.learning_rate
    assert field(app, "train.epochs").value == config.train.epochs
    assert field(app, "train.gradient_clip").value == 0
    assert shell(app) == f".venv/bin/aeviz train {preset}"
    assert not app.warning
    assert app.query_params.get("preset", "quick-look") == preset


def test_preset_of_the_convolutions_shows_their_channels(train):
    app = set_to(train, preset="conv-64d-amsgrad")
    assert field(app, "model.channels").value == "16, 32"
    assert "model.hidden" not in names(app)


def test_variational_preset_shows_its_kl_and_a_plain_latent_has_none(train):
    app = set_to(set_to(train, preset="vae-2d"), data="circles")
    assert field(app, "objective.kl_weight").value == 4e-5
    assert "--set data.name=circles" in shell(app)
    app = set_to(app, model__bottleneck="deterministic")
    assert "objective.kl_weight" not in names(app)
    assert not app.error
    assert "--set model.bottleneck=deterministic" in shell(app)
    assert "--set objective.kl_weight=0" in shell(app)


def test_plain_preset_becomes_variational(train):
    app = set_to(set_to(train, model__bottleneck="flow"), objective__kl_weight=0.01)
    assert not app.error
    assert not start_button(app).disabled
    app = set_to(app, model__encoder="conv")
    assert not app.error
    assert "--set model.features=64" in shell(app)


def test_preset_of_missing_data_offers_the_download_and_cannot_start(train):
    app = set_to(train, preset="quick-look-mnist")
    assert not app.exception
    assert any("MNIST is not on this machine" in text for text in texts(app.markdown))
    assert "Start training" not in [widget.label for widget in app.button]


def test_preset_comes_from_the_address(app, runs):
    app.query_params["preset"] = "circles-3d"
    app.switch_page("pages/train.py").run()
    assert field(app, "preset").value == "circles-3d"
    assert field(app, "model.latent_dim").value == 3


def test_unknown_preset_in_the_address_is_ignored(app, runs):
    app.query_params["preset"] = "../../etc"
    app.switch_page("pages/train.py").run()
    assert not app.exception
    assert field(app, "preset").value == "quick-look"


def test_edits_survive_leaving_the_page(train):
    set_to(train, preset="digits-2d-adam")
    set_to(train, train__epochs=17, model__hidden="40, 20", optimizer__name="sgd", optimizer__momentum=0.5)
    train.switch_page("pages/home.py").run()
    app = train.switch_page("pages/train.py").run()
    assert field(app, "preset").value == "digits-2d-adam"
    assert field(app, "train.epochs").value == 17
    assert field(app, "model.hidden").value == "40, 20"
    assert field(app, "optimizer.name").value == "sgd"
    assert field(app, "optimizer.momentum").value == 0.5
    for change in ("train.epochs=17", "'model.hidden=[40,20]'", "optimizer.name=sgd", "optimizer.momentum=0.5"):
        assert f"--set {change}" in shell(app)
    app = set_to(app, preset="quick-look")  # another experiment fills the form anew
    assert field(app, "train.epochs").value == 100


def test_edits_survive_another_architecture(train):
    set_to(train, model__hidden="40, 20", train__seed=5)
    app = set_to(train, model__encoder="conv")
    assert "model.hidden" not in names(app)
    set_to(app, model__channels="4, 8")
    app = set_to(app, model__encoder="linear")
    assert not {"model.hidden", "model.channels"} & names(app)
    assert "model.output=identity" in shell(app)
    assert "model.decoder=linear" in shell(app)
    app = set_to(app, model__encoder="mlp")
    assert field(app, "model.hidden").value == "40, 20"
    assert field(app, "train.seed").value == 5
    assert "model.channels=[4,8]" in shell(app)
    assert field(set_to(app, model__encoder="conv"), "model.channels").value == "4, 8"


def test_form_lists_what_another_package_registers(train):
    spec = replace(ENCODERS["conv"], name="from_elsewhere", title="an encoder from elsewhere", fields=("channels",))
    ENCODERS.register(spec)
    try:
        app = train.run()
        assert "an encoder from elsewhere" in field(app, "model.encoder").options
        app = set_to(app, model__encoder="from_elsewhere")
        assert "model.channels" in names(app)
        assert "model.encoder=from_elsewhere" in shell(app)
    finally:
        ENCODERS.unregister("from_elsewhere")


def test_other_data_brings_its_shape(train):
    app = set_to(train, data="circles")
    assert "data.name=circles" in shell(app)
    assert "model.image_shape=[1,28,28]" in shell(app)
    assert not start_button(app).disabled


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train__batch_size": 1251}, "Batch size 1,251 is larger than the 1,250 training images of digits"),
        ({"data__validation_fraction": 0.9, "train__batch_size": 151}, "larger than the 150 training images"),
        ({"model__latent_dim": 65}, "model.latent_dim=65 is wider than the input of 64 values; choose at most 64"),
        ({"model__hidden": "a,b"}, "Hidden layers (units): 'a,b' is not a list of whole numbers; expected for example"),
        ({"model__hidden": "64, -3"}, "is not a list of whole numbers"),
        ({"model__hidden": "64, 0"}, "expected at most 32 whole numbers from 1 to 16384"),
        ({"model__hidden": "9" * 5000}, "is not a list of whole numbers"),
        ({"train__epochs": None}, "Epochs is empty; expected a number"),
        ({"optimizer__learning_rate": None}, "Learning rate is empty; expected a number"),
        ({"train__gradient_clip": None}, None),
        ({"model__encoder": "conv", "model__hidden": ""}, None),
        ({"model__encoder": "linear", "objective__reconstruction": "bce"}, "needs outputs in (0, 1)"),
    ],
)
def test_choice_that_cannot_work_is_said_and_not_started(change, message, train):
    before = shell(train)
    app = set_to(train, **change)
    assert not app.exception
    if message is None:
        assert not app.error
        return
    assert message in app.error[0].value
    assert start_button(app).disabled
    assert not app.code
    assert "No run yet" in app.info[0].value  # the rest of the page is there
    defaults = PRESETS["quick-look"].config.settings()
    original = {
        "train__batch_size": 64,
        "data__validation_fraction": 1 / 6,
        "model__latent_dim": 2,
        "model__hidden": "64, 32, 16",
        "train__epochs": 100,
        "optimizer__learning_rate": 0.01,
        "model__encoder": "mlp",
        "objective__reconstruction": defaults["objective.reconstruction"],
    }
    app = set_to(app, **{name: original[name] for name in change})
    assert not app.error
    assert not start_button(app).disabled
    assert shell(app) == before


def test_too_many_convolutions_are_said(train):
    set_to(train, model__encoder="conv")
    app = set_to(train, model__channels="4, 4, 4, 4, 4")
    assert "halves images of 8 pixels 5 times" in app.error[0].value
    assert start_button(app).disabled


def test_folder_of_my_own_images(train, tmp_path):
    app = set_to(train, data="my own folder of images")
    assert "Enter a folder with at least 12 images" in app.info[0].value
    app = set_to(app, folder=str(tmp_path / "nowhere"), side=16, train__batch_size=4)
    assert "nowhere" in app.error[0].value
    assert start_button(app).disabled
    (tmp_path / "my pictures").mkdir()
    for number in range(24):
        picture = np.full((20, 30), 10 * number, dtype=np.uint8)
        Image.fromarray(picture).save(tmp_path / "my pictures" / f"{number}.png")
    app = set_to(app, folder=f"  {tmp_path}/nowhere/../my pictures ")
    assert not app.error, texts(app.error)
    assert f"'data.name=folder:{tmp_path}/my pictures'" in shell(app)
    assert "model.image_shape=[1,16,16]" in shell(app)


@pytest.mark.parametrize(
    ("change", "warned"),
    [
        ({"optimizer__learning_rate": 0.05}, True),
        ({"optimizer__learning_rate": 0.03}, False),
        ({"optimizer__learning_rate": 0.05, "train__gradient_clip": 1.0}, False),
        ({"optimizer__learning_rate": 0.5, "optimizer__name": "sgd"}, False),
        ({"optimizer__learning_rate": 5.0, "optimizer__name": "sgd"}, True),
    ],
)
def test_risky_learning_rate_is_warned_of_and_can_be_watched(change, warned, train):
    app = set_to(train, **change)
    assert ["diverge or leaves dead" in text for text in texts(app.warning)] == [True] * warned
    assert not start_button(app).disabled


def test_latent_wider_than_the_narrowest_layer_is_warned_of(train):
    app = set_to(train, model__latent_dim=20)
    assert "narrowest hidden layer has 16 units, fewer than the 20 latent dimensions" in app.warning[0].value
    assert not start_button(app).disabled


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
    assert "Delete for good" in [widget.label for widget in app.button]
    app.switch_page("pages/home.py").run()
    assert f"**{job.name}**" in texts(app.markdown)
    app.switch_page("pages/train.py")
    app.query_params["run"] = job.name
    app = button(app.run(), "Delete for good").click().run()
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
        ("stopped", "Stopped after 4 epochs"),
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
        assert "Delete for good" not in labels
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


# Comparing


def open_comparison(app, *names):
    if names:
        app.query_params["runs"] = list(names)
    return app.switch_page("pages/compare.py").run()


def differences(app):
    """The table of what differs: setting to cells."""
    table = next(text for text in texts(app.markdown) if text.startswith("| |"))
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0]: row[1:] for row in rows}


def test_comparison_shows_what_differs_and_only_that(app, runs):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", runs / "mine")
    mine = RunFolder.read(runs / "mine")
    changed = mine.config.with_settings(["model.latent_dim=2", "optimizer.learning_rate=0.5", "train.seed=99"])
    replace(mine, config=changed).write()
    app = open_comparison(app)
    app.multiselect(key="runs").set_value(["digits-2d-adam", "mine"]).run()
    assert not app.exception
    assert not app.error
    rows = differences(app)
    settings = {key for key in rows if "." in key and not key.startswith("**")}
    assert settings == {"optimizer.learning_rate", "train.seed"}
    assert rows["train.seed"][1] == "99"
    best = min(json.loads(line)["val_mse"] for line in (runs / "mine" / HISTORY).read_text().splitlines())
    assert rows["**validation error (MSE)**"][0].startswith(f"{best:.5f} (epoch ")
    assert texts(app.title) == ["Compare runs"]


def test_comparison_of_two_optimizers_is_called_fair(app, runs):
    app = open_comparison(app)
    app.multiselect(key="runs").set_value(["digits-2d-adam", "digits-2d-amsgrad"]).run()
    assert not app.exception
    assert set(differences(app)) >= {"optimizer.name", "**test error (MSE)**"}
    assert any(text.startswith("A fair comparison:") for text in texts(app.caption))


def test_comparison_without_a_choice_asks_for_one(app, runs):
    app = open_comparison(app)
    app.multiselect(key="runs").set_value([]).run()
    assert not app.exception
    assert "Choose one or more runs above" in app.info[0].value


def test_comparison_takes_up_to_six_of_any_data(app, runs):
    app = open_comparison(app)
    shipped = app.multiselect(key="runs").options[:6]
    app.multiselect(key="runs").set_value(shipped).run()
    assert not app.exception
    assert not app.error
    assert len(differences(app)["**parameters**"]) == len(shipped)


@pytest.mark.parametrize(
    "asked", [["digits-2d-adam", "nobodys-run"], ["nobodys-run"], ["../../etc"], ["digits-2d-adam"] * 2]
)
def test_unknown_name_in_the_address_is_no_error(asked, app, runs):
    app = open_comparison(app, *asked)
    assert not app.exception
    assert not app.error
    assert differences(app)


def test_more_names_in_the_address_than_fit_are_no_error(app, runs):
    names = [path.name for path in checkpoints_root().iterdir()]
    for number in range(8):
        shutil.copytree(checkpoints_root() / "digits-2d-adam", runs / f"copy-{number}")
        names.append(f"copy-{number}")
    app = open_comparison(app, *names)
    assert not app.exception
    assert not app.error


def test_run_that_has_not_finished_an_epoch_is_compared_all_the_same(app, runs):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", runs / "young")
    for name in ("latents.npz", "evaluation.json", HISTORY):
        (runs / "young" / name).unlink()
    app = open_comparison(app)
    app.multiselect(key="runs").set_value(["young"]).run()
    assert not app.exception
    assert differences(app)["**epochs trained**"] == ["0"]
    assert "No run has finished an epoch yet." in texts(app.caption)
