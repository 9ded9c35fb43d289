"""What the tools measure for the Lab is what ships, as far as it can be measured anew in seconds."""

import json

import numpy as np
import pytest

from aeviz.experiment import train
from aeviz.lab import learning_rates
from aeviz.lab.adaptive import TRAINED
from aeviz.lab.optimizer_comparison import FAILED, RATES, USUAL_EPOCHS, gather, plan, shared_part
from aeviz.lab.rate import curves
from aeviz.lab.sample_quality import DISTANCES
from aeviz.lab.seed_atlas import read_atlas
from aeviz.lab.sharpness import measured
from aeviz.paths import checkpoints_root
from aeviz.presets import get_preset
from aeviz.training.runs import list_compared
from tools import atlas
from tools import learning_rates as rates_tool
from tools.rate import measure
from tools.samples import digest_of


def test_rates_of_the_digits_that_ship_are_measured_again():
    found, shipped = measure("digits"), curves()["digits"]
    assert found.keys() == shipped.keys()
    for part in ("latent", "files"):
        assert len(found[part]) == len(shipped[part])
        for mine, theirs in zip(found[part], shipped[part], strict=True):
            assert (mine["method"], mine.get("model")) == (theirs["method"], theirs.get("model"))
            assert np.ravel(mine["mse"]) == pytest.approx(
                np.ravel(theirs["mse"]), rel=0.02
            )  # libraries of files differ
            assert mine.get("body", 0) == pytest.approx(theirs.get("body", 0), rel=0.02)
    assert found["ranges"]["PCA"]["high"] == pytest.approx(shipped["ranges"]["PCA"]["high"], rel=1e-3)


def test_samples_and_sharpness_are_those_of_the_models_that_ship():
    """Where this fails after a model was trained again, `make measure` measures it."""
    weights = json.loads(DISTANCES.read_text(encoding="utf-8"))["weights"]
    assert weights == {name: digest_of(name) for name in weights}
    for entry in measured().values():
        for name, found in entry["models"].items():
            evaluation = json.loads((checkpoints_root() / name / "evaluation.json").read_text(encoding="utf-8"))
            assert (found["mse"], found["ms_ssim"]) == (evaluation["mse"], evaluation["ms_ssim"])


def test_scanned_rates_are_those_of_the_comparison_that_ships_with_other_seeds():
    scan, comparison = learning_rates.measured(), gather(list_compared())[0]
    assert scan is not None
    assert shared_part(rates_tool.base_of(scan.data, scan.epochs)) == comparison.shared
    assert not set(scan.seeds) & set(comparison.seeds)
    for name in TRAINED:
        assert RATES["digits"][name] in [tried.rate for tried in scan.methods[name]]
        assert all(len(tried.errors) == len(scan.seeds) for tried in scan.methods[name])
    assert learning_rates.measured(learning_rates.MEASURED.with_name("absent.json")) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["adam", "amsgrad"])
def test_the_rate_that_is_not_compared_leaves_a_seed_at_the_mean_image(name, tmp_path):
    rate, seed = FAILED["digits"]
    config = plan(rates_tool.base_of("digits", USUAL_EPOCHS), {name: rate}, seed + 1)[seed]
    assert config.train.seed == seed
    run = train(config, out=tmp_path / "run")
    mean_image = list_compared()[0].provenance.mean_image_mse
    assert run.history[-1].val_mse == pytest.approx(mean_image, rel=0.02)


def test_a_rate_is_measured_by_each_seed():
    found = rates_tool.measure("adam", 0.003, epochs=2)
    assert found["rate"] == 0.003
    assert len(found["errors"]) == len(rates_tool.SEEDS)
    assert all(0.03 < error < 0.2 for error in found["errors"])


def test_the_atlas_of_seeds_is_made_as_its_runs_train_alone(tmp_path):
    path = tmp_path / "atlas.npz"
    assert atlas.main(["--seeds", "2", "--epochs", "1", "--out", str(path)]) == 0
    found = read_atlas(path)
    assert found.planes.shape == (4, atlas.IMAGES, 2)
    assert (found.seeds, found.epochs) == (2, 1)
    config = get_preset(atlas.PRESET).config.with_settings(
        ["train.device=cpu", "train.epochs=1", "train.seed=1", "optimizer.name=amsgrad"]
    )
    run = train(config, out=tmp_path / "alone")
    assert found.losses[3] == pytest.approx(run.history[0].val_loss, rel=1e-4)
