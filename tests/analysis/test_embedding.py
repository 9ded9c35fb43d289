"""t-SNE and UMAP on a small set whose neighbours are known."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from aeviz.analysis.embedding import EmbeddingConfig, embed, find_obstacle
from aeviz.analysis.latent import project, select
from aeviz.errors import ConfigError


@pytest.fixture(scope="module")
def digits():
    return load_digits().data[:300].astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize(("algorithm", "dimensions"), [("t-SNE", 2), ("UMAP", 2), ("UMAP", 3)])
def test_neighbours_are_kept_better_than_by_pca(digits, algorithm, dimensions):
    said = []
    if algorithm == "UMAP":
        pytest.importorskip("umap", reason="UMAP is an extra", exc_type=ImportError)
    config = EmbeddingConfig(algorithm=algorithm, dimensions=dimensions, neighbours=15)
    points = embed(digits, config, lambda share, text: said.append((share, text)))
    assert points.shape == (300, dimensions)
    assert points.dtype == np.float32
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-4)
    assert trustworthiness(digits, points) > trustworthiness(digits, project(digits, dimensions).points) + (
        0.05 if dimensions == 2 else 0.01
    )
    assert said[0] == (0, "looking for neighbours")
    shares = [share for share, text in said if text == "moving the points"]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1, abs=0.1)
    assert len(shares) > 1  # how many depends on how fast the machine is


@pytest.mark.slow
def test_same_seed_gives_the_same_map(digits):
    config = EmbeddingConfig(algorithm="t-SNE", neighbours=10, seed=3)
    np.testing.assert_array_equal(embed(digits[:60], config), embed(digits[:60], config))


@pytest.mark.slow  # half a minute of compiling where numba has no cache yet
def test_more_neighbours_than_points_are_cut_down(digits):
    assert embed(digits[:12], EmbeddingConfig(algorithm="t-SNE", neighbours=100)).shape == (12, 2)


def test_umap_that_is_not_installed_is_named_and_tsne_does_without(digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ConfigError, match=r'not installed; run `pip install "aeviz\[umap\]"` where'):
        embed(digits, EmbeddingConfig(algorithm="UMAP"))
    assert find_obstacle("t-SNE") is None


def test_what_cannot_be_embedded_is_told(digits):
    with pytest.raises(ConfigError, match="expected 2, or 3 for UMAP"):
        EmbeddingConfig(algorithm="t-SNE", dimensions=3)
    with pytest.raises(ConfigError, match="expected at least 2"):
        EmbeddingConfig(algorithm="UMAP", neighbours=1)
    with pytest.raises(ConfigError, match="4 points cannot be embedded; expected at least 10"):
        embed(digits[:4], EmbeddingConfig(algorithm="t-SNE"))


def test_chosen_dimensions_are_shown_as_they_are(digits):
    shown = select(digits, (5, 2))
    np.testing.assert_array_equal(shown.points, digits[:, [5, 2]])
    assert shown.axis_names == ("z6", "z3")
    np.testing.assert_allclose(shown.apply(digits[:7]), digits[:7, [5, 2]], rtol=1e-6)
    variances = digits.astype(np.float64).var(axis=0)
    assert shown.explained == pytest.approx((variances[5] + variances[2]) / variances.sum())
