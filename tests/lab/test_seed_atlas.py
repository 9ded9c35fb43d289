"""The map of models: residuals, scaling and the test by swaps."""

import numpy as np
import pytest

from aeviz.analysis.alignment import align
from aeviz.errors import CheckpointFormatError
from aeviz.lab.seed_atlas import classical_scaling, compare_residuals, medoid, procrustes_residuals, read_atlas

RNG = np.random.default_rng(0)


def test_residuals_are_those_of_the_alignment():
    planes = RNG.normal(size=(5, 30, 2))
    found = procrustes_residuals(planes)
    for i, j in np.ndindex(5, 5):
        assert found[i, j] == pytest.approx(1 - align(planes[i], planes[j]).explained, abs=1e-12)


def test_turned_mirrored_moved_and_scaled_planes_are_equal_and_a_collapsed_one_is_not():
    plane = RNG.normal(size=(30, 2))
    turned = 3 * plane @ np.array([[0.6, -0.8], [0.8, 0.6]]) + 5
    found = procrustes_residuals(np.stack([plane, turned, plane * [1, -1], np.ones((30, 2))]))
    assert np.allclose(found[:3, :3], 0, atol=1e-12)
    assert np.allclose(found[3], [1, 1, 1, 0])


def test_scaling_gives_back_points_up_to_a_turn():
    points = RNG.normal(size=(12, 2))
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    found, share = classical_scaling(distances)
    assert np.allclose(np.linalg.norm(found[:, None] - found, axis=2), distances)
    assert share == pytest.approx(1)
    assert medoid(distances) == distances.sum(axis=0).argmin()


def planes_of(shift, seeds=12):
    """Planes of two optimizers: a shape of each seed, and one of the second optimizer with weight `shift`."""
    rng = np.random.default_rng(1)
    base, effect = rng.normal(size=(2, 40, 2))
    first, second = (base + 0.3 * rng.normal(size=(seeds, 40, 2)) for _ in range(2))
    return procrustes_residuals(np.concatenate([first, second + shift * effect]))


def test_swaps_find_an_effect_of_the_optimizer_and_none_where_there_is_none():
    none, some = (
        compare_residuals(planes_of(0.0), permutations=999),
        compare_residuals(planes_of(0.4), permutations=999),
    )
    assert none.p_value > 0.05
    assert some.p_value <= 0.005
    assert abs(none.difference) < some.difference
    within = np.concatenate(some.within)
    assert some.difference == pytest.approx(some.between.mean() - within.mean())
    assert (len(some.within[0]), len(some.between), len(some.same_seed)) == (66, 132, 12)


def test_the_atlas_that_ships_is_whole():
    atlas = read_atlas()
    assert (atlas.seeds, atlas.planes.shape[1:]) == (100, (200, 2))
    assert set(atlas.labels) == set(range(10))


def test_a_damaged_file_is_said_to_be_so(tmp_path):
    path = tmp_path / "atlas.npz"
    for content in (None, b"no archive"):
        if content:
            path.write_bytes(content)
        with pytest.raises(CheckpointFormatError, match=r"python -m tools\.atlas"):
            read_atlas(path)
    np.savez(path, planes=np.zeros((4, 3, 2)), labels=np.zeros(2), losses=np.zeros(4), epochs=1)
    with pytest.raises(CheckpointFormatError, match="do not belong together"):
        read_atlas(path)
