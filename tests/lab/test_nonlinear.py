"""ReLU beside PCA, and the reduced images that live experiments take."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aeviz.data import ImageDataset, load_dataset
from aeviz.lab.components import find_components
from aeviz.lab.linear_autoencoder import LinearConfig, train_linear
from aeviz.lab.linear_frames import as_plane, linear_frames
from aeviz.lab.moments import measure_moments
from aeviz.lab.nonlinear import compare_with_pca, epochs_of
from aeviz.lab.reduced import one_of_each_class, reduce_images, spread_indices
from aeviz.lab.relu_comparison import class_means


def test_relu_beats_pca_on_digits_and_pca_is_that_of_scikit_learn():
    train, test = load_dataset("digits", "train"), load_dataset("digits", "test")
    states = list(compare_with_pca(train, test, latent_dim=8, layers=1, epochs=25))
    x, y = (data.images.reshape(len(data), -1) / 255 for data in (train, test))
    reference = PCA(8, svd_solver="full").fit(x)
    flat = reference.inverse_transform(reference.transform(y))
    np.testing.assert_allclose(states[-1].pca, ((flat.clip(0, 1) - y) ** 2).mean(axis=1), rtol=1e-5)
    assert states[-1].pca_unclipped == pytest.approx(((flat - y) ** 2).mean())
    assert states[-1].pca_training == pytest.approx(
        ((reference.inverse_transform(reference.transform(x)) - x) ** 2).mean()
    )
    assert [state.epoch for state in states] == list(range(26))
    assert states[0].training_loss is None
    assert states[0].network.mean() > states[0].pca.mean()
    assert states[-1].network.mean() < states[-1].pca.mean()
    drawn = states[-1].network_images.reshape(len(y), -1)
    np.testing.assert_allclose(((drawn - y) ** 2).mean(axis=1), states[-1].network, rtol=1e-5)
    assert states[-1].pca_images.min() >= 0


def test_class_means_leave_an_empty_class_open():
    means = class_means(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 2]), 3)
    np.testing.assert_array_equal(means, [2.0, np.nan, 5.0])


def test_large_images_are_averaged_and_small_ones_kept():
    images = np.random.default_rng(0).integers(0, 256, (10, 3, 9, 8), dtype=np.uint8)
    dataset = ImageDataset(images=images, name="made up", split="train")
    assert reduce_images(dataset, most_pixels=216, most_images=4) is dataset
    small = reduce_images(dataset, most_pixels=60, most_images=4)
    assert small.images.shape == (4, 3, 4, 4)
    assert small.images[3, 1, 0, 0] == images[9, 1, :2, :2].mean().round()


def test_choice_of_images_has_one_of_each_class_first():
    labels = np.array([2, 2, 0, 2, 1, 0])
    assert one_of_each_class(labels, 6, 5).tolist() == [2, 4, 0, 1, 3]
    assert one_of_each_class(None, 3, 10).tolist() == [0, 1, 2]
    assert spread_indices(10, 3).tolist() == [0, 4, 9]


@pytest.mark.parametrize("k", [1, 3])
def test_frames_end_where_pca_is(k):
    dataset = load_dataset("digits", "train")
    moments = measure_moments(dataset)
    components = find_components(moments, k)
    states = list(train_linear(moments, components, LinearConfig(latent_dim=k, is_tied=True)))
    x = dataset.images[:50].reshape(50, -1) / 255
    frames = linear_frames(x, moments.mean, components, [states[0], states[-1]], 4)
    target = (x - moments.mean) @ components.axes
    assert frames[-1].match > 0.999
    np.testing.assert_allclose(frames[-1].aligned, as_plane(target), atol=0.05)
    best = target[:4] @ components.axes.T + moments.mean
    np.testing.assert_allclose(frames[-1].reconstructions, best, atol=0.05)
    assert np.abs(frames[0].plane).max() < 0.1  # random weights of a thousandth


def test_steps_are_told_in_passes():
    assert [epochs_of(images, 500) for images in (3000, 1250, 100, 30)] == [17, 40, 500, 500]
    assert epochs_of(100_000, 1) == 1
