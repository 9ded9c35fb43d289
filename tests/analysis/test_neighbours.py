"""The nearest images, against scikit-learn."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from aeviz.analysis.neighbours import nearest_images


def test_nearest_images_are_those_of_scikit_learn():
    z = np.random.default_rng(0).normal(size=(400, 12)).astype(np.float32)
    model = NearestNeighbors(n_neighbors=11, algorithm="brute").fit(z.astype(np.float64))
    for index in (0, 7, 399):
        distances, indices = model.kneighbors(z[index : index + 1].astype(np.float64))
        found = nearest_images(z, index)
        np.testing.assert_array_equal(found.indices, indices[0, 1:])
        np.testing.assert_allclose(found.distances, distances[0, 1:], rtol=1e-5)


def test_equal_points_come_in_order_and_the_image_is_not_its_own_neighbour():
    z = np.zeros((6, 2), dtype=np.float32)
    assert nearest_images(z, 2, 3).indices.tolist() == [0, 1, 3]


def test_few_images_have_few_neighbours():
    z = np.arange(3, dtype=np.float32)[:, None]
    found = nearest_images(z, 0)
    assert found.indices.tolist() == [1, 2]
    assert found.distances.tolist() == [1, 2]
    assert len(nearest_images(z[:1], 0).indices) == 0
