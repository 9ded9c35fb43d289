"""What the tools measure for the Lab is what ships, as far as it can be measured anew in seconds."""

import json

import numpy as np
import pytest

from aeviz.experiment import train
from aeviz.lab.rate import curves
from aeviz.lab.sample_quality import DISTANCES
from aeviz.lab.seed_atlas import read_atlas
from aeviz.lab.sharpness import measured
from aeviz.paths import checkpoints_root
from aeviz.presets import get_preset
from tools import atlas
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
