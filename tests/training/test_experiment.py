import math
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

import aeviz
from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.errors import CheckpointNotFoundError, ConfigError, DataError, TrainingError
from aeviz.experiment import train
from aeviz.presets import PRESETS, get_preset
from aeviz.training.latents import LATENTS
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, LAST, MODEL, RunFolder, new_run_path
from aeviz.training.samples import SAMPLES
from aeviz.training.status import LOCK, STATUS
from tools import ship


def test_trained_run_has_all_its_files(trained_folder):
    expected = {CONFIG, HISTORY, MODEL, LAST, LATENTS, EVALUATION, SAMPLES, STATUS, LOCK}
    assert {path.name for path in trained_folder.iterdir()} == expected


def test_latents_are_the_test_sets(trained_folder):
    run = aeviz.load(trained_folder)
    test_set = load_dataset("digits", "test")
    table = run.folder.latents()
    np.testing.assert_array_equal(table.z, run.encode(test_set.images).numpy().astype(np.float16))
    np.testing.assert_array_equal(table.labels, test_set.labels)


def test_figures_of_a_run_belong_to_its_weights(trained_folder):
    evaluation = RunFolder.read(trained_folder).evaluation()
    assert (evaluation.model, evaluation.dataset, evaluation.split, evaluation.n) == ("tiny-run", "digits", "test", 297)
    images = load_dataset("digits", "test").images
    y = aeviz.load(trained_folder).reconstruct(images).double().numpy()
    assert evaluation.mse == pytest.approx(((images / 255 - y) ** 2).mean(), rel=1e-12)


def test_train_returns_the_run_it_wrote(tiny_config, runs_folder):
    seen = []
    run = aeviz.train(tiny_config("train.epochs=1"), on_epoch=seen.append)
    assert run.folder.path.parent == runs_folder
    assert re.fullmatch(r"tiny-on-digits-\d{8}-\d{6}", run.name)
    assert run.history == seen
    assert [summary.name for summary in aeviz.list_runs()] == [run.name]


def test_new_run_path_names_other_data(runs_folder):
    config = get_preset("digits-2d-adam").config
    assert re.fullmatch(r"digits-2d-adam-\d{8}-\d{6}", new_run_path(config).name)
    other = replace(config, data=DataConfig(name="folder:/somewhere/pics"))
    assert re.fullmatch(r"digits-2d-adam-on-pics-\d{8}-\d{6}", new_run_path(other).name)


@pytest.mark.parametrize(
    "name",
    ["a/b", "../x", "..", ".", "", ".hidden", "/x", "a\\b", "a\nb", "a\0b", "\udcff", "x" * 101, "ä" * 51, " a"],
)
def test_preset_that_cannot_name_a_folder_is_refused(name, runs_folder, tiny_config):
    config = replace(tiny_config(), preset=name)
    with pytest.raises(ConfigError, match=r"^preset=.* cannot name a run; expected a plain name .*--out$"):
        new_run_path(config)
    with pytest.raises(ConfigError, match="cannot name a run"):
        train(config)
    assert not runs_folder.exists()


@pytest.mark.parametrize("name", ["a", "a b", "ä", "x" * 100, "a.b", "-", "日本"])
def test_preset_of_any_plain_name_names_a_folder(name, runs_folder, tiny_config):
    path = new_run_path(replace(tiny_config(), preset=name))
    assert path.parent == runs_folder
    assert path.name.startswith(name)
    path.mkdir(parents=True)


@pytest.mark.parametrize(
    ("folder", "word"),
    [("my\npics", "my_pics"), ("p\udcffcs", "p_cs"), ("ä" * 200, "ä" * 50), ("ship pics", "ship pics")],
)
def test_name_of_a_data_folder_becomes_printable_in_the_name_of_a_run(folder, word, runs_folder, tiny_config):
    path = new_run_path(replace(tiny_config(), data=DataConfig(name=f"folder:/somewhere/{folder}")))
    assert path.name.startswith(f"tiny-on-{word}-2")
    path.mkdir(parents=True)


def test_new_run_path_never_names_a_run_that_exists(runs_folder, tiny_config):
    made = set()
    for _ in range(4):
        path = new_run_path(tiny_config())
        path.mkdir(parents=True)
        made.add(path)
    assert len(made) == 4


def test_name_of_a_model_that_ships_is_taken(tiny_config, tmp_path, runs_folder, monkeypatch):
    (tmp_path / "checkpoints" / "shipped").mkdir(parents=True)
    monkeypatch.setattr("aeviz.experiment.checkpoints_root", lambda: tmp_path / "checkpoints")
    with pytest.raises(ConfigError, match="'shipped' is the name of a model that ships with aeviz; choose another"):
        train(tiny_config(), out=runs_folder / "shipped")
    train(tiny_config("train.epochs=1"), out=tmp_path / "elsewhere" / "shipped")


def test_ctrl_c_leaves_a_measured_run(tiny_config, tmp_path):
    def stop(report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tiny_config("train.epochs=3"), out=tmp_path / "run", on_epoch=stop)
    folder = RunFolder.read(tmp_path / "run")
    assert len(folder.history()) == 1
    assert folder.evaluation().n == len(folder.latents().z) == 297
    whole = train(tiny_config("train.epochs=3"), out=tmp_path / "run", resume=True)
    other = train(tiny_config("train.epochs=3"), out=tmp_path / "other")
    assert [report.val_loss for report in whole.history] == [report.val_loss for report in other.history]
    z = whole.folder.latents().z
    np.testing.assert_array_equal(z, other.folder.latents().z)


def test_ctrl_c_before_the_first_epoch_leaves_a_run_that_resumes(tiny_config, tmp_path):
    def stop(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tiny_config("train.epochs=1"), out=tmp_path / "run", on_step=stop)
    assert not RunFolder.read(tmp_path / "run").is_trained
    assert len(train(tiny_config("train.epochs=1"), out=tmp_path / "run", resume=True).history) == 1


def test_divergence_leaves_a_measured_run(tiny_config, tmp_path):
    settings = ("optimizer.name=sgd", "model.output=identity")
    run = train(tiny_config("train.epochs=1", *settings), out=tmp_path / "run")
    bad = tiny_config("train.epochs=2", *settings, "optimizer.learning_rate=1e30")
    replace(run.folder, config=bad).write()  # as if it had begun with that learning rate
    with pytest.raises(TrainingError, match="in epoch 2"):
        train(bad, out=tmp_path / "run", resume=True)
    assert RunFolder.read(tmp_path / "run").evaluation().n == 297
    assert torch.isfinite(aeviz.load(tmp_path / "run").encode(np.zeros((1, 1, 8, 8), dtype=np.uint8))).all()


# What ships


@pytest.fixture
def shipped_root(tmp_path, monkeypatch):
    """A folder that takes the place of checkpoints/."""
    monkeypatch.setattr(ship, "checkpoints_root", lambda: tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


PAIR = ship.Recipe(presets=("digits-2d-adam", "digits-2d-amsgrad"), settings=("train.epochs=1", "train.device=cpu"))


def test_ship_puts_a_pair_without_what_only_resuming_needs(shipped_root, capsys):
    stale = shipped_root / "digits-2d-adam"
    stale.mkdir(parents=True)
    (stale / "stale.txt").write_text("")
    ship.ship(PAIR)
    assert {path.name for path in shipped_root.iterdir()} == set(PAIR.presets)
    for name in PAIR.presets:
        folder = RunFolder.read(shipped_root / name)
        assert {path.name for path in folder.path.iterdir()} == {CONFIG, HISTORY, MODEL, LATENTS, EVALUATION}
        assert folder.evaluation().model == name
        assert folder.config == get_preset(name).config.with_settings(PAIR.settings)
        assert folder.provenance.seeds_tried == 1
    assert capsys.readouterr().out.count("validation loss") == 2


def test_ship_keeps_the_best_of_the_seeds_and_records_how_many(shipped_root, capsys, monkeypatch):
    excess = {0: 0.3, 1: 0.1, 2: 0.2}
    monkeypatch.setattr(ship, "SEEDS", 3)
    monkeypatch.setattr(ship, "_excess", lambda folder, target: excess[folder.config.train.seed])
    ship.ship(ship.Recipe(presets=("digits-2d-adam",), settings=PAIR.settings))
    folder = RunFolder.read(shipped_root / "digits-2d-adam")
    assert (folder.config.train.seed, folder.provenance.seeds_tried) == (1, 3)
    assert "(seed 1, 3 tried)" in capsys.readouterr().out


def test_ship_stops_at_the_first_seed_that_meets_the_target(shipped_root, monkeypatch):
    monkeypatch.setattr(ship, "_excess", lambda folder, target: 0.5 - folder.config.train.seed)
    ship.ship(ship.Recipe(presets=("digits-2d-adam",), settings=PAIR.settings))
    folder = RunFolder.read(shipped_root / "digits-2d-adam")
    assert (folder.config.train.seed, folder.provenance.seeds_tried) == (1, 2)


def test_excess_is_relative_to_the_thesis(trained_folder):
    folder = RunFolder.read(trained_folder)
    mse = folder.best_epoch().val_mse
    assert ship._excess(folder, None) == 0
    assert math.isclose(ship._excess(folder, mse / 2), 1)


def test_recipes_ship_known_presets_once():
    named = [name for recipe in ship.RECIPES for name in recipe.presets]
    assert len(named) == len(set(named))
    assert set(named) <= set(PRESETS)
    assert all(name in named for name, preset in PRESETS.items() if preset.logged_val_mse is not None)


def test_ship_without_data_returns_2(shipped_root, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "nothing"))
    assert ship.main(["mlp-2d-adam"]) == 2
    assert "data set 'mnist' is not on this machine" in capsys.readouterr().err
    assert not shipped_root.exists()


def test_resume_of_a_shipped_run_is_refused(trained_folder, tiny_config, tmp_path):
    path = shutil.copytree(trained_folder, tmp_path / "run", ignore=shutil.ignore_patterns(LAST))
    with pytest.raises(CheckpointNotFoundError, match=r"'run' cannot be resumed: it has no last\.safetensors"):
        train(tiny_config("train.epochs=3"), out=path, resume=True)


@pytest.mark.parametrize("settings", [(), ("model.bottleneck=gaussian", "model.prior=anchored")])
def test_run_without_a_class_is_measured_on_all(tiny_config, tmp_path, settings):
    """Training never sees the class; the test set, the classifier of the figures and the class names know it."""
    run = train(tiny_config("train.epochs=2", "data.without=7", *settings), out=tmp_path / "run")
    whole, part = load_dataset("digits", "train"), load_dataset(run.config.data, "train")
    origin, table, found = run.folder.provenance, run.folder.latents(), run.folder.evaluation()
    assert origin.n_train == len(part) == (whole.labels != 7).sum()
    assert origin.data_fingerprint == part.fingerprint() != whole.fingerprint()
    assert origin.class_names == whole.class_names
    assert set(np.unique(table.labels)) == set(range(10))
    assert table.fingerprint == load_dataset("digits", "test").fingerprint()
    assert set(found.euclidean_error_per_class) == set(whole.class_names)
    classifier = KNeighborsClassifier(10).fit(run.encode(whole.images).numpy(), whole.labels)
    test_set = load_dataset("digits", "test")
    expected = classifier.score(run.encode(test_set.images).numpy(), test_set.labels)
    assert found.knn_accuracy == pytest.approx(expected)


def test_run_without_a_class_that_is_none_leaves_nothing_behind(tiny_config, tmp_path):
    with pytest.raises(DataError, match=r"data\.without='x' is no class of 'digits'"):
        train(tiny_config("data.without=x"), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
