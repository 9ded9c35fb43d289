"""An encoder, a bottleneck and a loss of another package train, load, measure and export like those of aeviz."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
import torch

from aeviz.cli import main
from aeviz.config import ModelConfig, ObjectiveConfig, RunConfig
from aeviz.errors import CheckpointError, ConfigError
from aeviz.models import build_model, describe_layers, initialise
from aeviz.objectives import Objective, log_likelihood
from aeviz.registry import BOTTLENECKS, ENCODERS, LOSSES, EncoderSpec, LossSpec, Registry, base
from aeviz.training.run import load
from aeviz.training.runs import RunFolder

MODULE = "package_of_somebody_else"
NAMES = ((ENCODERS, "conv_pool"), (BOTTLENECKS, "constant_variance"), (LOSSES, "quartic"))
CHOICES = {
    "encoder": ["--set", "model.encoder=conv_pool"],
    "bottleneck": ["--set", "model.bottleneck=constant_variance", "--set", "objective.kl_weight=0.001"],
    "loss": ["--set", "objective.reconstruction=quartic"],
}
TINY = ["--epochs", "1", "--device", "cpu", "--set", "model.channels=[4,6]", "--set", "model.hidden=[8,4]"]


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A module outside the package that AEVIZ_PLUGINS names; what it registers is removed again."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("example_plugin.py"), folder / f"{MODULE}.py")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv(base.PLUGINS, f" {MODULE} ,")
    yield
    for registry, name in NAMES:
        registry.unregister(name)
    sys.modules.pop(MODULE, None)


@pytest.mark.parametrize("kind", CHOICES)
def test_what_a_plugin_adds_trains_loads_and_is_measured(kind, plugin, tmp_path, runs_folder, capsys):
    path = tmp_path / "run"
    assert main(["train", "digits-2d-adam", "--out", str(path), *TINY, *CHOICES[kind]]) == 0, capsys.readouterr().err
    capsys.readouterr()
    assert main(["evaluate", str(path), "--json"]) == 0
    evaluation = json.loads(capsys.readouterr().out)
    assert 0 < evaluation["mse"] < 1
    assert (evaluation["kl"] is not None) == (kind == "bottleneck")
    run = load(path)
    images = np.zeros((3, 1, 8, 8), dtype=np.uint8)
    assert run.reconstruct(images).shape == (3, 1, 8, 8)
    spread = run.encode_log_variance(images)
    assert (spread is None) if kind != "bottleneck" else bool((spread - np.log(0.1)).abs().max() < 1e-6)
    model = run.config.model
    assert sum(layer.parameters for layer in describe_layers(model)) == run.folder.provenance.parameters
    assert model.decoder == model.encoder


@pytest.mark.slow
def test_all_three_together_export_and_have_an_elbo(plugin, tmp_path, runs_folder, capsys):
    path, files = tmp_path / "run", tmp_path / "onnx"
    choices = [option for options in CHOICES.values() for option in options]
    assert main(["train", "digits-2d-adam", "--out", str(path), *TINY, *choices]) == 0, capsys.readouterr().err
    evaluation = RunFolder.read(path).evaluation()
    assert evaluation.elbo == pytest.approx(evaluation.expected_log_likelihood - evaluation.kl, rel=1e-6)
    assert evaluation.log_likelihood_bound >= evaluation.elbo
    assert main(["export", str(path), "--format", "onnx", "--out", str(files)]) == 0, capsys.readouterr().err
    assert sorted(file.name for file in files.iterdir()) == ["decoder.onnx", "encoder.onnx"]


def test_run_whose_plugin_is_gone_says_what_is_missing(random_run, tmp_path):
    folder = random_run(ModelConfig(image_shape=(1, 8, 8), hidden=(4,))).folder
    config = json.loads((folder.path / "config.json").read_text())
    config["model"]["encoder"] = "conv_pool"
    (folder.path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"model\.encoder='conv_pool'; expected one of: mlp.*AEVIZ_PLUGINS"):
        load(folder.path)


def test_menus_list_what_a_plugin_adds(plugin):
    assert ENCODERS.titles()["conv_pool"] == "convolutional, max pooling"
    assert list(BOTTLENECKS) == ["deterministic", "gaussian", "flow", "quantized", "constant_variance"]
    assert LOSSES["quartic"].title == "mean fourth power"
    assert len(LOSSES) == 5


def test_help_of_train_lists_what_a_plugin_adds(plugin, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    words = capsys.readouterr().out.split()
    assert "model.encoder=mlp|conv|conv_bn|linear|conv_pool;" in words
    assert "model.bottleneck=deterministic|gaussian|flow|quantized|constant_variance;" in words
    assert "objective.reconstruction=mse|l1|bce|ms_ssim|quartic" in words


def test_help_with_a_plugin_that_is_not_there_is_one_line(monkeypatch, capsys):
    monkeypatch.setenv(base.PLUGINS, "no_such_module_of_anybody")
    assert main(["train", "--help"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_plugins_scale_makes_the_objective_minus_the_elbo(plugin):
    config = RunConfig(
        model=ModelConfig(image_shape=(1, 4, 4), bottleneck="gaussian", hidden=(4,)),
        objective=ObjectiveConfig(reconstruction="quartic", kl_weight=0.01),
    )
    y, x = torch.rand(2, 5, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    kl = torch.full((5, 2), 0.7)
    nats = log_likelihood(config)(y, x)
    law = scipy.stats.gennorm(4, scale=0.16**0.25)
    np.testing.assert_allclose(nats, law.logpdf((y - x).numpy()).sum(axis=(1, 2, 3)), rtol=1e-4)
    total = Objective(config.objective)(y, x, torch.zeros(5, 2), kl).total.item()
    constant = -16 * law.logpdf(0)
    assert total / 0.01 == pytest.approx(-(nats.mean().item() + constant) + 1.4, rel=1e-4)


def test_pooling_encoder_mirrors_odd_sides(plugin):
    model = build_model(ModelConfig(image_shape=(3, 7, 9), encoder="conv_pool", decoder="conv_pool", channels=(2, 3)))
    initialise(model, 0)
    assert model(torch.rand(2, 3, 7, 9)).shape == (2, 3, 7, 9)
    with pytest.raises(ConfigError, match="halves images of 7 pixels 6 times"):
        ModelConfig(image_shape=(3, 7, 9), encoder="conv_pool", channels=(2,) * 6)


# Registries


def test_unknown_name_lists_the_known_and_the_way_to_others():
    with pytest.raises(ConfigError) as caught:
        ModelConfig(encoder="conv_pool")
    assert str(caught.value) == (
        "model.encoder='conv_pool'; expected one of: mlp, conv, conv_bn, linear; or set AEVIZ_PLUGINS to the module "
        "that registers this encoder"
    )


def test_plugin_that_cannot_be_imported_is_named(monkeypatch):
    monkeypatch.setenv(base.PLUGINS, "no_such_module_of_anybody")
    with pytest.raises(ConfigError, match="AEVIZ_PLUGINS names the module 'no_such_module_of_anybody'"):
        ENCODERS.titles()
    assert ModelConfig(encoder="conv").encoder == "conv"  # what is known needs no plugin


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "which raised ZeroDivisionError while it was imported: division by zero; mend the module"),
        ("raise ValueError", "which raised ValueError while it was imported: it says no more; mend the module"),
        ("raise OSError('two\\nlines')", "which raised OSError while it was imported: two lines; mend the module"),
        ("def", r"which raised SyntaxError while it was imported: invalid syntax \(.*line 1\); mend the module"),
        ("import aeviz.no_such_part", "which cannot be imported: No module named 'aeviz.no_such_part'; install it"),
    ],
)
def test_plugin_that_fails_is_named_with_the_reason(code, reason, tmp_path, monkeypatch):
    (tmp_path / "plugin_that_fails.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(base.PLUGINS, "plugin_that_fails")
    for _ in range(2):  # it is tried again, and fails again
        with pytest.raises(ConfigError, match=f"names the module 'plugin_that_fails', {reason}"):
            ENCODERS.titles()


def test_second_thread_waits_until_a_plugin_is_imported(tmp_path, monkeypatch):
    code = "import time; time.sleep(0.3); from aeviz.registry import LOSSES, LossSpec; list(LOSSES); LOSSES.register("
    code += "LossSpec(name='slow', title='', symbol='', summary='', function=lambda x, y: x.mean()))"
    (tmp_path / "slow_plugin.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(base.PLUGINS, "slow_plugin")
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda _: "slow" in list(LOSSES), range(4)))
    finally:
        LOSSES.unregister("slow")
        sys.modules.pop("slow_plugin", None)


@pytest.mark.parametrize("name", ["", "Mlp", "a-b", "7up", "a b", "../x"])
def test_names_are_plain(name):
    with pytest.raises(ConfigError, match="has no valid name"):
        Registry("loss").register(loss(name))


def test_names_are_taken_once():
    registry = Registry("loss", loss("l1"))
    with pytest.raises(ConfigError, match="there is a loss 'l1' already"):
        registry.register(loss("l1"))
    registry.unregister("l1")
    registry.unregister("l1")
    assert registry.register(loss("l1")) is registry["l1"]


def loss(name):
    return LossSpec(name=name, title="", symbol="", summary="", function=lambda x, y: x.mean())


@pytest.mark.parametrize("registry", [ENCODERS, BOTTLENECKS, LOSSES], ids=lambda registry: registry.kind)
def test_every_entry_is_complete(registry):
    for name, entry in registry.items():
        assert entry.name == name
        assert entry.title
        for target in (getattr(entry, field) for field in ("build", "build_encoder", "build_decoder", "function")
                       if hasattr(entry, field)):  # fmt: skip
            assert callable(base.resolve(target))


def test_only_the_gaussian_bottleneck_has_a_closed_form_kl():
    assert BOTTLENECKS["gaussian"].has_closed_form_kl
    assert not BOTTLENECKS["flow"].has_closed_form_kl


def test_widths_are_those_of_the_fields_that_an_encoder_uses():
    config = ModelConfig(hidden=(9, 8), channels=(4, 5), features=6)
    assert {name: spec.widths(config) for name, spec in ENCODERS.items()} == {
        "mlp": (9, 8), "conv": (4, 5), "conv_bn": (4, 5), "linear": (),
    }  # fmt: skip
    assert isinstance(ENCODERS["mlp"], EncoderSpec)
