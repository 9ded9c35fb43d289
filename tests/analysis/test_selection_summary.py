"""Sets of chosen images, against NumPy done plainly."""

import csv
import io

import numpy as np
import pytest

from aeviz.analysis.selection_summary import mean_image, selection_table, spread_out, summarise_selection


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    return rng.normal(size=(50, 3)).astype(np.float32), np.arange(50) % 4, rng.random(50).astype(np.float32)


def test_set_is_summarised(points):
    z, labels, error = points
    chosen = np.array([0, 4, 8, 9])
    found = summarise_selection(chosen, z, labels, 5, error)
    assert (found.count, found.total) == (4, 50)
    assert found.class_counts == (3, 1, 0, 0, 0)
    assert found.class_totals == (13, 13, 12, 12, 0)
    np.testing.assert_allclose(found.mean, sum(z[index] for index in chosen) / 4, rtol=1e-5)
    apart = [np.linalg.norm(z[index] - found.mean) for index in chosen]
    assert found.spread == pytest.approx(np.sqrt(np.mean(np.square(apart))), rel=1e-5)
    assert found.error == pytest.approx(error[chosen].mean())
    everything = summarise_selection(np.arange(50), z, None, 0, error)
    assert (everything.spread, everything.error) == (everything.usual_spread, everything.usual_error)
    assert everything.class_counts == ()


def test_mean_image_of_bytes_and_of_floats():
    images = np.random.default_rng(1).integers(0, 256, (3000, 3, 4, 4), dtype=np.uint8)
    chosen = np.arange(0, 3000, 1)
    np.testing.assert_allclose(mean_image(images, chosen)[0], images.mean(axis=0) / 255, rtol=1e-6)
    floats = images[:5].astype(np.float32) / 255
    np.testing.assert_allclose(mean_image(floats, np.array([1, 3]))[0], (floats[1] + floats[3]) / 2, rtol=1e-6)


@pytest.mark.parametrize(("count", "most"), [(3, 64), (64, 64), (65, 64), (70_000, 64), (5, 2)])
def test_shown_images_are_spread_over_the_set(count, most):
    chosen = np.arange(count) * 3
    shown = spread_out(chosen, most)
    assert len(shown) == min(count, most)
    assert (np.diff(shown) > 0).all()
    assert set(shown) <= set(chosen)
    assert shown[0] == 0
    assert shown[-1] >= chosen[-1] * (1 - 2 / most)


def test_table_is_read_back(points):
    z, labels, error = points
    names = ("a", "b, or c", "d", "e")
    rows = list(csv.DictReader(io.StringIO(selection_table(np.array([1, 7]), z, labels, names, error))))
    assert [row["index"] for row in rows] == ["1", "7"]
    assert [row["class"] for row in rows] == ["b, or c", "e"]
    assert float(rows[1]["error"]) == pytest.approx(error[7], rel=1e-5)
    assert [float(rows[0][f"z{k}"]) for k in (1, 2, 3)] == pytest.approx(z[1].tolist(), rel=1e-5)
    assert "class" not in selection_table(np.array([1]), z, None, (), error).splitlines()[0]
