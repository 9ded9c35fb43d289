import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from training_runs import CPU, assert_same_run, curve

from aeviz.errors import (
    CheckpointFormatError,
    CheckpointMismatchError,
    ConfigError,
    DataError,
    TrainingError,
)
from aeviz.models import build_model, initialise
from aeviz.objectives import mse
from aeviz.training.batches import ResidentImages
from aeviz.training.loop import fit
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, HISTORY, LAST, MODEL, RunFolder
from aeviz.training.trainer import Trainer
from aeviz.training.weights import read_tensors, save_weights

# One run, repeated and compared


def test_same_seed_gives_same_run_bit_for_bit(fit_tiny):
    assert_same_run(fit_tiny(name="a"), fit_tiny(name="b"))


def test_global_seed_has_no_part_in_a_run(fit_tiny):
    first = fit_tiny(name="a")
    with torch.random.fork_rng():
        torch.manual_seed(12345)
        assert_same_run(first, fit_tiny(name="b"))


def test_another_seed_gives_another_run(fit_tiny):
    assert curve(fit_tiny(name="a")) != curve(fit_tiny("train.seed=8", name="b"))


@pytest.mark.parametrize("other", ["amsgrad", "sgd"])
def test_optimizer_has_no_part_in_weights_and_batches(other, fit_tiny, tiny_config, monkeypatch):
    seen = []
    shuffled = ResidentImages.shuffled

    def record(self, *args):
        for batch, labels in shuffled(self, *args):
            seen[-1].append(batch.clone())
            yield batch, labels

    monkeypatch.setattr(ResidentImages, "shuffled", record)
    for name in ("adam", other):
        seen.append([])
        fit_tiny(f"optimizer.name={name}", name=name)
    assert len(seen[0]) == len(seen[1]) == 3 * 4
    assert all(torch.equal(a, b) for a, b in zip(*seen, strict=True))
    adam, second = (Trainer(tiny_config(f"optimizer.name={name}"), 100, CPU).model for name in ("adam", other))
    assert all(torch.equal(a, b) for a, b in zip(adam.parameters(), second.parameters(), strict=True))


def test_training_makes_the_error_small(fit_tiny):
    history = fit_tiny("train.epochs=15", "optimizer.learning_rate=0.01").history()
    assert history[-1].val_mse < 0.7 * history[0].val_mse


def test_history_has_every_epoch(fit_tiny):
    folder = fit_tiny()
    history = folder.history()
    assert [report.epoch for report in history] == [1, 2, 3]
    assert all(report.learning_rate == 3e-3 for report in history)
    assert all(report.val_mse == report.val_loss for report in history)
    assert all(report.seconds > 0 for report in history)
    assert all(report.images_per_second is not None and report.images_per_second > 0 for report in history)
    assert all(report.gradient_norm is not None and report.gradient_norm > 0 for report in history)


def test_bce_history_has_the_mse_next_to_the_loss(fit_tiny):
    report = fit_tiny("objective.reconstruction=bce", "train.epochs=1").history()[0]
    assert 0 < report.val_mse < 0.3 < report.val_loss


def test_train_loss_is_the_mean_over_images_before_each_step(tiny_config, tiny_sets):
    # a learning rate too small to change a float32 weight: the loss of all images under the initial weights
    config = tiny_config("optimizer.learning_rate=1e-30", "optimizer.name=sgd")
    trainer = Trainer(config, 100, CPU)
    loss = trainer.train_epoch(ResidentImages.place(tiny_sets["train"], CPU)).loss
    model = build_model(config.model)
    initialise(model, config.train.seed)
    x = torch.from_numpy(tiny_sets["train"].images).double() / 255
    assert loss == pytest.approx(mse(model.double()(x), x).item(), rel=1e-6)


def test_validation_is_the_mean_over_images(fit_tiny, tiny_sets, monkeypatch):
    monkeypatch.setattr("aeviz.training.trainer.EVALUATION_BATCH", 7)  # 30 is no multiple
    folder = fit_tiny("train.epochs=1")
    x = torch.from_numpy(tiny_sets["validation"].images).double() / 255
    y = load(folder).model.double()(x)
    assert folder.history()[0].val_mse == pytest.approx(((x - y) ** 2).mean().item(), rel=1e-6)


def test_best_epoch_is_what_model_holds(fit_tiny):
    folder = fit_tiny("train.epochs=8", "optimizer.learning_rate=0.05")
    losses = [report.val_loss for report in folder.history()]
    assert losses != sorted(losses, reverse=True), "the test needs an epoch that got worse"
    _, epoch = read_tensors(folder.path / MODEL)
    assert epoch == 1 + losses.index(min(losses)) == folder.best_epoch().epoch


def test_on_step_counts_the_steps_of_each_epoch(fit_tiny):
    steps = []
    fit_tiny("train.epochs=2", on_step=steps.append)
    assert steps == [1, 2, 3, 4, 1, 2, 3, 4]


def test_on_epoch_comes_after_the_epoch_is_on_disk(fit_tiny, tmp_path):
    def check(report):
        assert RunFolder.read(tmp_path / "run").history()[-1] == report
        assert read_tensors(tmp_path / "run" / LAST)[1] == report.epoch

    fit_tiny(on_epoch=check)


def test_run_leaves_no_temporary_file(fit_tiny):
    folder = fit_tiny()
    assert {path.name for path in folder.path.iterdir()} == {CONFIG, HISTORY, MODEL, LAST}


# Gradient clipping


def first_step_length(tiny_config, tiny_sets, *settings):
    config = tiny_config("optimizer.name=sgd", "optimizer.learning_rate=1", "train.batch_size=100", *settings)
    trainer = Trainer(config, 100, CPU)
    before = [weight.detach().clone() for weight in trainer.model.parameters()]
    trainer.train_epoch(ResidentImages.place(tiny_sets["train"], CPU))
    changes = zip(before, trainer.model.parameters(), strict=True)
    return float(torch.cat([(new.detach() - old).flatten() for old, new in changes]).norm())


def test_gradient_clip_bounds_the_step(tiny_config, tiny_sets):
    free = first_step_length(tiny_config, tiny_sets)
    assert free > 0.01
    assert first_step_length(tiny_config, tiny_sets, "train.gradient_clip=0.001") == pytest.approx(0.001, rel=1e-3)
    assert first_step_length(tiny_config, tiny_sets, "train.gradient_clip=1000") == free


def test_gradient_clip_is_off_by_default(tiny_config, tiny_sets, monkeypatch):
    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", lambda *_: pytest.fail("clipped"))
    first_step_length(tiny_config, tiny_sets)


# What cannot work


def test_batch_larger_than_data_raises(fit_tiny, tmp_path):
    with pytest.raises(ConfigError, match=r"train\.batch_size=101 is larger than the 100 training images"):
        fit_tiny("train.batch_size=101")
    assert not (tmp_path / "run").exists()


def test_batch_as_large_as_data_is_one_step(fit_tiny):
    steps = []
    fit_tiny("train.batch_size=100", "train.epochs=1", on_step=steps.append)
    assert steps == [1]


def test_other_image_shape_raises(fit_tiny, tmp_path):
    with pytest.raises(ConfigError, match=re.escape("model.image_shape=(1, 9, 9) but the images of 'digits' are")):
        fit_tiny("model.image_shape=[1,9,9]")
    assert not (tmp_path / "run").exists()


def test_taken_folder_raises_and_is_kept(fit_tiny, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError, match="is taken; name a new folder with --out"):
        fit_tiny()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["thesis.txt"]
    with pytest.raises(ConfigError, match="is taken"):
        fit_tiny(name="run/thesis.txt")


def test_folder_below_a_file_raises(fit_tiny, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot make the folder"):
        fit_tiny(name="file/run")


def test_empty_folder_is_used(fit_tiny, tmp_path):
    (tmp_path / "run").mkdir()
    assert len(fit_tiny("train.epochs=1").history()) == 1


# Divergence


def test_divergence_names_epoch_and_step_and_restores_weights(tiny_config, tiny_sets):
    settings = ("optimizer.name=sgd", "optimizer.learning_rate=1e30", "model.output=identity")
    trainer = Trainer(tiny_config(*settings), 100, CPU)
    before = [weight.detach().clone() for weight in trainer.model.parameters()]
    with pytest.raises(TrainingError, match=r"diverged in epoch 1: the loss became (nan|inf) at step 2; nothing was"):
        trainer.train_epoch(ResidentImages.place(tiny_sets["train"], CPU))
    assert all(torch.equal(old, new) for old, new in zip(before, trainer.model.parameters(), strict=True))


def test_divergence_keeps_the_last_good_epoch_on_disk(fit_tiny, tiny_config):
    good = fit_tiny("train.epochs=2", "optimizer.name=sgd", "model.output=identity")
    before = {path.name: path.read_bytes() for path in good.path.iterdir() if path.name != CONFIG}
    bad = ("train.epochs=4", "optimizer.name=sgd", "model.output=identity", "optimizer.learning_rate=1e30")
    replace(good, config=tiny_config(*bad)).write()  # as if it had begun with that learning rate
    message = r"in epoch 3: .* at step 2; the weights of epoch 2 are kept; .*than 1e\+30"
    with pytest.raises(TrainingError, match=message):
        fit_tiny(*bad, resume=True)
    assert before == {path.name: path.read_bytes() for path in good.path.iterdir() if path.name != CONFIG}
    run = load(good.path)
    assert all(torch.isfinite(weight).all() for weight in run.model.parameters())


def test_divergence_that_only_validation_sees_raises(fit_tiny, tmp_path):
    # one step an epoch: the training loss is that of the initial weights, the weights after it are finite but huge
    settings = ("train.batch_size=100", "optimizer.name=sgd", "model.output=identity")
    with pytest.raises(TrainingError, match=r"diverged in epoch 1: the validation loss became (inf|nan); nothing was"):
        fit_tiny(*settings, "optimizer.learning_rate=1e18")
    folder = RunFolder.read(tmp_path / "run")
    assert folder.history() == []
    assert not folder.is_trained
    assert read_tensors(folder.path / LAST)[1] == 0


def test_infinite_weight_in_the_last_step_raises(tiny_config, tiny_sets):
    settings = ("train.batch_size=100", "optimizer.name=sgd", "model.output=identity", "optimizer.learning_rate=1e300")
    trainer = Trainer(tiny_config(*settings), 100, CPU)
    with pytest.raises(TrainingError, match="a weight became infinite or NaN in the last step"):
        trainer.train_epoch(ResidentImages.place(tiny_sets["train"], CPU))


VARIATIONAL = (
    "model.bottleneck=gaussian",
    "objective.kl_weight=0.01",
    "objective.annealing=linear",
    "objective.annealing_epochs=3",
    "objective.corruption=masking",
    "train.flip=true",
    "train.epochs=4",
)


@pytest.mark.parametrize("more", [(), ("model.prior=anchored",), ("model.bottleneck=flow",)])
def test_variational_run_resumes_to_the_same_curve(more, fit_tiny, stop_after):
    """Noise, corruption and flips come from generators that the seed and the epoch fix."""
    with pytest.raises(KeyboardInterrupt):
        fit_tiny(*VARIATIONAL, *more, name="broken", on_epoch=stop_after(2))
    resumed = fit_tiny(*VARIATIONAL, *more, name="broken", resume=True)
    assert_same_run(resumed, fit_tiny(*VARIATIONAL, *more, name="unbroken"))
    history = resumed.history()
    assert all(report.val_kl > 0 for report in history)
    assert [report.kl_share for report in history] == pytest.approx([0.25, 0.5833, 0.9167, 1.0], abs=1e-3)


def test_validation_loss_has_the_whole_kl_weight_while_it_is_annealed(fit_tiny):
    """S2 trains and validates with different weights; then epochs, and runs, cannot be compared."""
    settings = ("model.bottleneck=gaussian", "objective.kl_weight=0.01", "train.epochs=1")
    slow = fit_tiny(*settings, "objective.annealing=linear", "objective.annealing_epochs=1000", name="slow").history()[
        0
    ]
    assert slow.val_loss > slow.val_mse + 0.009 * slow.val_kl


def test_anchored_prior_wants_an_anchor_a_class(fit_tiny):
    with pytest.raises(ConfigError, match=r"model\.classes=3 but 'digits' has 10"):
        fit_tiny("model.bottleneck=gaussian", "model.prior=anchored", "model.classes=3")


def test_batch_normalisation_trains_and_resumes(fit_tiny, stop_after):
    settings = ("model.encoder=conv_bn", "model.decoder=conv_bn", "model.channels=[4,6]", "train.epochs=3")
    with pytest.raises(KeyboardInterrupt):
        fit_tiny(*settings, name="broken", on_epoch=stop_after(1))
    assert_same_run(fit_tiny(*settings, name="broken", resume=True), fit_tiny(*settings, name="unbroken"))


# The last batch of an epoch


NORMALISED = ("model.encoder=conv_bn", "model.decoder=conv_bn", "train.epochs=1")
"""With three convolutions the maps of 8 x 8 images shrink to 1 x 1."""


def test_batch_normalisation_of_single_values_trains_with_one_image_left(fit_tiny):
    steps = []
    folder = fit_tiny(*NORMALISED, "model.channels=[4,8,8]", "train.batch_size=33", on_step=steps.append)
    assert steps == [1, 2, 3]  # 33 + 33 + 34 of 100
    assert len(folder.history()) == 1


def test_batch_normalisation_of_single_values_refuses_batches_of_one(fit_tiny, tmp_path):
    with pytest.raises(ConfigError, match=r"batch_size=1 of 100 training images.* choose train\.batch_size=2 or"):
        fit_tiny(*NORMALISED, "model.channels=[4,8,8]", "train.batch_size=1")
    assert not (tmp_path / "run").exists()


def test_batch_normalisation_of_larger_maps_takes_batches_of_one(fit_tiny):
    assert len(fit_tiny(*NORMALISED, "model.channels=[4,8]", "train.batch_size=1").history()) == 1


# What cannot begin, or go on


@pytest.mark.parametrize("split", ["train", "validation"])
def test_split_without_images_is_named(split, tiny_config, tiny_sets, tmp_path):
    sets = {**tiny_sets, split: tiny_sets[split].take([])}
    with pytest.raises(DataError, match=f"'digits' has no {split} images; expected one or more of each split"):
        fit(tiny_config(), sets["train"], sets["validation"], tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), r"'digits' has no classes; .*one subfolder a class.*--set model\.prior=standard"),
        (("all",), r"'digits' has 1 class; .*one subfolder a class.*--set model\.prior=standard"),
        (("a", "b", "c"), r"model\.classes=10 but 'digits' has 3 classes; .*--set model\.classes=3"),
        (
            tuple(map(str, range(1001))),
            r"at most 1000 classes, but 'digits' has 1001 classes; use --set model\.prior=standard",
        ),
    ],
)
def test_anchored_prior_names_a_setting_that_works(names, message, tiny_config, tiny_sets, tmp_path):
    config = tiny_config("model.bottleneck=gaussian", "model.prior=anchored")
    labels = np.zeros_like(tiny_sets["train"].labels) if names else None
    dataset = replace(tiny_sets["train"], class_names=names, labels=labels)
    with pytest.raises(ConfigError, match=message):
        fit(config, dataset, dataset, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"optimizer.0.exp_avg": torch.full((8, 64), torch.nan)},
            CheckpointFormatError,
            r"NaN.* in optimizer\.0\.exp_avg",
        ),
        ({"model.encoder.1.weight": torch.full((8, 64), torch.inf)}, CheckpointFormatError, "NaN or infinity in"),
        ({"optimizer.0.exp_avg": torch.zeros(3)}, CheckpointMismatchError, r"optimizer\.0\.exp_avg has shape \(3,\)"),
        ({"optimizer.99.exp_avg": torch.zeros(3)}, CheckpointMismatchError, r"unexpected optimizer\.99\.exp_avg"),
        ({"optimizer.x.exp_avg": torch.zeros(3)}, CheckpointMismatchError, r"unexpected optimizer\.x\.exp_avg"),
        ({"optimizer.0": torch.zeros(3)}, CheckpointMismatchError, r"unexpected optimizer\.0;"),
    ],
    ids=str,
)
def test_resuming_from_damaged_weights_is_refused(change, error, message, fit_tiny):
    folder = fit_tiny("train.epochs=1")
    tensors, epoch = read_tensors(folder.path / LAST)
    save_weights(folder.path / LAST, tensors | change, epoch)
    with pytest.raises(error, match=message):
        fit_tiny("train.epochs=2", resume=True)
