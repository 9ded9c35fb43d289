"""Nearest data beside scikit-learn, and both walks of the shipped model of circles."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from aeviz.data.circles import read_circles
from aeviz.lab.manifold_walk import nearest_data, usual_distance
from aeviz.training.run import load


def test_nearest_data_are_those_of_another_library():
    random = np.random.default_rng(0)
    images, data = random.uniform(size=(100, 12)), random.uniform(size=(80, 12))
    indices, distances = nearest_data(images, data)
    expected, places = NearestNeighbors(n_neighbors=1).fit(data).kneighbors(images)
    np.testing.assert_array_equal(indices, places[:, 0])
    np.testing.assert_allclose(distances, expected[:, 0])
    others = NearestNeighbors(n_neighbors=2).fit(data).kneighbors(data)[0][:, 1]
    np.testing.assert_allclose(usual_distance(data), np.median(others))


def test_half_way_the_mixed_discs_are_further_from_the_data_than_the_decoded_one():
    data, run = read_circles("test").images.astype(np.float32) / 255, load("circles-3d")
    z = run.encode(data).numpy()
    flat = data.reshape(len(data), -1)
    mixed = (flat[:-1:10] + flat[1::10]) / 2
    decoded = run.decode((z[:-1:10] + z[1::10]) / 2).numpy().reshape(mixed.shape)
    far = [nearest_data(images, flat)[1].mean() for images in (mixed, decoded)]
    assert far[0] > 2 * far[1]
