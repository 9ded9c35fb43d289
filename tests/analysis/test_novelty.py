import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from aeviz.analysis.latent import own_distances, usual_distance
from aeviz.analysis.novelty import judge, vote

Z, LABELS = make_blobs(n_samples=600, centers=5, n_features=4, cluster_std=3.0, random_state=0)
Z, LABELS = Z.astype(np.float32), LABELS.astype(np.int64)


def test_vote_is_that_of_scikit_learn():
    points = np.random.default_rng(1).normal(scale=6, size=(200, 4)).astype(np.float32)
    classifier = KNeighborsClassifier(n_neighbors=10).fit(Z, LABELS)
    chances = classifier.predict_proba(points)
    for point, said, chance in zip(points, classifier.predict(points), chances, strict=True):
        found = vote(point, Z, LABELS)
        ordered = np.sort(chance)[::-1]
        assert found.label == said
        assert found.votes == round(10 * ordered[0])
        assert found.runner_up_votes == round(10 * ordered[1])
        assert found.margin == pytest.approx(ordered[0] - ordered[1])


def test_vote_names_the_nearest_first():
    nearest = NearestNeighbors(n_neighbors=10).fit(Z).kneighbors(Z[:5], return_distance=False)
    for point, expected in zip(Z[:5], nearest, strict=True):
        np.testing.assert_array_equal(vote(point, Z, LABELS).neighbours, expected)


def test_vote_of_few_or_unlabelled_images():
    alone = vote(Z[0], Z[:3], np.array([2, 2, 2]))
    assert (alone.label, alone.votes, alone.runner_up, alone.margin) == (2, 3, None, 1.0)
    assert vote(Z[0], Z, None).label is None


def test_median_image_is_in_distribution():
    errors = np.linspace(1, 5, len(Z), dtype=np.float32)
    usual = int(np.argsort(np.linalg.norm(Z - Z.mean(axis=0), axis=1))[0])
    verdict = judge(Z[usual], 3.0, Z, errors, own_distances(Z))
    assert verdict.error_share == pytest.approx(0.5, abs=0.01)
    assert verdict.distance_share < 0.9
    assert verdict.novelty == "in distribution"


@pytest.mark.parametrize(
    ("error", "shift", "expected"),
    [(4.99, 0.0, "out of distribution"), (4.85, 0.0, "unusual"), (3.0, 100.0, "out of distribution")],
)
def test_large_error_or_distance_is_not_in_distribution(error, shift, expected):
    errors = np.linspace(1, 5, len(Z), dtype=np.float32)
    usual = int(np.argsort(np.linalg.norm(Z - Z.mean(axis=0), axis=1))[0])
    assert judge(Z[usual] + np.float32(shift), error, Z, errors, own_distances(Z)).novelty == expected


def test_own_distances_are_those_of_scikit_learn():
    distances = NearestNeighbors(n_neighbors=11).fit(Z.astype(float)).kneighbors(Z.astype(float))[0][:, 10]
    np.testing.assert_allclose(own_distances(Z), distances, atol=1e-6)
    assert usual_distance(Z) == pytest.approx(np.quantile(distances, 0.99))


def test_judging_two_points_works():
    verdict = judge(Z[0], 1.0, Z[:2], np.array([0.5, 2.0], dtype=np.float32), own_distances(Z[:2]))
    assert 0 <= verdict.distance_share <= 1


def test_votes_that_are_kept_hold_no_table_of_all_images():
    assert vote(Z[0], Z, LABELS).neighbours.base is None
