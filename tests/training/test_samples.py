"""The frames of the training film: what the recorder writes is what a page reads back."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch

from aeviz.analysis.latent import order_by_variance
from aeviz.analysis.recorder import DRAWS, GRID_PX, GRID_SIDE, POINTS, RECONSTRUCTIONS, Recorder
from aeviz.config import ModelConfig
from aeviz.data import ImageDataset
from aeviz.errors import CheckpointFormatError
from aeviz.models import Autoencoder, build_model, initialise
from aeviz.training.loop import fit
from aeviz.training.runs import LAST, MODEL
from aeviz.training.samples import (
    EARLY,
    EVEN,
    FIXED,
    GROWING,
    MILESTONES,
    PRIOR,
    SAMPLES,
    Fixed,
    PriorSamples,
    Sample,
    list_samples,
    milestones,
    read_fixed,
    read_prior,
    read_sample,
    wanted_epochs,
    write_fixed,
    write_sample,
)
from aeviz.training.weights import read_tensors


def images(n, shape=(1, 8, 8), *, classes=None, seed=0):
    generator = np.random.default_rng(seed)
    return ImageDataset(
        images=generator.integers(0, 256, (n, *shape), dtype=np.uint8),
        labels=None if classes is None else generator.integers(0, classes, n),
        class_names=() if classes is None else tuple(map(str, range(classes))),
        name="made-up",
        split="validation",
    )


def network(shape=(1, 8, 8), latent_dim=2, seed=0, **settings):
    model = build_model(ModelConfig(image_shape=shape, latent_dim=latent_dim, hidden=(16,), **settings))
    initialise(model, seed)
    return model.eval()


def record(path, dataset, model, epoch=0, epochs=5):
    path.mkdir(exist_ok=True)
    Recorder(path, dataset, epochs).observe(epoch, model)
    return read_fixed(path), read_sample(path, epoch)


def as_bytes(values):
    return (values.clamp(0, 1) * 255).round().to(torch.uint8).numpy()


# Which epochs


@pytest.mark.parametrize("epochs", [1, 5, 10, 11, 59, 60, 61, 100, 10_000, 1_000_000])
def test_wanted_epochs(epochs):
    wanted = wanted_epochs(epochs)
    assert wanted <= set(range(epochs + 1))
    assert set(range(min(EARLY, epochs) + 1)) <= wanted
    assert epochs in wanted
    assert len(wanted) <= EARLY + EVEN + GROWING + 1 + MILESTONES
    later = np.array([epoch for epoch in sorted(wanted) if epoch >= min(EARLY, epochs)])
    assert (np.diff(later) <= epochs / EVEN + 1).all()
    if len(later) > 1 and epochs >= 100:  # never does the film stand still for longer than the run was long before
        assert (later[1:] / later[:-1] < 2).all()
    if epochs <= EVEN:
        assert wanted == set(range(epochs + 1))


# What is written and read


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_recorder_keeps_what_the_network_makes_of_the_images(latent_dim, tmp_path):
    dataset, model = images(40, classes=4), network(latent_dim=latent_dim)
    fixed, sample = record(tmp_path, dataset, model)
    np.testing.assert_array_equal(fixed.labels, dataset.labels)
    assert (fixed.originals.dtype, fixed.labels.dtype, sample.z.dtype) == (np.uint8, np.int64, np.float32)
    with torch.inference_mode():
        z = model.encode_mean(torch.from_numpy(dataset.images).float() / 255)
        shown = model(torch.from_numpy(fixed.originals).float() / 255)
    assert sample.epoch == 0
    assert sample.z.shape == (40, latent_dim)
    np.testing.assert_allclose(sample.z, z, rtol=1e-3, atol=1e-6)  # stored in float16
    np.testing.assert_allclose(sample.reconstructions.astype(int), as_bytes(shown).astype(int), atol=1)
    assert sample.grid.shape == (GRID_SIDE**2, 1, 8, 8)
    expected = sorted(order_by_variance(z.numpy())[:2]) if latent_dim > 1 else [0, 0]
    assert list(sample.axes) == [int(axis) for axis in expected]


def test_grid_lies_over_the_plane_in_reading_order(tmp_path):
    class Painter(Autoencoder):
        """Stands for a network: the latent point is the image's first two pixels and the decoder paints it back."""

        def __init__(self):
            torch.nn.Module.__init__(self)
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def encode_mean(self, x):
            return x[:, 0, 0, :2]

        def decode(self, z):
            image = torch.zeros(len(z), 1, 4, 4)
            image[:, 0, 0, :2] = z
            return image

    dataset = images(600, (1, 4, 4))
    _, sample = record(tmp_path, dataset, Painter())
    across, up = (sample.grid[:, 0, 0, k].reshape(GRID_SIDE, GRID_SIDE) for k in (0, 1))
    assert (np.diff(across.astype(int), axis=1) > 0).all()
    assert (across == across[0]).all()
    assert (np.diff(up.astype(int), axis=0) < 0).all()  # the first row is the top
    assert (up[:, 0] == up.T).all()
    np.testing.assert_allclose([across.min(), across.max(), up.min(), up.max()], [20, 235, 20, 235], atol=8)


@pytest.mark.parametrize(("classes", "expected"), [(None, 10), (2, 10), (3, 12), (10, 10), (15, 10)])
def test_followed_images_are_of_different_classes(classes, expected, tmp_path):
    dataset = images(1000, classes=classes)
    fixed, sample = record(tmp_path, dataset, network())
    assert len(fixed.originals) == len(sample.reconstructions) == expected >= RECONSTRUCTIONS
    assert len(sample.z) == POINTS
    if classes is None:
        assert fixed.labels is None
    else:
        assert len(fixed.labels) == POINTS
        of_image = {image.tobytes(): label for image, label in zip(dataset.images, dataset.labels, strict=True)}
        shown = [of_image[image.tobytes()] for image in fixed.originals]
        assert len(set(shown)) == min(classes, 10)


def test_few_images_are_all_followed(tmp_path):
    fixed, sample = record(tmp_path, images(3), network())
    assert (len(fixed.originals), len(sample.z)) == (3, 3)
    assert len(record(tmp_path, images(1, classes=1), network())[1].z) == 1


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((3, 48, 64), (24, 32)), ((3, 33, 20), (32, 19)), ((1, 100, 2), (32, 1)), ((3, 32, 32), None)],
)
def test_large_colour_images_are_averaged_down_in_the_grid_alone(shape, expected, tmp_path):
    dataset, model = images(20, shape), network(shape)
    fixed, sample = record(tmp_path, dataset, model)
    assert fixed.originals.shape == sample.reconstructions.shape == (10, *shape)
    assert sample.grid.shape == (GRID_SIDE**2, shape[0], *(expected or shape[1:]))
    assert max(sample.grid.shape[2:]) <= GRID_PX
    np.testing.assert_allclose(sample.grid.mean(), 127, atol=20)


def test_only_wanted_epochs_are_kept(tmp_path):
    recorder, model = Recorder(tmp_path, images(20), 10_000), network()
    assert list_samples(tmp_path) == []
    for epoch in (0, 1, 10, 11, 250, 251, 10_000):
        recorder.observe(epoch, model)
    assert list_samples(tmp_path) == [0, 1, 10, 250, 10_000]
    (tmp_path / SAMPLES / "epoch-12.npz").touch()  # not of ours
    (tmp_path / SAMPLES / ".epoch-000003.npz-abc.npz").touch()  # half written by a trainer that was killed
    assert list_samples(tmp_path) == [0, 1, 10, 250, 10_000]


def test_run_that_goes_on_without_earlier_samples_has_what_they_need(tmp_path):
    """A run of an older version kept no samples; resumed, it begins with those of a later epoch."""
    fixed, sample = record(tmp_path, images(20, classes=2), network(), epoch=3)
    assert len(fixed.labels) == len(sample.z) == 20
    before = (tmp_path / SAMPLES / FIXED).stat().st_mtime_ns
    Recorder(tmp_path, images(20, classes=2), 5).observe(4, network())
    assert (tmp_path / SAMPLES / FIXED).stat().st_mtime_ns == before


def test_values_out_of_range_are_stored(tmp_path):
    (tmp_path / SAMPLES).mkdir()
    z = np.array([[1e30, -1e30], [0.5, 70_000.0]], dtype=np.float32)
    picture = np.zeros((1, 1, 4, 4), dtype=np.uint8)
    write_sample(tmp_path, Sample(epoch=1_234_567, z=z, reconstructions=picture, grid=picture, axes=(0, 1)))
    assert list_samples(tmp_path) == [1_234_567]
    np.testing.assert_array_equal(read_sample(tmp_path, 1_234_567).z, z)


def test_identity_output_is_clamped(tmp_path):
    model = network(output="identity")
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(50)
    _, sample = record(tmp_path, images(20), model)
    assert {sample.reconstructions.min(), sample.reconstructions.max()} == {0, 255}
    with torch.no_grad():
        for weight in model.decoder.parameters():
            weight.fill_(float("nan"))
    assert record(tmp_path, images(20), model)[1].grid.max() == 0


# Damage


@pytest.fixture
def film(tmp_path):
    """A folder with a sample of epoch 3 and what it needs."""
    record(tmp_path, images(20, classes=2), network(), epoch=3)
    return tmp_path


def damage_cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def damage_flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("name", [FIXED, "epoch-000003.npz"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("no archive"),
        damage_cut,
        damage_flip,
        lambda path: np.savez(path, other=np.zeros(3)),
        lambda path: np.savez(path, originals=np.array([None]), z=np.array([None]), axes=np.array([0, 1])),
    ],
    ids=["missing", "empty", "text", "cut", "flipped", "other arrays", "objects"],
)
def test_damaged_samples_are_told(name, damage, film):
    damage(film / SAMPLES / name)
    read = read_fixed if name == FIXED else lambda path: read_sample(path, 3)
    with pytest.raises(
        CheckpointFormatError, match=rf"(?s)cannot read {name} of run '{film.name}': .*train the model again"
    ):
        read(film)


@pytest.mark.parametrize(
    "changes",
    [
        {"z": np.zeros(20)},
        {"axes": np.array([0, 2])},
        {"axes": np.array([-1, 0])},
        {"axes": np.array([0, 1, 1])},
        {"axes": np.array(0)},
        {"mesh": np.zeros((64, 8, 8), np.uint8)},
        {"mesh": np.zeros((64, 2, 8, 8), np.uint8)},
        {"reconstructions": np.zeros((10, 1, 8, 8))},
    ],
)
def test_samples_whose_arrays_do_not_fit_are_told(changes, film):
    path = film / SAMPLES / "epoch-000003.npz"
    with np.load(path) as arrays:
        np.savez(path, **{**arrays, **changes})
    with pytest.raises(CheckpointFormatError, match=r"cannot read epoch-000003\.npz"):
        read_sample(film, 3)


def test_fixed_without_labels(tmp_path):
    (tmp_path / SAMPLES).mkdir()
    originals = np.arange(16, dtype=np.uint8).reshape(1, 1, 4, 4)
    write_fixed(tmp_path, Fixed(originals=originals, labels=None))
    fixed = read_fixed(tmp_path)
    assert fixed.labels is None
    np.testing.assert_array_equal(fixed.originals, originals)


# In training


def test_observing_does_not_change_what_is_learned(tiny_config, tiny_sets, tmp_path):
    config = tiny_config("train.epochs=4")
    sets = tiny_sets["train"], tiny_sets["validation"]
    plain = fit(config, *sets, tmp_path / "plain")
    recorder = Recorder(tmp_path / "watched", sets[1], 4)
    watched = fit(config, *sets, tmp_path / "watched", observe=recorder.observe)
    curves = [
        [dataclasses.replace(report, seconds=0.0, images_per_second=None) for report in folder.history()]
        for folder in (plain, watched)
    ]
    assert curves[0] == curves[1]
    for name in (MODEL, LAST):
        (tensors, epoch), (others, other_epoch) = (read_tensors(folder.path / name) for folder in (plain, watched))
        assert epoch == other_epoch
        assert all(torch.equal(tensor, others[key]) for key, tensor in tensors.items())
    assert list_samples(watched.path) == [0, 1, 2, 3, 4]
    points = [read_sample(watched.path, epoch).z for epoch in range(5)]
    assert all(np.abs(after - before).max() > 0 for before, after in itertools.pairwise(points))


def test_run_resumed_keeps_its_earlier_samples(tiny_config, tiny_sets, tmp_path):
    sets = tiny_sets["train"], tiny_sets["validation"]
    for epochs in (2, 4):
        recorder = Recorder(tmp_path / "run", sets[1], epochs)
        config = tiny_config(f"train.epochs={epochs}")
        fit(config, *sets, tmp_path / "run", resume=epochs == 4, observe=recorder.observe)
    assert list_samples(tmp_path / "run") == [0, 1, 2, 3, 4]


# Draws from the prior


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [(1, {1}), (2, {1, 2}), (4, {1, 2, 3, 4}), (30, {1, 2, 4, 5, 8, 13, 20, 30}), (10, {1, 2, 3, 4, 6, 7, 10})],
)
def test_milestones(epochs, expected):
    assert milestones(epochs) == expected
    assert expected <= wanted_epochs(epochs)


def record_all(path, model, epochs, upto):
    path.mkdir(exist_ok=True)
    recorder = Recorder(path, images(20, classes=10), epochs)
    for epoch in range(upto + 1):
        recorder.observe(epoch, model)
    return read_prior(path)


def test_prior_is_decoded_from_the_same_standard_normal_draws_at_each_milestone(tmp_path):
    model = network(latent_dim=3, bottleneck="gaussian")
    found = record_all(tmp_path / "run", model, 8, 8)
    assert found.epochs.tolist() == [1, 2, 3, 4, 5, 6, 8]
    z = torch.randn(DRAWS, 3, generator=torch.Generator().manual_seed(0))
    assert (found.images == as_bytes(model.decode(z).detach())).all()


def test_anchored_prior_is_drawn_about_its_anchors_in_turn(tmp_path):
    model = network(bottleneck="gaussian", prior="anchored", classes=10)
    found = record_all(tmp_path / "run", model, 1, 1)
    z = torch.randn(DRAWS, 2, generator=torch.Generator().manual_seed(0)) + model.anchors.repeat(2, 1)
    assert (found.images[0] == as_bytes(model.decode(z).detach())).all()


def test_plain_autoencoder_has_no_prior_to_draw_from(tmp_path):
    assert record_all(tmp_path / "run", network(), 4, 4) is None


def test_resumed_run_replaces_the_milestones_that_it_passes_again(tmp_path):
    first, second = (network(bottleneck="gaussian", seed=seed) for seed in (0, 1))
    before = record_all(tmp_path / "run", first, 8, 6)
    Recorder(tmp_path / "run", images(20), 8).observe(4, second)
    after = read_prior(tmp_path / "run")
    assert after.epochs.tolist() == [1, 2, 3, 4]
    assert (after.images[:3] == before.images[:3]).all()
    assert (after.images[3] != before.images[3]).any()


def test_damaged_prior_samples_say_so_and_do_not_end_a_training(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / PRIOR).write_bytes(b"no zip")
    with pytest.raises(CheckpointFormatError, match="of run 'run'"):
        read_prior(tmp_path / "run")
    Recorder(tmp_path / "run", images(20), 1).observe(1, network(bottleneck="gaussian"))
    assert read_prior(tmp_path / "run").epochs.tolist() == [1]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (1, 1), (11, 1), (12, 12), (49, 12), (50, 50), (99, 50)])
def test_prior_samples_at_an_epoch_are_the_newest_up_to_it(asked, given):
    taken = PriorSamples(epochs=np.array([1, 12, 50]), images=np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1, 1))
    epoch, found = taken.at(asked)
    assert epoch == given
    assert found.item() == [1, 12, 50].index(given)
