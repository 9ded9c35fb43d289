"""What a page says about a curve, on curves drawn for it and on networks that really did it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from aeviz.analysis.curves import JUMP, PATIENCE, RISE, objective_parts, read_curves
from aeviz.config import ModelConfig, ObjectiveConfig, RunConfig
from aeviz.errors import TrainingError
from aeviz.models import build_model, initialise
from aeviz.training.batches import ResidentImages
from aeviz.training.history import EpochReport
from aeviz.training.loop import fit
from aeviz.training.run_start import mean_image_error
from aeviz.training.trainer import NORM_EACH, Trainer

CPU = torch.device("cpu")


def history(val, train=None, *, mse=None, norms=None):
    """A run with these losses; the training loss falls unless given."""
    train = np.linspace(1.0, 0.1, len(val)) if train is None else train
    mse = val if mse is None else mse
    norms = [0.5] * len(val) if norms is None else norms
    return [
        EpochReport(
            epoch=number,
            train_loss=float(t),
            val_loss=float(v),
            val_mse=float(m),
            learning_rate=0.01,
            seconds=1.0,
            gradient_norm=norm,
        )
        for number, (t, v, m, norm) in enumerate(zip(train, val, mse, norms, strict=True), start=1)
    ]


def kinds(*args, mean=None, **options):
    return [note.kind for note in read_curves(history(*args, **options), mean)]


FALLING = np.linspace(1.0, 0.2, 30)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 30])
def test_healthy_curve_has_no_note(n):
    assert kinds(FALLING[:n], mean=2.0) == []


def test_noise_and_a_plateau_have_no_note():
    generator = np.random.default_rng(0)
    assert kinds(0.2 * (1 + 0.01 * generator.standard_normal(200)), np.full(200, 0.2), mean=2.0) == []
    assert kinds(np.concatenate([FALLING, np.full(100, 0.2)]), mean=2.0) == []


# Overfitting


def rise(length, ratio=1.2):
    """A curve that falls to 0.2 and then rises to `ratio` times that within `length` epochs."""
    return np.concatenate([FALLING, np.full(length, 0.2 * ratio)])


def test_overfitting_needs_a_rise_that_lasts():
    assert kinds(rise(PATIENCE - 1)) == []
    assert kinds(rise(PATIENCE)) == ["overfitting"]
    assert kinds(rise(50)) == ["overfitting"]
    assert kinds(rise(50, RISE - 0.01)) == []
    assert kinds(rise(50, RISE + 0.01)) == ["overfitting"]


def test_overfitting_needs_a_training_loss_that_falls():
    val = rise(20)
    assert kinds(val, np.full(len(val), 0.3)) == []
    assert kinds(val, np.linspace(0.1, 1.0, len(val))) == []


def test_overfitting_is_not_one_bad_epoch():
    val = rise(20, 1.0)
    val[-1] = 0.4
    assert kinds(val) == []


def test_overfitting_names_epoch_and_losses():
    train = np.linspace(1.0, 0.1, 50)
    (note,) = read_curves(history(rise(20), train), None)
    assert "since epoch 30" in note.text
    assert f"from {train[29]:.4f} to 0.1000" in note.text
    assert "from 0.2000 to 0.2400" in note.text


def test_curve_that_recovers_loses_its_note():
    assert kinds(np.concatenate([rise(20), [0.19]])) == []


# Divergence


def test_divergence_is_a_jump_that_stays():
    val = np.concatenate([FALLING, [0.2 * JUMP * 1.1] * 2])
    assert kinds(val, val) == ["divergence"]
    assert kinds(val[:-1], val[:-1]) == []  # one epoch alone
    mild = np.concatenate([FALLING, [0.2 * JUMP * 0.9] * 2])
    assert kinds(mild, mild) == []
    assert kinds([0.1, 0.5, 0.9], [0.1, 0.5, 0.9]) == ["divergence"]


def test_jump_of_the_validation_loss_alone_is_overfitting():
    """Small steps that learn by heart: too large steps would raise the training loss too."""
    assert kinds(rise(30, 5.0), np.linspace(1.0, 0.01, 60)) == ["overfitting"]


def test_divergence_is_not_called_overfitting_too():
    (note,) = read_curves(history(rise(30, 5.0), rise(30, 5.0)), None)
    assert note.kind == "divergence"
    assert "5.0 times that of epoch 30" in note.text


# Nothing learned


def test_nothing_learned_is_an_error_like_that_of_the_mean_image():
    flat = np.full(PATIENCE, 0.1)
    assert kinds(flat, mean=0.1) == ["nothing learned"]
    assert kinds(flat[:-1], mean=0.1) == []
    assert kinds(flat, mean=0.11) == []
    assert kinds(flat, mean=None) == []
    late = np.concatenate([flat, [0.09]])
    assert kinds(late, mean=0.1) == []


def test_nothing_learned_is_measured_by_the_squared_error_whatever_the_loss():
    assert kinds(np.full(20, 0.69), mse=np.full(20, 0.1), mean=0.1) == ["nothing learned"]
    assert kinds(np.full(20, 0.09), mse=np.full(20, 0.3), mean=0.1) == ["nothing learned"]
    assert kinds(np.full(20, 0.69), mse=np.full(20, 0.05), mean=0.1) == []


# Dead gradient


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ([0.0, 0.0, 0.0], ["dead gradient"]),
        ([1e-10, 0.0, 1e-12], ["dead gradient"]),
        ([1e-3, 0.0, 0.0], []),
        ([0.0, 0.0, 1e-8], []),
        ([0.0, None, 0.0], []),
        ([None, None, None], []),
    ],
)
def test_dead_gradient_is_three_epochs_of_none(last, expected):
    assert kinds(FALLING, norms=[0.5] * 27 + last) == expected


# Real networks


def test_network_that_learns_by_heart_is_told_to_overfit(tiny_config, tiny_sets, tmp_path):
    """Wide layers and 20 images."""
    config = tiny_config(
        "model.hidden=[128,64]",
        "model.latent_dim=16",
        "optimizer.learning_rate=0.01",
        "train.epochs=110",
        "train.batch_size=20",
    )
    folder = fit(config, tiny_sets["train"].take(range(20)), tiny_sets["validation"], tmp_path / "run")
    notes = read_curves(folder.history(), folder.provenance.mean_image_mse)
    assert [note.kind for note in notes] == ["overfitting"]
    assert f"since epoch {folder.best_epoch().epoch} the training loss has fallen" in notes[0].text


def test_network_that_learns_nothing_is_told_so(tiny_config, tiny_sets, tmp_path):
    config = tiny_config(f"train.epochs={PATIENCE}", "optimizer.name=sgd", "optimizer.learning_rate=1e-12")
    folder = fit(config, tiny_sets["train"], tiny_sets["validation"], tmp_path / "run")
    notes = read_curves(folder.history(), folder.provenance.mean_image_mse)
    assert [note.kind for note in notes] == ["nothing learned"]


def test_network_whose_units_died_is_told_so(tiny_config, tiny_sets, tmp_path):
    """Steps far too large for ADAM leave every unit of a layer at zero for all images."""
    config = tiny_config(f"train.epochs={PATIENCE}", "optimizer.learning_rate=3")
    folder = fit(config, tiny_sets["train"], tiny_sets["validation"], tmp_path / "run")
    notes = read_curves(folder.history(), folder.provenance.mean_image_mse)
    assert [note.kind for note in notes] == ["dead gradient"]


def test_advice_goes_in_the_right_direction():
    """A loss that still falls wants larger steps; one that stands still has often lost its units to large ones."""
    (slow,) = read_curves(history(np.full(20, 0.1), np.linspace(0.1830, 0.1824, 20)), 0.1)
    (stuck,) = read_curves(history(np.full(20, 0.1), np.full(20, 0.1)), 0.1)
    assert "ten times as much" in slow.text
    assert "a tenth of it" in stuck.text


def test_network_that_learns_has_no_note(tiny_config, tiny_sets, tmp_path):
    config = tiny_config("train.epochs=30", "optimizer.learning_rate=0.01")
    folder = fit(config, tiny_sets["train"], tiny_sets["validation"], tmp_path / "run")
    assert read_curves(folder.history(), folder.provenance.mean_image_mse) == []


# What the notes are measured against


@pytest.mark.parametrize("count", [1, 30, 1023, 1024, 2500])
def test_mean_image_error_is_that_of_the_mean_image(count):
    generator = np.random.default_rng(count)
    train = generator.integers(0, 200, (50, 3, 5, 4), dtype=np.uint8)
    images = generator.integers(30, 256, (count, 3, 5, 4), dtype=np.uint8)
    mean = train.astype(np.float64).mean(axis=0) / 255
    expected = ((images / 255 - mean) ** 2).mean()
    assert mean_image_error(train, images) == pytest.approx(expected, rel=1e-9)
    assert mean_image_error(images[:1], images[:1]) == pytest.approx(0, abs=1e-12)


def test_mean_image_error_is_kept_with_a_run(tiny_config, tiny_sets, tmp_path):
    folder = fit(tiny_config("train.epochs=1"), tiny_sets["train"], tiny_sets["validation"], tmp_path / "run")
    train, validation = (tiny_sets[split].images / 255 for split in ("train", "validation"))
    assert folder.provenance.mean_image_mse == pytest.approx(((validation - train.mean(axis=0)) ** 2).mean())


def gradient_by_hand(config, images):
    """The norm of the gradient of the mean squared error under the initial weights, in float64."""
    model = build_model(config.model)
    initialise(model, config.train.seed)
    model.double()
    x = torch.from_numpy(images).double() / 255
    ((model(x) - x) ** 2).mean().backward()
    return float(np.sqrt(sum(float((weight.grad**2).sum()) for weight in model.parameters())))


def test_gradient_norm_is_that_of_the_whole_gradient(tiny_config, tiny_sets):
    config = tiny_config("train.batch_size=100", "optimizer.name=sgd", "optimizer.learning_rate=1e-30")
    expected = gradient_by_hand(config, tiny_sets["train"].images)
    passed = Trainer(config, 100, CPU).train_epoch(ResidentImages.place(tiny_sets["train"], CPU))
    assert passed.gradient_norm == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("clip", "each"), [("none", NORM_EACH), ("1e6", 1)])
def test_gradient_norm_is_the_mean_over_every_eighth_step_or_over_all_with_clipping(clip, each, tiny_config, tiny_sets):
    config = tiny_config(
        "train.batch_size=10", "optimizer.name=sgd", "optimizer.learning_rate=1e-30", f"train.gradient_clip={clip}"
    )
    images = ResidentImages.place(tiny_sets["train"], CPU)
    steps = [
        gradient_by_hand(config, (batch * 255).round().to(torch.uint8).numpy())
        for batch, _ in images.shuffled(10, config.train.seed, 1)
    ]
    assert len(steps) == 10
    passed = Trainer(config, 100, CPU).train_epoch(images)
    assert passed.gradient_norm == pytest.approx(np.mean(steps[::each]), rel=1e-4)


def test_gradient_norm_is_told_as_it_was_before_clipping(tiny_config, tiny_sets):
    """And the step that follows is exactly as long as clipping allows."""
    settings = ("train.batch_size=100", "optimizer.name=sgd", "optimizer.momentum=0", "optimizer.learning_rate=1")
    config = tiny_config(*settings, "train.gradient_clip=0.001")
    trainer = Trainer(config, 100, CPU)
    before = torch.cat([weight.detach().flatten().clone() for weight in trainer.model.parameters()])
    passed = trainer.train_epoch(ResidentImages.place(tiny_sets["train"], CPU))
    after = torch.cat([weight.detach().flatten() for weight in trainer.model.parameters()])
    assert passed.gradient_norm == pytest.approx(gradient_by_hand(config, tiny_sets["train"].images), rel=1e-4)
    assert passed.gradient_norm > 0.01
    assert float((after - before).double().norm()) == pytest.approx(0.001, rel=1e-3)


def test_clipping_cures_what_diverges_without_it(tiny_config, tiny_sets, tmp_path):
    settings = ("train.epochs=3", "optimizer.name=sgd", "optimizer.learning_rate=1e4", "model.output=identity")
    sets = tiny_sets["train"], tiny_sets["validation"]
    with pytest.raises(TrainingError, match=r"or train\.gradient_clip=1"):
        fit(tiny_config(*settings), *sets, tmp_path / "wild")
    tame = fit(tiny_config(*settings, "train.gradient_clip=0.001"), *sets, tmp_path / "tame")
    assert tame.history()[-1].val_loss < 1


# The parts of a variational loss


def variational(**objective):
    return RunConfig(
        model=ModelConfig(bottleneck="gaussian", latent_dim=4), objective=ObjectiveConfig(kl_weight=0.1, **objective)
    )


def with_kl(kl, share=1.0):
    return [replace(report, val_kl=nats, kl_share=share) for report, nats in zip(history([1.0, 0.8]), kl, strict=True)]


@pytest.mark.parametrize(("reduction", "term"), [("sum", [0.2, 0.4]), ("mean", [0.05, 0.1])])
def test_parts_of_a_loss_add_up_to_it(reduction, term):
    parts = objective_parts(with_kl([2.0, 4.0]), variational(kl_reduction=reduction))
    np.testing.assert_allclose(parts.kl_term, term)
    np.testing.assert_allclose(parts.reconstruction + parts.kl_term, parts.total)
    np.testing.assert_array_equal(parts.kl, [2.0, 4.0])
    assert not parts.is_annealed
    assert objective_parts(with_kl([2.0, 4.0], share=0.3), variational()).is_annealed


def test_loss_without_a_recorded_kl_or_with_free_bits_is_not_split():
    assert objective_parts(with_kl([2.0, 4.0]), RunConfig()) is None
    assert objective_parts(history([1.0, 0.8]), variational()) is None
    parts = objective_parts(with_kl([2.0, 4.0]), variational(free_bits=0.5))
    assert np.isnan(parts.kl_term).all()
    assert np.isnan(parts.reconstruction).all()
    np.testing.assert_array_equal(parts.kl, [2.0, 4.0])


@pytest.mark.parametrize("annealing", ["constant", "linear"])
def test_parts_are_those_that_validation_measured(tiny_config, tiny_sets, annealing, tmp_path):
    settings = ["train.epochs=2", "objective.kl_weight=0.02", f"objective.annealing={annealing}"]
    config = tiny_config().with_settings(["model.bottleneck=gaussian", *settings], normalise=True)
    folder = fit(config, tiny_sets["train"], tiny_sets["validation"], tmp_path / "run")
    parts = objective_parts(folder.history(), config)
    assert parts.is_annealed == (annealing == "linear")
    assert (parts.reconstruction > 0).all()
    assert (parts.kl > 0).all()
