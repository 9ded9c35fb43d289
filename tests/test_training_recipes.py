"""Recipes: the settings they change, and which networks they are for."""

import pytest

from aeviz.errors import ConfigError
from aeviz.presets import get_preset
from aeviz.recipes import FAST, RECIPES, with_recipe


@pytest.mark.parametrize("preset", ["mlp-2d-adam", "mlp-3d-amsgrad", "digits-2d-adam"])
def test_recipe_changes_its_settings_and_nothing_else(preset):
    before = get_preset(preset).config
    after = with_recipe(before, "fast")
    changed = {key for key, value in after.settings().items() if before.settings()[key] != value}
    assert changed <= {setting.partition("=")[0] for setting in FAST}
    assert (after.model.init, after.optimizer.schedule, after.train.epochs) == ("he", "one_cycle", 29)


@pytest.mark.parametrize("preset", ["vae-2d", "conv-64d-amsgrad", "celeba-vae", "flow-2d"])
def test_network_of_another_kind_is_refused_with_the_settings_to_try(preset):
    with pytest.raises(ConfigError, match=r"is another kind; leave the recipe out.*--set model\.init=he"):
        with_recipe(get_preset(preset).config, "fast")


def test_unknown_recipe_names_the_known_ones():
    with pytest.raises(ConfigError, match=f"expected one of: {', '.join(RECIPES)}"):
        with_recipe(get_preset("mlp-2d-adam").config, "slow")


def test_command_trains_by_the_recipe(aeviz, tmp_path):
    from aeviz.training.runs import RunFolder

    folder = tmp_path / "run"
    status, _, problems = aeviz(
        "train", "digits-2d-adam", "--recipe", "fast", "--epochs", 1, "--no-onnx", "--out", folder
    )
    assert status == 0, problems
    config = RunFolder.read(folder).config
    assert (config.model.init, config.optimizer.learning_rate, config.train.epochs) == ("he", 0.01, 1)
    status, _, problems = aeviz("train", "--resume", folder, "--recipe", "fast")
    assert status == 2
    assert "leave out --out, --data and --recipe" in problems
