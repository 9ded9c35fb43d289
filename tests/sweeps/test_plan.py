"""Which runs a sweep has."""

from pathlib import Path

import pytest

from aeviz.errors import ConfigError
from aeviz.presets import get_preset
from aeviz.sweeps.plan import combinations, keep_plan, plan_runs


def test_combinations_are_the_product_of_the_values():
    found = combinations(["model.latent_dim=2, 3", "model.hidden=[8,4],[8]", "train.epochs=1"])
    assert [settings for settings, _ in found] == [
        (f"model.latent_dim={size}", f"model.hidden={hidden}", "train.epochs=1")
        for size in (2, 3)
        for hidden in ("[8,4]", "[8]")
    ]
    assert found[1][1] == (("model.latent_dim", "2"), ("model.hidden", "[8]"))
    assert combinations([]) == [((), ())]


@pytest.mark.parametrize(
    ("setting", "message"),
    [("model.latent_dim", "no KEY=VALUE"), ("a=1,1", "twice"), ("a=1,", "empty"), ("train.seed=1,2", "--seeds")],
)
def test_settings_that_make_no_sweep_are_refused(setting, message):
    with pytest.raises(ConfigError, match=message):
        combinations([setting])


def configure(settings, seed):
    return get_preset("digits-2d-adam").config.with_settings([*settings, f"train.seed={seed}"])


def test_runs_lie_beside_the_sweep_and_have_names_of_their_own():
    settings = ["model.hidden=[8,4],[8]", "optimizer.name=adam,amsgrad"]
    runs = plan_runs(Path("runs/mine"), settings, 2, configure)
    assert len({run.path for run in runs}) == len(runs) == 8
    assert runs[3].path == Path("runs/mine-hidden-_8_4_-amsgrad-seed-1")
    assert (runs[3].config.optimizer.name, runs[3].seed) == ("amsgrad", 1)
    for count, message in ((0, "from 1 up"), (9999, "at most 10,000")):
        with pytest.raises(ConfigError, match=message):
            plan_runs(Path("runs/mine"), settings, count, configure)


def test_a_folder_keeps_its_sweep(tmp_path):
    out = tmp_path / "sweep"
    keep_plan(out, plan_runs(out, [], 2, configure))
    keep_plan(out, plan_runs(out, [], 2, configure))
    with pytest.raises(ConfigError, match="another sweep"):
        keep_plan(out, plan_runs(out, [], 3, configure))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    with pytest.raises(ConfigError, match="is taken"):
        keep_plan(tmp_path / "taken", plan_runs(tmp_path / "taken", [], 1, configure))
