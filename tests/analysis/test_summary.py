"""Statistics that stand in for latent points."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aeviz.analysis.summary import LEVELS, principal_directions, summarise
from aeviz.errors import CheckpointFormatError
from aeviz.training.summary import SUMMARY, read_summary, write_summary


@pytest.fixture
def z():
    return np.random.default_rng(0).normal(1.0, [3.0, 0.5, 2.0], (400, 3)).astype(np.float32)


@pytest.fixture
def attributes(z):
    return np.stack([z[:, 0] > 1, np.zeros(len(z), dtype=bool)], axis=1)


def test_statistics_are_those_of_numpy(z, attributes):
    found = summarise(z, attributes=attributes, attribute_names=("wide", "never"))
    assert found.count == 400
    assert found.mean == pytest.approx(z.mean(axis=0, dtype=np.float64))
    assert found.covariance == pytest.approx(np.cov(z.astype(np.float64).T, bias=True))
    assert found.median == pytest.approx(np.median(z, axis=0))
    assert found.ranges() == pytest.approx(np.quantile(z, [LEVELS[0], LEVELS[-1]], axis=0).T)
    assert found.attribute_means[0, 1] == pytest.approx(z[attributes[:, 0]].mean(axis=0), rel=1e-5)
    assert found.attribute_means[0, 0] == pytest.approx(z[~attributes[:, 0]].mean(axis=0), rel=1e-5)
    assert np.isnan(found.attribute_means[1, 1]).all()
    assert found.attribute_counts[1].tolist() == [400, 0]


def test_order_is_by_kl_and_without_one_by_variance(z):
    assert summarise(z).order().tolist() == [0, 2, 1]
    assert summarise(z, kl=np.array([0.1, 0.3, 0.2])).order().tolist() == [1, 2, 0]


def test_range_of_a_dead_unit_is_not_empty():
    ranges = summarise(np.zeros((10, 2), dtype=np.float32)).ranges()
    assert (ranges[:, 1] > ranges[:, 0]).all()


def test_principal_directions_are_those_of_scikit_learn(z):
    axes, deviations = principal_directions(summarise(z))
    reference = PCA().fit(z.astype(np.float64))
    assert np.abs(axes.T @ reference.components_.T) == pytest.approx(np.eye(3), abs=1e-6)
    assert deviations == pytest.approx(np.sqrt(reference.explained_variance_ * 399 / 400))
    assert (axes.max(axis=0) >= -axes.min(axis=0)).all()


def test_summary_is_read_as_it_was_written(z, attributes, tmp_path):
    written = summarise(z, kl=np.ones(3), attributes=attributes, attribute_names=("wide", "never"))
    write_summary(tmp_path, written)
    found = read_summary(tmp_path, 3)
    assert found.count == written.count
    assert found.attribute_names == written.attribute_names
    for name in ("mean", "covariance", "levels", "quantiles", "kl", "attribute_means", "attribute_counts"):
        assert getattr(found, name) == pytest.approx(getattr(written, name), rel=1e-5, nan_ok=True), name


def test_run_without_summary_has_none(tmp_path):
    assert read_summary(tmp_path, 3) is None


@pytest.mark.parametrize("harm", ["cut", "text", "other network"])
def test_damaged_summary_is_refused(harm, z, tmp_path):
    write_summary(tmp_path, summarise(z))
    file = tmp_path / SUMMARY
    if harm != "other network":
        file.write_bytes(file.read_bytes()[:200] if harm == "cut" else b"none")
    with pytest.raises(CheckpointFormatError, match="restore the file"):
        read_summary(tmp_path, 3 if harm != "other network" else 4)
