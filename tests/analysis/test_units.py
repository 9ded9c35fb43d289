"""Measures of single units against SciPy, NumPy and the penalty that training uses."""

import numpy as np
import pytest
import torch
from scipy.stats import entropy, f_oneway

from aeviz.analysis.units import (
    LEVELS,
    activation_levels,
    example_of_push,
    extremes,
    histogram,
    measure_units,
    order_units,
    push,
    sparsity_divergence,
)
from aeviz.config import ObjectiveConfig
from aeviz.objectives.penalties import latent_penalty


@pytest.fixture
def labels():
    return np.random.default_rng(1).choice([0, 2, 5], 300, p=[0.2, 0.5, 0.3])  # classes that do not follow each other


@pytest.fixture
def z(labels):
    """Units: one that the class moves, one that it does not, a constant one, one that is the class."""
    chance = np.random.default_rng(0)
    columns = (chance.normal(labels, 2.0), chance.normal(size=300), np.full(300, 0.1), labels)
    return np.stack(columns, axis=1).astype(np.float32)


def test_selectivity_is_that_of_the_analysis_of_variance(z, labels):
    found = measure_units(z, labels)
    groups = [z[labels == label].astype(np.float64) for label in (0, 2, 5)]
    for unit in (0, 1):
        f = f_oneway(*(group[:, unit] for group in groups)).statistic
        assert found.selectivity[unit] == pytest.approx(f * 2 / (f * 2 + 300 - 3))
    assert found.selectivity[0] > 0.3
    assert found.selectivity[2:].tolist() == pytest.approx([0, 1])


def test_means_are_those_of_numpy(z, labels):
    found = measure_units(z, labels)
    assert found.mean == pytest.approx(z.astype(np.float64).mean(axis=0))
    assert found.variance == pytest.approx(z.astype(np.float64).var(axis=0))
    assert found.labels.tolist() == [0, 2, 5]
    for row, label in enumerate(found.labels):
        assert found.class_means[row] == pytest.approx(z[labels == label].astype(np.float64).mean(axis=0))
    assert found.best_class[[0, 3]].tolist() == [5, 5]


@pytest.mark.parametrize("same", [None, np.zeros(300, dtype=np.int64)])
def test_without_two_classes_there_is_no_selectivity(z, same):
    found = measure_units(z, same)
    assert found.selectivity is None
    assert (found.best_class is None) == (same is None)


def test_one_image_of_a_class_and_one_image_at_all():
    found = measure_units(np.array([[1.0], [1.0], [4.0]]), np.array([0, 0, 1]))
    assert found.selectivity == pytest.approx([1])
    assert measure_units(np.ones((1, 2)), None).variance.tolist() == [0, 0]


def test_units_are_sorted_by_falling_score_and_equals_by_index():
    assert order_units(np.array([0.1, 0.5, 0.1, 0.7]), 4).tolist() == [3, 1, 0, 2]
    assert order_units(None, 3).tolist() == [0, 1, 2]


def test_extremes_begin_with_the_extreme_and_keep_the_order_of_equals():
    most, least = extremes(np.array([0.2, 0.9, 0.2, 0.9, 0.5], dtype=np.float32), 3)
    assert most.tolist() == [1, 3, 4]
    assert least.tolist() == [0, 2, 4]
    assert [len(part) for part in extremes(np.zeros(2), 16)] == [2, 2]


def test_histogram_counts_every_image_also_of_a_constant_unit():
    activation = np.random.default_rng(0).normal(size=500).astype(np.float32)
    counts, edges = histogram(activation, 10)
    assert counts.sum() == 500
    assert (edges[0], edges[-1]) == pytest.approx((activation.min(), activation.max()))
    assert histogram(np.full(7, 0.5))[0].sum() == 7


def test_pushing_changes_one_unit_alone():
    code = np.array([1.0, 2.0, 3.0])
    pushed = push(code, 1, np.array([-5.0, 5.0]))
    assert pushed.tolist() == [[1, -5, 3], [1, 5, 3]]
    assert code.tolist() == [1, 2, 3]
    activation = np.random.default_rng(0).normal(size=101)
    levels = activation_levels(activation)
    assert levels == pytest.approx(np.linspace(activation.min(), activation.max(), len(LEVELS)))


def test_example_of_a_push_ends_among_the_typical_images():
    """Of two images that a push brings to the typical ones, that which was farther; none where there is no other."""
    typical = np.array([[1.0, 5.0], [1.1, 5.2]])
    others = np.array([[9.0, 0.0], [1.0, 0.0], [1.0, 4.5], [5.0, 5.0]])
    z, is_typical = np.concatenate([others, typical]), np.arange(6) >= 4
    assert example_of_push(z, 1, is_typical) == 1
    assert example_of_push(z, 1, np.ones(6, dtype=bool)) == 0


def test_sparsity_divergence_is_scipys_and_sums_to_the_penalty_of_training():
    z = torch.rand(50, 6, generator=torch.Generator().manual_seed(0)) * 0.3
    z[:, 5] = 0
    mean = z.numpy().mean(axis=0)
    found = sparsity_divergence(0.05, mean)
    assert found[:5] == pytest.approx([entropy([0.05, 0.95], [each, 1 - each]) for each in mean[:5].astype(float)])
    penalty = latent_penalty(z, ObjectiveConfig(penalty="kl_sparsity", penalty_weight=1.0, sparsity=0.05))
    assert found.sum() == pytest.approx(float(penalty), rel=1e-4)
    assert sparsity_divergence(0.05, np.array([0.05])) == pytest.approx([0])
