import numpy as np
import pytest

from aeviz.data import circles, load_dataset
from aeviz.data.circles import CENTRE_RANGE, N_TEST, N_TRAIN, RADIUS_RANGE, SIDE, render_discs
from aeviz.data.digits import read_digits

sklearn_datasets = pytest.importorskip("sklearn.datasets")


def test_digits_are_scikit_learns_images_each_exactly_once():
    source = sklearn_datasets.load_digits()
    expected = {}
    for image, label in zip(source.images, source.target, strict=True):
        key = bytes(round(value * 255 / 16) for value in image.ravel())
        expected.setdefault((key, int(label)), 0)
        expected[key, int(label)] += 1
    found = {}
    for part in ("train", "test"):
        data = read_digits(part)
        assert data.image_shape == (1, 8, 8)
        for image, label in zip(data.images, data.labels, strict=True):
            found.setdefault((image.tobytes(), int(label)), 0)
            found[image.tobytes(), int(label)] += 1
    assert found == expected


def test_digits_split_is_stratified_and_fixed():
    train, test = read_digits("train"), read_digits("test")
    assert (len(train), len(test)) == (1500, 297)
    counts = np.bincount(train.labels) + np.bincount(test.labels)
    assert np.abs(np.bincount(test.labels) - counts * 297 / 1797).max() < 1
    assert test.images.max() == 255
    assert test.images.min() == 0
    # Published results rest on these very images.
    assert test.fingerprint() == "165d35ffbc9bb845ddbae527f692102e"
    assert read_digits("train").fingerprint() == train.fingerprint()


def test_circles_have_the_area_and_centre_that_their_factors_say():
    data = load_dataset("circles", "test")
    values = data.images[:, 0] / 255  # (N, H, W)
    cx, cy, radius = data.factors.T
    area = values.sum(axis=(1, 2))
    # The edge's ramp adds about pi/12 = 0.26 pixels, sampling it at pixel centres some more.
    np.testing.assert_allclose(area, np.pi * radius**2, atol=1.0)
    middles = np.arange(SIDE) + 0.5
    np.testing.assert_allclose((values.sum(axis=1) * middles).sum(axis=1) / area, cx, atol=0.05)
    np.testing.assert_allclose((values.sum(axis=2) * middles).sum(axis=1) / area, cy, atol=0.05)


def test_circles_are_grey_bright_on_dark_and_anti_aliased():
    data = load_dataset("circles", "test")
    assert data.image_shape == (1, SIDE, SIDE)
    assert np.isin([0, 255], data.images).all()
    assert len(np.unique(data.images)) > 200
    assert (data.images[:, 0, ::27, ::27] == 0).all()  # the corners


def test_circles_factors_fill_their_box_and_labels_are_thirds():
    train, validation, test = (load_dataset("circles", split) for split in ("train", "validation", "test"))
    assert len(train) + len(validation) == N_TRAIN
    assert len(test) == N_TEST
    assert train.factor_names == ("centre x (px)", "centre y (px)", "radius (px)")
    low, high = np.array([CENTRE_RANGE[0]] * 2 + [RADIUS_RANGE[0]]), np.array([CENTRE_RANGE[1]] * 2 + [RADIUS_RANGE[1]])
    for data in (train, validation, test):
        assert (data.factors >= low).all()
        assert (data.factors <= high).all()
        np.testing.assert_allclose(data.factors.mean(axis=0), (low + high) / 2, rtol=0.05)
        thirds = np.searchsorted([RADIUS_RANGE[0] + 5 / 3, RADIUS_RANGE[0] + 10 / 3], data.factors[:, 2])
        np.testing.assert_array_equal(data.labels, thirds)
    correlation = np.corrcoef(train.factors.T) - np.eye(3)
    assert np.abs(correlation).max() < 0.05
    assert train.class_names == ("small", "medium", "large")


def test_circles_are_the_same_every_time_and_drawn_all_at_once(monkeypatch):
    drawn = []
    monkeypatch.setattr(circles, "render_discs", lambda factors: drawn.append(len(factors)) or render_discs(factors))
    first = load_dataset("circles", "train")
    assert drawn == [N_TRAIN]
    assert first.fingerprint() == load_dataset("circles", "train").fingerprint()
    factors = np.array([[14, 14, 5], [10, 18, 3]], dtype=np.float32)
    np.testing.assert_array_equal(render_discs(factors)[1], render_discs(factors[1:])[0])
    assert render_discs(factors)[0, 0, 13, 13] == 255
    assert render_discs(factors)[1, 0, 17, 9] == 255  # row y, column x
