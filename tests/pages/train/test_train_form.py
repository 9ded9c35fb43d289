"""The form of Train, as AppTest runs it: presets, settings, and what cannot work."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from train_form import field, leave_job, names, set_to, shell, start_button, texts

from aeviz.paths import checkpoints_root
from aeviz.presets import PRESETS
from aeviz.registry import ENCODERS
from aeviz.training.runs import HISTORY, RunFolder
from aeviz.web.kernel.text import format_duration

# The form

EMBEDDED = ("digits", "circles")


def test_form_starts_with_the_quick_look(train):
    assert not train.exception
    assert not train.error
    assert texts(train.title) == ["Train"]
    assert field(train, "preset").value == "quick-look"
    assert not start_button(train).disabled
    assert shell(train) == ".venv/bin/aeviz train quick-look"
    line = next(text for text in texts(train.caption) if text.startswith("Trains"))
    assert "13,666 parameters for 100 epochs: 64 pixel values to 2 numbers (32.0 : 1) and back" in line
    assert [(fold.label, fold.proto.expanded) for fold in train.expander if "heory" not in fold.label] == [
        ("Your own images", False),
        ("Settings", False),
        ("Python that makes this", False),
    ]
    train.query_params["settings"] = "open"
    assert next(fold for fold in train.run().expander if fold.label == "Settings").proto.expanded


def test_example_plays_until_a_run_is_shown(train, runs):
    assert any(text.startswith("**Example, digits-2d-adam:**") for text in texts(train.caption))
    leave_job(runs, "done", "finished", history=3)
    train.query_params["run"] = "done"
    app = train.run()
    assert not any("Example" in text for text in texts(app.caption))
    assert "Selected run" in texts(app.subheader)


def test_page_does_without_the_example(app, runs, monkeypatch):
    monkeypatch.setattr("aeviz.web.train.example.EXAMPLE", "a-model-that-is-not-here")
    app = app.switch_page("pages/train.py").run()
    assert not app.exception
    assert not start_button(app).disabled
    assert not any("Example" in text for text in texts(app.caption))


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


def test_estimate_is_that_of_the_newest_run_of_the_same_network(train):
    def seconds(name):
        lines = (checkpoints_root() / name / HISTORY).read_text().splitlines()
        return float(np.median([json.loads(line)["seconds"] for line in lines]))

    app = set_to(train, preset="digits-2d-adam")
    alike = ("digits-2d-adam", "digits-2d-amsgrad")
    newest = max(alike, key=lambda name: RunFolder.read(checkpoints_root() / name).provenance.created)
    epochs = field(app, "train.epochs").value
    expected = f"An earlier run took about {format_duration(seconds(newest) * epochs)} for as many epochs"
    assert any(expected in caption for caption in texts(app.caption))
    app = set_to(app, model__latent_dim=7)
    assert any("The time left is known after the first epoch" in caption for caption in texts(app.caption))


def test_new_variational_bottleneck_gets_a_kl_weight_above_zero(train):
    app = set_to(train, model__bottleneck="gaussian")
    assert field(app, "objective.kl_weight").value == 0.0016  # 0.1 over 64 pixels
    assert field(app, "objective.kl_reduction").value == "sum"
    assert not app.warning
    app = set_to(app, objective__kl_weight=0.0)
    assert any("KL weight is 0" in warning.value for warning in app.warning)
    assert not app.error


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


def test_a_code_book_has_its_fields_and_fits_an_odd_latent(train):
    assert "model.codes" not in names(train)
    app = set_to(set_to(train, model__bottleneck="quantized"), model__latent_dim=5)
    assert {"model.codes", "model.code_dim", "model.commitment", "objective.penalty"} <= set(names(app))
    assert not app.error
    assert not start_button(app).disabled
    assert "--set model.code_dim=1" in shell(app)


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


def test_penalty_comes_with_a_weight_its_scales_and_only_the_fields_that_matter(train):
    assert "objective.penalty" in names(train)
    assert not {"objective.penalty_weight", "objective.sparsity"} & names(train)
    app = set_to(train, objective__penalty="l2", model__latent_dim=16)
    assert field(app, "objective.penalty_weight").value == 1e-4
    app = set_to(app, objective__penalty="kl_sparsity")
    assert field(app, "objective.penalty_weight").value == 1e-3
    assert field(app, "objective.sparsity").value == 0.05
    assert not app.error
    assert "--set model.latent=sigmoid" in shell(app)
    app = set_to(set_to(app, objective__penalty="l1"), objective__penalty_weight=0.0)
    assert any("penalty does nothing" in text for text in texts(app.warning))
    assert "model.latent=" not in shell(app)
    app = set_to(app, objective__penalty_weight=0.02)
    # of a mean over 64 pixels and one over 16 units: 0.02 * 64 / 16
    assert any("has weight 0.08 (the scale of S3); beside half" in text for text in texts(app.caption))
    assert any("squared error, 0.04 (S2)" in text for text in texts(app.caption))
    app = set_to(app, model__bottleneck="gaussian")
    assert not {"objective.penalty", "objective.penalty_weight"} & names(app)
    assert not app.error
    assert "objective.penalty=" not in shell(app)


def test_corruption_and_annealing_bring_their_fields(train):
    assert "objective.corruption_level" not in names(train)
    app = set_to(train, objective__corruption="masking")
    assert field(app, "objective.corruption_level").value == 0.3
    app = set_to(app, objective__corruption_level=0.0)
    assert any("nothing is corrupted" in text for text in texts(app.warning))
    app = set_to(app, objective__corruption_level=0.5, model__bottleneck="gaussian")
    assert "objective.annealing_epochs" not in names(app)
    app = set_to(app, objective__annealing="linear")
    app = set_to(app, objective__annealing_epochs=400)
    assert any("reaches 25% of its value" in text for text in texts(app.warning))
    app = set_to(app, objective__annealing="cyclical", objective__annealing_epochs=100)
    assert not app.warning
    for change in ("corruption=masking", "corruption_level=0.5", "annealing=cyclical", "annealing_epochs=100"):
        assert f"--set objective.{change}" in shell(app)


def test_activation_initial_weights_and_absolute_error_can_be_chosen(train):
    app = set_to(train, model__activation="elu", model__init="he", objective__reconstruction="l1")
    assert not app.error
    for change in ("model.activation=elu", "model.init=he", "objective.reconstruction=l1"):
        assert f"--set {change}" in shell(app)
    app = set_to(app, model__init="zero")
    assert any("one image for all" in text for text in texts(app.warning))
    app = set_to(app, model__encoder="linear")
    assert "model.activation" not in names(app)
    assert not app.error
    assert "model.activation" not in shell(app)


def test_edits_survive_leaving_the_page(train):
    set_to(train, preset="digits-2d-adam")
    set_to(train, train__epochs=17, model__hidden="40, 20", optimizer__name="sgd")
    set_to(train, optimizer__momentum=0.5)
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
    assert any("Example" in text for text in texts(app.caption))  # the rest of the page is there
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
    app = set_to(train, data="a folder of images on the server")
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


def test_address_puts_a_folder_into_the_form_once(app, runs, tmp_path):
    folder = tmp_path / "picked"
    folder.mkdir()
    for number in range(24):
        Image.fromarray(np.full((20, 20), 10 * number, dtype=np.uint8)).save(folder / f"{number}.png")
    app.query_params["folder"] = str(folder)
    app.query_params["side"] = "20"
    app = app.switch_page("pages/train.py").run()
    assert field(app, "data").value == "a folder of images on the server"
    assert "model.image_shape=[1,20,20]" in shell(set_to(app, train__batch_size=4))
    app = set_to(app, data="digits")
    assert field(app.run(), "data").value == "digits", "the address has had its turn"


@pytest.mark.parametrize("side", ["3", "513", "wide", ""])
def test_odd_side_in_the_address_is_ignored(app, runs, tmp_path, side):
    app.query_params["folder"] = str(tmp_path)
    app.query_params["side"] = side
    app = app.switch_page("pages/train.py").run()
    assert not app.exception
    assert field(app, "side").value == 64


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
