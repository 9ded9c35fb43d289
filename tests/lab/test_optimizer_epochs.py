"""The difference after every epoch, beside the one after a single epoch and beside draws."""

import numpy as np
import pytest
from scipy.stats import nct, ttest_ind
from scipy.stats import t as student

from aeviz.lab.optimizer_comparison import compare_means
from aeviz.lab.optimizer_epochs import POWER, gaps_by_epoch


@pytest.mark.parametrize("sizes", [(5, 5), (3, 8), (2, 2)])
def test_each_epoch_has_the_interval_of_the_comparison_after_it(sizes):
    generator = np.random.default_rng(sum(sizes))
    first, second = generator.normal(1.0, 0.1, (sizes[0], 7)), generator.normal(0.8, 0.4, (sizes[1], 7))
    found = gaps_by_epoch(first, second)
    for epoch in range(7):
        one = compare_means(dict(enumerate(first[:, epoch])), dict(enumerate(second[:, epoch])))
        assert found.difference[epoch] == pytest.approx(one.difference)
        assert found.difference[epoch] - found.half[epoch] == pytest.approx(one.interval[0])
        assert found.is_shown[epoch] == one.is_shown


def test_as_many_seeds_as_are_named_show_the_difference_with_the_power_that_is_promised():
    generator = np.random.default_rng(0)
    pattern = np.linspace(-1, 1, 5)[:, None] / np.linspace(-1, 1, 5).std(ddof=1)  # standard deviation 1
    (seeds,) = gaps_by_epoch(0.6 + pattern, pattern).seeds
    assert seeds == 45  # 2 (1.960 + 0.842)^2 / 0.6^2 = 43.6 by the normal distribution
    draws = generator.normal(0, 1, (2, int(seeds), 4000))
    share = (ttest_ind(draws[0] + 0.6, draws[1], equal_var=False).pvalue < 0.05).mean()
    assert share == pytest.approx(POWER, abs=0.03)


@pytest.mark.parametrize("difference", [0.2, 0.6, 1.0, 2.0, 3.0, 5.0, 10.0])
def test_the_seeds_are_the_fewest_with_the_power_by_the_noncentral_t_distribution(difference):
    pattern = np.array([[-1.0], [0.0], [1.0]])  # standard deviation 1
    (seeds,) = gaps_by_epoch(difference + pattern, pattern).seeds

    def power(count):
        degrees, shift = 2 * (count - 1), difference * np.sqrt(count / 2)
        edge = student.ppf(0.975, degrees)
        return nct.sf(edge, degrees, shift) + nct.cdf(-edge, degrees, shift)

    assert power(seeds) >= POWER
    assert seeds == 2 or power(seeds - 1) < POWER


@pytest.mark.parametrize("sizes", [(2, 2), (3, 3), (4, 4), (2, 9)])
def test_seeds_that_show_nothing_are_fewer_than_those_that_would(sizes):
    generator = np.random.default_rng(1)
    found = gaps_by_epoch(generator.normal(1.0, 0.1, (sizes[0], 2000)), generator.normal(0.8, 0.3, (sizes[1], 2000)))
    assert (found.seeds[~found.is_shown] > min(sizes)).all()


def test_one_seed_shows_nothing_and_equal_errors_never_differ():
    alone = gaps_by_epoch(np.ones((1, 3)), np.zeros((1, 3)))
    assert alone.difference.tolist() == [1, 1, 1]
    assert np.isnan(alone.half).all()
    assert np.isnan(alone.seeds).all()
    assert not alone.is_shown.any()
    equal = gaps_by_epoch(np.ones((4, 3)), np.ones((4, 3)))
    assert equal.half.tolist() == [0, 0, 0]
    assert np.isinf(equal.seeds).all()
    assert not equal.is_shown.any()
    apart = gaps_by_epoch(2 * np.ones((4, 3)), np.ones((4, 3)))
    assert apart.is_shown.all()
    assert (apart.seeds == 2).all()
