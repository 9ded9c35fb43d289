import json
import subprocess
import zipfile

import numpy as np
import pytest
import torch

import aeviz
from aeviz.data.catalog import find_dataset
from aeviz.export.card import CARD
from aeviz.lab.optimizer_comparison import USUAL_EPOCHS, base_of, gather, shared_part
from aeviz.paths import checkpoints_root
from aeviz.presets import PRESETS
from aeviz.training.latents import EXACT_DIMENSIONS, LATENTS
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, LAST, MODEL, RunFolder, find_run, list_compared
from aeviz.training.samples import PRIOR, SAMPLES, list_samples, read_prior
from aeviz.training.summary import SUMMARY, read_summary
from aeviz.training.weights import read_tensors

NAMES = sorted(path.parent.name for path in checkpoints_root().glob(f"*/{CONFIG}"))
FACES = {name for name in NAMES if name.startswith("celeba")}
RECORDED = {
    "digits-2d-adam",
    "digits-2d-amsgrad",
    "msssim-vae-10d",
    *(f"regime-{name}" for name in ("both", "kl", "reconstruction")),
    *(f"vae-{name}" for name in ("2d", "2d-anchored", "3d", "10d", "64d")),
}
"""Models that ship with the reconstructions recorded over their training."""
MADE_AT_SET_UP = {"decoder.onnx", "encoder.onnx"}
"""Beside the weights, but not committed."""
KNOWN_MISSES: set[str] = set()
"""Shipped models whose validation MSE is above the value that the thesis logged: none."""
PAIRS = [(name, name.replace("-adam", "-amsgrad")) for name in NAMES if name.endswith("-adam")]


@pytest.fixture(scope="module")
def folders():
    """The folders of all models that ship."""
    return [RunFolder.read(checkpoints_root() / name) for name in NAMES]


def test_holds_what_ships_and_nothing_else(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            names = {path.name for path in folder.path.iterdir()} - MADE_AT_SET_UP
            assert LAST not in names
            latents = SUMMARY if folder.name in FACES else LATENTS
            recorded = {SAMPLES} if folder.name in RECORDED else set()
            assert names - {PRIOR} == recorded | {CARD, CONFIG, HISTORY, MODEL, EVALUATION, latents}
            assert folder.is_shipped


def test_recorded_reconstructions_end_with_the_last_epoch(folders):
    for folder in folders:
        epochs = list_samples(folder.path)
        assert epochs[:1] + epochs[-1:] == ([0, folder.config.train.epochs] if folder.name in RECORDED else [])


def test_config_is_its_presets_but_for_schedule_and_length(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            assert folder.name == folder.config.preset
            expected = PRESETS[folder.name].config
            assert folder.config.model == expected.model
            assert folder.config.data == expected.data
            assert folder.config.objective == expected.objective
            assert folder.config.optimizer.name == expected.optimizer.name
            assert folder.provenance.seeds_tried >= 1 + folder.config.train.seed


def test_history_is_whole(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            history = folder.history()
            assert [report.epoch for report in history] == list(range(1, folder.config.train.epochs + 1))
            _, epoch = read_tensors(folder.path / MODEL)
            assert epoch == folder.best_epoch().epoch


def test_loads_and_decodes_its_latents(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            run = aeviz.load(folder.name)
            assert sum(weight.numel() for weight in run.model.parameters()) == folder.provenance.parameters
            codes = folder.latents()
            points = np.random.default_rng(0).normal(size=(64, 128)) if codes is None else codes.z[:64]
            images = run.decode(points)
            assert images.shape == (64, *folder.config.model.image_shape)
            assert torch.isfinite(images).all()
            learned = folder.config.objective.reconstruction_weight > 0  # regime-kl ships to show what happens without
            assert (images.std(dim=0).max() > 0.05) == learned, "every latent point gives the same image"


def test_latents_are_the_whole_test_set_in_few_bytes(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            info = find_dataset(folder.config.data.name)
            if folder.name in FACES:  # no code of a face ships
                continue
            with np.load(folder.path / LATENTS, allow_pickle=False) as arrays:
                assert arrays["z"].dtype == (
                    np.float16 if folder.config.model.latent_dim <= EXACT_DIMENSIONS else np.uint8
                )
                assert arrays["error"].dtype == np.float16
                assert arrays["z"].shape == (info.n_test, folder.config.model.latent_dim)
                assert np.isfinite(arrays["z"]).all()
                assert arrays["labels"].shape == (info.n_test,)
                assert set(np.unique(arrays["labels"])) == set(range(len(folder.provenance.class_names)))
            assert zipfile.is_zipfile(folder.path / LATENTS)


def test_figures_are_those_of_the_latents(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            evaluation, table = folder.evaluation(), folder.latents()
            info = find_dataset(folder.config.data.name)
            if table is None:  # no code of a face ships
                continue
            assert (evaluation.model, evaluation.dataset, evaluation.split) == (
                folder.name,
                folder.config.data.name,
                "test",
            )
            assert evaluation.n == info.n_test
            pixels = np.prod(folder.config.model.image_shape)
            assert evaluation.mse == pytest.approx((table.error.astype(np.float64) ** 2).mean() / pixels, rel=1e-3)
            assert list(evaluation.euclidean_error_per_class) == list(folder.provenance.class_names)
            for label, mean in enumerate(evaluation.euclidean_error_per_class.values()):
                assert mean == pytest.approx(table.error[table.labels == label].mean(), rel=1e-3)
            for figure in (evaluation.ssim, evaluation.ms_ssim, evaluation.knn_accuracy, evaluation.trustworthiness):
                assert 0 < figure <= 1


def test_validation_mse_meets_the_thesis_except_for_known_misses(folders):
    targets = {folder.name: PRESETS[folder.name].logged_val_mse for folder in folders}
    reached = {folder.name: folder.summary().val_mse for folder in folders if targets[folder.name] is not None}
    assert reached
    missed = {name for name, value in reached.items() if not value <= targets[name]}
    wrong = [
        f"{name} misses: {reached[name]:.5f}, thesis {targets[name]:.5f}" for name in sorted(missed - KNOWN_MISSES)
    ]
    wrong += [f"{name} is in KNOWN_MISSES, but misses nothing" for name in sorted(KNOWN_MISSES - missed)]
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize(("adam", "amsgrad"), PAIRS)
def test_pairs_differ_in_the_optimizer_alone(adam, amsgrad):
    first, second = (RunFolder.read(checkpoints_root() / name) for name in (adam, amsgrad))
    changed = first.config.with_settings(["optimizer.name=amsgrad", f"preset={amsgrad}"])
    assert changed == second.config
    assert first.provenance.data_fingerprint == second.provenance.data_fingerprint
    assert first.provenance.seeds_tried == second.provenance.seeds_tried


def test_comparison_that_ships_has_five_seeds_of_each_optimizer():
    comparison, second = gather(list_compared())
    assert comparison.seeds == second.seeds == [0, 1, 2, 3, 4]
    assert [optimizer.name for optimizer in second.lines] == ["adam", "sgd"]
    assert {optimizer.name for optimizer in comparison.lines} == {"adam", "amsgrad", "sgd"}
    assert comparison.shared == shared_part(base_of("digits", USUAL_EPOCHS))  # so that a visitor's own runs join it


def test_all_together_stay_below_48_megabytes():
    files = [path for path in checkpoints_root().rglob("*") if path.is_file() and path.name not in MADE_AT_SET_UP]
    assert sum(path.stat().st_size for path in files) < 48e6


def test_what_is_made_at_set_up_is_not_committed():
    command = ["git", "ls-files", *(f"checkpoints/*/{name}" for name in sorted(MADE_AT_SET_UP))]
    listing = subprocess.run(command, cwd=checkpoints_root().parent, capture_output=True, text=True, timeout=60)
    assert listing.stdout == ""
    for name in MADE_AT_SET_UP:
        command = ["git", "check-ignore", "-q", f"checkpoints/{NAMES[0]}/{name}"]
        ignored = subprocess.run(command, cwd=checkpoints_root().parent, capture_output=True, timeout=60)
        assert ignored.returncode in (0, 128)  # 128: this is no clone


def test_variational_models_reach_the_thesis(folders, subtests):
    for folder in folders:
        with subtests.test(folder.name):
            target = PRESETS[folder.config.preset].logged_val_loss
            if target is None:
                continue
            assert folder.config.objective.kl_weight == PRESETS[folder.config.preset].config.objective.kl_weight
            assert folder.best_epoch().val_loss <= target


def test_three_regimes_show_what_each_loses():
    """S2, figure 3.1: without the KL the plane is wide, without the reconstruction it collapses, both compromise."""
    alone, collapsed, both = (find_run(f"regime-{name}").evaluation() for name in ("reconstruction", "kl", "both"))
    assert collapsed.kl < 0.01
    assert collapsed.active_units == 0
    assert collapsed.mse > 3 * both.mse
    assert alone.kl > 5 * both.kl
    assert alone.mse < both.mse
    assert both.elbo > max(alone.elbo, collapsed.elbo)


def test_no_bound_lies_below_its_elbo(folders):
    """Both are of the same images; by Jensen's inequality the gain is at least 0 on each."""
    measured = [found for folder in folders if (found := folder.evaluation()) is not None and found.elbo is not None]
    assert len(measured) >= 9
    for found in measured:
        assert found.bound_gain > 0, found.model
        assert found.log_likelihood_bound == found.elbo + found.bound_gain, found.model
        assert min(found.elbo_error, found.bound_gain_error) > 0, found.model


def test_some_need_no_download():
    assert {"digits-2d-adam", "digits-2d-amsgrad", "circles-3d"} <= set(NAMES)


def test_all_are_listed_in_presets():
    assert set(NAMES) <= set(PRESETS)


def test_configs_hold_no_path_of_the_machine_that_trained_them():
    for name in NAMES:
        text = json.dumps(json.loads((checkpoints_root() / name / CONFIG).read_text()))
        assert "/work" not in text
        assert "/home" not in text
        assert "/tmp" not in text


@pytest.mark.skipif(not FACES, reason="no faces ship")
def test_faces_ship_statistics_of_the_latent_space_and_no_code_of_a_face():
    for name in FACES:
        folder = find_run(name)
        found = read_summary(folder.path, 128)
        assert len(found.attribute_names) == 40
        assert np.isfinite(found.attribute_means).all()
        assert found.kl.sum() == pytest.approx(folder.evaluation().kl, rel=1e-3)
        prior = read_prior(folder.path)
        epochs = folder.config.train.epochs
        assert prior.epochs.tolist() == [1, *(round(epochs * share) for share in (0.25, 0.5, 0.75)), epochs]
        assert read_tensors(folder.path / MODEL)[0]["encoder.0.weight"].dtype == torch.float16
        with np.load(folder.path / SUMMARY, allow_pickle=False) as arrays:
            assert all(len(array) < found.count for array in map(np.atleast_1d, (arrays[key] for key in arrays.files)))


@pytest.mark.skipif(len(FACES) < 2, reason="no faces ship")
def test_faces_differ_in_the_reconstruction_loss_alone():
    """S2, chapter 4: the MSSIM-VAE wins on MS-SSIM, since 1 - MS-SSIM is larger than MSE and the KL counts for less."""
    first, second = find_run("celeba-vae"), find_run("celeba-msssim-vae")
    changed = first.config.with_settings(["objective.reconstruction=ms_ssim", "preset=celeba-msssim-vae"])
    assert changed == second.config
    vae, msssim_vae = first.evaluation(), second.evaluation()
    assert msssim_vae.ms_ssim > vae.ms_ssim + 0.1
    assert msssim_vae.ssim > vae.ssim + 0.1
    assert 1 - msssim_vae.ms_ssim > 5 * msssim_vae.mse
    assert msssim_vae.kl > 3 * vae.kl
