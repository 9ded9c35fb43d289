import math

import numpy as np
import pytest
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import KNeighborsClassifier

from aeviz.analysis import metrics
from aeviz.analysis.metrics import knn_accuracy, mutual_information_gap, psnr, trustworthiness
from aeviz.analysis.reconstruction import (
    best_and_worst,
    euclidean_error,
    mean_per_class,
    pick_per_class,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 4)])
def test_euclidean_error_is_the_norm_of_the_difference(shape, rng):
    images = rng.integers(0, 256, (7, *shape), dtype=np.uint8)
    reconstructions = rng.random((7, *shape)).astype(np.float32)
    expected = [
        math.sqrt(math.fsum((a / 255 - b) ** 2 for a, b in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)))
        for x, y in zip(images, reconstructions, strict=True)
    ]
    np.testing.assert_allclose(euclidean_error(images, reconstructions), expected, rtol=1e-12)


def test_error_of_a_perfect_reconstruction_is_zero_in_float32():
    images = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    assert euclidean_error(images, images.astype(np.float32) / np.float32(255))[0] < 1e-6


def test_mean_per_class_names_the_classes_that_occur():
    values, labels = np.array([1.0, 2.0, 3.0, 10.0], dtype=np.float32), np.array([2, 0, 2, 0])
    assert mean_per_class(values, labels, ("a", "b", "c")) == {"a": 6.0, "c": 2.0}


def test_mean_per_class_weighs_to_the_mean(rng):
    values, labels = rng.random(100), rng.integers(0, 5, 100)
    means = mean_per_class(values, labels, tuple("vwxyz"))
    counts = np.bincount(labels)
    assert sum(means[name] * n for name, n in zip("vwxyz", counts, strict=True)) / 100 == pytest.approx(values.mean())


def test_pick_per_class_gives_a_row_a_class(rng):
    labels = rng.integers(0, 4, 200)
    picked = pick_per_class(labels, 6)
    assert labels[picked].tolist() == [0] * 6 + [1] * 6 + [2] * 6 + [3] * 6
    assert len(set(picked.tolist())) == 24
    np.testing.assert_array_equal(picked, pick_per_class(labels, 6))
    assert set(picked) != set(pick_per_class(labels, 6, seed=1))


def test_pick_per_class_takes_all_of_a_small_class_and_fills_up():
    assert pick_per_class(np.array([1, 5, 1, 1, 5, 1]), 3).tolist()[-3:] == [1, 4, -1]


def test_best_and_worst_are_in_order():
    best, worst = best_and_worst(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), 2)
    assert (best.tolist(), worst.tolist()) == ([1, 2], [3, 4])
    best, worst = best_and_worst(np.array([2.0, 1.0]), 5)
    assert (best.tolist(), worst.tolist()) == ([1, 0], [0, 1])


def test_psnr_has_its_closed_form():
    assert psnr(1.0) == 0
    assert psnr(0.01) == pytest.approx(20)
    assert psnr(0.03794) == pytest.approx(10 * math.log10(1 / 0.03794))
    assert psnr(0.0) is None


def brute_force_accuracy(z_train, labels_train, z_test, labels_test):
    hits = 0
    for point, label in zip(z_test.astype(np.float64), labels_test, strict=True):
        nearest = np.argsort(((z_train.astype(np.float64) - point) ** 2).sum(axis=1))[:10]
        hits += np.bincount(labels_train[nearest]).argmax() == label  # the smallest label wins a tie, as in sklearn
    return hits / len(labels_test)


def test_knn_accuracy_equals_sklearn_and_a_count_by_hand(rng):
    z = rng.normal(size=(400, 3)).astype(np.float32)
    labels = (z[:, 0] + 0.5 * rng.normal(size=400) > 0).astype(np.int64) + (z[:, 1] > 1)
    parts = (z[:300], labels[:300], z[300:], labels[300:])
    expected = KNeighborsClassifier(10).fit(*parts[:2]).score(*parts[2:])
    assert knn_accuracy(*parts) == pytest.approx(expected)
    assert knn_accuracy(*parts) == pytest.approx(brute_force_accuracy(*parts))


def test_knn_accuracy_of_fewer_than_ten_points(rng):
    z = np.array([[0.0], [0.1], [0.2]], dtype=np.float32)
    assert knn_accuracy(z, np.array([1, 1, 0]), z, np.array([1, 1, 0])) == pytest.approx(2 / 3)


def by_definition(x, z, k):
    """Venna and Kaski, equation (1)."""
    n = len(x)
    rank = {}
    for name, values in (("x", x), ("z", z)):
        distances = ((values[:, None] - values[None]) ** 2).sum(axis=2)
        np.fill_diagonal(distances, -1)
        rank[name] = distances.argsort(axis=1).argsort(axis=1)  # 0 is the point itself
    penalty = sum(
        rank["x"][i, j] - k for i in range(n) for j in range(n) if 0 < rank["z"][i, j] <= k and rank["x"][i, j] > k
    )
    return 1 - 2 / (n * k * (2 * n - 3 * k - 1)) * penalty


def test_trustworthiness_equals_sklearn_and_the_definition(rng):
    images = rng.integers(0, 256, (60, 1, 4, 4), dtype=np.uint8)
    z = images.reshape(60, -1)[:, :3].astype(np.float32) + rng.normal(size=(60, 3)).astype(np.float32)
    flat = images.reshape(60, -1) / 255
    assert trustworthiness(images, z) == pytest.approx(sklearn_trustworthiness(flat, z, n_neighbors=10))
    assert trustworthiness(images, z) == pytest.approx(by_definition(flat, z.astype(np.float64), 10))


def test_trustworthiness_of_a_faithful_map_is_one(rng):
    images = rng.integers(0, 256, (50, 1, 2, 2), dtype=np.uint8)
    assert trustworthiness(images, images.reshape(50, 4).astype(np.float32)) == pytest.approx(1)


def test_trustworthiness_looks_at_the_first_images_only(rng, monkeypatch):
    images = rng.integers(0, 256, (60, 1, 4, 4), dtype=np.uint8)
    z = rng.normal(size=(60, 2)).astype(np.float32)
    monkeypatch.setattr(metrics, "TRUSTWORTHINESS_IMAGES", 40)
    assert trustworthiness(images, z) == trustworthiness(images[:40], z[:40])


@pytest.mark.parametrize(("n", "defined"), [(20, False), (21, True)])
def test_trustworthiness_of_few_images_is_not_defined(n, defined, rng):
    images = rng.integers(0, 256, (n, 1, 4, 4), dtype=np.uint8)
    assert (trustworthiness(images, rng.normal(size=(n, 2)).astype(np.float32)) is not None) == defined


def gap_by_scikit_learn(z, factors):
    from sklearn.metrics import mutual_info_score

    def binned(column):
        return np.digitize(column, np.histogram_bin_edges(column, bins=20)[1:-1])

    gaps = []
    for factor in factors.T:
        known = binned(factor) if factor.dtype.kind == "f" else factor
        information = sorted(mutual_info_score(known, binned(column)) for column in z.T)
        gaps.append((information[-1] - information[-2]) / mutual_info_score(known, known))
    return np.mean(gaps)


@pytest.mark.parametrize("kind", ["bool", "real", "classes"])
def test_mutual_information_gap_equals_scikit_learn(kind, rng):
    z = rng.normal(size=(800, 4))
    mixed = z @ rng.normal(size=(4, 3))
    factors = {"bool": mixed > 0.3, "real": mixed, "classes": np.digitize(mixed, [-1, 0, 1])}[kind]
    assert mutual_information_gap(z, factors) == pytest.approx(gap_by_scikit_learn(z, factors), rel=1e-5)


def test_mutual_information_gap_of_one_unit_a_factor_is_one(rng):
    factors = rng.integers(0, 2, (5000, 3)).astype(bool)
    assert mutual_information_gap(factors.astype(np.float32), factors) == pytest.approx(1, abs=0.01)
    copied = np.hstack([factors, factors]).astype(np.float32)  # each is there twice
    assert mutual_information_gap(copied, factors) == pytest.approx(0, abs=1e-6)


def test_mutual_information_gap_is_undefined_without_choice_or_change(rng):
    z = rng.normal(size=(50, 2))
    assert mutual_information_gap(z[:, :1], z > 0) is None
    assert mutual_information_gap(z, np.ones((50, 3), dtype=bool)) is None
